"""From an X-ray to the number and the kind of every pixel."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from teeth_unet import imaging, unet
from teeth_unet.numbering.classes import KINDS, MIRRORED, NUMBERS
from teeth_unet.unet import Network

if TYPE_CHECKING:
    from teeth_unet.unet import Model

SIZE = 512
"""Height and width in px of the X-ray that the numbering network of this package sees."""

NETWORK = Network(
    filters=(16, 32, 64, 128, 256),
    dropout=(0, 0, 0, 0, 0.2),
    patch=2,
    normalisation="batch",
    normalisation_place="before_activation",
    momentum=0.9,
    pooling="max",
    upsampling="bilinear",
)
"""The architecture of the numbering network of this package."""

CLASSES = (len(NUMBERS), len(KINDS))
"""How many labels the two label maps of a numbering network have."""


@dataclass(frozen=True)
class NumberMaps:
    """What a numbering network says of one X-ray, at half its own size (a patch of 2).

    Attributes:
        numbers: (256, 256, 53) float32, the probability of each of `NUMBERS`.
        kinds: (256, 256, 10) float32, the probability of each of `KINDS`.
        distances: (256, 256) float32 in [0, 1], how deep in its object a pixel lies, see
            `teeth.distance_map`.
    """

    numbers: NDArray[np.float32]
    kinds: NDArray[np.float32]
    distances: NDArray[np.float32]

    @property
    def certainty(self) -> float:
        """Mean logarithm of the likeliest number's share, up to 0, where there are objects.

        The lowest there is if there are none.
        """
        inside = self.kinds[..., 0] < 0.5
        numbers = self.numbers[inside][:, 1:]
        if not numbers.size:
            return -float(np.log(len(NUMBERS) - 1))
        shares = numbers.max(axis=1) / np.maximum(numbers.sum(axis=1), 1e-9)
        return float(np.log(np.maximum(shares, 1 / (len(NUMBERS) - 1))).mean())


class NumberingNetwork:
    """A U-Net that tells of every pixel of an X-ray which tooth it belongs to.

    It has learned from drawings alone and serves every segmenter.

    Args:
        weights: Of `unet.build_label_unet` with `CLASSES`, layer by layer.
        network: Its architecture.
        size: Height and width in px of the X-ray that it sees.
        about: How it was made: what JSON can hold.
    """

    def __init__(
        self,
        weights: list[NDArray[np.float32]],
        network: Network = NETWORK,
        size: int = SIZE,
        about: Mapping[str, Any] | None = None,
    ) -> None:
        self.weights = weights
        self.network = network
        self.size = size
        self.about = dict(about or {})

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of architecture and weights: the same maps come from the same."""
        content = hashlib.sha256(f"{self.network.model_dump_json()} {self.size}".encode())
        for weights in self.weights:
            content.update(np.ascontiguousarray(weights).data)
        return content.hexdigest()

    def maps(self, xray: NDArray[np.uint8]) -> NumberMaps:
        """Tell numbers and kinds, averaged with what the mirrored X-ray gives.

        Args:
            xray: (h, w) grey levels in 0..255, of any size.
        """
        levels = imaging.resize_xray(xray, self.size)[np.newaxis, ..., np.newaxis]
        x = levels.astype(np.float32) / np.float32(255)
        numbers, kinds, distances = _split(self._model.predict_on_batch(x)[0])
        turned = _split(self._model.predict_on_batch(x[:, :, ::-1])[0, :, ::-1])
        return NumberMaps(
            _in_pixels(_mean(numbers, turned[0][MIRRORED])),
            _in_pixels(_mean(kinds, turned[1])),
            _mean(distances, turned[2]),
        )

    @cached_property
    def _model(self) -> "Model":  # quoted: Keras is imported when it is needed
        model: Any = unet.build_label_unet(self.network, self.size, CLASSES)
        model.set_weights(self.weights)
        built: Model = model
        return built


def _mean(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    one += other
    one /= 2
    return one


def _in_pixels(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return maps with their classes behind, as those read them who ask pixel by pixel."""
    return np.ascontiguousarray(np.moveaxis(maps, 0, -1))


def _split(
    logits: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return numbers, kinds and distances, the first two with their classes in front.

    A class after the other all steps take a third of the time that they take pixel by pixel.
    """
    count = len(NUMBERS)
    in_front = np.ascontiguousarray(np.moveaxis(logits, -1, 0))
    numbers, kinds, distance = np.split(in_front, [count, count + len(KINDS)])
    distances = (1 / (1 + np.exp(-distance[0]))).astype(np.float32)
    return _softmax(numbers), _softmax(kinds), distances


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    shares: NDArray[np.float32] = logits - logits.max(axis=0)
    np.exp(shares, out=shares)
    shares /= shares.sum(axis=0)
    return shares
