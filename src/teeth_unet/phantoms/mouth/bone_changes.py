"""Where bone is gone: at the ridges of the jaws, and around root tips."""

import numpy as np

from teeth_unet.phantoms.brush import Brush, Field, smooth_step
from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.jaws import CREST
from teeth_unet.phantoms.mouth.objects import Dentition, Lesion, Ridge

EDGE = 0.012  # softness of a shrunk ridge, in picture heights
END = 0.04  # softness of its ends, in head coordinates


def bone_changes(mouth: Dentition) -> Field:
    """Return the density, mostly below 0, that changes where bone is gone."""
    brush = Brush(mouth.frame.height, mouth.frame.width, 4)
    field = np.zeros(brush.shape, dtype=np.float32)
    for ridge in mouth.ridges:
        field -= ridge.lost * _shrunk(ridge, mouth.frame, brush)
    for lesion in mouth.lesions:
        field += _dark_spot(lesion, brush)
    return brush.enlarged(field)


def _shrunk(ridge: Ridge, frame: Frame, brush: Brush) -> Field:
    """Return where the bone of a ridge is gone, from 0 to 1."""
    rows, columns = brush.shape
    x, y = np.linspace(-1, 1, columns), np.linspace(0, 1, rows)[:, None]
    from_bite = (y - frame.bite_height(x)) * (-1 if ridge.upper else 1)
    soft = min(END, (ridge.end - ridge.start) / 6)
    ends = smooth_step((x - ridge.start) / soft) * smooth_step((ridge.end - x) / soft)
    depth = ridge.depth * ends * (1 + 0.35 * np.sin(9 * x + ridge.phase))
    crest = CREST * frame.tooth_length
    band = smooth_step((from_bite - crest + 0.02) / EDGE) * smooth_step(
        (crest + depth - from_bite) / EDGE
    )
    return (band * ends).astype(np.float32)


def _dark_spot(lesion: Lesion, brush: Brush) -> Field:
    rows, columns = brush.shape
    scale = np.array([columns / brush.width, rows / brush.height])
    middle, radius = lesion.middle * scale, lesion.radius * scale
    y, x = np.mgrid[:rows, :columns]
    distance = np.hypot((x + 0.5 - middle[0]) / radius[0], (y + 0.5 - middle[1]) / radius[1])
    spot = smooth_step((1 - distance) / 0.18)
    rim = np.exp(-(((distance - 1.25) / 0.15) ** 2))
    change: Field = (lesion.rim * rim - lesion.depth * spot).astype(np.float32)
    return change
