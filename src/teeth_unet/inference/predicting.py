"""The network's maps of an X-ray, and where they can be doubted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.inference.settings import Inference
from teeth_unet.segmentation import Maps, Segmenter

MOST_UNCERTAIN = 0.5
"""Highest value of both kinds of uncertainty: one half of the opinions says 0, the other 1."""


Predicted = tuple[Maps, NDArray[np.float32] | None]
"""The maps, and the uncertainty if it is asked for."""


@dataclass(frozen=True)
class Predictor:
    """A segmenter, and those of the folds where they are asked for.

    Attributes:
        segmenter: Gives the maps.
        folds: Segmenters of a cross-validation, for the uncertainty `folds`.
        uncertainty: Kind of uncertainty, see `Inference`.

    Raises:
        InputError: There are no segmenters of folds, one alone, or some of another size.
    """

    segmenter: Segmenter
    folds: Sequence[Segmenter]
    uncertainty: str

    def __post_init__(self) -> None:
        if self.uncertainty != "folds":
            return
        sizes = {one.settings.size for one in self.folds}
        found = ""
        if len(self.folds) < 2:
            found = f"{len(self.folds)}"
        elif sizes != {self.segmenter.settings.size}:
            found = f"sizes of {', '.join(map(str, sorted(sizes)))} px"
        if found:
            raise InputError(
                "inference.uncertainty=folds",
                "the segmenters of a cross-validation, of the same size as the segmenter",
                found,
                "Make them: kedro run --pipeline cross_validation; or choose uncertainty=flips.",
            )

    @property
    def fingerprint(self) -> str:
        """All that the maps depend on but the X-ray."""
        used = [self.segmenter, *(self.folds if self.uncertainty == "folds" else ())]
        return " ".join(one.fingerprint for one in used)

    def predict(self, resized: NDArray[np.uint8]) -> Predicted:
        """Apply the network, or networks.

        Args:
            resized: (size, size) grey levels in 0..255.

        Returns:
            The segmenter's maps, the same whatever is asked for beside them; and the uncertainty
            (size, size) float32 in [0, 0.5], None if none is asked for.
        """
        if self.uncertainty == "flips":
            return self._predict_flips(resized)
        maps = self.segmenter.predict_maps(resized)
        if self.uncertainty == "none":
            return maps, None
        opinions = [one.predict_maps(resized).probabilities for one in self.folds]
        return maps, np.std(opinions, axis=0, dtype=np.float32)

    def _predict_flips(self, resized: NDArray[np.uint8]) -> Predicted:
        plain = self._plain.predict_maps(resized)
        other = self._plain.predict_maps(resized[:, ::-1])
        uncertainty = np.abs(plain.probabilities - other.probabilities[:, ::-1]) / 2
        if not self.segmenter.settings.mirror:
            return plain, uncertainty
        depths = plain.depths
        if depths is not None and other.depths is not None:
            depths = (depths + other.depths[:, ::-1]) / 2
        probabilities = (plain.probabilities + other.probabilities[:, ::-1]) / 2
        return Maps(probabilities, depths), uncertainty

    @cached_property
    def _plain(self) -> Segmenter:
        """The segmenter, without the mirror image."""
        settings = self.segmenter.settings.model_copy(update={"mirror": False})
        return replace(self.segmenter, settings=settings)


def make_predictor(
    segmenter: Segmenter, folds: Sequence[Segmenter], inference: Inference
) -> Predictor:
    """Return what predicts the maps that are asked for."""
    return Predictor(segmenter, folds, inference.uncertainty)
