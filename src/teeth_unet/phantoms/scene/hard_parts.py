"""Bones around the teeth, the spaces within them, and their ghosts."""

import numpy as np

from teeth_unet.phantoms.brush import Field, smooth_noise, smooth_step
from teeth_unet.phantoms.curves import Points, smooth_curve
from teeth_unet.phantoms.scene.surroundings import Canvas, Drawer, both_sides, lines_of_both_sides


def _nose(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return the cavity of the nose: dark, with a bent septum and bright conchae."""
    half, floor = rng.uniform(0.1, 0.22), rng.uniform(0.1, 0.2)
    cavity = both_sides(rng, (0.01, -0.1), (0.015, floor - 0.02), (0.6 * half, floor),
                        (half, floor - 0.06), (half, -0.1))  # fmt: skip
    conchae = both_sides(rng, (0.25 * half, floor - 0.13), (0.8 * half, floor - 0.1),
                         (0.75 * half, floor - 0.03), (0.4 * half, floor - 0.035))  # fmt: skip
    bend = rng.normal(0, 0.02, 4)
    septum = np.column_stack([bend, np.linspace(-0.1, floor + 0.05, 4)])
    field = canvas.fill(conchae, 0.008) * rng.uniform(0.03, 0.16)
    field += rng.uniform(0.03, 0.2) * canvas.stroke([smooth_curve(septum, 40)], 0.016)
    return field - rng.uniform(0.02, 0.16) * canvas.fill(cavity, 0.01)


def _spine(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return vertebrae of the neck at both edges, with discs between them."""
    inner, size = rng.uniform(0.84, 0.99), rng.uniform(0.1, 0.16)
    lean, top = rng.uniform(-0.08, 0.08), rng.uniform(0.1, 0.5)
    blocks = []
    for number in range(int((1.05 - top) / size) + 1):
        upper = top + number * size
        shift = inner + lean * (upper - 0.5)
        corners = [(shift, upper), (shift + 0.16, upper + 0.01), (1.2, upper + 0.01),
                   (1.2, upper + 0.85 * size), (shift, upper + 0.88 * size),
                   (shift + 0.012, upper + 0.45 * size)]  # fmt: skip
        blocks += both_sides(rng, *corners)
    body = canvas.fill(blocks, 0.006)
    edge = np.clip(body - canvas.fill(blocks, 0.02), 0, None)
    return rng.uniform(0.03, 0.16) * body + rng.uniform(0, 0.15) * edge


def _spine_ghost(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return the shadow of the neck in the middle: broad, streaky, sometimes sharp-edged."""
    x, y = canvas.x - rng.normal(0, 0.02), canvas.y
    half = rng.uniform(0.06, 0.2) + rng.uniform(0, 0.1) * y
    sharp = np.exp(rng.uniform(np.log(0.008), np.log(0.1)))
    column = smooth_step((half - np.abs(x)) / sharp)
    fading = smooth_step((y - rng.uniform(-0.3, 0.7)) / rng.uniform(0.03, 0.3))
    columns = canvas.brush.shape[1]
    shape = canvas.brush.shape
    grain = shape[0] * rng.uniform(0.03, 0.6), columns / rng.uniform(20, 120)
    streaks = 1 + rng.uniform(0.05, 0.4) * smooth_noise(rng, shape, grain)
    core = 1 + rng.uniform(-0.3, 0.6) * np.exp(-((x / rng.uniform(0.01, 0.06)) ** 2))
    ghost: Field = rng.uniform(0.04, 0.26) * column * fading * streaks * core
    return ghost


def _jaw_ghost(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return the branches of the other side: large, and sharp only where they end below."""
    field = np.zeros(canvas.brush.shape, np.float32)
    for side in (-1, 1):
        level, inner = rng.normal(0.66, 0.04), rng.uniform(0.1, 0.6)
        fall = rng.uniform(-0.05, 0.1)
        outline = np.array(
            [(1.05, 0.1), (1.05, level + fall), (0.8, level + 0.6 * fall), (inner + 0.12, level),
             (inner, level - 0.05), (inner + rng.uniform(0, 0.2), 0.42), (inner + 0.25, 0.2),
             (0.8, 0.05)]
        )  # fmt: skip
        outline = smooth_curve(outline, 100, closed=True) * (side, 1)
        sharp = canvas.fill([outline], rng.uniform(0.003, 0.01))
        soft = canvas.fill([outline], 0.06)
        lower = smooth_step((canvas.y - 0.5) / 0.08)
        strength = rng.uniform(0.04, 0.28)
        field += strength * (sharp * lower + soft * (1 - lower))
    return field


def _hyoid(rng: np.random.Generator, canvas: Canvas) -> Field:
    shift = np.array((rng.uniform(-0.15, 0.12), rng.uniform(-0.06, 0.03)))
    bars = [
        bar + shift * (np.sign(bar[:, :1].mean()), 1)
        for bar in both_sides(
            rng, (0.45, 0.97), (0.56, 0.93), (0.7, 0.93), (0.74, 0.955), (0.6, 0.965), (0.5, 0.995)
        )
    ]
    body, edge = canvas.fill(bars, 0.004), canvas.stroke(bars, 0.008)
    return rng.uniform(0.02, 0.15) * body + rng.uniform(0.02, 0.2) * edge


def _hard_palate(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return the hard palate and its ghost above, and the floor of the nose, over upper roots."""
    x, y = canvas.x, canvas.y
    middle, sag, reach = rng.uniform(0.08, 0.3), rng.uniform(-0.06, 0.12), rng.uniform(0.45, 0.75)
    field = np.zeros(canvas.brush.shape, np.float32)
    fading = smooth_step((reach - np.abs(x)) / rng.uniform(0.03, 0.15))
    columns = canvas.brush.shape[1]
    distance = rng.uniform(0.03, 0.1)
    for number, strength in enumerate(rng.uniform((0.08, 0, 0), (0.32, 0.2, 0.12))):
        uneven = 1 + 0.3 * smooth_noise(rng, (1, columns), (1, columns / 9))
        course = middle - number * distance * (1 + 0.2 * x) + sag * x**2
        thickness = rng.uniform(0.006, 0.02)
        field += strength * fading * uneven * np.exp(-(((y - course) / thickness) ** 2))
    below = smooth_step((middle + sag * x**2 - y) / 0.02)
    return field - rng.uniform(0, 0.12) * below * smooth_step((0.3 - np.abs(x)) / 0.06)


def _sinuses(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return sinuses whose floor dips between the roots of the molars, with a thin bright rim."""
    deep = rng.uniform(0.2, 0.36)
    floor = [(0.22, 0.1)] + [
        (place, deep - dip)
        for place, dip in zip(np.linspace(0.28, 0.58, 5), rng.uniform(0, 0.06, 5), strict=True)
    ]
    rims = lines_of_both_sides(rng, *floor, (0.62, 0.05))
    shapes = [np.vstack([rim, rim[[-1, 0]] * (1, 0)]) for rim in rims]
    rim = canvas.stroke(rims, rng.uniform(0.004, 0.009))
    return rng.uniform(-0.15, -0.02) * canvas.fill(shapes, 0.006) + rng.uniform(0.03, 0.2) * rim


def _skull(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return cheekbones and their arches, the base of the skull, and rims of the orbits."""
    rows, columns = canvas.brush.shape
    bones = both_sides(rng, (0.48, 0.05), (0.56, 0.2), (0.66, 0.22), (0.8, 0.14), (0.97, 0.1),
                       (0.97, 0.06), (0.8, 0.08), (0.66, 0.12))  # fmt: skip
    base = both_sides(rng, (0.72, -0.05), (0.85, 0.03), (1.1, rng.uniform(0.1, 0.35)), (1.1, -0.1))
    patches = np.clip(1 + smooth_noise(rng, (rows, columns), (rows / 20, columns / 40)), 0.2, 2)
    field = rng.uniform(0.02, 0.14) * canvas.fill(bones, 0.012)
    field += rng.uniform(0.05, 0.25) * canvas.fill(base, 0.02)
    rims: list[Points] = []
    for _ in range(int(rng.integers(2, 6))):
        x, y, down = rng.uniform((0.1, -0.05, -0.1), (0.8, 0.15, 0.15))
        wide = rng.uniform(0.1, 0.3)
        rims += lines_of_both_sides(
            rng, (x, y), (x + 0.4 * wide, y + down), (x + wide, y + 0.3 * down)
        )
    return field * patches + rng.uniform(0.03, 0.18) * canvas.stroke(rims, 0.01)


HARD_PARTS: dict[str, Drawer] = {
    "nose": _nose,
    "spine": _spine,
    "spine_ghost": _spine_ghost,
    "jaw_ghost": _jaw_ghost,
    "hyoid": _hyoid,
    "hard_palate": _hard_palate,
    "sinuses": _sinuses,
    "skull": _skull,
}
"""What draws each of them, by the name of its share."""
