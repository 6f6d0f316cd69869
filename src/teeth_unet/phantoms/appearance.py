"""How much each tissue takes away, beyond what any real head does."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from teeth_unet.phantoms.brush import Brush, Field, smooth_noise
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.streams import object_stream


@dataclass(frozen=True)
class Tissues:
    """Factors of what the tissues of one head take away; 1 as drawn.

    Attributes:
        soft: Soft tissue, spine and ghosts.
        bone: Bones, and air spaces around them.
        trabeculae: The fine network within the bone.
        air: The air that the crowns stand in.
        teeth: The teeth.
    """

    soft: float = 1
    bone: float = 1
    trabeculae: float = 1
    air: float = 1
    teeth: float = 1

    @classmethod
    def draw(cls, settings: PhantomSettings, case: int) -> Self:
        """Return random factors within the ranges of the scene."""
        rng, scene = object_stream(settings, case, "tissues"), settings.scene
        wildness = rng.random()
        factors = 1 + wildness * (rng.uniform(*scene.tissues, 4) - 1)
        soft, bone, trabeculae, air = np.clip(factors, *scene.tissues).tolist()
        return cls(soft, bone, trabeculae, air, float(rng.uniform(*scene.teeth)))


def textures(settings: PhantomSettings, case: int, shape: tuple[int, int]) -> Field | None:
    """Return random textures of several grains to add to the density, or None for none.

    Args:
        settings: The scene and the seed.
        case: Number of the phantom, from 0.
        shape: (height, width) of the drawing.
    """
    rng = object_stream(settings, case, "texture")
    if rng.random() >= settings.scene.texture:
        return None
    brush = Brush(*shape, 2)
    field = np.zeros(brush.shape, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        grain = float(np.exp(rng.uniform(np.log(0.004), np.log(0.3)))) * brush.shape[0]
        longer = np.exp(rng.normal(0, 0.3))
        strength = rng.uniform(0, 0.015 + 0.05 * min(grain / brush.shape[0] / 0.1, 1))
        noise = smooth_noise(rng, brush.shape, (max(grain / longer, 1), max(grain * longer, 1)))
        field += np.float32(strength) * (np.abs(noise) - 0.5 if rng.random() < 0.3 else noise)
    return brush.enlarged(field)


def unevenness(settings: PhantomSettings, case: int, shape: tuple[int, int]) -> Field | None:
    """Return how clear the teeth are from place to place, 1 on average, or None for 1."""
    rng = object_stream(settings, case, "uneven")
    if rng.random() >= settings.scene.uneven:
        return None
    brush = Brush(*shape, 8)
    rows, columns = brush.shape
    grain = rng.uniform(0.08, 0.5)
    noise = smooth_noise(rng, brush.shape, (rows * grain, columns * grain / 2))
    field = np.clip(1 + rng.uniform(0.1, 0.7) * noise, 0.15, 1.8).astype(np.float32)
    return brush.enlarged(field)
