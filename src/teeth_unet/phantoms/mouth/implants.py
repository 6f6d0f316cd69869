"""Implants: the threaded fixture in the bone, and what it carries."""

from dataclasses import replace

import numpy as np

from teeth_unet.phantoms.clipping import clip_outline, outline_of_line
from teeth_unet.phantoms.curves import Points, smooth_curve
from teeth_unet.phantoms.mouth.choosing import in_millimetres, place_of
from teeth_unet.phantoms.mouth.objects import Dentition, MouthObject, Piece, Ridge, Treatment
from teeth_unet.phantoms.mouth.restored import Material, crown_pieces, draw_material
from teeth_unet.phantoms.places import Quadrant
from teeth_unet.phantoms.tooth import Pose

PLATFORM = 10.0  # of the fixture, in millimetres below the bite
BAR_PLACES = (0, 1, 2, 3, 4, 5)


class _Design:
    """How the implants of one patient are made, in millimetres.

    Attributes:
        width: Of the fixture at its platform.
        length: Of the fixture.
        taper: Width at its tip, relative.
        pitch: From thread to thread.
        thread: How far a thread stands out.
        level: How bright the fixture is.
        slots: Whether the screw hole within shows as darker.
        material: Of the crowns.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.width = rng.uniform(4, 6.2)
        self.length = rng.uniform(8, 14)
        self.taper = rng.uniform(0.6, 0.98)
        self.pitch = rng.uniform(0.7, 1.4)
        self.thread = rng.uniform(0.15, 0.6)
        self.level = rng.uniform(0.68, 0.97)
        self.slots = bool(rng.random() < 0.7)
        self.material = draw_material(rng)


def add_implants(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition with one to three implants beside each other, in a gap, twice perhaps."""
    design = _Design(rng)
    carries = rng.choice(["nothing", "cap", "abutment", "crown"], p=[0.15, 0.1, 0.15, 0.6])
    for _ in range(rng.integers(1, 3)):
        quadrant = Quadrant(upper=bool(rng.random() < 0.5), side=int(rng.choice([-1, 1])))
        count = int(rng.choice([1, 2, 3], p=[0.5, 0.3, 0.2]))
        first = int(rng.integers(0, 7 - count + 1))
        sites = range(first, first + count)
        gone = {quadrant.fdi(place) for place in sites}
        mouth = mouth.without(lambda each, gone=gone: each.fdi in gone)  # type: ignore[misc]
        mouth = mouth.with_objects(
            *(_implant(rng, mouth, quadrant, place, design, str(carries)) for place in sites)
        )
    return mouth


def _implant(
    rng: np.random.Generator,
    mouth: Dentition,
    quadrant: Quadrant,
    place: int,
    design: _Design,
    carries: str,
) -> MouthObject:
    usual = place_of(mouth.frame, quadrant, place)
    stance = replace(
        usual, x=usual.x + rng.normal(0, 0.004), lean=0.5 * usual.lean + rng.normal(0, 4)
    )
    pose = in_millimetres(mouth.frame, quadrant, stance)
    top = PLATFORM + rng.normal(0, 0.8)
    pieces = list(_fixture(rng, pose, design, top))
    done: tuple[Treatment, ...] = ()
    if carries in ("abutment", "crown"):
        pieces.append(_abutment(pose, design, top, 3 if carries == "crown" else 0.55 * top))
        done = ("abutment",)
    if carries == "crown":
        outline = _crown(rng, pose, quadrant, place, top)
        pieces += crown_pieces(outline, _bright(design.material))
        done = ("abutment", "crown")
    if carries == "cap":
        pieces.append(_cap(rng, pose, design, top))
        done = ("healing cap",)
    return MouthObject(
        kind="implant",
        upper=quadrant.upper,
        place=quadrant.side * (place + 1),
        nearness=rng.random(),
        outlines=tuple(piece.outline for piece in pieces),
        fdi=quadrant.fdi(place),
        pieces=tuple(pieces),
        done=done,
    )


def _bright(material: Material) -> Material:
    """Return a material of which at least some shows as metal: a screw goes through the crown."""
    return material if material.core else material._replace(core=0.85)


def _fixture(rng: np.random.Generator, pose: Pose, design: _Design, top: float) -> list[Piece]:
    """Return the screw in the bone, and the hole in it."""
    along = np.arange(0, design.length, design.pitch / 4)
    half = design.width / 2 * (1 - (1 - design.taper) * (along / design.length) ** 1.5)
    threaded = (along > 1.2) & (along < 0.95 * design.length)
    half -= np.where(threaded & (np.arange(along.size) % 4 < 2), design.thread, 0)
    tip = (0, design.length + 0.3 * design.taper * design.width)
    right = np.column_stack([half, along])
    outline = np.vstack([right, tip, right[::-1] * (-1, 1)])
    outline[:, 1] += top
    pieces = [Piece(pose.to_pixels(outline), design.level, 0.6, rounded=True)]
    if design.slots:
        pieces.append(
            _box(
                pose, 0.22 * design.width, top + 0.4, top + rng.uniform(2, 4.5), 0.7 * design.level
            )
        )
        if rng.random() < 0.5:
            low = top + design.length * rng.uniform(0.68, 0.78)
            pieces.append(_box(pose, 0.2 * design.width, low, low + 1.8, 0.5 * design.level))
    return pieces


def _box(pose: Pose, half: float, start: float, end: float, level: float) -> Piece:
    corners = np.array([(-half, start), (half, start), (half, end), (-half, end)])
    return Piece(pose.to_pixels(corners), level, 0.2)


def _abutment(pose: Pose, design: _Design, top: float, end: float) -> Piece:
    """Return the post that the crown is fixed to, from the fixture up to `end` below the bite."""
    wide = 0.42 * design.width
    half = np.array(
        [(wide, top), (1.15 * wide, top - 1.5), (0.9 * wide, top - 3), (0.6 * wide, end)]
    )
    outline = np.vstack([half, half[::-1] * (-1, 1)])
    return Piece(pose.to_pixels(outline), min(1, design.level + 0.1), 0.6)


def _cap(rng: np.random.Generator, pose: Pose, design: _Design, top: float) -> Piece:
    """Return the healing cap that keeps the gum open."""
    high, wide = rng.uniform(1.5, 4), 0.5 * design.width * rng.uniform(1, 1.3)
    half = np.array([(0.4 * design.width, top), (wide, top - 0.6 * high), (0.9 * wide, top - high)])
    return Piece(pose.to_pixels(np.vstack([half, half[::-1] * (-1, 1)])), design.level, 0.6)


def _crown(
    rng: np.random.Generator, pose: Pose, quadrant: Quadrant, place: int, top: float
) -> Points:
    """Return the outline of the crown in pixels: it narrows towards its implant."""
    size = quadrant.chart[place]
    neck = size.shape.neck
    shape = smooth_curve(size.shape.outline(), 64, closed=True)
    cut = clip_outline(shape, lambda across: np.full_like(across, neck), keep_below=True)
    across, along = cut.T
    high = (top - 1.2) / neck * along
    narrowing = 1 - 0.45 * np.clip((along / neck - 0.45) / 0.55, 0, 1) ** 1.5
    wide = size.width * rng.uniform(0.95, 1.08)
    return pose.to_pixels(np.column_stack([across * wide * narrowing, high]))


def add_implant_bar(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition one of whose jaws has four to six implants only, and a bar on them."""
    design = _Design(rng)
    upper = bool(rng.random() < 0.5)
    mouth = mouth.without(lambda each: each.upper == upper)
    places = rng.permutation(BAR_PLACES)[: rng.integers(2, 4)]
    edge = mouth.frame.arch + 0.03
    implants = [
        _implant(rng, mouth, Quadrant(upper, side), int(place), design, "abutment")
        for side in (-1, 1)
        for place in sorted(places.tolist())
    ]
    bar = _bar(rng, mouth, upper, [int(place) for place in places])
    ridge = Ridge.draw(rng, upper, (-edge, edge), (0.0, 0.03))
    mouth = replace(mouth, ridges=(*mouth.ridges, ridge))
    return mouth.with_objects(*implants, bar)


def _bar(rng: np.random.Generator, mouth: Dentition, upper: bool, places: list[int]) -> MouthObject:
    depth, thick = rng.uniform(5, 7), rng.uniform(1.5, 3)
    ends = []
    for side in (-1, 1):
        quadrant = Quadrant(upper, side)
        order = sorted(places, reverse=side < 0)
        for place in order:
            usual = place_of(mouth.frame, quadrant, place)
            ends.append(
                in_millimetres(mouth.frame, quadrant, usual).to_pixels(np.array([(0, depth)]))[0]
            )
    line = smooth_curve(np.array(ends), 60)
    outline = outline_of_line(line, thick * mouth.frame.height * 0.0122)
    return MouthObject(
        kind="bar",
        upper=upper,
        place=0,
        nearness=2,
        outlines=(outline,),
        pieces=(Piece(outline, rng.uniform(0.9, 1), 1),),
    )
