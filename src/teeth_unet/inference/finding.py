"""The single teeth of an X-ray: told apart, measured, and called by their numbers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import numbering, teeth
from teeth_unet.inference.lying import Lie
from teeth_unet.inference.predicting import Predicted
from teeth_unet.inference.settings import Inference
from teeth_unet.numbering import NO_TEETH, Chart, NumberedTooth, NumberMaps
from teeth_unet.numbering.classes import MIRRORED
from teeth_unet.numbering.numbered import code_of
from teeth_unet.teeth.measuring import Jaw
from teeth_unet.tooth_numbers import Notation, is_upper, write_number

NO_PLACE = ("bar", "denture")
"""Kinds of objects that fill no gap between teeth."""

_FDI = re.compile(r"(?<![\d.])(?:[1-4][1-8]|[5-8][1-5])(?!\.?\d)")
"""A number in a sentence of a chart: its counts are below 11, its shares have a decimal point."""


@dataclass(frozen=True)
class Found:
    """The objects of an X-ray: its teeth, and with their numbers all else that stands in a mouth.

    Attributes:
        labels: (h, w) uint16, 1 to n the objects, in the order of the table of teeth; of the size
            that the teeth were told apart at.
        measured: Their measures, in pixels of the labels.
        numbered: Their numbers and kinds; None unless numbers are asked for.
        chart: Of the mouth; None unless numbers are asked for.
    """

    labels: NDArray[np.uint16]
    measured: Sequence[teeth.Tooth]
    numbered: Sequence[NumberedTooth] | None = None
    chart: Chart | None = None

    @property
    def counted(self) -> list[teeth.Tooth]:
        """Measures of the objects that are teeth."""
        return self._without(NO_TEETH)

    @property
    def gaps(self) -> int:
        """Number of gaps between all that stands in a row."""
        return len(teeth.find_gaps(self._without(NO_PLACE)))

    def _without(self, kinds: Sequence[str]) -> list[teeth.Tooth]:
        if self.numbered is None:
            return list(self.measured)
        pairs = zip(self.measured, self.numbered, strict=True)
        return [tooth for tooth, what in pairs if what.kind not in kinds]

    def names(self, notation: Notation) -> dict[int, str]:
        """Return what each object is called: by its number, if it has one.

        Where no numbers are asked for, by its place in the table.
        """
        if self.numbered is None:
            return {tooth.number: str(tooth.number) for tooth in self.measured}
        return {
            what.object: write_number(what.number, notation)
            for what in self.numbered
            if what.number
        }

    def label_map(self, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return (h, w) of any size what the pixels of each object bear: see `numbering.OTHERS`."""
        codes = [0, *(code_of(what) for what in self.numbered or ())]
        return np.array(codes, np.uint8)[self.at(shape)]

    def at(self, shape: tuple[int, ...]) -> NDArray[np.uint16]:
        """Return the labels at another size: every pixel has the label that is at its place."""
        if self.labels.shape == shape:
            return self.labels
        rows, columns = (
            np.arange(wanted) * own // wanted
            for wanted, own in zip(shape, self.labels.shape, strict=True)
        )
        return np.ascontiguousarray(self.labels[np.ix_(rows, columns)])


def find_teeth(
    mask: NDArray[np.uint8],
    predicted: Predicted,
    threshold: float,
    inference: Inference,
    lie: Lie,
) -> Found:
    """Tell the teeth of an X-ray apart, measure and number them.

    Args:
        mask: (h, w) in {0, 1}, at the X-ray's own size or smaller.
        predicted: What the networks say.
        threshold: Probability from which on a pixel is tooth.
        inference: What is asked for.
        lie: How the X-ray lies.
    """
    labels, numbered, chart = _told_apart(mask, predicted, threshold, inference, lie.mirrored)
    measured = teeth.measure_label_map(labels)
    if numbered is not None:
        numbers = {what.object: what.number for what in numbered}
        measured = _in_jaws_of_numbers(measured, numbers)
    places = np.zeros(int(labels.max(initial=0)) + 1, np.uint16)
    for place, tooth in enumerate(measured, start=1):
        places[tooth.number] = place
    in_order = [replace(tooth, number=place) for place, tooth in enumerate(measured, start=1)]
    if numbered is None or chart is None:
        return Found(places[labels], in_order)
    by_label = {what.object: what for what in numbered}
    what_they_are = [
        replace(by_label[tooth.number], object=place)
        for place, tooth in enumerate(measured, start=1)
    ]
    review = [_in_notation(sentence, inference.notation) for sentence in chart.review]
    chart = replace(chart, review=(*lie.doubts, *review))
    return Found(places[labels], in_order, what_they_are, chart)


def _in_notation(sentence: str, notation: Notation) -> str:
    """Write the FDI numbers of a sentence in a notation."""
    return _FDI.sub(lambda found: write_number(int(found[0]), notation), sentence)


def _in_jaws_of_numbers(
    measured: Sequence[teeth.Tooth], numbers: Mapping[int, int]
) -> list[teeth.Tooth]:
    """Put what has a number into the jaw of that, and all into order again."""
    jaws: dict[Jaw, list[teeth.Tooth]] = {"upper": [], "lower": []}
    for tooth in sorted(measured, key=lambda tooth: tooth.centre[0]):
        number = numbers[tooth.number]
        upper = is_upper(number) if number else tooth.jaw == "upper"
        jaws["upper" if upper else "lower"].append(tooth)
    return [
        replace(tooth, jaw=jaw, order=order)
        for jaw, row in jaws.items()
        for order, tooth in enumerate(row, start=1)
    ]


def _told_apart(
    mask: NDArray[np.uint8],
    predicted: Predicted,
    threshold: float,
    inference: Inference,
    mirrored: bool,
) -> tuple[NDArray[np.integer], Sequence[NumberedTooth] | None, Chart | None]:
    if inference.method == "erosion":
        return teeth.separate_by_erosion(mask), None, None
    assert predicted.distances is not None  # the predictor gives them for this method
    if predicted.numbers is None:
        return teeth.separate_instances(mask, predicted.distances), None, None
    # A mirrored X-ray is numbered as it would lie, and what is found is laid back.
    lies = np.s_[:, ::-1] if mirrored else np.s_[:]
    seen = numbering.number_teeth(
        predicted.probabilities[lies],
        threshold,
        _turned(predicted.numbers) if mirrored else predicted.numbers,
        mask.shape,
        predicted.upside_down,
        predicted.distances[lies],
    )
    return seen.objects[lies], seen.teeth, seen.chart


def _turned(maps: NumberMaps) -> NumberMaps:
    """Return what a network says of the mirror image of an X-ray."""
    return NumberMaps(
        maps.numbers[:, ::-1][..., MIRRORED], maps.kinds[:, ::-1], maps.distances[:, ::-1]
    )


def enlarged(tooth: teeth.Tooth, factor: float) -> teeth.Tooth:
    """Return a tooth as it would have been measured in a picture so many times as large."""
    if factor == 1:
        return tooth
    first, second, third, fourth = ((x * factor, y * factor) for x, y in tooth.corners)
    return replace(
        tooth,
        centre=(tooth.centre[0] * factor, tooth.centre[1] * factor),
        area=round(tooth.area * factor**2),
        length=tooth.length * factor,
        width=tooth.width * factor,
        corners=(first, second, third, fourth),
    )


def shrunk(picture: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """Return a picture with fewer pixels along both sides."""
    if share == 1:
        return picture
    size = tuple(max(1, round(side * share)) for side in reversed(picture.shape))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.NEAREST))


def category_of(row: Mapping[str, object], notation: Notation) -> str | None:
    """Return the category of a row of the table of teeth, for annotation tools; None without kind.

    Teeth have their number, all others what they are.
    """
    number, kind = row.get("fdi"), row.get("kind")
    if kind is None:
        return None
    if isinstance(number, int) and number and kind in numbering.NATURAL:
        return write_number(number, notation)
    return str(kind)


def categories(notation: Notation) -> dict[int, str]:
    """Return the categories of all numbers and kinds, by what their pixels bear in a label map."""
    numbers = {each: write_number(each, notation) for each in numbering.NUMBERS if each}
    kinds = {code: kind for kind, code in numbering.OTHERS.items() if kind != "background"}
    return {**numbers, **kinds}
