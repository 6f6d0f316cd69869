"""What annotation tools write and read: shapes by category, and their tooth numbers."""

from teeth_unet.annotations.categories import LabelledPicture
from teeth_unet.annotations.formats.coco_writing import coco_file
from teeth_unet.annotations.formats.labelme_writing import labelme_file
from teeth_unet.annotations.formats.voc import tells_more_than_teeth
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
from teeth_unet.annotations.numbering import (
    FIRST_WITHOUT_NUMBER,
    REGION,
    Numbering,
    number_labels,
)
from teeth_unet.annotations.opening import UnknownFormat, open_annotations
from teeth_unet.annotations.outlining import outlines
from teeth_unet.annotations.rasterising import rasterise
from teeth_unet.annotations.settings import Annotations
from teeth_unet.tooth_numbers import Notation, write_number

__all__ = [
    "FIRST_WITHOUT_NUMBER",
    "REGION",
    "UNKNOWN_SIZE",
    "AnnotatedPicture",
    "AnnotatedSet",
    "AnnotationFile",
    "Annotations",
    "Bitmap",
    "Format",
    "LabelledPicture",
    "Notation",
    "Numbering",
    "Polygons",
    "Shape",
    "UnknownFormat",
    "coco_file",
    "labelme_file",
    "number_labels",
    "open_annotations",
    "outlines",
    "rasterise",
    "tells_more_than_teeth",
    "write_number",
    "yolo_file",
    "yolo_names",
]
