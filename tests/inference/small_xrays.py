"""X-rays of a few pixels, segmented with a segmenter that needs no network."""

import numpy as np
from fake_segmenter import FakeSegmenter
from PIL import Image

from teeth_unet.errors import InputError
from teeth_unet.inference import Inference, make_xray_predictor, segment_all
from teeth_unet.quality import Quality

PLAIN = Inference(overlay=False, teeth=False)


def picture(bright_columns=10, size=(64, 32)):
    """A dark picture with a bright part on its left."""
    levels = np.full(size[::-1], 20, np.uint8)
    levels[:, :bright_columns] = 230
    return Image.fromarray(levels)


def loaders(count, **others):
    return {str(n): (lambda n=n: picture(n + 10)) for n in range(count)} | others


def broken():
    raise InputError("2.png", "an intact picture", "a damaged file", "Replace it.")


class File:
    """An X-ray that is known by its bytes; either of the two steps may fail."""

    def __init__(self, content=b"1", cannot_read=None, opened=picture):
        self.content = content
        self.cannot_read = cannot_read
        self.opened = opened

    def read(self):
        if self.cannot_read:
            raise self.cannot_read
        return self.content

    def __call__(self):
        return self.opened()


def segment(store, xrays, inference=PLAIN, quality=Quality(), **changes):  # noqa: B008 (frozen)
    predictor = make_xray_predictor(FakeSegmenter(**changes), [], inference)
    return segment_all(xrays, predictor, inference, quality, store)


def mask(store, case):
    return np.asarray(Image.open(store.path / "masks" / f"{case}.png"))
