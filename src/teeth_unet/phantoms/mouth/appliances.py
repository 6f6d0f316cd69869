"""What is fixed to many teeth at once: brackets and wires, retainers; and dentures."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from teeth_unet.phantoms.clipping import clip_outline, outline_of_line
from teeth_unet.phantoms.curves import Points, smooth_curve
from teeth_unet.phantoms.mouth.choosing import place_of
from teeth_unet.phantoms.mouth.objects import Dentition, MouthObject, Piece, Ridge
from teeth_unet.phantoms.places import MILLIMETRE, Quadrant, pose_at
from teeth_unet.phantoms.tooth import DrawnTooth, draw_tooth

FIRST_MOLAR, FIRST_PREMOLAR = 6, 4


def add_brackets(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition with brackets on its teeth, bands on its molars, and wires."""
    jaws = ((True, False), (True,), (False,))[rng.choice(3, p=[0.75, 0.2, 0.05])]
    height, level = rng.uniform(0.4, 0.6), rng.uniform(0.85, 1)
    thick = rng.uniform(0.35, 0.8) * MILLIMETRE * mouth.frame.height
    changes, wires = {}, []
    for upper in jaws:
        held: list[Points] = []
        for each in mouth.erupted():
            if each.upper != upper or each.tooth is None or abs(each.place) > FIRST_MOLAR:
                continue
            if abs(each.place) == FIRST_MOLAR:
                changed = replace(each, pieces=(*each.pieces, *_band(rng, each.tooth, level)))
                changes[each.fdi] = changed.marked(done=("band",))
            else:
                pieces = _bracket(rng, each.tooth, height, level)
                changed = replace(each, pieces=(*each.pieces, *pieces))
                changes[each.fdi] = changed.marked(done=("bracket",))
            held.append(_on_axis(each.tooth, height))
        if len(held) > 1:
            wires.append(Piece(_wire(held, thick), level))
    return replace(mouth.changed(changes), overlays=(*mouth.overlays, *wires))


def _on_axis(tooth: DrawnTooth, height: float) -> Points:
    """Return the point (x, y) at a share of the crown's height, as (2,)."""
    (point,) = tooth.pose.to_pixels(np.array([(0.0, height * tooth.neck)]))
    return np.asarray(point)


def _wire(points: list[Points], thickness: float) -> Points:
    """Return the outline of a wire through points, from left to right."""
    ordered = np.array(sorted(points, key=lambda point: float(point[0])))
    apart = np.concatenate([[True], np.diff(ordered[:, 0]) > 1])
    stops = ordered[apart]
    line = smooth_curve(stops, 12 * len(stops)) if len(stops) > 1 else ordered
    return outline_of_line(line, thickness)


def _bracket(
    rng: np.random.Generator, tooth: DrawnTooth, height: float, level: float
) -> tuple[Piece, ...]:
    """Return the base of a bracket and its wings above and below the wire."""
    pose = tooth.pose
    half = rng.uniform(0.17, 0.27) * pose.width
    middle = _on_axis(tooth, height + rng.normal(0, 0.06)) + rng.normal(0, 0.03, 2) * pose.width
    pieces = [_rectangle(pose.distal, pose.axis, middle, half, 0.75 * half, 0.85 * level)]
    for sign in (-1, 1):
        for side in (-0.55, 0.55):
            wing = middle + sign * 0.55 * half * pose.axis + side * half * pose.distal
            pieces.append(_rectangle(pose.distal, pose.axis, wing, 0.42 * half, 0.35 * half, level))
    return tuple(pieces)


def _rectangle(
    distal: Points, axis: Points, middle: Points, half_wide: float, half_high: float, level: float
) -> Piece:
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    outline = np.array([middle + a * half_wide * distal + b * half_high * axis for a, b in corners])
    return Piece(outline, level)


def _band(rng: np.random.Generator, tooth: DrawnTooth, level: float) -> tuple[Piece, ...]:
    """Return a metal band around a molar's crown, and the tube on it."""
    low, high = rng.uniform(0.2, 0.35) * tooth.neck, rng.uniform(0.75, 0.9) * tooth.neck
    local = tooth.pose.to_tooth(tooth.outline)
    band = clip_outline(local, lambda across: np.full_like(across, high), keep_below=True)
    band = clip_outline(band, lambda across: low + 0.04 * across, keep_below=False)
    tube = _rectangle(
        tooth.pose.distal,
        tooth.pose.axis,
        _on_axis(tooth, 0.55),
        0.25 * tooth.pose.width,
        0.07 * tooth.pose.width,
        1,
    )
    return Piece(tooth.pose.to_pixels(band), 0.85 * level), tube


def add_retainer(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition with a wire behind the front teeth of a jaw, glued to each."""
    upper = bool(rng.random() < 0.25)
    last = int(rng.choice([3, 4], p=[0.8, 0.2]))
    height, level = rng.uniform(0.35, 0.75), rng.uniform(0.75, 1)
    held, changes = [], {}
    for each in mouth.erupted():
        if each.upper == upper and each.tooth is not None and abs(each.place) <= last:
            held.append(_on_axis(each.tooth, height))
            changes[each.fdi] = each.marked(done=("retainer",))
    if len(held) < 2:
        return mouth
    thick = rng.uniform(0.3, 0.7) * MILLIMETRE * mouth.frame.height
    wire = Piece(_wire(held, thick), level)
    return replace(mouth.changed(changes), overlays=(*mouth.overlays, wire))


def add_denture(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition with a removable denture: artificial teeth, with a metal frame or none."""
    upper = bool(rng.random() < 0.55)
    whole = rng.random() < 0.4
    first = 0 if whole else FIRST_PREMOLAR - 1
    sites = [(Quadrant(upper, side), place) for side in (-1, 1) for place in range(first, 7)]
    gone = {quadrant.fdi(place) for quadrant, place in sites}
    mouth = mouth.without(lambda each: each.upper == upper and (whole or each.fdi in gone))
    edge = mouth.frame.arch + 0.03
    mouth = replace(
        mouth, ridges=(*mouth.ridges, Ridge.draw(rng, upper, (-edge, edge), (0.01, 0.04)))
    )
    density = rng.uniform(0.1, 0.7)
    teeth = [_denture_tooth(rng, mouth, *site, density) for site in sites]
    pieces = [_plate(rng, mouth, upper, first), *teeth]
    if not whole and rng.random() < 0.7:
        pieces += _frame(rng, mouth, upper)
    return mouth.with_objects(
        MouthObject(
            kind="denture",
            upper=upper,
            place=0,
            nearness=-2,
            outlines=tuple(piece.outline for piece in pieces),
            pieces=tuple(pieces),
        )
    )


def _plate(rng: np.random.Generator, mouth: Dentition, upper: bool, first: int) -> Piece:
    """Return the plastic that carries the teeth, as one shape over the whole arch."""
    frame = mouth.frame
    end = place_of(frame, Quadrant(upper, 1), 6).x + 0.03
    start = 0.0 if first == 0 else place_of(frame, Quadrant(upper, 1), first).x
    across = np.linspace(-end, end, 60)
    away = -1 if upper else 1
    inner, outer = rng.uniform(4, 6) * MILLIMETRE, rng.uniform(9, 14) * MILLIMETRE
    thinner = np.clip(np.abs(across) / max(start, 1e-6), 0.4, 1)
    near, far = (
        np.column_stack([across, frame.bite_height(across) + away * depth])
        for depth in (inner, inner + (outer - inner) * thinner)
    )
    outline = frame.to_pixels(np.vstack([near, far[::-1]]))
    return Piece(outline, density=rng.uniform(0.05, 0.35))


def _denture_tooth(
    rng: np.random.Generator, mouth: Dentition, quadrant: Quadrant, place: int, density: float
) -> Piece:
    size = quadrant.chart[place]
    pose = pose_at(mouth.frame, quadrant, size, place_of(mouth.frame, quadrant, place))
    tooth = draw_tooth(rng, size.shape, pose, treated=False)
    end = tooth.neck * rng.uniform(0.8, 1)
    cut = tooth.clipped(lambda across: end - 0.2 * tooth.neck * across**2, keep_crown=True)
    return Piece(cut.outline, density=density)


def _frame(rng: np.random.Generator, mouth: Dentition, upper: bool) -> list[Piece]:
    """Return the metal that joins both sides, and a clasp on either side."""
    height = mouth.frame.height
    depth = rng.uniform(9, 13) * MILLIMETRE
    across = np.linspace(-0.75, 0.75, 40) * mouth.frame.arch
    sign = -1 if upper else 1
    y = mouth.frame.bite_height(across) + sign * (depth + 0.01 * np.cos(across * 9))
    line = mouth.frame.to_pixels(np.column_stack([across, y]))
    level = rng.uniform(0.85, 1)
    pieces = [Piece(outline_of_line(line, rng.uniform(0.8, 2.2) * MILLIMETRE * height), level)]
    for side in (-1, 1):
        quadrant = Quadrant(upper, side)
        xs = [place_of(mouth.frame, quadrant, place).x for place in (2, 3)]
        ends = [(side * x, float(mouth.frame.bite_height(x)) + sign * 0.07) for x in xs]
        clasp = [*ends, (side * xs[1], ends[1][1] + sign * 0.04)]
        points = mouth.frame.to_pixels(np.array(clasp))
        pieces += [
            Piece(outline_of_line(np.array(pair), 1.2 * MILLIMETRE * height), level)
            for pair in pairwise(points)
        ]
    return pieces
