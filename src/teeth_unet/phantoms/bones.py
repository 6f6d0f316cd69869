"""How much of the X-rays everything but the teeth takes away."""

import numpy as np

from teeth_unet.phantoms.brush import Brush, Field, smooth_noise, smooth_step
from teeth_unet.phantoms.curves import Points, mirrored, smooth_curve
from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.jaws import Jaws, vary
from teeth_unet.phantoms.landmarks import LINES, REGIONS


def soft_tissue(rng: np.random.Generator, frame: Frame) -> Field:
    """Return the density of the soft tissue, the spine and the ghosts of the opposite jaws."""
    brush = Brush(frame.height, frame.width, 4)
    rows, columns = brush.shape
    x = np.linspace(-1, 1, columns)
    y = np.linspace(0, 1, rows)[:, None]
    chin = 0.6 + 0.38 * np.sqrt(1 - x**2)
    field = rng.uniform(0.1, 0.16) + rng.uniform(0.06, 0.12) * smooth_step((chin - y) / 0.08)
    field = field + rng.uniform(0.06, 0.16) * smooth_step((0.25 - y) / 0.2)
    field += rng.uniform(0.12, 0.26) * _spine(rng, x, y)
    for side in (-1, 1):
        field += rng.uniform(0.08, 0.2) * _ghost(rng, side * x, y)
    field += 0.04 * smooth_noise(rng, brush.shape, (rows / 3, columns / 6))
    field += 0.004 * smooth_noise(rng, brush.shape, (rows / 2, columns / 100))
    field += 0.004 * smooth_noise(rng, brush.shape, (rows / 60, columns / 3))
    return brush.enlarged(field.astype(np.float32))


def _spine(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Return the shadow of the spine: a streaky column, below it a block with sharp edges."""
    width, middle = rng.uniform(0.06, 0.13), rng.normal(0, 0.015)
    streaks = 1 + 0.25 * smooth_noise(rng, (1, x.size), (1, x.size / 120))
    column = np.exp(-(((x - middle) / width) ** 2)) * streaks * rng.uniform(0.5, 1)
    block = smooth_step((rng.uniform(0.12, 0.22) - np.abs(x - middle)) / 0.015) * streaks
    strength = rng.uniform(0.1, 0.8)
    spine: Field = column + strength * block * smooth_step((y - rng.uniform(0.5, 0.7)) / 0.1)
    return spine


def _ghost(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Return the ghost on the right: it ends in a sharp edge below and fades to the others."""
    edge = rng.normal(0.63, 0.02) - rng.uniform(-0.02, 0.08) * (x - 0.6)
    below = smooth_step((edge - y) / 0.008)
    fading = 0.35 + 0.65 * np.exp(-np.abs(edge - y) / rng.uniform(0.15, 0.5))
    inside = smooth_step((x - rng.uniform(0.42, 0.62)) / 0.1)
    outside = smooth_step((rng.uniform(0.95, 1.05) - x) / 0.06)
    return below * fading * inside * outside


def bone_shadows(rng: np.random.Generator, frame: Frame, jaws: Jaws) -> Field:
    """Return the density of the bones and of the air spaces around and behind them."""
    brush = Brush(frame.height, frame.width, 4)
    field = rng.uniform(0.08, 0.15) * brush.fill([jaws.mandible], 0.01)
    field += rng.uniform(0.09, 0.17) * brush.fill([jaws.maxilla], 0.012)
    for region in REGIONS:
        outlines = _both_sides(rng, frame, region.outline, closed=True)
        field += rng.uniform(*region.density) * brush.fill(outlines, region.softness)
    field += _air_over_tongue(rng, brush, frame)
    field += _palate(rng, brush, frame, jaws.palate)
    field += _skull_base(rng, brush)
    return brush.enlarged(field) + _thin_plates(rng, frame, jaws)


def _thin_plates(rng: np.random.Generator, frame: Frame, jaws: Jaws) -> Field:
    """Return the fine bright lines of bone seen edge-on, here clearer and there fainter."""
    brush = Brush(frame.height, frame.width, 2)
    border = brush.stroke([jaws.lower_border], 0.018)
    field = rng.uniform(0.1, 0.22) * brush.blurred(border, 0.006)
    for line in LINES:
        courses = _both_sides(rng, frame, line.course, closed=False)
        field += rng.uniform(*line.density) * brush.stroke(courses, line.thickness)
    rows, columns = brush.shape
    clearness = 0.8 + 0.8 * smooth_noise(rng, brush.shape, (rows / 8, columns / 14))
    return brush.enlarged(brush.blurred(field, 0.003) * np.clip(clearness, 0.1, 2))


def _both_sides(
    rng: np.random.Generator, frame: Frame, landmarks: Points, *, closed: bool
) -> list[Points]:
    """Return a curve on the left and on the right, each varied on its own, in pixels."""
    left, right = (smooth_curve(vary(rng, landmarks), 48, closed=closed) for _ in range(2))
    return [frame.to_pixels(mirrored(left)), frame.to_pixels(right)]


def _skull_base(rng: np.random.Generator, brush: Brush) -> Field:
    """Return the patchy bone along the upper edge of the picture."""
    rows, columns = brush.shape
    x, y = np.linspace(-1, 1, columns), (np.arange(rows) / rows)[:, None]
    patches = smooth_noise(rng, brush.shape, (rows / 25, columns / 45))
    region = smooth_step((rng.uniform(0.06, 0.14) - y) / 0.06) * (0.3 + 0.7 * x**2)
    return (rng.uniform(0.03, 0.08) * patches * region).astype(np.float32)


def _air_over_tongue(rng: np.random.Generator, brush: Brush, frame: Frame) -> Field:
    """Return the dark arc between tongue and palate, which crosses the upper roots."""
    along = np.linspace(-1, 1, 60)
    top, sag, height = rng.normal(0.2, 0.02), rng.uniform(0.1, 0.28), rng.uniform(0.02, 0.09)
    upper = np.column_stack([0.68 * along, top + sag * along**2])
    lower = np.column_stack([0.66 * along, top + height + (sag - 0.3 * height) * along**2])
    arc = frame.to_pixels(np.vstack([upper, lower[::-1]]))
    return rng.uniform(-0.14, -0.01) * brush.fill([arc], 0.014)


def _palate(rng: np.random.Generator, brush: Brush, frame: Frame, palate: Points) -> Field:
    """Return the hard palate: one broad bright band, and weaker streaks around it."""
    rows, columns = brush.shape
    y = (np.arange(rows) / rows)[:, None]
    x = np.linspace(-1, 1, columns)
    middle = np.interp(np.arange(columns) / columns, *(palate / (frame.width, frame.height)).T)
    field = np.zeros(brush.shape, np.float32)
    for band in range(5):
        shift = rng.normal(0, 0.035) + rng.normal(0, 0.05) * x**2 if band else 0
        thickness = rng.uniform(0.008, 0.018)
        strength = rng.uniform(0.12, 0.26) if band == 0 else rng.uniform(0.03, 0.12)
        fading = smooth_step((rng.uniform(0.45, 0.7) - np.abs(x)) / 0.12)
        uneven = 1 + 0.4 * smooth_noise(rng, (1, columns), (1, columns / 10))
        field += strength * uneven * fading * np.exp(-(((y - middle - shift) / thickness) ** 2))
    return field


def trabeculae(rng: np.random.Generator, frame: Frame, jaws: Jaws) -> Field:
    """Return the fine network within the bone, of mean about 0."""
    brush = Brush(frame.height, frame.width, 4)
    rows, columns = brush.shape
    bone = brush.fill([jaws.mandible], 0.02) + 0.7 * brush.fill([jaws.maxilla], 0.02)
    strength = np.clip(1 + 0.6 * smooth_noise(rng, brush.shape, (rows / 5, columns / 8)), 0.1, 2)
    strength *= 0.4 + 0.6 * smooth_step((np.linspace(0, 1, rows)[:, None] - 0.45) / 0.1)
    grain = frame.height * rng.uniform(0.0035, 0.0055)
    shape = (frame.height, frame.width)
    threads = 0.4 - np.minimum(np.abs(smooth_noise(rng, shape, (grain * 1.1, grain * 1.5))), 0.8)
    lumps = smooth_noise(rng, shape, (grain * 3, grain * 4))
    texture = rng.uniform(0.025, 0.06) * threads + 0.01 * lumps
    return brush.enlarged((bone * strength).astype(np.float32)) * texture


def air_between_crowns(rng: np.random.Generator, frame: Frame, jaws: Jaws) -> Field:
    """Return the density, below 0, of the air that the crowns stand in."""
    brush = Brush(frame.height, frame.width, 4)
    return brush.enlarged(rng.uniform(-0.1, -0.02) * brush.fill([jaws.bite], 0.02))


def bite_block(rng: np.random.Generator, frame: Frame) -> Field:
    """Return the small plastic block that the front teeth hold."""
    brush = Brush(frame.height, frame.width, 2)
    height, shift = float(frame.bite_height(0)), rng.normal(0, 0.01)
    middle = np.array([shift, height])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (rng.uniform(0.04, 0.06), 0.012)
    block = frame.to_pixels(corners + middle)
    edge = frame.to_pixels(corners * (1.1, 0.3) + middle - (0, 0.01))
    field = brush.fill([block], 0.004) + 0.7 * brush.fill([edge], 0.004)
    return brush.enlarged(rng.uniform(0, 0.1) * field)
