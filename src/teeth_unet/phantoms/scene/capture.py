"""What is blurred before the sensor sees it: out of the focal trough, or moved meanwhile."""

import numpy as np
from scipy.ndimage import gaussian_filter, uniform_filter1d

from teeth_unet.phantoms.brush import Field, smooth_step
from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.streams import object_stream


def out_of_focus(settings: PhantomSettings, case: int, frame: Frame, density: Field) -> Field:
    """Return the density with front teeth blurred that lie outside of the focal trough.

    The blur is mostly across; with the chin up or down it is in one jaw more than in the other.

    Args:
        settings: The scene and the seed.
        case: Number of the phantom, from 0.
        frame: Where the head is.
        density: (height, width) of the drawing; left as it is.
    """
    rng = object_stream(settings, case, "front_blur")
    if rng.random() >= settings.scene.front_blur:
        return density
    height, width = density.shape
    half, middle = rng.uniform(0.1, 0.35), rng.normal(0, 0.03)
    first, last = (
        int(np.clip((1 + middle + side * 1.5 * half) / 2 * width, 0, width)) for side in (-1, 1)
    )
    across, along = rng.uniform(0.002, 0.012) * height, rng.uniform(0, 0.004) * height
    part = density[:, first:last]
    blurred = gaussian_filter(part, (along, across), truncate=2.5)
    x = 2 * np.arange(first, last, dtype=np.float32) / width - 1 - middle
    y = np.arange(height, dtype=np.float32)[:, None] / height
    upper, lower = rng.uniform(0.2, 1, 2)
    strength = lower + (upper - lower) * smooth_step((frame.bite - y) / 0.05)
    share = strength * smooth_step((half - np.abs(x)) / (0.25 * half))
    result = density.copy()
    result[:, first:last] += (share * (blurred - part)).astype(result.dtype)
    return result


def moved(settings: PhantomSettings, case: int, density: Field) -> Field:
    """Return the density blurred in a strip that was taken while the head moved.

    Args:
        settings: The scene and the seed.
        case: Number of the phantom, from 0.
        density: (height, width) of the drawing; left as it is.
    """
    rng = object_stream(settings, case, "motion_blur")
    if rng.random() >= settings.scene.motion_blur:
        return density
    height, width = density.shape
    first = int(rng.uniform(0.05, 0.7) * width)
    last = min(width, first + max(1, int(rng.uniform(0.05, 0.3) * width)))
    result = density.copy()
    size = max(1, round(rng.uniform(0.006, 0.03) * height))
    axis = 0 if rng.random() < 0.7 else 1
    result[:, first:last] = uniform_filter1d(density[:, first:last], size, axis=axis)
    return result
