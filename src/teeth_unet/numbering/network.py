"""From an X-ray to the number and the kind of every pixel."""

from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from teeth_unet import imaging
from teeth_unet.numbering.classes import KINDS, MIRRORED, NUMBERS
from teeth_unet.unet import Network, build_unet
from teeth_unet.unet.network import HEAD

if TYPE_CHECKING:
    import keras

SIZE = 512
"""Height and width in px of the X-ray that a numbering network sees."""

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

WEIGHTS = "numbering.npz"


@dataclass(frozen=True)
class NumberMaps:
    """What a numbering network says of one X-ray, at half its own size.

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


def build_network(seed: int = 0, precision: str = "float32") -> "keras.Model":
    """Return an untrained numbering network.

    Returns:
        A model from (n, 512, 512, 1) grey levels in [0, 1] to (n, 256, 256, 64) logits: of the
        numbers, then of the kinds, then of the distance.
    """
    import keras

    body = build_unet(NETWORK, SIZE, precision=precision, seed=seed)
    head = keras.layers.Conv2D(
        len(NUMBERS) + len(KINDS) + 1,
        1,
        dtype="float32",
        name=f"{HEAD}_numbers",
        kernel_initializer=keras.initializers.HeNormal(seed=seed + 7),
    )
    return keras.Model(body.input, head(body.get_layer(HEAD).input), name="numbering")


class NumberingNetwork:
    """A U-Net that tells of every pixel of an X-ray which tooth it belongs to.

    It has learned from drawings alone and serves every segmenter.

    Args:
        weights: Of `build_network`, layer by layer.
    """

    def __init__(self, weights: list[NDArray[np.float32]]) -> None:
        self.weights = weights

    def maps(self, xray: NDArray[np.uint8]) -> NumberMaps:
        """Tell numbers and kinds, averaged with what the mirrored X-ray gives.

        Args:
            xray: (h, w) grey levels in 0..255, of any size.
        """
        x = imaging.resize_xray(xray, SIZE)[np.newaxis, ..., np.newaxis] / np.float32(255)
        numbers, kinds, distances = _split(self._model.predict_on_batch(x)[0])
        turned = _split(self._model.predict_on_batch(x[:, :, ::-1])[0, :, ::-1])
        return NumberMaps(
            _mean(numbers, turned[0][..., MIRRORED]),
            _mean(kinds, turned[1]),
            _mean(distances, turned[2]),
        )

    @cached_property
    def _model(self) -> "keras.Model":
        model = build_network()
        model.set_weights(self.weights)
        return model


def _mean(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    return ((one + other) / 2).astype(np.float32)


def _split(
    logits: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    count = len(NUMBERS)
    numbers, kinds, distance = np.split(logits, [count, count + len(KINDS)], axis=-1)
    distances = (1 / (1 + np.exp(-distance[..., 0]))).astype(np.float32)
    return _softmax(numbers), _softmax(kinds), distances


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: NDArray[np.float32] = shifted / shifted.sum(axis=-1, keepdims=True)
    return shares


def load_numbering_network() -> NumberingNetwork:
    """Return the numbering network of this package."""
    with resources.files(__package__).joinpath(WEIGHTS).open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        return NumberingNetwork([stored[name].astype(np.float32) for name in sorted(stored.files)])
