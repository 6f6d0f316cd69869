"""What lies on the picture itself: borders, burnt-in signs and text, scratches and dust."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter

from teeth_unet.phantoms.brush import Field, resized, smooth_noise
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.streams import object_stream

LETTERS = "ABCDEFGHIJKLMNOPRSTUVWZ"
Margins = tuple[int, int, int, int]


def overprinted(settings: PhantomSettings, case: int, grey: Field, margins: Margins) -> Field:
    """Return the picture with borders, signs and text, as scratched as the film was.

    Args:
        settings: The scene and the seed.
        case: Number of the phantom, from 0.
        grey: (height, width) grey levels, about 0 to 1; left as it is.
        margins: Pixels to add above, below, on the left and on the right.
    """
    grey = _bordered(settings, case, grey, margins)
    for step in (_sign, _write, _age):
        grey = step(settings, case, grey)
    return grey


def _bordered(settings: PhantomSettings, case: int, grey: Field, margins: Margins) -> Field:
    """Return the picture with margins; black with soft edges where a collimator made them."""
    if not any(margins):
        return grey
    above, below, left, right = margins
    rng = object_stream(settings, case, "margins")
    level = rng.choice([0, 1, rng.uniform(0, 1)], p=[0.5, 0.25, 0.25])
    inside = np.pad(grey, ((above, below), (left, right)), constant_values=level)
    collimated = object_stream(settings, case, "collimator").random() < settings.scene.collimator
    if not collimated:
        return inside
    rows, columns = inside.shape
    blind = Image.new("L", (columns, rows))
    box = (left, above, max(left, columns - right - 1), max(above, rows - below - 1))
    radius = rng.uniform(0, 0.08) * min(rows, columns) * (rng.random() < 0.5)
    ImageDraw.Draw(blind).rounded_rectangle(box, radius, fill=255)
    blur = rng.uniform(0, 0.004) * rows
    open_share = gaussian_filter(np.asarray(blind, dtype=np.float32) / 255, blur, truncate=2.5)
    dark = np.float32(rng.uniform(0, 0.08))
    return dark + open_share * (inside - dark)


def _stamped(grey: Field, stamp: Field, corner: tuple[int, int], ink: float) -> Field:
    """Return the picture with a stamp, 0 to 1, at a corner (x, y), in a grey level."""
    x, y = max(0, corner[0]), max(0, corner[1])
    part = grey[y : y + stamp.shape[0], x : x + stamp.shape[1]]
    share = stamp[: part.shape[0], : part.shape[1]]
    result = grey.copy()
    result[y : y + stamp.shape[0], x : x + stamp.shape[1]] += share * (np.float32(ink) - part)
    return result


def _lettered(text: str, size: float) -> Field:
    """Return a text as a picture, 0 to 1; the size of its letters in pixels."""
    font = ImageFont.load_default(max(6, size))
    left, top, right, bottom = font.getbbox(text)
    picture = Image.new("L", (max(1, int(right - left) + 2), max(1, int(bottom - top) + 2)))
    ImageDraw.Draw(picture).text((1 - left, 1 - top), text, fill=255, font=font)
    return np.asarray(picture, dtype=np.float32) / np.float32(255)


def _sign(settings: PhantomSettings, case: int, grey: Field) -> Field:
    """Return the picture with letters, a box or an arrow at its sides, white or black."""
    rng = object_stream(settings, case, "signs")
    if rng.random() >= settings.scene.signs:
        return grey
    rows, columns = grey.shape
    for _ in range(int(rng.integers(1, 4))):
        size = rng.uniform(0.03, 0.12) * rows
        stamp: Field = _lettered(str(rng.choice(list("RLDEIX><"))), size)
        if rng.random() < 0.4:
            stamp = np.pad(stamp, max(2, round(0.15 * size)))
            stamp = np.maximum(stamp, _frame(stamp.shape, max(1, round(size / 20))))
        if rng.random() < 0.3:
            stamp = 1 - stamp
        x = rng.uniform(0, 0.12) * columns
        x = x if rng.random() < 0.5 else columns - x - stamp.shape[1]
        ink = rng.choice([1.0, 0.0, rng.uniform(0, 1)], p=[0.7, 0.15, 0.15])
        grey = _stamped(grey, stamp, (round(x), round(rng.uniform(0, 0.95) * rows)), ink)
    return grey


def _frame(shape: tuple[int, ...], thickness: int) -> NDArray[np.float32]:
    frame = np.ones(shape, np.float32)
    frame[thickness:-thickness, thickness:-thickness] = 0
    return frame


def _write(settings: PhantomSettings, case: int, grey: Field) -> Field:
    """Return the picture with lines of text in one of its corners."""
    rng = object_stream(settings, case, "text")
    if rng.random() >= settings.scene.text:
        return grey
    rows, columns = grey.shape
    size = max(8.0, rng.uniform(0.018, 0.04) * rows)
    upper, leftmost = rng.random(2) < 0.5
    ink = 1.0 if rng.random() < 0.8 else 0.0
    y = rng.uniform(0, 0.04) * rows if upper else rows - rng.uniform(3, 6) * size
    for _ in range(int(rng.integers(1, 5))):
        name = "".join(rng.choice(list(LETTERS), int(rng.integers(3, 9))))
        numbers = "{:02d}.{:02d}.{}".format(*rng.integers((1, 1, 1980), (29, 13, 2030)))
        values = "{} kV {} mA {:.1f} s".format(*rng.integers((60, 4), (90, 16)), rng.uniform(8, 20))
        stamp = _lettered(str(rng.choice([name, numbers, values, f"{name} {numbers}"])), size)
        x = 0.02 * columns if leftmost else 0.98 * columns - stamp.shape[1]
        grey = _stamped(grey, stamp, (round(x), round(y)), ink)
        y += 1.3 * size
    return grey


def _age(settings: PhantomSettings, case: int, grey: Field) -> Field:
    """Return the picture as a film in bad light: scratches, dust, and darker corners."""
    rng = object_stream(settings, case, "film")
    if rng.random() >= settings.scene.film:
        return grey
    rows, columns = grey.shape
    marks = Image.new("L", (columns, rows))
    pen = ImageDraw.Draw(marks)
    for _ in range(int(rng.integers(0, 12))):
        start, step = rng.uniform((0, 0), (columns, rows)), rng.normal(0, 0.15 * rows, 2)
        ends = [*start.tolist(), *(start + step).tolist()]
        pen.line(ends, fill=int(rng.integers(60, 255)), width=max(1, round(rows / 600)))
    for x, y in rng.uniform((0, 0), (columns, rows), (int(rng.integers(0, 80)), 2)).tolist():
        radius = rng.exponential(0.0012) * rows
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    ink = np.float32(rng.choice([0.0, 1.0]))
    share = np.asarray(marks, dtype=np.float32) / 255 * np.float32(rng.uniform(0.3, 1))
    light = resized(smooth_noise(rng, (8, 16), (4, 8)), grey.shape)
    fogged = grey * (1 + np.float32(rng.uniform(0, 0.3)) * light) + rng.uniform(0, 0.08)
    return (fogged + share * (ink - fogged)).astype(np.float32)
