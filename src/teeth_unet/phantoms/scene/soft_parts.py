"""Soft tissue and air around the teeth."""

import numpy as np

from teeth_unet.phantoms.brush import Field, smooth_noise, smooth_step
from teeth_unet.phantoms.curves import smooth_curve
from teeth_unet.phantoms.jaws import vary
from teeth_unet.phantoms.scene.surroundings import Canvas, Drawer, both_sides


def _cheeks(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return the mass of cheeks, tongue and throat: a bright lens behind the teeth."""
    corner, top, low = rng.uniform(0.8, 1.0), rng.uniform(0.02, 0.2), rng.uniform(0.62, 0.72)
    level = rng.uniform(0.35, 0.5)
    right = np.array(
        [(0, top + rng.uniform(-0.02, 0.06)), (0.45, top), (0.7 * corner + 0.1, 0.2),
         (corner, level), (corner - 0.02, low - 0.04), (0.6, low), (0.25, low + 0.01)]
    )  # fmt: skip
    right_side = smooth_curve(vary(rng, right), 60)
    left_side = smooth_curve(vary(rng, right), 60) * (-1, 1)
    lens = np.vstack([right_side, left_side[::-1]])
    body = canvas.fill([lens], np.exp(rng.uniform(np.log(0.004), np.log(0.04))))
    clearness = 1 + 0.3 * smooth_noise(rng, canvas.brush.shape, tuple(n / 4 for n in body.shape))
    return rng.uniform(0.04, 0.22) * body * clearness


def _airway(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return the dark band of the throat, and the dark arc between tongue and palate."""
    field = np.zeros(canvas.brush.shape, np.float32)
    course = np.array([(0.6, 0.02), (0.66, 0.2), (0.73, 0.4), (0.78, 0.6), (0.8, 0.8), (0.8, 1.1)])
    for side in (-1, 1):
        middle = smooth_curve(vary(rng, course + np.array((rng.normal(0, 0.03), 0))), 60)
        half = rng.uniform(0.012, 0.05) * (1 + 0.4 * np.sin(rng.uniform(2, 6) * middle[:, 1]))
        wide = np.column_stack([half, np.zeros(60)])
        throat = np.vstack([middle + wide, (middle - wide)[::-1]]) * (side, 1)
        fading = smooth_step((rng.uniform(0.5, 0.9) - canvas.y) / rng.uniform(0.05, 0.3))
        softness = rng.uniform(0.005, 0.03)
        field -= rng.uniform(0.02, 0.2) * canvas.fill([throat], softness) * fading
    return field + _air_over_tongue(rng, canvas)


def _air_over_tongue(rng: np.random.Generator, canvas: Canvas) -> Field:
    along = np.linspace(-1, 1, 60)
    top, sag, lean = rng.normal(0.2, 0.03), rng.uniform(0.05, 0.25), rng.normal(0, 0.01)
    height, reach = rng.uniform(0.01, 0.14), rng.uniform(0.45, 0.72)
    upper = top + sag * along**2 + lean * along
    flat = rng.choice([2, 4, 8])
    lower = upper + height * (1 - along**flat) + 0.005
    lower = lower + rng.uniform(0, 0.03) * np.sin(rng.uniform(0, 6) + rng.uniform(2, 7) * along)
    arc = np.column_stack([np.append(along, along[::-1]) * reach, np.append(upper, lower[::-1])])
    clearness = np.clip(
        1 + 0.6 * smooth_noise(rng, (1, canvas.x.size), (1, canvas.x.size / 5)), 0, 2
    )
    softness = np.exp(rng.uniform(np.log(0.004), np.log(0.03)))
    shadow: Field = rng.uniform(-0.26, -0.03) * canvas.fill([arc], softness) * clearness
    return shadow


def _soft_palate(rng: np.random.Generator, canvas: Canvas) -> Field:
    wedges = both_sides(rng, (0.48, 0.19), (0.62, 0.2), (0.73, 0.29), (0.8, 0.4), (0.77, 0.44),
                        (0.68, 0.36), (0.55, 0.28))  # fmt: skip
    return rng.uniform(0.04, 0.2) * canvas.fill(wedges, rng.uniform(0.006, 0.015))


def _tongue(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return the tongue: a broad dome that crosses the upper roots."""
    along = np.linspace(-1, 1, 60)
    top, reach = rng.uniform(0.2, 0.42), rng.uniform(0.5, 0.8)
    dome = np.column_stack([reach * along, top + rng.uniform(0.1, 0.35) * along**2])
    outline = np.vstack([dome, (reach * 0.9, 0.75), (-reach * 0.9, 0.75)])
    body = canvas.fill([outline], rng.uniform(0.005, 0.02)) * smooth_step((0.7 - canvas.y) / 0.1)
    return rng.uniform(0.03, 0.2) * body


def _lips(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return lips that lie on the front teeth, or the dark gap between open ones."""
    bite = float(canvas.frame.bite_height(0))
    wide, gap = rng.uniform(0.12, 0.34), rng.uniform(-0.02, 0.16)
    along = np.linspace(-1, 1, 40)
    field = np.zeros(canvas.brush.shape, np.float32)
    for side in (-1, 1):
        near = bite + side * gap / 2 * (1 - along**2)
        far = bite + side * (gap / 2 + rng.uniform(0.06, 0.16)) * (1 - along**2)
        lip = np.vstack(
            [np.column_stack([wide * along, near]), np.column_stack([wide * along, far])[::-1]]
        )
        field += rng.uniform(0.04, 0.2) * canvas.fill([lip], rng.uniform(0.006, 0.02))
    if gap > 0.02:
        opening = np.column_stack([wide * along, bite - gap / 2 * (1 - along**2)])
        opening = np.vstack([opening, opening[::-1] * (1, -1) + (0, 2 * bite)])
        field -= rng.uniform(0.03, 0.2) * canvas.fill([opening], rng.uniform(0.006, 0.02))
    return field


def _ear_lobes(rng: np.random.Generator, canvas: Canvas) -> Field:
    shift = np.array((rng.uniform(-0.1, 0.02), rng.uniform(-0.1, 0.1)))
    lobes = [
        lobe + shift * (np.sign(lobe[:, :1].mean()), 1)
        for lobe in both_sides(rng, (0.97, 0.2), (1.1, 0.2), (1.1, 0.55), (1.0, 0.6), (0.94, 0.5))
    ]
    return rng.uniform(0.03, 0.14) * canvas.fill(lobes, 0.006)


SOFT_PARTS: dict[str, Drawer] = {
    "cheeks": _cheeks,
    "airway": _airway,
    "soft_palate": _soft_palate,
    "tongue": _tongue,
    "lips": _lips,
    "ear_lobes": _ear_lobes,
}
"""What draws each of them, by the name of its share."""
