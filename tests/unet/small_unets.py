"""Networks, parameters and pictures that are small enough for a test."""

import numpy as np

from teeth_unet.unet import Network, Training


def small_network(**changes):
    return Network(**{"filters": (4, 8), "dropout": (0.0, 0.1), **changes})


def small_training(**changes):
    """Float32 at a constant rate, unless the changes say otherwise."""
    return Training(**{"precision": "float32", "schedule": "constant", **changes})


def discs(count, size=16):
    """X-rays (count, size, size, 1) with a bright disc each on a noisy ground, and the discs."""
    numbers = np.random.default_rng(count)
    rows, columns = np.mgrid[:size, :size]
    centres = numbers.uniform(size / 4, 3 * size / 4, (2, count, 1, 1))
    masks = np.hypot(rows - centres[0], columns - centres[1]) < size / 5
    xrays = 0.3 + 0.4 * masks + numbers.normal(0, 0.05, masks.shape)
    return (
        np.clip(xrays, 0, 1)[..., None].astype(np.float32),
        masks[..., None].astype(np.float32),
    )


class RowsReadOnDemand:
    """Stands for a memory-mapped array: keeps a record of the rows that were asked for."""

    def __init__(self, array):
        self.array = array
        self.shape = array.shape
        self.reads = []

    def __len__(self):
        return len(self.array)

    def __getitem__(self, rows):
        part = self.array[rows]
        self.reads.append(len(part))
        return part
