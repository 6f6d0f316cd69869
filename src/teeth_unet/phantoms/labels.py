"""The truth: which pixel belongs to which tooth, and to what else is in the mouth."""

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.mouth.outlining import moved_edges, without_tips
from teeth_unet.phantoms.mouth.truth import Truth, layers_of, true_table
from teeth_unet.phantoms.mouth.whole import draw_mouth
from teeth_unet.phantoms.scene.positioning import place_numbers
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.streams import object_stream


def draw_truth(settings: PhantomSettings, case: int) -> Truth:
    """Return all objects in the mouth of a phantom: what they are, and all pixels of each.

    Drawing it needs no X-ray, and takes a fraction of its time.

    Args:
        settings: Seed, sizes, and what is in the mouths.
        case: Number of the phantom, from 0.

    Returns:
        Every object, whether or not it counts as tooth, outlined as the settings say.

    Raises:
        ValueError: The case is below 0.
    """
    anatomy = draw_anatomy(settings, case)
    mouth = draw_mouth(settings, case, anatomy)
    outline = settings.mouth.outline
    rng = object_stream(settings, case, "outline")
    beyond = rng.uniform(*outline.beyond)
    objects = without_tips(rng, list(mouth.objects), outline)
    layers = layers_of(objects, (anatomy.frame.height, anatomy.frame.width))
    drawn = moved_edges(layers, beyond)
    placed = np.stack([place_numbers(settings, case, layer) for layer in drawn])
    return Truth(true_table(objects), placed, mouth.age)


def draw_labels(settings: PhantomSettings, case: int) -> NDArray[np.uint8]:
    """Return the label map of a phantom; the mask of its teeth is where it is above 0.

    Drawing it needs no X-ray, and takes a fraction of its time.

    Args:
        settings: Seed, sizes, what is in the mouths, and what of it counts as tooth.
        case: Number of the phantom, from 0.

    Returns:
        (height, width) labels: 0 for background and 1 to n for the teeth, the upper ones from
        left to right and then the lower ones. A pixel belongs to the tooth that its centre lies
        in, and where teeth overlap to the one in front, which may cut slivers off the one behind.
        All 0 for a toothless phantom. In tiny pictures a tooth may show no pixel; it then has no
        number.

    Raises:
        ValueError: The case is below 0.
    """
    truth = draw_truth(settings, case)
    return _without_gaps(truth.in_front(truth.counted(settings.mouth.mask)))


def _without_gaps(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return labels renumbered 0 to n in the same order, as if 0 were always there."""
    shown = np.bincount(labels.ravel()) > 0
    shown[0] = False
    return np.cumsum(shown).astype(np.uint8)[labels]
