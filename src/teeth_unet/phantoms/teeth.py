"""The teeth of one patient: which are there, where, and in which state."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.places import WISDOM, Quadrant, Stance, pose_at
from teeth_unet.phantoms.tooth import DrawnTooth, Pose, draw_tooth
from teeth_unet.phantoms.tooth_shapes import ToothSize

FEWEST_TEETH = 20

# How readily the teeth of a quadrant are lost, relative to each other; wisdom teeth apart.
_PRONE_TO_LOSS = np.array([0.2, 0.2, 0.1, 0.5, 0.8, 1.5, 1.2, 0.0])


@dataclass(frozen=True)
class _Patient:
    """What the teeth of one patient have in common.

    Attributes:
        frame: Where the bite is.
        length: Of the teeth, relative to the mean.
        crowding: Width of the teeth relative to their place in the arch; above 1 they overlap.
        treated_share: Share of the molars that have been filled.
    """

    frame: Frame
    length: float
    crowding: float
    treated_share: float


def draw_dentition(rng: np.random.Generator, frame: Frame) -> tuple[DrawnTooth, ...]:
    """Return the 20 to 32 teeth of a patient: the upper from left to right, then the lower."""
    patient = _Patient(
        frame,
        length=rng.normal(1, 0.045),
        crowding=rng.normal(1.04, 0.02),
        treated_share=rng.beta(1.0, 4.0),
    )
    quadrants = [Quadrant(upper, side) for upper in (True, False) for side in (-1, 1)]
    present = _draw_presence(rng)
    upper_left, upper_right, lower_left, lower_right = (
        _draw_quadrant(rng, patient, quadrant, places)
        for quadrant, places in zip(quadrants, present, strict=True)
    )
    return (*upper_left[::-1], *upper_right, *lower_left[::-1], *lower_right)


def _draw_presence(rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which places of the four quadrants are taken, (4, 8) from the midline outwards."""
    present = np.ones((4, 8), dtype=bool)
    present[:, WISDOM] = rng.random(4) < rng.choice([0.1, 0.5, 0.9])
    lost = min(int(rng.exponential(2.0)), int(present.sum()) - FEWEST_TEETH)
    chance = np.tile(_PRONE_TO_LOSS, 4) / (4 * _PRONE_TO_LOSS.sum())
    places = rng.choice(present.size, size=lost, replace=False, p=chance)
    present.flat[places] = False
    return present


def _draw_quadrant(
    rng: np.random.Generator, patient: _Patient, quadrant: Quadrant, present: NDArray[np.bool_]
) -> list[DrawnTooth]:
    """Return the teeth of a quadrant, from the midline outwards."""
    centres = quadrant.centres(patient.frame.arch)
    teeth = []
    for place in np.flatnonzero(present).tolist():
        size = quadrant.chart[place]
        stance = _draw_stance(rng, size, float(centres[place]))
        if place == WISDOM and rng.random() < 0.3:
            stance = _stick(rng, stance, quadrant)
        elif place > 0 and not present[place - 1]:
            stance = _tip_into_gap(rng, stance)
        treatable = patient.treated_share * min(0.3 + 0.25 * place, 1.3)
        treated = rng.random() < treatable and not stance.stuck
        pose = _draw_pose(rng, patient, quadrant, size, stance)
        tooth = draw_tooth(rng, size.shape, pose, treated=treated)
        teeth.append(replace(tooth, fdi=quadrant.fdi(place), stuck=stance.stuck))
    return teeth


def _draw_stance(rng: np.random.Generator, size: ToothSize, centre: float) -> Stance:
    """Return the stance of a tooth at its place in the arch."""
    return Stance(
        x=centre + rng.normal(0, 0.003),
        sunk=rng.normal(0, 0.005),
        lean=size.lean + rng.normal(0, 3.0),
    )


def _stick(rng: np.random.Generator, stance: Stance, quadrant: Quadrant) -> Stance:
    """Return the stance of a wisdom tooth stuck in the jaw; a lower one lies on its side."""
    sunk, turn = ((0.03, 0.09), (-25, 10)) if quadrant.upper else ((0.02, 0.05), (5, 50))
    return Stance(
        x=stance.x + 0.012,
        sunk=rng.uniform(*sunk),
        lean=stance.lean + rng.uniform(*turn),
        stuck=True,
    )


def _tip_into_gap(rng: np.random.Generator, stance: Stance) -> Stance:
    """Return the stance of a tooth whose inner neighbour is lost: it moves and tips inwards."""
    return replace(stance, x=stance.x - rng.uniform(0, 0.02), lean=stance.lean + rng.uniform(0, 12))


def _draw_pose(
    rng: np.random.Generator,
    patient: _Patient,
    quadrant: Quadrant,
    size: ToothSize,
    stance: Stance,
) -> Pose:
    """Return where a tooth of varied size lies in the picture."""
    pose = pose_at(patient.frame, quadrant, size, stance)
    return replace(
        pose,
        width=pose.width * patient.crowding * rng.normal(1, 0.035),
        length=pose.length * patient.length * rng.normal(1, 0.05),
        bend=rng.normal(0.1, 0.12),
    )
