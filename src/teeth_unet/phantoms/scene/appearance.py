"""How much each tissue takes away, beyond what any real head does."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from teeth_unet.phantoms.brush import Brush, Field, smooth_noise
from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.jaws import Jaws
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


@dataclass(frozen=True)
class Unevenness:
    """Fields of the drawing's shape, 1 on average, or 1 everywhere.

    Attributes:
        teeth: How clear the teeth are from place to place.
        soft: The same for soft tissue, spine and ghosts.
    """

    teeth: Field | float = 1
    soft: Field | float = 1


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


def network(settings: PhantomSettings, case: int, frame: Frame, jaws: Jaws) -> Field | None:
    """Return a lacy network of threads in the bone to add to the density, or None for none.

    Args:
        settings: The scene and the seed.
        case: Number of the phantom, from 0.
        frame: Size of the drawing.
        jaws: Where the bone is.
    """
    rng = object_stream(settings, case, "network")
    if rng.random() >= settings.scene.network:
        return None
    brush = Brush(frame.height, frame.width, max(1, frame.height / 400))
    rows, columns = brush.shape
    lower, upper = (brush.fill([jaw], 0.01) for jaw in (jaws.mandible, jaws.maxilla))
    bone = rng.uniform(0.3, 1) * lower + rng.uniform(0, 1) * upper
    clearness = np.clip(1 + smooth_noise(rng, brush.shape, (rows / 4, columns / 8)), 0, 2)
    field = np.zeros(brush.shape, np.float32)
    for grain in np.exp(rng.uniform(np.log(0.008), np.log(0.035), 2)).tolist():
        lumps = smooth_noise(rng, brush.shape, (grain * rows, grain * rows * rng.uniform(0.7, 2)))
        # Where smooth noise is 0 lie thin winding lines, closed as the walls of small hollows are.
        field += np.exp(-((lumps / rng.uniform(0.08, 0.3)) ** 2)) - np.float32(0.3)
    return brush.enlarged(np.float32(rng.uniform(0.01, 0.07)) * field * bone * clearness)


def unevenness(settings: PhantomSettings, case: int, shape: tuple[int, int]) -> Unevenness:
    """Return how clear teeth and soft tissue are from place to place, 1 on average.

    Args:
        settings: The scene and the seed.
        case: Number of the phantom, from 0.
        shape: (height, width) of the drawing.
    """
    rng = object_stream(settings, case, "uneven")
    if rng.random() >= settings.scene.uneven:
        return Unevenness()
    brush = Brush(*shape, 8)
    rows, columns = brush.shape
    grain = rng.uniform(0.08, 0.5)
    teeth = smooth_noise(rng, brush.shape, (rows * grain, columns * grain / 2))
    teeth = np.clip(1 + rng.uniform(0.1, 0.7) * teeth, 0.15, 1.8)
    grain = rng.uniform(0.02, 0.3)
    soft = smooth_noise(rng, brush.shape, (rows * grain * 1.5, columns * grain / 2))
    soft = np.clip(1 + rng.uniform(0.1, 0.5) * soft, 0.2, 1.8)
    teeth, soft = (brush.enlarged(field.astype(np.float32)) for field in (teeth, soft))
    return Unevenness(teeth, soft)
