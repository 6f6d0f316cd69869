"""What dentists put on teeth and between them: crowns, bridges, root fillings, posts."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from teeth_unet.phantoms.clipping import clip_outline, outline_of_line
from teeth_unet.phantoms.curves import Points
from teeth_unet.phantoms.mouth.choosing import place_of, some, with_crowns
from teeth_unet.phantoms.mouth.objects import Dentition, MouthObject, Piece
from teeth_unet.phantoms.places import Quadrant, pose_at
from teeth_unet.phantoms.tooth import DrawnTooth, Pose, draw_tooth

MOST_PONTICS = 3


class Material(NamedTuple):
    """How bright an artificial crown is, from 0 to 1, and how dense where it shows no metal.

    Attributes:
        shell: Brightness of its outer part.
        core: Brightness of its inner part.
        density: What it adds to the density of the picture.
    """

    shell: float
    core: float
    density: float


def draw_material(rng: np.random.Generator) -> Material:
    """Return metal, metal under ceramic, or ceramic alone."""
    draw = rng.random()
    if draw < 0.4:
        bright = rng.uniform(0.9, 1)
        return Material(bright, bright, 1)
    if draw < 0.75:
        return Material(rng.uniform(0.65, 0.85), rng.uniform(0.88, 1), 1)
    return Material(0, 0, rng.uniform(0.4, 1.1))


def crown_pieces(outline: Points, material: Material) -> tuple[Piece, ...]:
    """Return an artificial crown of an outline in pixels."""
    middle = outline.mean(axis=0)
    core = middle + 0.72 * (outline - middle)
    return (
        Piece(outline, material.shell, material.density),
        Piece(core, material.core, 0),
    )


def crowned(rng: np.random.Generator, each: MouthObject, material: Material) -> MouthObject:
    """Return a tooth with an artificial crown, which bulges a little beyond its own."""
    tooth = each.tooth
    if tooth is None:
        return each
    bulge, edge = rng.uniform(0, 0.07), rng.uniform(0.75, 1.0) * tooth.neck

    def bulging(points: Points) -> Points:
        wider = 1 + bulge * np.clip((tooth.neck - points[:, 1]) / (0.3 * tooth.neck), 0, 1)
        return np.column_stack([points[:, 0] * wider, points[:, 1]])

    fuller = replace(tooth.reshaped(bulging), metal=())
    cap = clip_outline(
        fuller.pose.to_tooth(fuller.outline),
        lambda across: edge + 0.25 * tooth.neck * (np.abs(across) - 0.25),
        keep_below=True,
    )
    pieces = crown_pieces(fuller.pose.to_pixels(cap), material)
    done = tuple(what for what in each.done if what != "filling")
    changed = replace(each.with_tooth(fuller), pieces=(*each.pieces, *pieces), done=done)
    return changed.marked(done=("crown",))


def add_crowns(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition with one to six artificial crowns."""
    material = draw_material(rng)
    changes = {}
    for each in some(rng, with_crowns(mouth), 6):
        material = draw_material(rng) if rng.random() < 0.3 else material
        changes[each.fdi] = crowned(rng, each, material)
    return mouth.changed(changes)


def fill_roots(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition with one to four root fillings, some with a post in a crown."""
    changes = {}
    empty = [each for each in mouth.erupted() if "root filling" not in each.done]
    for each in some(rng, empty, 4):
        filled = _root_filled(each)
        if rng.random() < 0.45:
            filled = _posted(rng, filled)
            if "crown" not in filled.done and "broken crown" not in filled.findings:
                filled = crowned(rng, filled, draw_material(rng))
        changes[each.fdi] = filled
    return mouth.changed(changes)


def _root_filled(each: MouthObject) -> MouthObject:
    if each.tooth is None:
        return each
    tooth = replace(each.tooth, root_filled=True)
    return replace(each, tooth=tooth).marked(done=("root filling",))


def _posted(rng: np.random.Generator, each: MouthObject) -> MouthObject:
    """Return a tooth with a metal post in one of its canals."""
    if each.tooth is None or not each.tooth.canals:
        return each
    canal = each.tooth.canals[rng.integers(len(each.tooth.canals))]
    line = canal[: max(3, round(len(canal) * rng.uniform(0.5, 0.7)))]
    post = outline_of_line(line, each.tooth.pose.width * rng.uniform(0.1, 0.2))
    piece = Piece(post, level=rng.uniform(0.85, 1))
    return replace(each, pieces=(*each.pieces, piece)).marked(done=("post",))


def add_bridge(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition with a bridge: crowns on two teeth, and pontics in between."""
    spans = _spans(mouth)
    if not spans:
        return mouth
    weights = np.array([1.0 if end - start == 2 else 0.5 for _, start, end in spans])
    quadrant, start, end = spans[rng.choice(len(spans), p=weights / weights.sum())]
    material = draw_material(rng)
    abutments = [mouth.at(quadrant.fdi(place)) for place in (start, end)]
    crowns = [crowned(rng, each, material) for each in abutments if each is not None]
    gone = {quadrant.fdi(place) for place in range(start + 1, end)}
    mouth = mouth.without(lambda each: each.fdi in gone)
    mouth = mouth.changed({each.fdi: each for each in crowns})
    between = [
        _pontic(rng, mouth, quadrant, place, start, crowns) for place in range(start + 1, end)
    ]
    linked = [_joined(rng, each, crowns, material) for each in between]
    return mouth.with_objects(*linked)


def _spans(mouth: Dentition) -> list[tuple[Quadrant, int, int]]:
    """Return where a bridge can be: its quadrant, and the places of its two teeth."""
    standing = {each.fdi for each in with_crowns(mouth)}
    spans = []
    for quadrant in (Quadrant(upper, side) for upper in (True, False) for side in (-1, 1)):
        places = [place for place in range(7) if quadrant.fdi(place) in standing]
        spans += [
            (quadrant, start, end)
            for start in places
            for end in places
            if 2 <= end - start <= MOST_PONTICS + 1
        ]
    return spans


def _pontic(
    rng: np.random.Generator,
    mouth: Dentition,
    quadrant: Quadrant,
    place: int,
    start: int,
    crowns: list[MouthObject],
) -> DrawnTooth:
    """Return the artificial tooth of a place, between the crowns that carry it."""
    size = quadrant.chart[place]
    pose = pose_at(mouth.frame, quadrant, size, place_of(mouth.frame, quadrant, place))
    poses = [each.tooth.pose for each in crowns if each.tooth is not None]
    share = (place - start) / (len(poses) and _span_of(crowns))
    origin = poses[0].origin + share * (poses[1].origin - poses[0].origin)
    pose = replace(pose, origin=origin, width=pose.width * rng.uniform(0.98, 1.1))
    tooth = draw_tooth(rng, size.shape, pose, treated=False)
    end = tooth.neck * rng.uniform(0.75, 1.05)
    cut = tooth.clipped(lambda across: end - 0.3 * tooth.neck * across**2, keep_crown=True)
    return replace(cut, fdi=quadrant.fdi(place))


def _span_of(crowns: list[MouthObject]) -> float:
    return abs(crowns[1].place - crowns[0].place)


def _joined(
    rng: np.random.Generator, pontic: DrawnTooth, crowns: list[MouthObject], material: Material
) -> MouthObject:
    """Return a pontic as an object, with the metal that joins it to its neighbours."""
    quadrant = Quadrant.of(pontic.fdi)
    neck, pose = pontic.neck, pontic.pose
    reach = pose.width * 0.62
    height = rng.uniform(0.2, 0.4) * neck * pose.length
    link = _link(pose, reach, 0.5 * neck * pose.length, height)
    bright = replace(Piece(link), level=material.core, density=material.density)
    return MouthObject(
        kind="pontic",
        upper=quadrant.upper,
        place=quadrant.side * (pontic.fdi % 10),
        nearness=-1 + rng.random(),
        outlines=(pontic.outline, link),
        fdi=pontic.fdi,
        pieces=(bright, *crown_pieces(pontic.outline, material)),
        done=("crown",),
    )


def _link(pose: Pose, reach: float, depth: float, height: float) -> Points:
    """Return the outline of the joint that reaches to both neighbours, in pixels."""
    middle, half = pose.origin + depth * pose.axis, height / 2
    corners = ((-reach, -half), (reach, -half), (reach, half), (-reach, half))
    return np.array([middle + a * pose.distal + b * pose.axis for a, b in corners])
