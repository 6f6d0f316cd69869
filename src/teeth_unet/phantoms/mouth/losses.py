"""Teeth and parts of teeth that are gone, and the bone with them."""

from dataclasses import replace

import numpy as np

from teeth_unet.phantoms.mouth.choosing import some, with_crowns
from teeth_unet.phantoms.mouth.objects import Dentition, Lesion, MouthObject, Ridge
from teeth_unet.phantoms.places import Quadrant

LONGEST_STRETCH = 4  # teeth


def lose_stretches(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition without one to three stretches of back teeth."""
    for number in rng.permutation(4)[: rng.integers(1, 4)].tolist():
        quadrant = Quadrant(upper=number < 2, side=-1 if number % 2 else 1)
        length = int(rng.integers(2, LONGEST_STRETCH + 1))
        first = int(rng.integers(2, 8 - length + 1))
        mouth = _without_places(rng, mouth, quadrant, first, first + length)
    return mouth


def _without_places(
    rng: np.random.Generator, mouth: Dentition, quadrant: Quadrant, first: int, end: int
) -> Dentition:
    gone = {quadrant.fdi(place) for place in range(first, end)}
    centres = quadrant.centres(mouth.frame.arch)
    margin = 0.5 * mouth.frame.arch / 8
    sides = quadrant.side * (centres[first] - margin), quadrant.side * (centres[end - 1] + margin)
    ridge = Ridge.draw(rng, quadrant.upper, sides, (0.01, 0.06))
    left = mouth.without(lambda each: each.fdi in gone)
    return replace(left, ridges=(*mouth.ridges, ridge))


def lose_front(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition without two to eight neighbouring front teeth of one jaw or both."""
    jaws = ((True,), (False,), (True, False))[rng.choice(3, p=[0.6, 0.2, 0.2])]
    for upper in jaws:
        ends = rng.integers(1, LONGEST_STRETCH + 1, 2)
        for side, end in zip((-1, 1), ends.tolist(), strict=True):
            mouth = _without_places(rng, mouth, Quadrant(upper, side), 0, end)
    return mouth


def empty_jaw(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition of which one jaw has lost all teeth, and much of its ridge."""
    upper = bool(rng.random() < 0.65)
    edge = mouth.frame.arch + 0.03
    ridge = Ridge.draw(rng, upper, (-edge, edge), (0.02, 0.07))
    left = mouth.without(lambda each: each.upper == upper)
    return replace(left, ridges=(*mouth.ridges, ridge))


def leave_roots(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition some of whose teeth are nothing but roots."""
    chosen = some(rng, mouth.erupted(), 3)
    return mouth.changed({each.fdi: _root(rng, each) for each in chosen})


def _root(rng: np.random.Generator, each: MouthObject) -> MouthObject:
    tooth = each.tooth
    if tooth is None:
        return each
    start, slope, phase = rng.uniform(0.9, 1.35) * tooth.neck, rng.normal(0, 0.1), rng.uniform(0, 6)
    left = replace(tooth, metal=()).clipped(
        lambda across: start + slope * across + 0.015 * np.sin(17 * across + phase),
        keep_crown=False,
    )
    kept = tuple(what for what in each.done if what == "root filling")
    return replace(each.with_tooth(left), kind="root remnant", done=kept)


def break_crowns(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition some of whose crowns caries has hollowed out or broken off."""
    chosen = some(rng, with_crowns(mouth), 3)
    return mouth.changed({each.fdi: _broken(rng, each) for each in chosen})


def _broken(rng: np.random.Generator, each: MouthObject) -> MouthObject:
    tooth = each.tooth
    if tooth is None:
        return each
    depth = rng.uniform(0.35, 1.0) * tooth.neck
    middle, wide = rng.uniform(-0.6, 0.6), rng.uniform(0.15, 0.5)
    phase = rng.uniform(0, 6)
    left = replace(tooth, metal=()).clipped(
        lambda across: (
            depth * np.exp(-(((across - middle) / wide) ** 4)) + 0.01 * np.sin(19 * across + phase)
        ),
        keep_crown=False,
    )
    kept = tuple(what for what in each.done if what == "root filling")
    return replace(each.with_tooth(left), done=kept).marked(findings=("broken crown",))


def add_lesions(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition with dark lesions around one to three root tips."""
    candidates = [
        each for each in mouth.objects if each.kind in ("tooth", "root remnant") and each.fdi
    ]
    chosen = some(rng, [each for each in candidates if "impacted" not in each.findings], 3)
    marked = {each.fdi: each.marked(findings=("lesion",)) for each in chosen}
    lesions = tuple(_lesion(rng, each) for each in chosen)
    return replace(mouth.changed(marked), lesions=(*mouth.lesions, *lesions))


def _lesion(rng: np.random.Generator, each: MouthObject) -> Lesion:
    outline = each.outlines[0]
    along = outline @ each.tooth.pose.axis if each.tooth is not None else outline[:, 1]
    wide = float(np.ptp(outline[:, 0]))
    return Lesion(
        middle=outline[int(np.argmax(along))],
        radius=wide * rng.uniform(0.25, 0.6),
        depth=rng.uniform(0.06, 0.16),
        rim=rng.choice([0.0, 1.0]) * rng.uniform(0.01, 0.06),
    )


def lose_bone(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition whose bone has shrunk everywhere a little, and here and there more."""
    edge = mouth.frame.arch + 0.03
    ridges = [Ridge.draw(rng, upper, (-edge, edge), (0.008, 0.055)) for upper in (True, False)]
    for _ in range(rng.integers(0, 5)):
        middle, half = rng.uniform(-edge, edge), rng.uniform(0.02, 0.06)
        upper = bool(rng.random() < 0.5)
        ridges.append(Ridge.draw(rng, upper, (middle - half, middle + half), (0.03, 0.1)))
    return replace(mouth, ridges=(*mouth.ridges, *ridges))
