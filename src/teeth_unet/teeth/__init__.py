"""Single teeth: told apart, measured, put in order, drawn.

A label map has 0 for background and another number for each tooth. ``morphology`` makes one from
a mask or probabilities the way it was first done. ``measuring`` measures the teeth of a label map
by the smallest rectangle around each (``rectangles``) and tells the jaws apart (``arches``);
``gaps`` finds where teeth are missing; ``drawing`` shows it all on the X-ray (``colours``,
``captions``).
"""

from teeth_unet.teeth.drawing import draw_contour, draw_teeth
from teeth_unet.teeth.gaps import Gap, find_gaps
from teeth_unet.teeth.measuring import Tooth, measure_teeth
from teeth_unet.teeth.morphology import Erosion, separate_by_erosion

__all__ = [
    "Erosion",
    "Gap",
    "Tooth",
    "draw_contour",
    "draw_teeth",
    "find_gaps",
    "measure_teeth",
    "separate_by_erosion",
]
