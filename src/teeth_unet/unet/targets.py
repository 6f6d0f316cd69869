"""What a network with two outputs is fitted to."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Targets:
    """Masks and depths as one array of two channels, put together row by row as it is read.

    Both may be memory-mapped: nothing is copied but the rows that are asked for.

    Args:
        masks: (n, h, w, 1) in {0, 1}.
        depths: (n, h, w, 1) in [0, 1].

    Raises:
        ValueError: They are of different shapes.
    """

    def __init__(self, masks: NDArray[np.float32], depths: NDArray[np.float32]) -> None:
        if masks.shape != depths.shape:
            raise ValueError(f"masks {masks.shape} and depths {depths.shape} have to be alike")
        self._masks, self._depths = masks, depths
        self.shape = (*masks.shape[:-1], 2)

    def __len__(self) -> int:
        return len(self._masks)

    def __getitem__(self, rows: Any) -> NDArray[np.float32]:  # noqa: ANN401 (as for an array)
        return np.concatenate([self._masks[rows], self._depths[rows]], axis=-1)
