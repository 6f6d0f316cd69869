"""The truth of a phantom: which pixels each object covers, and what it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms.mouth.objects import Finding, Kind, MouthObject, Treatment
from teeth_unet.phantoms.mouth.settings import Mask
from teeth_unet.phantoms.raster import inside, window_around

MOST_OBJECTS = int(np.iinfo(np.uint8).max)

_SETTING_OF_KIND: dict[Kind, str] = {
    "milk tooth": "milk_teeth",
    "germ": "germs",
    "implant": "implants",
    "pontic": "pontics",
    "root remnant": "root_remnants",
    "supernumerary": "supernumerary",
    "bar": "bars",
    "denture": "dentures",
}


@dataclass(frozen=True)
class TruthObject:
    """What one object is.

    Attributes:
        number: Of the object, from 1: the upper ones from left to right, then the lower ones.
        kind: What it is.
        fdi: Its number in the chart, from 11 to 48, or from 51 to 85 for a milk tooth; an implant
            or a pontic has the number of the tooth that it replaces. 0 for supernumerary teeth,
            bars and dentures.
        upper: Whether it is in the upper jaw.
        done: What was done to it.
        findings: What else there is to say of it.
        formed: Share of its length that is calcified; below 1 for a tooth that still grows.
        rank: The larger it is, the further in front it stands where objects overlap; from 1.
    """

    number: int
    kind: Kind
    fdi: int
    upper: bool
    done: tuple[Treatment, ...]
    findings: tuple[Finding, ...]
    formed: float
    rank: int


@dataclass(frozen=True)
class Truth:
    """All objects of a phantom, and all pixels of each.

    Attributes:
        table: The objects in the order of their numbers.
        layers: (n, height, width) numbers of the objects, 0 elsewhere. Each object is whole in one
            of the layers; where objects overlap, they are in different ones.
        age: In years, of a child; None for all others.
    """

    table: tuple[TruthObject, ...]
    layers: NDArray[np.uint8]
    age: float | None = None

    def whole(self, number: int) -> NDArray[np.bool_]:
        """Return (height, width) where an object is, also where another one is in front of it."""
        where: NDArray[np.bool_] = (self.layers == number).any(axis=0)
        return where

    def in_front(self, numbers: Collection[int] | None = None) -> NDArray[np.uint8]:
        """Return (height, width) the number of the foremost object of each pixel, 0 for none.

        Args:
            numbers: Of the objects to look at; None for all.
        """
        by_rank = sorted(self.table, key=lambda each: each.rank)
        ranks = np.zeros(256, dtype=np.uint8)
        for each in by_rank:
            if numbers is None or each.number in numbers:
                ranks[each.number] = each.rank
        foremost = ranks[self.layers].max(axis=0, initial=0)
        numbers_of_ranks = np.array([0, *(each.number for each in by_rank)], dtype=np.uint8)
        in_front: NDArray[np.uint8] = numbers_of_ranks[foremost]
        return in_front

    def counted(self, mask: Mask) -> list[int]:
        """Return the numbers of the objects that count as tooth."""
        return [each.number for each in self.table if counts(each.kind, mask)]


def counts(kind: Kind, mask: Mask) -> bool:
    """Tell whether objects of a kind count as tooth."""
    return kind == "tooth" or bool(getattr(mask, _SETTING_OF_KIND[kind]))


def true_table(objects: Sequence[MouthObject]) -> tuple[TruthObject, ...]:
    """Return what the objects of a mouth are, numbered in their order."""
    nearness = [each.nearness for each in objects]
    ranks = np.argsort(np.argsort(nearness, kind="stable"), kind="stable") + 1
    return tuple(
        TruthObject(
            number,
            each.kind,
            each.fdi,
            each.upper,
            each.done,
            each.findings,
            each.formed,
            int(rank),
        )
        for number, (each, rank) in enumerate(zip(objects, ranks, strict=True), start=1)
    )


def layers_of(objects: Sequence[MouthObject], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the pixels of all objects, those that overlap in different layers.

    A pixel belongs to an object if its centre lies in one of its outlines.

    Args:
        objects: In the order of their numbers, from 1.
        shape: (height, width) of the picture.

    Returns:
        (n, height, width) numbers, 0 elsewhere.

    Raises:
        ValueError: There are more objects than numbers.
    """
    if len(objects) > MOST_OBJECTS:
        raise ValueError(f"objects: expected {MOST_OBJECTS} at most, found {len(objects)}.")
    layers = [np.zeros(shape, dtype=np.uint8)]
    for number, each in enumerate(objects, start=1):
        window = window_around(np.vstack(each.outlines), 1, shape)
        where = inside(each.outlines[0], window)
        for outline in each.outlines[1:]:
            where |= inside(outline, window)
        put(layers, number, window, where)
    return np.stack(layers)


def put(
    layers: list[NDArray[np.uint8]],
    number: int,
    window: tuple[slice, slice],
    where: NDArray[np.bool_],
) -> None:
    """Write the pixels of an object into the first layer where they are free, or into a new one."""
    for layer in layers:
        if not layer[window][where].any():
            break
    else:
        layer = np.zeros_like(layers[0])
        layers.append(layer)
    layer[window][where] = number
