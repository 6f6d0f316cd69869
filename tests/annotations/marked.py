"""Annotated pictures, put together from shapes."""

import numpy as np

from teeth_unet.annotations import AnnotatedPicture, Bitmap, Numbering, Polygons, Shape


def ring(*corners):
    return np.array(corners, dtype=np.float32).reshape(-1, 2)


def square(left, top, right, bottom):
    return ring((left, top), (right, top), (right, bottom), (left, bottom))


def shape(label, *rings, **more):
    return Shape(label, Polygons(rings), **more)


def bitmap(label, left, top, pixels, **more):
    return Shape(label, Bitmap(left, top, lambda: np.array(pixels, dtype=bool)), **more)


def picture(*shapes, size=(8, 6), file="17.png"):
    return AnnotatedPicture(file, size, lambda: shapes)


FDI = Numbering({"11": 11, "21": 21, "tooth": None, "teeth": 100}, single_teeth=True)
