"""What can be set about phantoms, and which of them have no teeth."""

from math import floor
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from teeth_unet.configuration import Settings
from teeth_unet.phantoms.mouth.settings import Mouth
from teeth_unet.phantoms.scene.settings import Scene


class PhantomSettings(Settings):
    """How many phantoms to draw, and how large and how varied they are.

    Attributes:
        cases: Number of phantoms in the set, at least 1.
        seed: Start of all random numbers, at least 0. The same seed gives the same phantoms.
        width: Lowest and highest native width in pixels, at least 64.
        aspect: Lowest and highest width / height, at least 1.
        toothless_share: Share of the phantoms without any tooth, from 0 to 1.
        scene: What lies around the teeth, and how the picture was taken.
        mouth: What is in the mouths beside sound permanent teeth, and what counts as tooth.

    Raises:
        pydantic.ValidationError: A value is out of its range, or a lowest value is above its
            highest one.
    """

    cases: int = Field(default=64, ge=1)
    seed: int = Field(default=0, ge=0)
    width: tuple[int, int] = (1100, 1500)
    aspect: tuple[float, float] = (1.9, 2.4)
    toothless_share: float = Field(default=0.025, ge=0, le=1)
    scene: Scene = Scene()
    mouth: Mouth = Mouth()

    @model_validator(mode="after")
    def _refuse_impossible_ranges(self) -> Self:
        for name, (low, high), least in (("width", self.width, 64), ("aspect", self.aspect, 1)):
            if not least <= low <= high < float("inf"):
                raise ValueError(
                    f"{name}: expected {least} <= lowest <= highest, found ({low}, {high})."
                )
        return self


def is_toothless(settings: PhantomSettings, case: int) -> bool:
    """Tell whether a phantom has no teeth.

    The toothless ones are spread evenly over the cases, as a line of that slope is over the
    pixels of a grid (Bresenham): with a share of 1/40, any 40 cases in a row hold exactly one.
    The first one comes in the second half of the first such stretch, so that a handful of
    phantoms has teeth.

    Args:
        settings: Seed and share of toothless phantoms.
        case: Number of the phantom, from 0.

    Example:
        >>> sum(is_toothless(PhantomSettings(), case) for case in range(40))
        1
    """
    phase = np.random.default_rng(settings.seed).uniform(0, 0.5)
    share = settings.toothless_share
    return floor((case + 1) * share + phase) > floor(case * share + phase)
