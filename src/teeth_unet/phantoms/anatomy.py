"""What one phantom shows, before it is drawn."""

from dataclasses import dataclass, replace

import numpy as np

from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.jaws import Jaws, draw_jaws
from teeth_unet.phantoms.settings import PhantomSettings, is_toothless
from teeth_unet.phantoms.streams import object_stream
from teeth_unet.phantoms.teeth import draw_dentition
from teeth_unet.phantoms.tooth import DrawnTooth


@dataclass(frozen=True)
class Anatomy:
    """The parts of one head, in pixel coordinates.

    Attributes:
        frame: Size of the picture and position of the head in it.
        teeth: The upper teeth from left to right, then the lower ones; none if toothless.
        jaws: The bones around them.
    """

    frame: Frame
    teeth: tuple[DrawnTooth, ...]
    jaws: Jaws


def random_streams(
    settings: PhantomSettings, case: int
) -> tuple[np.random.Generator, np.random.Generator]:
    """Return independent random streams for the geometry and the rendering of a phantom.

    They depend on the seed and the case only, so that phantoms can be drawn in any order, and
    labels without the X-ray.
    """
    geometry, rendering = np.random.default_rng([settings.seed, case]).spawn(2)
    return geometry, rendering


def draw_anatomy(settings: PhantomSettings, case: int) -> Anatomy:
    """Return the anatomy of a phantom.

    Args:
        settings: Seed, sizes and share of toothless phantoms.
        case: Number of the phantom, from 0. It may exceed `settings.cases`: a larger set begins
            with the phantoms of a smaller one.

    Raises:
        ValueError: The case is below 0.
    """
    if case < 0:
        raise ValueError(f"case: expected 0 or more, found {case}.")
    rng, _ = random_streams(settings, case)
    length = object_stream(settings, case, "tooth_length").uniform(*settings.mouth.tooth_length)
    frame = replace(Frame.draw(rng, settings), tooth_length=length)
    toothless = is_toothless(settings, case)
    jaws = draw_jaws(rng, frame, toothless=toothless)
    return Anatomy(frame, () if toothless else draw_dentition(rng, frame), jaws)
