"""One module a format of annotation files; each has what `annotations.Format` names."""

from teeth_unet.annotations.formats import coco, cvat, labelme, supervisely, tooth_files, voc, yolo
from teeth_unet.annotations.model import Format

FORMATS: tuple[Format, ...] = (
    coco,
    yolo,
    labelme,
    cvat,
    supervisely,
    voc,
    tooth_files,
)
"""All formats that are read."""
