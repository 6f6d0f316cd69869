"""What annotation tools write and read: shapes by category, and their tooth numbers."""

from teeth_unet.annotations.model import (
    AnnotatedPicture,
    AnnotatedSet,
    AnnotationFile,
    Bitmap,
    Format,
    Polygons,
    Shape,
)

__all__ = [
    "AnnotatedPicture",
    "AnnotatedSet",
    "AnnotationFile",
    "Bitmap",
    "Format",
    "Polygons",
    "Shape",
]
