"""Label maps of known teeth, for the tests of this room."""

from functools import cache

import numpy as np

from teeth_unet.phantoms import PhantomSettings, draw_labels
from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.raster import inside
from teeth_unet.phantoms.settings import is_toothless

SMALL = PhantomSettings(width=(560, 640), seed=11)
CASES = [case for case in range(12) if not is_toothless(SMALL, case)]


@cache
def phantom(case, settings=SMALL):
    """Return labels of a phantom and whether each tooth, by its number, is an upper one."""
    labels = draw_labels(settings, case)
    upper = [tooth.pose.axis[1] < 0 for tooth in draw_anatomy(settings, case).teeth]
    assert labels.max() == len(upper)
    labels.setflags(write=False)
    return labels, np.array([False, *upper])


def keep(labels, kept):
    """Return labels where other teeth than those kept, given by their numbers, are lost."""
    return np.where(np.isin(labels, kept), labels, 0)


def rectangle_outline(centre, length, width, tilt):
    """Return the corners of a rectangle whose upper end leans to the right by tilt degrees."""
    sine, cosine = np.sin(np.radians(tilt)), np.cos(np.radians(tilt))
    along, across = np.array([sine, -cosine]) * length / 2, np.array([cosine, sine]) * width / 2
    half = np.array([along + across, along - across, -along - across, across - along])
    return half + centre


def draw_rectangle(shape, centre, length, width, tilt):
    """Return a mask of the pixels whose centres lie in a rectangle."""
    outline = rectangle_outline(centre, length, width, tilt)
    return inside(outline, (slice(0, shape[0]), slice(0, shape[1])))
