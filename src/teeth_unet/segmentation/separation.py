"""From probabilities of tooth to the middle of each tooth."""

from functools import cached_property
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from teeth_unet import imaging, unet
from teeth_unet.unet import Network, Prediction

SIZE = 256
"""Height and width in px at which teeth are told apart; twice of it tells no more."""

NETWORK = Network(filters=(12, 24, 48, 96, 96), dropout=(0, 0, 0, 0, 0), patch=2)

WEIGHTS = "separation.npz"


class SeparationNetwork:
    """A small U-Net that looks at where teeth are, not at the X-ray, and tells them apart.

    It has learned the shapes of teeth from synthetic label maps (see `separation_training`), so
    that it serves every network and every set of X-rays, whose masks seldom tell one tooth from the
    next. Its weights are part of this package.

    Args:
        weights: Of the network `NETWORK`, layer by layer.
    """

    def __init__(self, weights: list[NDArray[np.float32]]) -> None:
        self.weights = weights

    def distances(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Tell how deep in its tooth every pixel lies, see `teeth.distance_map`.

        Args:
            probabilities: (h, w) in [0, 1], of tooth; a mask in {0, 1} serves as well.

        Returns:
            (h, w) in [0, 1]: near 1 in the middle of each tooth, low where two teeth touch.
        """
        small = imaging.resize_probabilities(probabilities, SIZE, SIZE)
        distances = self._predict(small[np.newaxis, ..., np.newaxis])[0, ..., 0]
        return imaging.resize_probabilities(distances, *probabilities.shape)

    @cached_property
    def _predict(self) -> "unet.Predictor":  # quoted: Keras is imported when it is needed
        model = unet.build_unet(NETWORK, SIZE)
        model.set_weights(self.weights)
        return unet.make_predictor(model, Prediction(mirror=True))


def load_separation_network() -> SeparationNetwork:
    """Return the separation network of this package."""
    with resources.files(__package__).joinpath(WEIGHTS).open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        return SeparationNetwork([stored[name].astype(np.float32) for name in sorted(stored.files)])
