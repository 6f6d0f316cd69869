"""What the rest of the project needs of a network, without importing Keras."""

from collections.abc import Callable
from typing import Any, Protocol

from numpy.typing import NDArray


class Model(Protocol):
    """A Keras model, by the few methods that are called on it."""

    def predict_on_batch(self, x: NDArray) -> NDArray:
        """Return the probabilities of a batch."""
        ...

    def summary(self, *, line_length: int, print_fn: Callable[..., Any]) -> None:
        """Print the layers."""
        ...
