"""How the truth is outlined: beyond the edge or within it, and short of the root tip."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from teeth_unet.phantoms.mouth.objects import MouthObject
from teeth_unet.phantoms.mouth.settings import Outline
from teeth_unet.phantoms.mouth.truth import put

SQUARE = 512  # pixels of the squeezed picture that distances are given in


def without_tips(
    rng: np.random.Generator, objects: list[MouthObject], outline: Outline
) -> list[MouthObject]:
    """Return objects of which each natural tooth lacks a share of its length at the tip."""
    if outline.tip == (1, 1):
        return objects
    return [_without_tip(each, rng.uniform(*outline.tip)) for each in objects]


def _without_tip(each: MouthObject, share: float) -> MouthObject:
    if each.tooth is None:
        return each
    along = each.tooth.pose.to_tooth(each.tooth.outline)[:, 1]
    end = along.min() + share * np.ptp(along)
    cut = each.tooth.clipped(lambda across: np.full_like(across, end), keep_crown=True)
    return replace(each, outlines=(cut.outline,))


def moved_edges(layers: NDArray[np.uint8], beyond: float) -> NDArray[np.uint8]:
    """Return layers whose objects are larger or smaller all around.

    Args:
        layers: (n, height, width) numbers of objects, 0 elsewhere; each object in one layer.
        beyond: How far, in pixels of the picture squeezed to 512 x 512. A pixel is added if its
            centre is no further than that from the centre of one inside; below 0 it is taken away
            if its centre is no further from that of one outside.

    Returns:
        (m, height, width) numbers; objects that now overlap are in different layers.
    """
    shape = layers.shape[1:]
    reach = _offsets(abs(beyond), shape)
    if len(reach) == 1:
        return layers
    margin = np.abs(reach).max(axis=0) + 1
    moved = [np.zeros(shape, dtype=np.uint8)]
    for number, layer, place in _objects_of(layers):
        rows, columns = (
            slice(max(0, side.start - more), min(size, side.stop + more))
            for side, more, size in zip(place, margin, shape, strict=True)
        )
        where = layer[rows, columns] == number
        grown = _grown(where, reach) if beyond > 0 else ~_grown(~where, reach)
        put(moved, number, (rows, columns), grown)
    return np.stack(moved)


def _objects_of(
    layers: NDArray[np.uint8],
) -> list[tuple[int, NDArray[np.uint8], tuple[slice, slice]]]:
    """Return the number, the layer and the place of each object, in the order of numbers."""
    found = [
        (number, layer, (place[0], place[1]))
        for layer in layers
        for number, place in enumerate(find_objects(layer), start=1)
        if place is not None
    ]
    return sorted(found, key=lambda each: each[0])


def _offsets(distance: float, shape: tuple[int, int]) -> NDArray[np.int_]:
    """Return the (n, 2) rows and columns within a distance in pixels of the squeezed picture."""
    high, wide = distance * shape[0] / SQUARE, distance * shape[1] / SQUARE
    if min(high, wide) < 1e-9:
        return np.zeros((1, 2), dtype=int)
    rows, columns = np.mgrid[-int(high) : int(high) + 1, -int(wide) : int(wide) + 1]
    within = (rows / high) ** 2 + (columns / wide) ** 2 <= 1 + 1e-9
    return np.column_stack([rows[within], columns[within]])


def _grown(where: NDArray[np.bool_], offsets: NDArray[np.int_]) -> NDArray[np.bool_]:
    """Return where one of the offsets leads to a pixel that is inside; it is False outside."""
    height, width = where.shape
    grown = np.zeros_like(where)
    for down, right in offsets.tolist():
        target = (
            slice(max(0, down), height + min(0, down)),
            slice(max(0, right), width + min(0, right)),
        )
        source = (
            slice(max(0, -down), height + min(0, -down)),
            slice(max(0, -right), width + min(0, -right)),
        )
        grown[target] |= where[source]
    return grown
