"""What the room and its users need of each other, without importing Keras."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Model(Protocol):
    """A Keras model, by what is asked of it outside the room.

    Attributes:
        input_shape: (None, height, width, channels).
        output_shape: (None, height, width, outputs).
    """

    input_shape: tuple[int | None, ...]
    output_shape: tuple[int | None, ...]

    def predict_on_batch(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probabilities of a batch."""
        ...

    def get_weights(self) -> list[NDArray[np.float32]]:
        """Return all weights."""
        ...

    def to_json(self) -> str:
        """Describe the architecture."""
        ...

    def save(self, filepath: Path) -> None:
        """Write architecture and weights to a `.keras` file."""
        ...


@dataclass(frozen=True)
class Checkpoint:
    """All that a training needs to be resumed.

    Attributes:
        arrays: Numbers by name: weights, the optimizer's state, random streams.
        state: What JSON can hold: the history, and what the training was started with.
    """

    arrays: dict[str, NDArray[Any]]
    state: dict[str, Any]


class CheckpointStore(Protocol):
    """A place for the last checkpoint of a training."""

    def latest(self) -> Checkpoint | None:
        """Return the checkpoint, if there is one."""
        ...

    def write(self, checkpoint: Checkpoint) -> None:
        """Put a checkpoint in place of the one before, whole or not at all."""
        ...

    def clear(self) -> None:
        """Forget the checkpoint."""
        ...


class CheckpointStores(Protocol):
    """Places for the last checkpoints of several trainings, by name."""

    def of(self, name: str) -> CheckpointStore:
        """Return the place of one training."""
        ...

    def clear(self) -> None:
        """Forget all checkpoints."""
        ...


class Predictor(Protocol):
    """A network that is ready to predict."""

    def __call__(self, x: NDArray[np.float32], /) -> NDArray[np.float32]:
        """Return the probabilities (n, size, size, 1) of X-rays of that shape."""
        ...
