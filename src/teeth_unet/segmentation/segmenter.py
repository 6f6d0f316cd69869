"""From an X-ray of any size to the mask of its teeth."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging, unet
from teeth_unet.errors import InputError
from teeth_unet.numbering import Numbered, NumberingNetwork, load_numbering_network, number_teeth
from teeth_unet.segmentation.arrays import grey_batch
from teeth_unet.segmentation.separation import SeparationNetwork, load_separation_network
from teeth_unet.segmentation.settings import SegmenterSettings
from teeth_unet.unet import Model, Prediction


@dataclass(frozen=True)
class Maps:
    """What a network says of one X-ray, at the network's size.

    Attributes:
        probabilities: (size, size) float32 in [0, 1], of tooth.
        distances: (size, size) float32 in [0, 1], how deep in its tooth a pixel lies, from which
            single teeth can be told, see `SeparationNetwork.distances`.
    """

    probabilities: NDArray[np.float32]
    distances: NDArray[np.float32]


@dataclass(frozen=True)
class Segmenter:
    """A fitted network that can only be used the way it was fitted.

    Attributes:
        model: The network.
        settings: What belongs to it.
        of_package: Whether it is the one that comes with this package.
        numbering: The network that tells the numbers of teeth, if it was fitted together with this
            one; otherwise that of this package does it, see `numbering_network`.

    Raises:
        InputError: The network's input or output is another than the settings say.
    """

    model: Model
    settings: SegmenterSettings
    of_package: bool = False
    numbering: NumberingNetwork | None = None

    def __post_init__(self) -> None:
        size = self.settings.size
        expected = (None, size, size, 1)
        found = self.model.input_shape, self.model.output_shape
        if found != (expected, expected):
            raise InputError(
                "segmenter",
                f"a network from {expected} to the same, as its settings say",
                f"one from {found[0]} to {found[1]}",
                "Make it again: kedro run --pipeline data_science",
            )

    def __repr__(self) -> str:
        """Tell in a line what this is; its settings would fill pages."""
        settings = self.settings
        told = f"{settings.size} px, threshold {settings.threshold:g}"
        return f"Segmenter({told}, taught on: {self.taught_on})"

    @property
    def taught_on(self) -> str:
        """Say in a few words, for logs and tables, which network this is."""
        return f"{'package: ' if self.of_package else ''}{self.settings.data_note}"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of architecture, weights and settings: the same results come from the same."""
        content = hashlib.sha256(self.settings.model_dump_json().encode())
        content.update(self.model.to_json().encode())
        for weights in self.model.get_weights():
            content.update(np.ascontiguousarray(weights).data)
        if self.numbering is not None:
            content.update(self.numbering.fingerprint.encode())
        return content.hexdigest()

    @cached_property
    def numbering_network(self) -> NumberingNetwork:
        """What tells the numbers of teeth: its own network, or that of this package."""
        return self.numbering or load_numbering_network()

    def number_teeth(self, image: Image.Image | NDArray[Any]) -> Numbered:
        """Find single teeth in an X-ray, and their numbers.

        Args:
            image: As of `predict`, but for a batch.

        Returns:
            The teeth, each with its FDI number and its kind, and the chart of the mouth.

        Raises:
            InputError: As of `predict`, or it is a batch.
        """
        xray = self._one_xray(image)
        seen, network = self.predict_maps(xray), self.numbering_network
        return number_teeth(
            seen.probabilities,
            self.settings.threshold,
            network.maps(xray),
            xray.shape,
            network.maps(xray[::-1]),
            seen.distances,
        )

    def predict_maps(self, xray: NDArray[np.uint8]) -> Maps:
        """Say of an X-ray where teeth are, and where the middle of each is.

        Args:
            xray: (h, w) grey levels in 0..255, of any size.

        Returns:
            The maps at the network's size.
        """
        probabilities = self.predict_probabilities(xray)
        return Maps(probabilities, self._separation.distances(probabilities))

    def predict_probabilities(self, xray: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Apply the network to an X-ray.

        Args:
            xray: (h, w) grey levels in 0..255, of any size.

        Returns:
            (size, size) float32 in [0, 1], the probability of tooth, at the network's size.
        """
        resized = imaging.resize_xray(xray, self.settings.size)
        x = resized[np.newaxis, ..., np.newaxis].astype(np.float32) / np.float32(255)
        return self._predictor(x)[0, ..., 0]

    def predict(self, image: Image.Image | NDArray[Any]) -> NDArray[np.uint8]:
        """Find the teeth in an X-ray, or in each of a batch.

        Args:
            image: A picture in any mode; or an array (h, w), (h, w, 1), (h, w, 3) or (h, w, 4):
                grey levels or colours as uint8, shares of white as floats in [0, 1], or grey levels
                as other whole numbers up to 65535, such as uint16, see `grey_batch`. Or a batch of
                such arrays, with n before their axes; (3, h, w) and (4, h, w) could be colours, and
                have to be (3, h, w, 1) and (4, h, w, 1).

        Returns:
            (h, w) mask at the X-ray's own size: 1 tooth, 0 background; (n, h, w) of a batch.

        Raises:
            InputError: The picture cannot be an X-ray, see `imaging.decode_xray`, or the array may
                mean several things.
        """
        if isinstance(image, Image.Image):
            return self._predict_levels(self._one_xray(image))
        xrays, is_batch = grey_batch(image)
        masks = np.empty(xrays.shape, np.uint8)
        for xray, mask in zip(xrays, masks, strict=True):
            mask[:] = self._predict_levels(xray)
        return masks if is_batch else masks[0]

    def _one_xray(self, image: Image.Image | NDArray[Any]) -> NDArray[np.uint8]:
        """Return the (h, w) grey levels of one X-ray."""
        if isinstance(image, Image.Image):
            return imaging.decode_xray(image)
        xrays, is_batch = grey_batch(image)
        if is_batch:
            raise InputError("image", "one X-ray", f"a batch of {len(xrays)}", "Give one by one.")
        xray: NDArray[np.uint8] = xrays[0]
        _refuse_nothing(xray)
        return xray

    def _predict_levels(self, xray: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = xray.shape
        _refuse_nothing(xray)
        probabilities, threshold = self.predict_probabilities(xray), self.settings.threshold
        return imaging.enlarge_and_threshold(probabilities, height, width, threshold)

    @cached_property
    def _predictor(self) -> "unet.Predictor":  # quoted: Keras is imported when it is needed
        return unet.make_predictor(self.model, Prediction(mirror=self.settings.mirror))

    @cached_property
    def _separation(self) -> SeparationNetwork:
        return load_separation_network()


def _refuse_nothing(xray: NDArray[np.uint8]) -> None:
    height, width = xray.shape
    if not xray.size:
        raise InputError("image", "an X-ray", f"{width} x {height} px", "Look at how it came.")
