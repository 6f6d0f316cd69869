"""Masks that the scores are tested on: known ones, and any number of random ones."""

import numpy as np
from scipy import ndimage


def rectangle(rows, columns, shape=(64, 64)):
    """A mask with one filled rectangle, half-open."""
    mask = np.zeros(shape, np.uint8)
    mask[slice(*rows), slice(*columns)] = 1
    return mask


def with_pixel(mask, row, column):
    mask = mask.copy()
    mask[row, column] = 1
    return mask


def drawn(*rows):
    """A mask from lines of text, tooth where there is a #."""
    return np.array([[letter == "#" for letter in row] for row in rows])


def specks(rng, shape):
    return rng.random(shape) < rng.random()


def blobs(rng, shape):
    return ndimage.gaussian_filter(rng.normal(size=shape), rng.uniform(0.5, 3)) > rng.normal(0, 0.1)


def lines(rng, shape):
    mask = np.zeros(shape, bool)
    mask[rng.integers(shape[0])] = rng.random() < 0.8
    mask[:, rng.integers(shape[1])] |= rng.random() < 0.8
    return mask


def a_pixel(rng, shape):
    mask = np.zeros(shape, bool)
    mask[rng.integers(shape[0]), rng.integers(shape[1])] = True
    return mask


def a_box(rng, shape):
    """A rectangle, quite often up to a border of the picture."""
    top, bottom = sorted(rng.integers(0, shape[0] + 1, 2))
    left, right = sorted(rng.integers(0, shape[1] + 1, 2))
    return rectangle((top, bottom), (left, right), shape).astype(bool)


def a_frame(rng, shape):
    """What a box leaves over: it touches the borders and has a hole."""
    return ~a_box(rng, shape)


def nothing(rng, shape):
    return np.zeros(shape, bool)


def everything(rng, shape):
    return np.ones(shape, bool)


KINDS = (specks, blobs, lines, a_pixel, a_box, a_frame, nothing, everything)


def random_pair(rng, kind, shape):
    """A truth of that kind, and a prediction that is of any kind or almost right."""
    truth = kind(rng, shape)
    if rng.random() < 0.5:
        return truth, KINDS[rng.integers(len(KINDS))](rng, shape)
    return truth, truth ^ (rng.random(shape) < 0.1)
