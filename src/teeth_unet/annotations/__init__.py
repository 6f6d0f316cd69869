"""What annotation tools write and read: shapes by category, and their tooth numbers."""

from teeth_unet.annotations.formats.labelme_writing import labelme_file
from teeth_unet.annotations.model import (
    AnnotatedPicture,
    AnnotatedSet,
    AnnotationFile,
    Bitmap,
    Format,
    Polygons,
    Shape,
)
from teeth_unet.annotations.numbering import FIRST_WITHOUT_NUMBER, REGION, Numbering
from teeth_unet.annotations.outlining import outlines
from teeth_unet.annotations.rasterising import rasterise

__all__ = [
    "FIRST_WITHOUT_NUMBER",
    "REGION",
    "AnnotatedPicture",
    "AnnotatedSet",
    "AnnotationFile",
    "Bitmap",
    "Format",
    "Numbering",
    "Polygons",
    "Shape",
    "labelme_file",
    "outlines",
    "rasterise",
]
