"""A place to correct, with networks that compute nothing: every X-ray has the same 32 teeth.

As a program it serves the page: python tests/support/reviewing.py XRAYS CORRECTIONS PORT
While there is a file `halt` beside the corrections, a training stays in the middle.
"""

import io
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from fake_segmenter import settings
from PIL import Image

from teeth_unet.errors import InputError
from teeth_unet.numbering import KINDS, NUMBERS, NumberMaps
from teeth_unet.review import networks
from teeth_unet.review.lessons import Training
from teeth_unet.segmentation import SegmenterSettings
from teeth_unet.segmentation.segmenter import Maps
from teeth_unet.teeth import distance_map

SIDE = 256
WIDTH, HEIGHT = 1024, 512
UPPER = (18, 17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27, 28)
LOWER = (48, 47, 46, 45, 44, 43, 42, 41, 31, 32, 33, 34, 35, 36, 37, 38)


def places():
    """By number: left and top of a tooth, 10 x 30 px in a picture of 256 x 256 px."""
    rows = ((UPPER, 80), (LOWER, 130))
    return {number: (20 + 12 * place, top) for row, top in rows for place, number in enumerate(row)}


def inside(number):
    """A point of an X-ray that lies in a tooth."""
    left, top = places()[number]
    return 4 * (left + 5), 2 * (top + 15)


def xray(width=WIDTH, height=HEIGHT, level=120):
    """Return an X-ray in grey levels, darker to the right."""
    ramp = np.linspace(level, level - 80, width)
    return np.tile(ramp.astype(np.uint8), (height, 1))


def png(pixels):
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "png")
    return content.getvalue()


def folder_of_xrays(folder, count=3):
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"patient-{number}.png").write_bytes(png(xray(level=120 + number)))
    return folder


def _maps():
    numbers = np.zeros((SIDE, SIDE, len(NUMBERS)), np.float32)
    kinds = np.zeros((SIDE, SIDE, len(KINDS)), np.float32)
    numbers[..., 0] = kinds[..., 0] = 1
    labels = np.zeros((SIDE, SIDE), np.uint8)
    for label, (number, (left, top)) in enumerate(places().items(), 1):
        place = np.s_[top : top + 30, left : left + 10]
        labels[place] = label
        numbers[place] = 0.03 * (np.array(NUMBERS) == 0) + 0.97 * (np.array(NUMBERS) == number)
        kinds[place] = np.array(KINDS) == "tooth"
    return NumberMaps(numbers, kinds, distance_map(labels))


@dataclass
class FakeNumbering:
    """Says the same of every X-ray."""

    fingerprint: str = "fake"
    size: int = SIDE
    asked: int = 0

    def maps(self, xray):
        self.asked += 1
        return _maps()


@dataclass
class FakeNetwork:
    """A segmenter that says the same of every X-ray."""

    settings: SegmenterSettings = field(default_factory=lambda: settings(size=SIDE))
    fingerprint: str = "fake"
    taught_on: str = "Nothing."
    missed: int = 0  # rows of the picture, from the top of each tooth, that it does not see
    numbering_network: FakeNumbering = field(default_factory=FakeNumbering)

    def predict_maps(self, xray):
        probabilities = (0.9 * (1 - _maps().kinds[..., 0])).astype(np.float32)
        for _, top in places().values():
            probabilities[top : top + self.missed] = 0
        return Maps(probabilities, _maps().distances)


TAUGHT = "A network."
"""Stands for the file of one."""


def fake_training(folder, halt="halt"):
    """Return a training that takes no time, or stays in the middle while there is a file."""
    segmenter = folder / "taught.txt"
    segmenter.parent.mkdir(parents=True, exist_ok=True)
    segmenter.write_text(TAUGHT)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), *sys.path])

    def command(start):
        return "fake_training", str(segmenter), str(folder / halt), start

    return Training(command, "segmenter.zip", "scores.csv")


def read_taught(path):
    """Open what such a training has left: a network that sees less of each tooth."""
    if path.read_text() != TAUGHT:
        raise InputError(str(path), "a network", "a damaged file", "Teach again.")
    return FakeNetwork(fingerprint="taught", missed=12)


def serve_page(xrays, corrections, port):
    from teeth_unet.review import Review
    from teeth_unet.review.serving import serve

    networks.read_segmenter = read_taught
    settings = Review(port=int(port), browser=False)
    training = fake_training(Path(corrections).parent)
    serve([Path(xrays)], Path(corrections), FakeNetwork(), settings, training)


if __name__ == "__main__":
    serve_page(*sys.argv[1:])
