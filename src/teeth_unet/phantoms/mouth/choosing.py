"""Which teeth of a mouth something happens to."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.mouth.objects import Dentition, MouthObject
from teeth_unet.phantoms.places import MILLIMETRE, Quadrant, Stance, pose_at
from teeth_unet.phantoms.tooth import Pose

# How readily caries and its treatment meet a place, from the midline outwards.
PRONE = np.array([0.5, 0.5, 0.5, 1, 1.2, 2, 1.5, 0.5])


def some(rng: np.random.Generator, teeth: Sequence[MouthObject], most: int) -> list[MouthObject]:
    """Return 1 to so many of some teeth, rather back teeth than front teeth; none of none."""
    if not teeth:
        return []
    chance = PRONE[[each.fdi % 10 - 1 for each in teeth]]
    count = min(int(rng.integers(1, most + 1)), len(teeth))
    chosen = rng.choice(len(teeth), count, replace=False, p=chance / chance.sum())
    return [teeth[number] for number in sorted(chosen.tolist())]


def with_crowns(mouth: Dentition) -> list[MouthObject]:
    """Return the erupted permanent teeth whose crown is whole and their own."""
    return [
        each
        for each in mouth.erupted()
        if "crown" not in each.done and "broken crown" not in each.findings
    ]


def place_of(frame: Frame, quadrant: Quadrant, place: int) -> Stance:
    """Return the mean stance of the permanent tooth of a place, from 0 at the midline."""
    return Stance(float(quadrant.centres(frame.arch)[place]), 0.0, quadrant.chart[place].lean)


def in_millimetres(frame: Frame, quadrant: Quadrant, stance: Stance) -> Pose:
    """Return a pose whose across and along are millimetres, from the bite rootwards."""
    pose = pose_at(frame, quadrant, quadrant.chart[0], stance)
    return replace(
        pose,
        width=pose.width / quadrant.chart[0].width,
        length=frame.height * MILLIMETRE,
    )
