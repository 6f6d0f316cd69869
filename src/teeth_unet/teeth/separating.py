"""From a mask and the distances in it to single teeth."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, label
from skimage.morphology import local_maxima

from teeth_unet.imaging import sample_at_centres
from teeth_unet.teeth.flooding import flood

Labels = NDArray[np.integer]

SADDLE = 0.7
"""Two peaks belong to one tooth if the pass between them is so high a share of the lower one."""

FRAGMENT = 0.25
"""What has less than this share of the median tooth's area is no tooth of its own."""

BLUR = 1.0
"""Standard deviation in px by which distances are smoothed: single pixels make no peaks."""

MIDDLE = 0.6
"""Share of a tooth's largest distance from which on a pixel is in its middle."""


MOST_PIXELS = 6_000_000
"""Size up to which outlines between teeth are drawn pixel by pixel; beyond, at a coarser grid."""


def separate_instances(mask: NDArray[np.uint8], distances: NDArray[np.float32]) -> Labels:
    """Divide a mask into teeth along the valleys of the distances.

    Which teeth there are is decided on the grid of the distances, where they run on the grid of the
    mask: a second watershed grows the middle of every tooth to the mask's outline.

    Args:
        mask: (h, w) in {0, 1}, of any size.
        distances: (rows, columns) in [0, 1] of the same picture, see `distance_map`.

    Returns:
        (h, w): 0 background, 1 to n the teeth. Parts of the mask that no tooth reaches are 0.
    """
    coarse = find_teeth(sample_at_centres(mask, distances.shape), distances)
    if mask.shape == distances.shape:
        return coarse
    middles = np.where(distances >= MIDDLE * _peaks(coarse, distances)[coarse], coarse, 0)
    return grow_cores(mask, middles, distances)


def grow_cores(mask: NDArray[np.uint8], cores: Labels, distances: NDArray[np.float32]) -> Labels:
    """Grow the core of every tooth to the outline of a mask, by a watershed.

    Args:
        mask: (h, w) in {0, 1}, of any size.
        cores: (rows, columns) 0 background, 1 to n what is surely of a tooth.
        distances: In [0, 1], of the same picture on any grid, see `distance_map`.

    Returns:
        (h, w): 0 background, 1 to n the teeth. Parts of the mask that no tooth reaches are 0.
    """
    shrink = min(1.0, (MOST_PIXELS / mask.size) ** 0.5)
    shape = tuple(max(1, round(side * shrink)) for side in mask.shape)
    fine = Image.fromarray(-distances).resize(shape[::-1], Image.Resampling.BILINEAR)
    inside = sample_at_centres(mask, shape) > 0
    labels = flood(np.asarray(fine), sample_at_centres(cores, shape), inside)
    if shape == mask.shape:
        return labels
    return np.where(mask, sample_at_centres(labels, mask.shape), 0)


def find_teeth(mask: NDArray[np.uint8], distances: NDArray[np.float32]) -> Labels:
    """Divide a mask into teeth on the grid of the distances.

    A watershed (Beucher and Meyer 1993) grows every peak of the distances to the outline of the
    mask; regions whose pass is hardly lower than the lower of their peaks are one tooth, as roots
    and crown of a molar are. Fragments join the neighbour that they are least divided from; what
    has no neighbour is dropped.

    Args:
        mask: (h, w) in {0, 1}.
        distances: (h, w) in [0, 1].

    Returns:
        (h, w): 0 background, 1 to n the teeth.
    """
    smooth = gaussian_filter(distances, BLUR)
    inside = mask > 0
    peaks, _ = label(local_maxima(np.where(inside, smooth, 0)) & inside, np.ones((3, 3)))
    regions = flood(-smooth, peaks, inside)
    passes = _passes(regions, smooth)
    owner = _merge(_peaks(regions, smooth), passes)
    owner = _join_fragments(owner, np.bincount(regions.ravel()), passes)
    return owner[regions]


def _peaks(regions: Labels, distances: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the largest distance in each region, by its number; 0 of the background."""
    heights = np.zeros(int(regions.max(initial=0)) + 1)
    inside = regions > 0
    np.maximum.at(heights, regions[inside], distances[inside].astype(float))
    return heights


def _passes(regions: Labels, distances: NDArray[np.float32]) -> list[tuple[float, int, int]]:
    """Return the highest pass between any two regions that touch, the highest first."""
    touching = [
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:-1, :], np.s_[1:, :]),
        (np.s_[:-1, :-1], np.s_[1:, 1:]),
        (np.s_[:-1, 1:], np.s_[1:, :-1]),
    ]
    found: dict[tuple[int, int], float] = {}
    for one, other in touching:
        a, b = regions[one], regions[other]
        where = np.nonzero((a != b) & (a > 0) & (b > 0))
        low = np.minimum(distances[one][where], distances[other][where])
        for first, second, height in zip(
            a[where].tolist(), b[where].tolist(), low.tolist(), strict=True
        ):
            pair = (min(first, second), max(first, second))
            found[pair] = max(found.get(pair, 0.0), height)
    return sorted(((height, *pair) for pair, height in found.items()), reverse=True)


def _merge(heights: NDArray[np.float64], passes: list[tuple[float, int, int]]) -> Labels:
    """Return for each region the number of the tooth it belongs to."""
    owner = np.arange(len(heights))
    heights = heights.copy()
    for height, first, second in passes:
        a, b = owner[first], owner[second]
        if a != b and height >= SADDLE * min(heights[a], heights[b]):
            owner[owner == b] = a
            heights[a] = max(heights[a], heights[b])
    return owner


def _join_fragments(
    owner: Labels,
    areas: NDArray[np.int64],
    passes: list[tuple[float, int, int]],
) -> Labels:
    """Give fragments to the neighbour behind the highest pass, and number the teeth again."""
    areas = areas.copy()
    areas[0] = 0
    size = np.bincount(owner, areas, len(owner))
    if not size.any():
        return np.zeros_like(owner)
    least = FRAGMENT * np.median(size[size > 0])
    for _, first, second in passes:
        a, b = owner[first], owner[second]
        if a != b and min(size[a], size[b]) < least:
            owner[owner == b] = a
            size[a], size[b] = size[a] + size[b], 0
    kept = np.flatnonzero(size >= least)
    numbers = np.zeros(len(owner), np.int32)
    numbers[kept] = np.arange(1, len(kept) + 1)
    numbers[0] = 0
    return numbers[owner]
