"""One module a format of annotation files; each has what `annotations.Format` names."""

from teeth_unet.annotations.formats import coco, yolo
from teeth_unet.annotations.model import Format

FORMATS: tuple[Format, ...] = (coco, yolo)
"""All formats that are read."""
