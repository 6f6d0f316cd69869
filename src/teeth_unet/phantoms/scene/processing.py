"""What a device, a scanner or a program makes of the grey levels."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter

from teeth_unet.phantoms.brush import Field, resized, smooth_noise
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.streams import object_stream

STEPS = 1024  # of a contrast curve


def processed(settings: PhantomSettings, case: int, grey: Field) -> Field:
    """Return grey levels after the sensor and the program of some device.

    In the order of a device: blur, noise of sensor or film, levelling, sharpening, contrast curve.

    Args:
        settings: The scene and the seed.
        case: Number of the phantom, from 0.
        grey: (height, width) grey levels, about 0 to 1; left as it is.
    """
    for step in (_soften, _reduce, _add_noise, _add_grain, _add_stripes, _flatten, _sharpen,
                 _curve, _invert):  # fmt: skip
        grey = step(settings, case, grey)
    return grey


def saved_before(
    settings: PhantomSettings, case: int, picture: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return a picture as it comes out of a JPEG file, if the phantom was saved as one.

    Args:
        settings: The scene and the seed.
        case: Number of the phantom, from 0.
        picture: (height, width) grey levels, 0 to 255.
    """
    rng = object_stream(settings, case, "jpeg")
    if rng.random() >= settings.scene.jpeg:
        return picture
    low, high = settings.scene.jpeg_quality
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=int(rng.integers(low, high + 1)))
    return np.asarray(Image.open(file))


def _soften(settings: PhantomSettings, case: int, grey: Field) -> Field:
    rng = object_stream(settings, case, "softness")
    blur = rng.uniform(*settings.scene.softness) * grey.shape[0]
    return gaussian_filter(grey, blur, truncate=2.5) if blur > 0.2 else grey


def _reduce(settings: PhantomSettings, case: int, grey: Field) -> Field:
    """Return a picture that was once smaller."""
    rng = object_stream(settings, case, "reduction")
    low, high = settings.scene.reduction
    times = np.exp(rng.uniform(np.log(low), np.log(high)))
    if times < 1.05:
        return grey
    rows, columns = (max(1, round(size / times)) for size in grey.shape)
    picture = Image.fromarray(grey.astype(np.float32, copy=False))
    small = picture.resize((columns, rows), Image.Resampling.BOX)
    way = Image.Resampling.BICUBIC if rng.random() < 0.7 else Image.Resampling.NEAREST
    return np.asarray(small.resize(grey.shape[::-1], way))


def _add_noise(settings: PhantomSettings, case: int, grey: Field) -> Field:
    """Return a picture with noise, in part stronger where fewer X-rays came through."""
    rng = object_stream(settings, case, "noise")
    strength = np.float32(rng.uniform(*settings.scene.noise))
    if strength == 0:
        return grey
    noise = rng.standard_normal(grey.shape, dtype=np.float32) * strength
    return grey + noise * (0.5 + grey) if rng.random() < 0.5 else grey + noise


def _add_grain(settings: PhantomSettings, case: int, grey: Field) -> Field:
    rng = object_stream(settings, case, "grain")
    if rng.random() >= settings.scene.grain:
        return grey
    size = grey.shape[0] * rng.uniform(0.0015, 0.004)
    noise = smooth_noise(rng, grey.shape, (max(size, 1), max(size, 1)))
    return grey + noise * np.float32(rng.uniform(0.005, 0.035))


def _add_stripes(settings: PhantomSettings, case: int, grey: Field) -> Field:
    rng = object_stream(settings, case, "stripes")
    if rng.random() >= settings.scene.stripes:
        return grey
    length = grey.shape[(axis := int(rng.integers(2)))]
    lines = smooth_noise(rng, (1, length), (1, max(1, length * rng.uniform(0.001, 0.02))))
    lines = lines * np.float32(rng.uniform(0.003, 0.03))
    striped: Field = grey + (lines if axis else lines.T)
    return striped


def _flatten(settings: PhantomSettings, case: int, grey: Field) -> Field:
    """Return a picture whose differences over long distances are levelled."""
    rng = object_stream(settings, case, "flattened")
    if rng.random() >= settings.scene.flattened:
        return grey
    times = max(1, grey.shape[0] // 64)
    rows, columns = (max(2, size // times) for size in grey.shape)
    picture = Image.fromarray(grey.astype(np.float32, copy=False))
    small = np.asarray(picture.resize((columns, rows), Image.Resampling.BOX))
    around = gaussian_filter(small, rows * np.exp(rng.uniform(np.log(0.04), np.log(0.3))))
    share = rng.uniform(0.3, 0.9)
    level = resized(around, grey.shape)
    result = grey - np.float32(share) * (level - small.mean())
    clearer: Field = result * np.float32(rng.uniform(1, 1 + 0.6 * share))
    return clearer + np.float32(rng.normal(-0.03, 0.05))


def _sharpen(settings: PhantomSettings, case: int, grey: Field) -> Field:
    rng = object_stream(settings, case, "sharpened")
    if rng.random() >= settings.scene.sharpened:
        return grey
    radius = max(0.6, np.exp(rng.uniform(np.log(0.001), np.log(0.012))) * grey.shape[0])
    amount = np.float32(rng.uniform(0.2, 1.5))
    return grey + amount * (grey - gaussian_filter(grey, radius, truncate=2.5))


def _curve(settings: PhantomSettings, case: int, grey: Field) -> Field:
    """Return grey levels after a random curve that never falls."""
    rng = object_stream(settings, case, "curve")
    if rng.random() >= settings.scene.curve:
        return grey
    dark, bright = 0.4 * rng.beta(1, 2) - 0.08, 1.12 - 0.45 * rng.beta(1, 2)
    rises = rng.dirichlet(np.full(5, rng.uniform(2.5, 8)))
    wildness = rng.uniform(0, 0.9)
    rise = wildness * np.append(0, np.cumsum(rises)) + (1 - wildness) * np.linspace(0, 1, 6)
    levels = dark + (bright - dark) * rise
    table = PchipInterpolator(np.linspace(0, 1, 6), levels)(np.linspace(0, 1, STEPS))
    place = np.clip(grey * (STEPS - 1) + 0.5, 0, STEPS - 1).astype(np.int32)
    mapped: Field = table.astype(np.float32)[place]
    return mapped


def _invert(settings: PhantomSettings, case: int, grey: Field) -> Field:
    rng = object_stream(settings, case, "inverted")
    return 1 - grey if rng.random() < settings.scene.inverted else grey
