"""What the rest of the project needs of a network, without importing Keras."""

from typing import Protocol

from numpy.typing import NDArray


class Model(Protocol):
    """A Keras model, by the one method that is called on it outside the room."""

    def predict_on_batch(self, x: NDArray) -> NDArray:
        """Return the probabilities of a batch."""
        ...
