"""What is known of an X-ray's teeth while a person looks at it, and how an edit changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator

from teeth_unet.numbering import KINDS, Chart, NumberedTooth, code_of, draw_up_chart
from teeth_unet.review.runs import HIGHEST, unpack
from teeth_unet.tooth_numbers import TEETH

MOST_RUNS = 4_000_000
"""Runs of one edit, twice: a whole X-ray with no two pixels alike has as many."""

Action = Literal[
    "brush", "erase", "fill", "split", "merge", "number", "delete", "add", "undo", "redo",
    "threshold", "put back", "looked at",
]  # fmt: skip
Object = Annotated[int, Field(ge=1, le=HIGHEST)]


class _Strict(BaseModel):
    """What a page sends: nothing else, and nothing that only looks alike."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ToothSaid(_Strict):
    """What a person says of an object.

    Attributes:
        number: FDI number, 0 for none.
        kind: One of `numbering.KINDS`, but for the background.
    """

    number: int
    kind: str

    @field_validator("number")
    @classmethod
    def _is_a_number(cls, number: int) -> int:
        if number not in (0, *TEETH):
            raise ValueError(f"not an FDI number: {number}")
        return number

    @field_validator("kind")
    @classmethod
    def _is_a_kind(cls, kind: str) -> str:
        if kind not in KINDS[1:]:
            raise ValueError(f"expected one of {', '.join(KINDS[1:])}")
        return kind


class Patch(_Strict):
    """New labels of the pixels in a rectangle, see `runs.pack`."""

    x: Annotated[int, Field(ge=0)]
    y: Annotated[int, Field(ge=0)]
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    runs: Annotated[list[int], Field(max_length=MOST_RUNS)]


class Edit(_Strict):
    """One thing that a person does.

    Attributes:
        id: Given by the page: the same edit sent twice counts once.
        action: What it is, for the history.
        patch: Pixels that change.
        teeth: By object, what the person says of it; null if it is no more.
        looked_at: Whether a person is done with the case; null leaves that as it is.
        threshold: Of the proposal that the first edit of a case begins with; null for the
            network's own.
        network: Fingerprint of the network whose proposal that is; null if it does not matter.
    """

    id: Annotated[str, Field(pattern=r"^[0-9a-zA-Z-]{8,64}$")]
    action: Action
    patch: Patch | None = None
    teeth: dict[Object, ToothSaid | None] = {}
    looked_at: bool | None = None
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    network: Annotated[str, Field(max_length=200)] | None = None

    @field_validator("teeth", mode="before")
    @classmethod
    def _keys_of_json(cls, teeth: object) -> object:
        """JSON has texts for keys alone."""
        if not isinstance(teeth, dict) or not all(str(key).isdecimal() for key in teeth):
            raise ValueError("expected objects by their number")
        return {int(key): said for key, said in teeth.items()}


@dataclass(frozen=True)
class KnownTeeth:
    """The teeth of an X-ray.

    Attributes:
        objects: (height, width) uint16 at the X-ray's size, 0 background, others the objects.
        teeth: By object what it is.
        chart: What is at the places of the mouth.
        of_person: Objects whose number or kind a person has given.
        looked_at: Whether a person is done with it.
    """

    objects: NDArray[np.uint16]
    teeth: Mapping[int, NumberedTooth]
    chart: Chart
    of_person: frozenset[int] = field(default_factory=frozenset)
    looked_at: bool = False

    @property
    def label_map(self) -> NDArray[np.uint8]:
        """(height, width) FDI numbers, and codes above 100 for other objects, see `numbering`."""
        codes = np.zeros(int(self.objects.max(initial=0)) + 1, np.uint8)
        for number, tooth in self.teeth.items():
            if number < len(codes):
                codes[number] = code_of(tooth)
        return codes[self.objects]

    @property
    def mask(self) -> NDArray[np.uint8]:
        """(height, width) 255 where there is anything, 0 elsewhere."""
        return (self.objects > 0).astype(np.uint8) * np.uint8(255)

    def edited(self, edit: Edit) -> Self:
        """Return what an edit makes of it.

        Raises:
            ValueError: The edit does not fit this X-ray.
        """
        objects = self.objects if edit.patch is None else _patched(self.objects, edit.patch)
        teeth, of_person = dict(self.teeth), set(self.of_person)
        for number, said in edit.teeth.items():
            teeth.pop(number, None)
            of_person.discard(number)
            if said is not None:
                teeth[number] = NumberedTooth(number, said.number, said.kind, 1.0, 1.0)
                of_person.add(number)
        there = np.flatnonzero(np.bincount(objects.ravel()))
        if unknown := set(there.tolist()) - {0} - teeth.keys():
            raise ValueError(f"pixels of objects that are not in the table: {sorted(unknown)}")
        looked_at = self.looked_at if edit.looked_at is None else edit.looked_at
        teeth = {number: teeth[number] for number in sorted(teeth.keys() & set(there.tolist()))}
        return replace(
            self,
            objects=objects,
            teeth=teeth,
            chart=_chart(self.chart, teeth, looked_at),
            of_person=frozenset(of_person & teeth.keys()),
            looked_at=looked_at,
        )


def _patched(objects: NDArray[np.uint16], patch: Patch) -> NDArray[np.uint16]:
    height, width = objects.shape
    if patch.x + patch.width > width or patch.y + patch.height > height:
        raise ValueError(f"a patch that reaches out of {width} x {height} px")
    patched = objects.copy()
    rows, columns = (
        slice(begin, begin + length)
        for begin, length in ((patch.y, patch.height), (patch.x, patch.width))
    )
    patched[rows, columns] = unpack(patch.runs, patch.width, patch.height)
    return patched


def _chart(before: Chart, teeth: Mapping[int, NumberedTooth], looked_at: bool) -> Chart:
    """Draw up the chart again; what nobody has looked at stays as unsure as the network was."""
    if looked_at:
        sure = [
            replace(tooth, number_probability=1.0, kind_probability=1.0) for tooth in teeth.values()
        ]
        return draw_up_chart(sure, {}, looked_at=True)
    numbers = {tooth.number for tooth in teeth.values()}
    unsure = [place for place, state in before.states.items() if state == "unsure"]
    suspected = {place: 1.0 for place in unsure if place not in numbers}
    drawn = draw_up_chart(list(teeth.values()), suspected)
    return replace(drawn, review=before.review)
