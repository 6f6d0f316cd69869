"""What lies around the teeth: soft tissue, air, and bones that cross the picture.

Each is drawn from a random stream of its own, on one small canvas. Where it lies follows the usual
descriptions of panoramic anatomy: single images, double images on both sides of what lies in the
middle behind the centre of rotation, and ghosts, which lie higher, wider and on the other side.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from teeth_unet.phantoms.brush import Brush, Field, smooth_noise, smooth_step
from teeth_unet.phantoms.curves import Points, mirrored, smooth_curve
from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.jaws import vary
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.streams import object_stream


@dataclass(frozen=True)
class Canvas:
    """A small canvas over the whole drawing.

    Attributes:
        brush: Draws on it.
        frame: Where the head is.
    """

    brush: Brush
    frame: Frame

    @property
    def x(self) -> Field:
        """Head coordinates of the columns, (1, columns)."""
        return np.linspace(-1, 1, self.brush.shape[1], dtype=np.float32)[None]

    @property
    def y(self) -> Field:
        """Head coordinates of the rows, (rows, 1)."""
        return np.linspace(0, 1, self.brush.shape[0], dtype=np.float32)[:, None]

    def fill(self, shapes: list[Points], softness: float) -> Field:
        """Return shapes in head coordinates, filled; softness in picture heights."""
        return self.brush.fill([self.frame.to_pixels(shape) for shape in shapes], softness)

    def stroke(self, lines: list[Points], thickness: float) -> Field:
        """Return lines in head coordinates; thickness in picture heights."""
        drawn = self.brush.stroke([self.frame.to_pixels(line) for line in lines], thickness)
        return self.brush.blurred(drawn, thickness / 3)


Drawer = Callable[[np.random.Generator, Canvas], Field]


def surroundings(
    settings: PhantomSettings, case: int, frame: Frame, objects: dict[str, Drawer]
) -> Field | None:
    """Return the density of all objects that a phantom shows, or None for none.

    Args:
        settings: The scene, with a share for each object, and the seed.
        case: Number of the phantom, from 0.
        frame: Where the head is.
        objects: What draws each of them, by the name of its share.
    """
    canvas = Canvas(Brush(frame.height, frame.width, max(1, frame.height / 200)), frame)
    field = None
    for name, draw in objects.items():
        rng = object_stream(settings, case, name)
        if rng.random() < getattr(settings.scene, name):
            shadow = draw(rng, canvas)
            field = shadow if field is None else field + shadow
    return None if field is None else canvas.brush.enlarged(field.astype(np.float32))


def both_sides(rng: np.random.Generator, *landmarks: tuple[float, float]) -> list[Points]:
    """Return smooth closed outlines through landmarks of the right side, on both sides."""
    points = np.array(landmarks, dtype=float)
    left, right = (smooth_curve(vary(rng, points), 60, closed=True) for _ in range(2))
    return [mirrored(left), right]


def _lines(rng: np.random.Generator, *landmarks: tuple[float, float]) -> list[Points]:
    points = np.array(landmarks, dtype=float)
    left, right = (smooth_curve(vary(rng, points), 60) for _ in range(2))
    return [mirrored(left), right]


def _spine(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return vertebrae of the neck at both edges, with discs between them."""
    inner, size = rng.uniform(0.9, 1.0), rng.uniform(0.1, 0.16)
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
    streaks = smooth_noise(rng, (1, columns), (1, columns / rng.uniform(20, 120)))
    streaks = 1 + rng.uniform(0.05, 0.3) * streaks
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
        strength = rng.uniform(0.03, 0.2)
        field += strength * (sharp * lower + soft * (1 - lower))
    return field


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
        field -= rng.uniform(0.01, 0.15) * canvas.fill([throat], softness) * fading
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
    return rng.uniform(-0.18, -0.02) * canvas.fill([arc], softness) * clearness


def _soft_palate(rng: np.random.Generator, canvas: Canvas) -> Field:
    wedges = both_sides(rng, (0.48, 0.19), (0.62, 0.2), (0.73, 0.29), (0.8, 0.4), (0.77, 0.44),
                        (0.68, 0.36), (0.55, 0.28))  # fmt: skip
    return rng.uniform(0.03, 0.16) * canvas.fill(wedges, rng.uniform(0.006, 0.015))


def _tongue(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return the tongue: a broad dome that crosses the upper roots."""
    along = np.linspace(-1, 1, 60)
    top, reach = rng.uniform(0.2, 0.42), rng.uniform(0.5, 0.8)
    dome = np.column_stack([reach * along, top + rng.uniform(0.1, 0.35) * along**2])
    outline = np.vstack([dome, (reach * 0.9, 0.75), (-reach * 0.9, 0.75)])
    body = canvas.fill([outline], rng.uniform(0.005, 0.02)) * smooth_step((0.7 - canvas.y) / 0.1)
    return rng.uniform(0.02, 0.14) * body


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
        field += rng.uniform(0.03, 0.12) * canvas.fill([lip], rng.uniform(0.006, 0.02))
    if gap > 0.02:
        opening = np.column_stack([wide * along, bite - gap / 2 * (1 - along**2)])
        opening = np.vstack([opening, opening[::-1] * (1, -1) + (0, 2 * bite)])
        field -= rng.uniform(0.03, 0.2) * canvas.fill([opening], rng.uniform(0.006, 0.02))
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
        for place, dip in zip(np.linspace(0.28, 0.58, 6), rng.uniform(0, 0.07, 6), strict=True)
    ]
    rims = _lines(rng, *floor, (0.62, 0.05))
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
        rims += _lines(rng, (x, y), (x + 0.4 * wide, y + down), (x + wide, y + 0.3 * down))
    return field * patches + rng.uniform(0.03, 0.18) * canvas.stroke(rims, 0.01)


def _ear_lobes(rng: np.random.Generator, canvas: Canvas) -> Field:
    shift = np.array((rng.uniform(-0.1, 0.02), rng.uniform(-0.1, 0.1)))
    lobes = [
        lobe + shift * (np.sign(lobe[:, :1].mean()), 1)
        for lobe in both_sides(rng, (0.97, 0.2), (1.1, 0.2), (1.1, 0.55), (1.0, 0.6), (0.94, 0.5))
    ]
    return rng.uniform(0.03, 0.14) * canvas.fill(lobes, 0.006)


AROUND: dict[str, Drawer] = {
    "spine": _spine,
    "spine_ghost": _spine_ghost,
    "jaw_ghost": _jaw_ghost,
    "airway": _airway,
    "soft_palate": _soft_palate,
    "tongue": _tongue,
    "lips": _lips,
    "hyoid": _hyoid,
    "hard_palate": _hard_palate,
    "sinuses": _sinuses,
    "skull": _skull,
    "ear_lobes": _ear_lobes,
}
"""What draws each part of the head around the teeth, by the name of its share."""
