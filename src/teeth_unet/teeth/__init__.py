"""Single teeth: told apart, measured, put in order, drawn.

A label map has 0 for background and another number for each tooth. ``separating`` makes one from a
mask and the distances in it, ``morphology`` the way it was first done. ``measuring`` measures the
teeth of a label map by the smallest rectangle around each (``rectangles``) and tells the jaws
apart (``arches``); ``gaps`` finds where teeth are missing; ``drawing`` shows it all on the X-ray
(``colours``, ``names``, ``captions``). ``distance_maps`` is what telling teeth apart is learned
from.
"""

from teeth_unet.teeth.distance_maps import distance_map
from teeth_unet.teeth.drawing import draw_contour, draw_measures, draw_teeth
from teeth_unet.teeth.gaps import Gap, find_gaps
from teeth_unet.teeth.measuring import Tooth, measure_label_map
from teeth_unet.teeth.morphology import separate_by_erosion
from teeth_unet.teeth.separating import grow_cores, separate_instances
from teeth_unet.teeth.settings import Erosion
from teeth_unet.teeth.spreading import spread_labels
from teeth_unet.teeth.tables import TOOTH_COLUMNS, ToothRow, label_picture, tooth_row

__all__ = [
    "TOOTH_COLUMNS",
    "Erosion",
    "Gap",
    "Tooth",
    "ToothRow",
    "distance_map",
    "draw_contour",
    "draw_measures",
    "draw_teeth",
    "find_gaps",
    "grow_cores",
    "label_picture",
    "measure_label_map",
    "separate_by_erosion",
    "separate_instances",
    "spread_labels",
    "tooth_row",
]
