"""What annotation tools write and read: shapes by category, and their tooth numbers."""

from teeth_unet.annotations.categories import LabelledPicture
from teeth_unet.annotations.formats.coco_writing import coco_file
from teeth_unet.annotations.formats.labelme_writing import labelme_file
from teeth_unet.annotations.formats.yolo_writing import yolo_file, yolo_names
from teeth_unet.annotations.model import (
    UNKNOWN_SIZE,
    AnnotatedPicture,
    AnnotatedSet,
    AnnotationFile,
    Bitmap,
    Format,
    Polygons,
    Shape,
)
from teeth_unet.annotations.numbering import FIRST_WITHOUT_NUMBER, REGION, Numbering
from teeth_unet.annotations.opening import open_annotations
from teeth_unet.annotations.outlining import outlines
from teeth_unet.annotations.rasterising import rasterise

__all__ = [
    "FIRST_WITHOUT_NUMBER",
    "REGION",
    "UNKNOWN_SIZE",
    "AnnotatedPicture",
    "AnnotatedSet",
    "AnnotationFile",
    "Bitmap",
    "Format",
    "LabelledPicture",
    "Numbering",
    "Polygons",
    "Shape",
    "coco_file",
    "labelme_file",
    "open_annotations",
    "outlines",
    "rasterise",
    "yolo_file",
    "yolo_names",
]
