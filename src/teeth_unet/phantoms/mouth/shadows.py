"""The shadows of what is in a mouth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from teeth_unet.phantoms.anatomy import Anatomy
from teeth_unet.phantoms.brush import Field
from teeth_unet.phantoms.mouth.objects import Dentition, MouthObject, Piece
from teeth_unet.phantoms.raster import inside, window_around
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.streams import object_stream
from teeth_unet.phantoms.tooth_shading import (
    ToothShadow,
    cast_shadow,
    draw_looks,
)

METAL_BLUR = 0.0012  # of pieces, in picture heights


@dataclass(frozen=True)
class _Canvas:
    """The picture that shadows are cast on.

    Attributes:
        shape: Its (height, width) in pixels.
        strength: Density of dentine where it is thickest.
    """

    shape: tuple[int, int]
    strength: float


def mouth_shadows(
    rng: np.random.Generator,
    settings: PhantomSettings,
    case: int,
    anatomy: Anatomy,
    mouth: Dentition,
) -> Iterator[ToothShadow]:
    """Yield the shadows of all objects and of the wires between them.

    Args:
        rng: Source of the looks of the anatomy's teeth; as much is taken from it whatever has
            become of them.
        settings: Seed of the looks of all other objects.
        case: Number of the phantom, from 0.
        anatomy: The teeth that were there at first.
        mouth: What there is now.
    """
    canvas = _Canvas((anatomy.frame.height, anatomy.frame.width), rng.uniform(0.12, 0.2))
    looks = [draw_looks(rng, tooth, canvas.shape) for tooth in anatomy.teeth]
    for each in mouth.objects:
        if each.tooth is not None:
            if each.looks is None:
                own = object_stream(settings, case, f"looks {each.kind} {each.fdi} {each.place}")
                look = draw_looks(own, each.tooth, canvas.shape)
            else:
                look = looks[each.looks]
            yield cast_shadow(look, each.tooth, canvas.shape, canvas.strength, each.tissue)
        if each.pieces:
            yield _of_pieces(canvas, each.pieces, _blur(each, canvas))
    if mouth.overlays:
        yield _of_pieces(canvas, mouth.overlays, METAL_BLUR * canvas.shape[0])


def _blur(each: MouthObject, canvas: _Canvas) -> float:
    """Return the blur of an object's pieces in pixels."""
    own = each.tissue.blur * each.tooth.pose.width if each.tooth is not None else 0
    return max(0.4 * own, METAL_BLUR * canvas.shape[0])


def _of_pieces(canvas: _Canvas, pieces: Sequence[Piece], blur: float) -> ToothShadow:
    window = window_around(np.vstack([piece.outline for piece in pieces]), 4 * blur, canvas.shape)
    size = (window[0].stop - window[0].start, window[1].stop - window[1].start)
    metal, density, cover = (np.zeros(size, dtype=np.float32) for _ in range(3))
    for piece in pieces:
        where = inside(piece.outline, window).astype(np.float32)
        thick = _thickness(piece, where) if piece.rounded else where
        if piece.level:
            metal += where * (piece.level * thick - metal)
            cover = np.maximum(cover, where)
        density += canvas.strength * piece.density * thick
    return ToothShadow(
        window,
        density=gaussian_filter(density, blur),
        cover=gaussian_filter(cover, blur),
        metal=gaussian_filter(metal, blur),
    )


def _thickness(piece: Piece, where: Field) -> Field:
    """Return how thick a rounded piece is: 1 in its middle, less towards its edge."""
    soft = gaussian_filter(where, 0.12 * float(np.ptp(piece.outline, axis=0).min()))
    thickness: Field = where * (0.5 + 0.5 * soft)
    return thickness
