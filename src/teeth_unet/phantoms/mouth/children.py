"""Mixed dentition: milk teeth, the germs of their successors, and those that have come through."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms.mouth.development import (
    LOWER_CALENDAR,
    MILK_LOWER,
    MILK_UPPER,
    SHED_BEFORE,
    UPPER_CALENDAR,
    Calendar,
)
from teeth_unet.phantoms.mouth.growing import unfinished
from teeth_unet.phantoms.mouth.objects import Dentition, Lesion, MouthObject, fresh_tooth
from teeth_unet.phantoms.places import MILLIMETRE, Quadrant, Stance, pose_at
from teeth_unet.phantoms.tooth import DrawnTooth, draw_tooth
from teeth_unet.phantoms.tooth_shading import Tissue
from teeth_unet.phantoms.tooth_shapes import ToothSize

MILK_PLACES = 5
LEAST_FORMED = 0.11  # of its length: less of a germ shows nothing
EMPTY_BEFORE = 1.5  # years before it begins to calcify, there is a hollow for it

# How germs of the second and third molars lean, more than the teeth that they become.
_LEAN_OF_GERMS = {True: (0, 0, 6, 0, 0, -4, -14, -22), False: (0, 0, -6, 0, 0, 2, 8, 14)}


@dataclass(frozen=True)
class _Child:
    """What the teeth of one child have in common.

    Attributes:
        dentition: The child's, with its age.
        quick: How far ahead of the mean its teeth are, in years.
        filled_share: Share of the molars with a filling.
        clearness: Of the sacs around germs.
    """

    dentition: Dentition
    quick: float
    filled_share: float
    clearness: float


def draw_child(rng: np.random.Generator, dentition: Dentition) -> Dentition:
    """Return the dentition of a child whose age is given, in place of an adult's."""
    child = _Child(
        replace(dentition, objects=()),
        quick=rng.normal(0, 0.5),
        filled_share=rng.beta(1, 4),
        clearness=rng.uniform(0.4, 1.1),
    )
    objects: list[MouthObject] = []
    crypts: list[Lesion] = []
    for upper in (True, False):
        for side in (-1, 1):
            for each in _draw_quadrant(rng, child, Quadrant(upper, side)):
                if isinstance(each, Lesion):
                    crypts.append(each)
                else:
                    objects.append(each)
    return replace(dentition, objects=tuple(objects), lesions=tuple(crypts))


def _draw_quadrant(
    rng: np.random.Generator, child: _Child, quadrant: Quadrant
) -> Iterator[MouthObject | Lesion]:
    age, frame = child.dentition.age or 0, child.dentition.frame
    centres = quadrant.centres(frame.arch)
    of_milk = _milk_centres(quadrant, centres)
    for place, calendar in enumerate(UPPER_CALENDAR if quadrant.upper else LOWER_CALENDAR):
        own_age = age + child.quick + rng.normal(0, 0.3)
        yield from _permanent(rng, child, quadrant, place, float(centres[place]), own_age)
        shed = calendar.through - SHED_BEFORE + rng.normal(0, 0.2)
        if place < MILK_PLACES and own_age < shed:
            depth = calendar.sunk(own_age)
            yield _milk(rng, child, quadrant, place, float(of_milk[place]), depth)


def _milk_centres(quadrant: Quadrant, centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the places of the milk teeth, which end where the first permanent molar begins."""
    widths = np.array([size.width for size in _milk_chart(quadrant)])
    permanent = [size.width for size in quadrant.chart]
    end = (centres[4] * permanent[5] + centres[5] * permanent[4]) / (permanent[4] + permanent[5])
    places: NDArray[np.float64] = (np.cumsum(widths) - widths / 2) * end / widths.sum()
    return places


def _milk_chart(quadrant: Quadrant) -> tuple[ToothSize, ...]:
    return MILK_UPPER if quadrant.upper else MILK_LOWER


def _calendar(quadrant: Quadrant, place: int) -> Calendar:
    return (UPPER_CALENDAR if quadrant.upper else LOWER_CALENDAR)[place]


def _permanent(
    rng: np.random.Generator,
    child: _Child,
    quadrant: Quadrant,
    place: int,
    centre: float,
    age: float,
) -> Iterator[MouthObject | Lesion]:
    """Yield a permanent tooth as far as it is formed, or the hollow in which it will be."""
    size, calendar = quadrant.chart[place], _calendar(quadrant, place)
    through, sunk = age >= calendar.through, calendar.sunk(age)
    share = sunk / calendar.depth
    stance = Stance(
        x=centre + rng.normal(0, 0.004) + share * rng.normal(0, 0.008),
        sunk=(sunk + share * rng.normal(0, 1)) * MILLIMETRE + rng.normal(0, 0.003),
        lean=size.lean + share * _LEAN_OF_GERMS[quadrant.upper][place] + rng.normal(0, 4),
    )
    tooth = _stood(rng, child, quadrant, size, stance, filled=through and place == 5)
    formed = calendar.formed(age, size.shape.neck)
    if formed < LEAST_FORMED:
        if age > calendar.begun - EMPTY_BEFORE:
            yield _crypt(rng, child, tooth)
        return
    if formed < 1:
        tooth = unfinished(rng, tooth, formed)
    tissue = Tissue(
        dentine=0.75 + 0.25 * formed,
        enamel=rng.uniform(0.9, 1.4),
        pulp=2.2 - 1.2 * formed,
        follicle=0 if through else child.clearness * (1 - 0.5 * formed),
    )
    numbered = replace(tooth, fdi=quadrant.fdi(place))
    each = fresh_tooth(rng, numbered, quadrant, "tooth" if through else "germ")
    yield replace(each, tissue=tissue, formed=formed)


def _crypt(rng: np.random.Generator, child: _Child, tooth: DrawnTooth) -> Lesion:
    """Return the round hollow in the bone that a tooth will calcify in."""
    pose = tooth.pose
    return Lesion(
        middle=pose.origin + 0.5 * tooth.neck * pose.length * pose.axis,
        radius=pose.width * rng.uniform(0.4, 0.6),
        depth=child.clearness * rng.uniform(0.03, 0.09),
        rim=child.clearness * rng.uniform(0.02, 0.07),
    )


def _stood(
    rng: np.random.Generator,
    child: _Child,
    quadrant: Quadrant,
    size: ToothSize,
    stance: Stance,
    *,
    filled: bool,
) -> DrawnTooth:
    """Return a whole tooth of varied size in its stance."""
    pose = pose_at(child.dentition.frame, quadrant, size, stance)
    pose = replace(
        pose,
        width=pose.width * rng.normal(1.02, 0.03),
        length=pose.length * rng.normal(0.97, 0.04),
        bend=rng.normal(0.06, 0.08),
    )
    treated = filled and rng.random() < child.filled_share
    return draw_tooth(rng, size.shape, pose, treated=treated)


def _milk(
    rng: np.random.Generator,
    child: _Child,
    quadrant: Quadrant,
    place: int,
    centre: float,
    depth: float,
) -> MouthObject:
    """Return a milk tooth whose roots end where the germ below it has come to.

    Args:
        rng: Source of what varies.
        child: Whose it is.
        quadrant: Where it is.
        place: Which one, from 0 at the midline.
        centre: Its distance from the midline, in head coordinates.
        depth: Of the germ's biting surface, in millimetres below the bite.
    """
    size = _milk_chart(quadrant)[place]
    lean = size.lean + rng.normal(0, 3)
    stance = Stance(centre + rng.normal(0, 0.003), rng.normal(0.002, 0.004), lean)
    whole = _stood(rng, child, quadrant, size, stance, filled=place >= 3)
    still = depth / _calendar(quadrant, place).depth  # 1 while the germ has not moved
    end = (depth - 1 + (4 * still if place < 3 else 1.5 * still)) / size.length
    end = max(end, size.shape.neck * rng.uniform(0.75, 1))
    beside = (0.35 if place >= 3 else 0.08) * still + rng.uniform(0, 0.08)
    slope = rng.normal(0, 0.12)
    tooth = whole.clipped(
        lambda across: end + beside * np.clip(2 * np.abs(across), 0, 1.1) ** 2 + slope * across,
        keep_crown=True,
    )
    left = float(tooth.pose.to_tooth(tooth.outline)[:, 1].max())
    number = 10 * (quadrant.fdi(0) // 10 + 4) + place + 1
    each = fresh_tooth(rng, replace(tooth, fdi=number), quadrant, "milk tooth")
    each = replace(
        each,
        tissue=Tissue(dentine=rng.uniform(0.7, 0.95), enamel=rng.uniform(0.6, 1), pulp=1.5),
        nearness=1 + each.nearness,
    )
    return each.marked(findings=("resorbed root",)) if left < 0.85 else each
