"""What an object in the mouth is, and what all objects of one patient are."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, Self

import numpy as np

from teeth_unet.phantoms.curves import Points
from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.places import Quadrant
from teeth_unet.phantoms.tooth import DrawnTooth
from teeth_unet.phantoms.tooth_shading import SOUND, Tissue

Kind = Literal[
    "tooth",
    "milk tooth",
    "germ",
    "implant",
    "pontic",
    "root remnant",
    "supernumerary",
    "bar",
    "denture",
]
Treatment = Literal[
    "filling",
    "crown",
    "root filling",
    "post",
    "bracket",
    "band",
    "retainer",
    "abutment",
    "healing cap",
]
Finding = Literal["impacted", "broken crown", "lesion", "resorbed root", "blurred"]


@dataclass(frozen=True)
class Piece:
    """A part that is not of a tooth's own tissue.

    Attributes:
        outline: (n, 2) closed outline in pixels of the picture.
        level: How bright it shows whatever lies behind it, as metal does, from 0 to 1; 0 for none.
        density: What it adds to the density of the picture, in that of thick dentine.
        rounded: Whether it is thinner towards its edge, as a cylinder is.
    """

    outline: Points
    level: float = 0
    density: float = 0
    rounded: bool = False


@dataclass(frozen=True)
class MouthObject:
    """One object of the mouth.

    Attributes:
        kind: What it is.
        upper: Whether it is in the upper jaw.
        place: Where along the arch it belongs: from 1 at the midline to 8 for the wisdom tooth,
            below 0 on the left of the picture.
        nearness: The larger it is, the further in front it stands where objects overlap.
        outlines: Closed outlines in pixels; the object is where any of them is.
        fdi: Its number in the chart, from 11 to 48, or from 51 to 85 for a milk tooth; 0 for none.
        tooth: What of it is drawn as a tooth.
        tissue: How that differs from a sound permanent tooth.
        looks: Which of the anatomy's teeth it looks like; None if it has looks of its own.
        pieces: Metal and the like, painted in this order.
        done: What was done to it.
        findings: What else there is to say of it.
        formed: Share of its length that is calcified.
    """

    kind: Kind
    upper: bool
    place: float
    nearness: float
    outlines: tuple[Points, ...]
    fdi: int = 0
    tooth: DrawnTooth | None = None
    tissue: Tissue = SOUND
    looks: int | None = None
    pieces: tuple[Piece, ...] = ()
    done: tuple[Treatment, ...] = ()
    findings: tuple[Finding, ...] = ()
    formed: float = 1

    def with_tooth(self, tooth: DrawnTooth) -> Self:
        """Return the object with its tooth changed, and its outline with it."""
        return replace(self, tooth=tooth, outlines=(tooth.outline,))

    def marked(self, done: Iterable[Treatment] = (), findings: Iterable[Finding] = ()) -> Self:
        """Return the object with more that was done to it or found, each once."""
        return replace(
            self,
            done=tuple(dict.fromkeys((*self.done, *done))),
            findings=tuple(dict.fromkeys((*self.findings, *findings))),
        )


@dataclass(frozen=True)
class Lesion:
    """A place where bone is gone.

    Attributes:
        middle: (2,) in pixels.
        radius: In pixels.
        depth: Density that is missing.
        rim: Density of the bone around it, in addition.
    """

    middle: Points
    radius: float
    depth: float
    rim: float


@dataclass(frozen=True)
class Ridge:
    """A stretch of an arch whose bone has shrunk.

    Attributes:
        upper: Whether it is in the upper jaw.
        start: Where it begins on the left, in head coordinates.
        end: Where it ends on the right.
        depth: How much bone is gone, in picture heights.
        lost: Density that is missing there.
        phase: Where along the arch more of it is gone, and where less, as an angle.
    """

    upper: bool
    start: float
    end: float
    depth: float
    lost: float
    phase: float

    @classmethod
    def draw(
        cls,
        rng: np.random.Generator,
        upper: bool,
        span: tuple[float, float],
        depth: tuple[float, float],
    ) -> Self:
        """Return a ridge over a span whose depth lies between two."""
        return cls(
            upper,
            min(span),
            max(span),
            depth=rng.uniform(*depth),
            lost=rng.uniform(0.04, 0.11),
            phase=rng.uniform(0, 2 * np.pi),
        )


@dataclass(frozen=True)
class Dentition:
    """All that is in the mouth of one patient.

    Attributes:
        frame: Size of the picture and position of the head in it.
        objects: In no order.
        overlays: Wires and the like that belong to no single object.
        lesions: Around root tips.
        ridges: Where the bone has shrunk.
        age: In years, of a child; None for all others.
    """

    frame: Frame
    objects: tuple[MouthObject, ...]
    overlays: tuple[Piece, ...] = ()
    lesions: tuple[Lesion, ...] = ()
    ridges: tuple[Ridge, ...] = field(default=())
    age: float | None = None

    def erupted(self) -> list[MouthObject]:
        """Return the permanent teeth that have come through, in the chart's order."""
        return [
            each
            for each in self.objects
            if each.kind == "tooth" and "impacted" not in each.findings
        ]

    def at(self, fdi: int) -> MouthObject | None:
        """Return the tooth of that number, if it is there."""
        return next((each for each in self.objects if each.fdi == fdi), None)

    def without(self, gone: Callable[[MouthObject], bool]) -> Self:
        """Return the dentition without some objects."""
        return replace(self, objects=tuple(each for each in self.objects if not gone(each)))

    def with_objects(self, *more: MouthObject) -> Self:
        """Return the dentition with more objects."""
        return replace(self, objects=(*self.objects, *more))

    def changed(self, changes: dict[int, MouthObject]) -> Self:
        """Return the dentition with objects changed, by their FDI numbers."""
        changed = tuple(changes.get(each.fdi, each) if each.fdi else each for each in self.objects)
        return replace(self, objects=changed)


Feature = Callable[[np.random.Generator, Dentition], Dentition]
"""Adds one kind of object to a dentition."""


def of_teeth(teeth: Iterable[DrawnTooth]) -> Iterator[MouthObject]:
    """Yield the teeth of the anatomy as objects."""
    for number, tooth in enumerate(teeth):
        quadrant = Quadrant.of(tooth.fdi)
        yield MouthObject(
            kind="tooth",
            upper=quadrant.upper,
            place=quadrant.side * (tooth.fdi % 10),
            nearness=tooth.nearness,
            outlines=(tooth.outline,),
            fdi=tooth.fdi,
            tooth=tooth,
            looks=number,
            done=_done_to(tooth),
            findings=("impacted",) if tooth.stuck else (),
        )


def _done_to(tooth: DrawnTooth) -> tuple[Treatment, ...]:
    done: list[Treatment] = []
    if tooth.metal:
        done.append("crown" if tooth.crowned else "filling")
    if tooth.root_filled:
        done.append("root filling")
    return tuple(done)


_BEHIND: dict[Kind, int] = {"germ": 1, "bar": 2, "denture": 2}


def in_order(objects: Iterable[MouthObject]) -> list[MouthObject]:
    """Return objects in the chart's order: the upper from left to right, then the lower.

    A milk tooth comes before the germ of its successor.
    """
    return sorted(
        objects,
        key=lambda each: (not each.upper, each.place, _BEHIND.get(each.kind, 0), each.fdi),
    )


def fresh_tooth(
    rng: np.random.Generator, tooth: DrawnTooth, quadrant: Quadrant, kind: Kind = "tooth"
) -> MouthObject:
    """Return a tooth that is not of the anatomy as an object with looks of its own."""
    return MouthObject(
        kind=kind,
        upper=quadrant.upper,
        place=quadrant.side * (tooth.fdi % 10),
        nearness=rng.random(),
        outlines=(tooth.outline,),
        fdi=tooth.fdi,
        tooth=tooth,
        done=_done_to(tooth),
    )
