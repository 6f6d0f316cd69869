"""Teeth that do not stand where they should, or should not be there, or are out of focus."""

from dataclasses import replace

import numpy as np

from teeth_unet.phantoms.curves import Points
from teeth_unet.phantoms.mouth.choosing import place_of
from teeth_unet.phantoms.mouth.development import MILK_LOWER, MILK_UPPER
from teeth_unet.phantoms.mouth.growing import unfinished
from teeth_unet.phantoms.mouth.objects import Dentition, MouthObject, fresh_tooth
from teeth_unet.phantoms.places import MILLIMETRE, WISDOM, Quadrant, Stance, pose_at
from teeth_unet.phantoms.tooth import DrawnTooth, draw_tooth
from teeth_unet.phantoms.tooth_shading import Tissue
from teeth_unet.phantoms.tooth_shapes import PREMOLAR, ToothShape, ToothSize

CANINE_PLACE = 2

_QUADRANTS = tuple(Quadrant(upper, side) for upper in (True, False) for side in (-1, 1))


def _points(*pairs: tuple[float, float]) -> Points:
    return np.array(pairs, dtype=float)


_CONE = ToothShape(
    _points(
        (0, 0), (0.2, 0.06), (0.38, 0.2), (0.48, 0.36), (0.44, 0.46), (0.4, 0.56), (0.3, 0.76),
        (0.17, 0.94), (0, 1),
    ),
    (_points((0, 0.24), (0, 0.5), (0, 0.95)),),
    neck=0.42,
)  # fmt: skip

# Angles of the root from the vertical, tip outwards, in degrees; how often of ten.
_WISDOM_LEANS = {
    True: (((-50, -15), 4), ((-15, 15), 4), ((15, 60), 1.5), ((60, 200), 0.5)),
    False: (((-45, -10), 1), ((-10, 20), 2), ((20, 65), 4), ((65, 100), 2.5), ((100, 200), 0.5)),
}


def crowd(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition whose canines and premolars lean, turn and overlap."""
    changes = {}
    strength = rng.uniform(0.5, 1.3)
    for each in mouth.erupted():
        if each.tooth is None or abs(each.place) > 5:
            continue
        much = strength * (1 if abs(each.place) >= 3 else 0.45)
        pose = each.tooth.pose
        pose = pose.moved(rng.normal(0, 0.2 * much) * pose.width, rng.normal(0, 0.02) * pose.length)
        pose = pose.turned(rng.normal(0, 7 * much), about=0.4)
        pose = replace(pose, width=pose.width * rng.uniform(0.9, 1.15))
        changes[each.fdi] = each.with_tooth(each.tooth.at(pose))
    return mouth.changed(changes)


def impact_wisdom_teeth(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition with one to four wisdom teeth stuck in any position."""
    stuck = rng.permutation(4)[: rng.integers(1, 5)]
    young = rng.random() < 0.4
    for quadrant in (_QUADRANTS[number] for number in sorted(stuck.tolist())):
        fdi = quadrant.fdi(WISDOM)
        usual = place_of(mouth.frame, quadrant, WISDOM)
        ranges, odds = zip(*_WISDOM_LEANS[quadrant.upper], strict=True)
        low, high = ranges[rng.choice(len(ranges), p=np.array(odds) / 10)]
        stance = Stance(
            x=usual.x + rng.uniform(0, 0.035),
            sunk=rng.uniform(0.01, 0.09),
            lean=rng.uniform(low, high),
        )
        formed = rng.uniform(0.2, 0.95) if young else 1.0
        tooth = _stuck_tooth(rng, mouth, quadrant, WISDOM, stance, formed)
        mouth = mouth.without(lambda each, gone=fdi: each.fdi == gone).with_objects(tooth)  # type: ignore[misc]
    return mouth


def _stuck_tooth(
    rng: np.random.Generator,
    mouth: Dentition,
    quadrant: Quadrant,
    place: int,
    stance: Stance,
    formed: float,
) -> MouthObject:
    """Return a tooth that has not come through; if it still grows, a germ."""
    size = quadrant.chart[place]
    tooth = _varied(rng, mouth, quadrant, size, stance)
    tooth = replace(tooth, fdi=quadrant.fdi(place), stuck=True)
    each = fresh_tooth(rng, tooth, quadrant)
    if formed < 1:
        each = _growing(rng, each, formed)
        each = replace(each, kind="germ")
    return each.marked(findings=("impacted",))


def _varied(
    rng: np.random.Generator,
    mouth: Dentition,
    quadrant: Quadrant,
    size: ToothSize,
    stance: Stance,
) -> DrawnTooth:
    """Return a whole tooth of varied size in its stance."""
    pose = pose_at(mouth.frame, quadrant, size, stance)
    pose = replace(
        pose,
        width=pose.width * rng.normal(1.03, 0.05),
        length=pose.length * rng.normal(1, 0.06),
        bend=rng.normal(0.1, 0.12),
    )
    return draw_tooth(rng, size.shape, pose, treated=False)


def _growing(rng: np.random.Generator, each: MouthObject, formed: float) -> MouthObject:
    """Return a tooth of which only a share is formed yet, in its sac."""
    if each.tooth is None:
        return each
    tooth = unfinished(rng, each.tooth, formed)
    tissue = Tissue(
        enamel=rng.uniform(0.9, 1.3), pulp=2.2 - 1.2 * formed, follicle=rng.uniform(0.3, 1)
    )
    return replace(each.with_tooth(tooth), tissue=tissue, formed=formed)


def impact_canines(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition with one or two canines that lie across in the bone."""
    upper = bool(rng.random() < 0.85)
    sides = (-1, 1) if rng.random() < 0.3 else (int(rng.choice([-1, 1])),)
    for side in sides:
        quadrant = Quadrant(upper, side)
        fdi = quadrant.fdi(CANINE_PLACE)
        usual = place_of(mouth.frame, quadrant, CANINE_PLACE)
        stance = Stance(
            x=usual.x - rng.uniform(-0.01, 0.1),
            sunk=rng.uniform(8, 15) * MILLIMETRE,
            lean=rng.uniform(5, 85),
        )
        tooth = _stuck_tooth(rng, mouth, quadrant, CANINE_PLACE, stance, 1)
        mouth = mouth.without(lambda each, gone=fdi: each.fdi == gone).with_objects(tooth)  # type: ignore[misc]
        if rng.random() < 0.5:
            mouth = mouth.with_objects(_kept_milk_canine(rng, mouth, quadrant, usual))
    return mouth


def _kept_milk_canine(
    rng: np.random.Generator, mouth: Dentition, quadrant: Quadrant, usual: Stance
) -> MouthObject:
    size = (MILK_UPPER if quadrant.upper else MILK_LOWER)[CANINE_PLACE]
    tooth = _varied(rng, mouth, quadrant, size, replace(usual, lean=usual.lean + rng.normal(0, 4)))
    end = rng.uniform(0.55, 1.02)
    tooth = tooth.clipped(lambda across: end + 0.15 * across, keep_crown=True)
    number = 10 * (quadrant.fdi(0) // 10 + 4) + CANINE_PLACE + 1
    each = fresh_tooth(rng, replace(tooth, fdi=number), quadrant, "milk tooth")
    each = replace(each, tissue=Tissue(dentine=0.85, enamel=0.8))
    return each.marked(findings=("resorbed root",)) if end < 0.85 else each


def add_teeth(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition with one or two teeth beyond the usual ones."""
    for _ in range(rng.integers(1, 3)):
        add = (_mesiodens, _distomolar, _extra_premolar)[rng.choice(3, p=[0.5, 0.25, 0.25])]
        mouth = mouth.with_objects(add(rng, mouth))
    return mouth


def _supernumerary(
    rng: np.random.Generator,
    mouth: Dentition,
    quadrant: Quadrant,
    size: ToothSize,
    stance: Stance,
    place: float,
) -> MouthObject:
    tooth = _varied(rng, mouth, quadrant, size, stance)
    each = fresh_tooth(rng, tooth, quadrant, "supernumerary")
    if stance.sunk > 0.04:
        each = each.marked(findings=("impacted",))
        if rng.random() < 0.5:
            each = _growing(rng, each, rng.uniform(0.4, 0.95))
    return replace(each, place=quadrant.side * place)


def _mesiodens(rng: np.random.Generator, mouth: Dentition) -> MouthObject:
    """Return a small cone between the upper front teeth, often upside down."""
    size = ToothSize(_CONE, rng.uniform(4, 6), rng.uniform(11, 16), 0)
    turned = 180 if rng.random() < 0.35 else 0
    sunk = rng.uniform(0, 14) * MILLIMETRE + (0.1 if turned else 0)
    stance = Stance(rng.uniform(0.002, 0.03), sunk, turned + rng.normal(0, 15))
    quadrant = Quadrant(upper=True, side=int(rng.choice([-1, 1])))
    return _supernumerary(rng, mouth, quadrant, size, stance, 0.5)


def _distomolar(rng: np.random.Generator, mouth: Dentition) -> MouthObject:
    """Return a fourth, small molar behind the wisdom tooth."""
    quadrant = _QUADRANTS[rng.integers(4)]
    shape = quadrant.chart[WISDOM].shape
    size = ToothSize(shape, rng.uniform(5, 9), rng.uniform(11, 16), 10)
    x = mouth.frame.arch + rng.uniform(0.015, 0.04)
    stance = Stance(x, rng.uniform(0.02, 0.09), size.lean + rng.normal(0, 25))
    return _supernumerary(rng, mouth, quadrant, size, stance, 9)


def _extra_premolar(rng: np.random.Generator, mouth: Dentition) -> MouthObject:
    """Return a premolar too many, mostly deep between the roots."""
    quadrant = _QUADRANTS[rng.choice(4, p=[0.15, 0.15, 0.35, 0.35])]
    size = ToothSize(PREMOLAR, rng.uniform(5.5, 7.5), rng.uniform(15, 22), 5)
    usual = place_of(mouth.frame, quadrant, 4)
    stance = Stance(usual.x - 0.03, rng.uniform(8, 14) * MILLIMETRE, rng.normal(6, 15))
    return _supernumerary(rng, mouth, quadrant, size, stance, 4.5)


def blur_front(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition whose front teeth stood in front of the sharp layer or behind it."""
    jaws = ((True,), (False,), (True, False))[rng.choice(3)]
    wider = rng.uniform(1.08, 1.4) if rng.random() < 0.6 else rng.uniform(0.72, 0.93)
    blur = rng.uniform(0.07, 0.22)
    changes = {}
    for each in mouth.objects:
        if each.tooth is None or each.upper not in jaws or not 1 <= abs(each.place) <= 3:
            continue
        amount = (1, 0.8, 0.4)[abs(int(each.place)) - 1]
        pose = each.tooth.pose
        pose = replace(pose, width=pose.width * wider**amount)
        tissue = replace(each.tissue, blur=each.tissue.blur + amount * blur)
        blurred = replace(each.with_tooth(each.tooth.at(pose)), tissue=tissue)
        changes[each.fdi] = blurred.marked(findings=("blurred",))
    return mouth.changed(changes)
