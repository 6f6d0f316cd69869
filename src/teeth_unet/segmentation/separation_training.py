"""How the weights of the separation network are made, from synthetic X-rays alone.

    python -m teeth_unet.segmentation.separation_training src/teeth_unet/segmentation/separation.npz

takes some minutes on two cores. (In earlier versions the module was `splitter_training`.)
"""

import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, gaussian_filter, gaussian_filter1d

from teeth_unet import imaging, teeth, unet
from teeth_unet.machine import available_processors
from teeth_unet.phantoms import PhantomSettings, draw_labels
from teeth_unet.segmentation.separation import NETWORK, SIZE
from teeth_unet.unet import Augmentation, Training

PHANTOMS = PhantomSettings(cases=240, seed=5)
"""Of another seed than the built-in sample: no test sees them."""

VARIANTS = 3
"""Masks made of each phantom."""

CLOSED_SHARE = 0.5
"""Share of the masks whose jaws are brought together, as phantoms bite on a block."""

NEAREST_BITE, DEEPEST_BITE = 4, 12
"""Pixels of `DRAWN_AT` that the jaws then stay apart or overlap at most."""

CURVE = 10.0
"""Standard deviation in px by which the curve of the bite is smoothed, and its largest rise."""

TRAINING = Training(
    loss="binary_crossentropy",
    optimizer="muon",
    learning_rate=4e-3,
    warmup_epochs=1,
    weight_decay=0.1,
    batch_size=4,
    epochs=14,
    precision="auto",
    seed=1,
    augmentation=Augmentation(flip=0.5, rotation=8, zoom=0.2, shift=0.05),
)

DRAWN_AT = 512

DOUBT = 6.0
"""Standard deviation in px of the places where a network is in doubt."""


def roughen(
    labels: NDArray[np.integer], rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.integer]]:
    """Make of a label map what people or a network would make of its teeth.

    Clefts between neighbours are closed by chance, corners are rounded, outlines are moved in or
    out a little, edges are soft as those of probabilities, and some places are in doubt.

    Args:
        labels: (h, w), one number a tooth.
        rng: Source of chance.

    Returns:
        (h, w) in [0, 1], where the teeth seem to be; and the labels of what they cover.
    """
    height, width = rng.integers(1, 8, 2)
    padded = np.pad(labels > 0, 10)
    closed = binary_closing(padded, np.ones((height, width)))[10:-10, 10:-10]
    rounded = gaussian_filter(closed.astype(np.float32), rng.uniform(0.1, 1.6))
    mask = rounded > rng.uniform(0.38, 0.6)
    seen = gaussian_filter(mask.astype(np.float32), rng.uniform(0, 1.5))
    doubt = gaussian_filter(rng.standard_normal(labels.shape, dtype=np.float32), DOUBT)
    doubt *= rng.uniform(0, 0.2) / doubt.std()
    return np.clip(seen * (1 - np.abs(doubt)), 0, 1), teeth.spread_labels(labels, mask)


def close_bite(labels: NDArray[np.integer], rng: np.random.Generator) -> NDArray[np.integer]:
    """Move the lower teeth up until the jaws touch all along, or overlap, or nearly touch.

    Args:
        labels: (h, w), one number a tooth.
        rng: Source of chance.

    Returns:
        (h, w) labels; where teeth overlap, of the upper one.
    """
    jaws = {tooth.number: tooth.jaw for tooth in teeth.measure_label_map(labels)}
    lower = np.isin(labels, [number for number, jaw in jaws.items() if jaw == "lower"])
    upper = (labels > 0) & ~lower
    both = np.flatnonzero(upper.any(0) & lower.any(0))
    if not len(both):
        return labels
    height, width = labels.shape
    floor = height - 1 - upper[::-1].argmax(0)  # lowest upper pixel of a column
    free = (lower.argmax(0) - floor - 1)[both]
    free = np.minimum(free, np.median(free) + CURVE)  # gaps and edges of an arch are wider
    shift = gaussian_filter1d(np.interp(np.arange(width), both, free), CURVE)
    shift += rng.integers(-NEAREST_BITE, DEEPEST_BITE + 1)
    rows = np.arange(height)[:, np.newaxis] + np.clip(np.rint(shift), 0, None).astype(int)
    moved = np.take_along_axis(np.where(lower, labels, 0), np.minimum(rows, height - 1), axis=0)
    return np.where(upper, labels, np.where(rows < height, moved, 0))


def draw_example(example: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what the network sees of one variant of a phantom, and its distances, both square."""
    phantom, variant = divmod(example, VARIANTS)
    rng = np.random.default_rng((PHANTOMS.seed, phantom, variant))
    labels = imaging.resize_labels(draw_labels(PHANTOMS, phantom), DRAWN_AT)
    if rng.random() < CLOSED_SHARE:
        labels = close_bite(labels, rng)
    seen, covered = roughen(labels, rng)
    seen, distances = (
        imaging.resize_probabilities(picture, SIZE, SIZE)
        for picture in (seen, teeth.distance_map(covered))
    )
    return seen, distances


def fit_separation_network() -> list[NDArray[np.float32]]:
    """Return the weights of a separation network that was fitted to phantoms."""
    with ThreadPoolExecutor(available_processors()) as threads:
        examples = list(threads.map(draw_example, range(VARIANTS * PHANTOMS.cases)))
    x, distances = (np.stack(pictures)[..., np.newaxis] for pictures in zip(*examples, strict=True))
    compiled = unet.compile_model(NETWORK, TRAINING, size=SIZE, train_cases=len(x))
    fitted, _ = unet.fit_model(compiled, x, distances, x[:0], distances[:0], TRAINING)
    weights: list[NDArray[np.float32]] = fitted.get_weights()
    return weights


def save_weights(path: Path, weights: list[NDArray[np.float32]]) -> None:
    """Write weights in half precision, which tells the same teeth apart."""
    # Any: an array could have the name of an option, as far as NumPy's annotations know.
    arrays: dict[str, Any] = {
        f"{number:03d}": each.astype(np.float16) for number, each in enumerate(weights)
    }
    np.savez_compressed(path, **arrays)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    save_weights(Path(sys.argv[1]), fit_separation_network())
