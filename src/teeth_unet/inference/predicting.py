"""What the networks say of an X-ray, and where they are unsure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.inference.settings import Inference
from teeth_unet.numbering import NumberingNetwork, NumberMaps
from teeth_unet.segmentation import Segmenter, SeparationNetwork, load_separation_network

MOST_UNCERTAIN = 0.5
"""Highest value of both kinds of uncertainty: one half of the opinions says 0, the other 1."""

Map = NDArray[np.float32]


@dataclass(frozen=True)
class Predicted:
    """What the networks say of an X-ray, all but the maps of numbers (size, size) float32.

    Attributes:
        probabilities: Of tooth, in [0, 1]: the segmenter's, whatever else is asked for.
        distances: In the tooth, in [0, 1]; None unless teeth are told apart by them.
        uncertainty: In [0, 0.5]; None unless it is asked for.
        numbers: Which tooth each pixel belongs to; None unless numbers are asked for.
        upside_down: The same of the X-ray turned upside down.
    """

    probabilities: Map
    distances: Map | None = None
    uncertainty: Map | None = None
    numbers: NumberMaps | None = None
    upside_down: NumberMaps | None = None


@dataclass(frozen=True)
class XrayPredictor:
    """A segmenter, and what is asked for beside its probabilities. To be used by one thread.

    Attributes:
        segmenter: Gives the probabilities.
        uncertainty: Kind of uncertainty, see `Inference`.
        folds: Segmenters of a cross-validation, for the uncertainty `folds`.
        separation: Gives the distances; None if they are not asked for.
        numbering: Gives the numbers; None if they are not asked for.

    Raises:
        InputError: There are no segmenters of folds, one alone, or some of another size.
    """

    segmenter: Segmenter
    uncertainty: str = "none"
    folds: Sequence[Segmenter] = ()
    separation: SeparationNetwork | None = None
    numbering: NumberingNetwork | None = None

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

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all that the predictions depend on but the X-ray."""
        content = hashlib.sha256(self.segmenter.fingerprint.encode())
        for fold in self.folds if self.uncertainty == "folds" else ():
            content.update(fold.fingerprint.encode())
        for weights in self.separation.weights if self.separation else ():
            content.update(np.ascontiguousarray(weights).data)
        if self.numbering:
            content.update(self.numbering.fingerprint.encode())
        return content.hexdigest()

    @property
    def numbering_size(self) -> int | None:
        """Side in px of the X-ray that the network of numbers takes; None if there is none."""
        return self.numbering.size if self.numbering else None

    def predict(
        self, resized: NDArray[np.uint8], for_numbers: NDArray[np.uint8] | None = None
    ) -> Predicted:
        """Apply the networks to an X-ray.

        Args:
            resized: (size, size) grey levels in 0..255.
            for_numbers: The same at the size of the network of numbers, if that is another one.
        """
        uncertainty = None
        if self.uncertainty == "flips":
            probabilities, uncertainty = self._predict_flips(resized)
        else:
            probabilities = self.segmenter.predict_probabilities(resized)
        if self.uncertainty == "folds":
            opinions = [one.predict_probabilities(resized) for one in self.folds]
            uncertainty = np.std(opinions, axis=0, dtype=np.float32)
        distances = self.separation.distances(probabilities) if self.separation else None
        numbers = upside_down = None
        if self.numbering:
            view = resized if for_numbers is None else for_numbers
            numbers, upside_down = self.numbering.maps(view), self.numbering.maps(view[::-1])
        return Predicted(probabilities, distances, uncertainty, numbers, upside_down)

    def _predict_flips(self, resized: NDArray[np.uint8]) -> tuple[Map, Map]:
        plain = self._without_mirror.predict_probabilities(resized)
        mirrored = self._without_mirror.predict_probabilities(resized[:, ::-1])[:, ::-1]
        uncertainty = np.abs(plain - mirrored) / 2
        # As the segmenter itself does it, without a third look.
        averages = self.segmenter.settings.mirror
        return (plain + mirrored) / np.float32(2) if averages else plain, uncertainty

    @cached_property
    def _without_mirror(self) -> Segmenter:
        settings = self.segmenter.settings.model_copy(update={"mirror": False})
        return replace(self.segmenter, settings=settings)


def make_xray_predictor(
    segmenter: Segmenter, folds: Sequence[Segmenter], inference: Inference
) -> XrayPredictor:
    """Return what predicts all that is asked for.

    Raises:
        InputError: The uncertainty asked for needs segmenters that are not there.
    """
    separates = inference.teeth and inference.method == "watershed"
    separation = load_separation_network() if separates else None
    numbering = segmenter.numbering_network if inference.gives_numbers else None
    return XrayPredictor(segmenter, inference.uncertainty, folds, separation, numbering)
