"""From what two networks say of an X-ray to numbered teeth and a chart."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter

from teeth_unet import imaging
from teeth_unet.numbering.charting import Chart, NumberedTooth, draw_up_chart
from teeth_unet.numbering.classes import KINDS, NUMBERS
from teeth_unet.numbering.describing import Described, describe, gaps_before
from teeth_unet.numbering.dividing import divide
from teeth_unet.numbering.kinds import decide_kinds
from teeth_unet.numbering.network import NumberMaps
from teeth_unet.numbering.sequencing import number_sequence
from teeth_unet.teeth import grow_cores

Labels = NDArray[np.integer]

NATURAL = ("tooth", "milk tooth", "germ", "root remnant")
"""Kinds of objects whose pixels bear their FDI number in a label map."""

NO_TEETH = ("implant", "pontic", "bar", "denture")
"""Kinds of objects that do not count as teeth."""

OTHERS = {kind: 100 + code for code, kind in enumerate(KINDS)}
"""What the pixels of all other objects bear: 104 implant, 105 pontic, 107 supernumerary, 108 bar,
109 denture; and of natural ones without a number: 101 tooth, 102 milk tooth, 103 germ, 106 root."""

KIND_OF_CODE = {code: kind for kind, code in OTHERS.items() if kind != "background"}
"""The kind of what bears each of `OTHERS` in a label map."""

WANTED = 0.5
"""Share of an object from which on it wants a number for itself."""

IN_MASK = 0.5
"""Share of an object in the segmenter's mask from which on that mask outlines it."""

CUT = 2
"""So many objects at the sides of a picture tell that it is a part of one."""


@dataclass(frozen=True)
class Numbered:
    """The teeth of one X-ray by their numbers.

    Attributes:
        objects: (height, width) uint16 at the X-ray's own size, 0 background, 1 to n the objects.
        teeth: What each object is, in the order of their labels.
        chart: What is at the 32 places of the mouth.
    """

    objects: NDArray[np.uint16]
    teeth: tuple[NumberedTooth, ...]
    chart: Chart

    @property
    def tooth_labels(self) -> NDArray[np.uint16]:
        """(height, width) the objects that are teeth, under their labels; 0 elsewhere."""
        are_teeth = [False, *(tooth.kind not in NO_TEETH for tooth in self.teeth)]
        kept: NDArray[np.uint16] = np.where(np.array(are_teeth)[self.objects], self.objects, 0)
        return kept

    @property
    def label_map(self) -> NDArray[np.uint8]:
        """(height, width) FDI number of the tooth of each pixel; other objects as `OTHERS`."""
        codes = [0, *(code_of(tooth) for tooth in self.teeth)]
        return np.array(codes, np.uint8)[self.objects]


def code_of(tooth: NumberedTooth) -> int:
    """Return what the pixels of an object bear in a label map."""
    return code_of_object(tooth.number, tooth.kind)


def code_of_object(number: int, kind: str) -> int:
    """Return the same of its FDI number, 0 for none, and its kind."""
    return number if number and kind in NATURAL else OTHERS[kind]


def number_teeth(
    probabilities: NDArray[np.float32],
    threshold: float,
    maps: NumberMaps,
    shape: tuple[int, int],
    upside_down: NumberMaps | None = None,
    distances: NDArray[np.float32] | None = None,
) -> Numbered:
    """Tell all objects in a mouth apart, and give them their numbers.

    What is in the mouth is where the segmenter and the numbering network, one as important as the
    other, say so: a mask may leave out implants or germs. What it has keeps its outline.

    Args:
        probabilities: (h, w) in [0, 1], of tooth, see `Segmenter.predict_maps`.
        threshold: From which on a pixel counts as tooth.
        maps: Of the same X-ray, see `NumberingNetwork.maps`.
        shape: (height, width) of the X-ray.
        upside_down: Maps of the X-ray turned upside down, `xray[::-1]`. If the network is surer
            of those, nothing of the chart is sure. (It was for none of 30 real X-rays and 15
            phantoms, and for one of 30 varied drawings.) A mirrored X-ray cannot be told from its
            teeth.
        distances: How deep in its tooth a pixel lies, see `Segmenter.predict_maps`: where teeth
            touch, they are divided along its valleys. Without it along those of the maps, which
            lie less exactly in the segmenter's mask (widths 2.2 % too large on phantoms, not 1.0).
    """
    seen, least = _seen(probabilities, threshold, maps)
    small = imaging.resize_probabilities(seen, *maps.distances.shape) >= least
    objects = divide(maps, small)
    described = describe(objects, maps)
    numbers, shares = _numbered(objects, described)
    kinds, sure = decide_kinds(described.kinds, numbers)
    likely = shares[np.arange(len(numbers)), [NUMBERS.index(each) for each in numbers.tolist()]]
    teeth = tuple(
        NumberedTooth(place, number, kind, likely, sure, _next_number(share, number))
        for place, (number, kind, likely, sure, share) in enumerate(
            zip(numbers.tolist(), kinds, likely.tolist(), sure.tolist(), shares, strict=True), 1
        )
    )
    suspected = dict(zip(NUMBERS, np.minimum(shares.sum(axis=0), 1).tolist(), strict=True))
    doubts = [*_doubts(objects, maps, upside_down)]
    chart = draw_up_chart(teeth, suspected, doubts, list(_conflicts(described, numbers)))
    mask = imaging.enlarge_and_threshold(probabilities, *shape, threshold)
    whole = mask | imaging.enlarge_and_threshold(seen, *shape, least)
    depths = maps.distances if distances is None else distances
    grown = grow_cores(whole, _cores(objects), depths).astype(np.uint16)
    return Numbered(_outlined(grown, mask), teeth, chart)


def _cores(objects: Labels) -> Labels:
    """Return objects without their rim, but for those that are nothing else."""
    rimless = minimum_filter(objects, 3) == maximum_filter(objects, 3)
    cores = np.where(rimless, objects, 0)
    thin = ~np.isin(objects, cores)
    return np.where(thin, objects, cores)


def _outlined(objects: NDArray[np.uint16], mask: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Give objects the outline of the segmenter's mask, but for those that it leaves out."""
    count = int(objects.max(initial=0)) + 1
    areas = np.bincount(objects.ravel(), minlength=count)
    in_mask = np.bincount(objects[mask > 0], minlength=count)
    left_out = in_mask < IN_MASK * areas
    outlined: NDArray[np.uint16] = np.where((mask > 0) | left_out[objects], objects, 0)
    return outlined


def _seen(
    probabilities: NDArray[np.float32], threshold: float, maps: NumberMaps
) -> tuple[NDArray[np.float32], float]:
    """Return (h, w) how probable any object is, and from which value on there is one."""
    objects = imaging.resize_probabilities(1 - maps.kinds[..., 0], *probabilities.shape)
    both = ((probabilities + objects) / 2).astype(np.float32)
    return both, (threshold + 0.5) / 2


def _numbered(
    objects: Labels, described: Described
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return (n,) the number of each object, and (n, 53) the probability of each of `NUMBERS`."""
    numbers = np.zeros(len(described.areas), np.int64)
    shares = np.zeros(described.numbers.shape)
    for upper in (True, False):
        row = described.in_row(upper)
        gaps = gaps_before(objects, row, described.areas)
        found = number_sequence(described.numbers[row], gaps, upper)
        numbers[row], shares[row] = found.numbers, found.probabilities
    return numbers, shares


def _doubts(objects: Labels, maps: NumberMaps, upside_down: NumberMaps | None) -> Iterator[str]:
    """Yield what is wrong with the picture as a whole."""
    if upside_down is not None and upside_down.certainty > maps.certainty:
        yield "The X-ray may be upside down: its teeth look more like teeth the other way round."
    cut = np.union1d(objects[:, 0], objects[:, -1])
    if np.count_nonzero(cut) >= CUT:
        yield "Teeth reach the side of the picture: it may show a part of the mouth only."


def _next_number(shares: NDArray[np.float64], number: int) -> int:
    """Return the likeliest number of an object but for the one it has."""
    others = shares.copy()
    others[NUMBERS.index(number)] = 0
    return NUMBERS[int(others.argmax())]


def _conflicts(described: Described, numbers: NDArray[np.int64]) -> Iterator[str]:
    """Yield where objects by themselves look like another number than they got."""
    alike = described.numbers[:, 1:]
    wanted = [
        NUMBERS[int(share.argmax()) + 1] if share.max(initial=0) >= WANTED else 0 for share in alike
    ]
    for number, count in sorted(Counter(each for each in wanted if each).items()):
        if count > 1:
            yield f"{count} objects look like {number}."
    for want, got in zip(wanted, numbers.tolist(), strict=True):
        if want and want != got and wanted.count(want) == 1:
            yield f"What looks like {want} stands where {got or 'no tooth'} belongs."
