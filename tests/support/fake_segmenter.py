"""A segmenter and networks that compute nothing: what is bright and touches is one tooth."""

from dataclasses import dataclass, field

import numpy as np
from scipy.ndimage import label

from teeth_unet import imaging, teeth
from teeth_unet.numbering import KINDS, NUMBERS, NumberMaps
from teeth_unet.segmentation import SegmenterSettings

SIZE = 32


def settings(**changes):
    usual = {
        "size": SIZE,
        "threshold": 0.5,
        "mirror": False,
        "usual_levels": ((0, 0, 0), (200, 255, 200), (0, 0, 0)),
        "training": {},
        "scores": {},
        "title": "Teeth",
        "data_note": "",
        "synthetic": False,
    }
    return SegmenterSettings(**usual | changes)


@dataclass(frozen=True)
class FakeSegmenter:
    """Probability is the grey level, plus `slant` from left to right."""

    settings: SegmenterSettings = field(default_factory=settings)
    fingerprint: str = "fake"
    slant: float = 0.0
    taught_on: str = "Nothing."

    @property
    def numbering_network(self):
        return FakeNumberingNetwork()

    def predict_probabilities(self, xray):
        resized = imaging.resize_xray(xray, self.settings.size)
        probabilities = self._of(resized)
        if self.settings.mirror:
            return (probabilities + self._of(resized[:, ::-1])[:, ::-1]) / 2
        return probabilities

    def _of(self, resized):
        ramp = np.linspace(0, self.slant, resized.shape[1], dtype=np.float32)
        return np.clip(resized.astype(np.float32) / 255 + ramp, 0, 1)


class FakeSeparationNetwork:
    """Distances are those of pieces that do not touch."""

    weights = (np.arange(3.0),)

    def distances(self, probabilities):
        return teeth.distance_map(label(probabilities >= 0.5)[0])


class FakeNumberingNetwork:
    """What is bright is a tooth; in each half of the picture the row begins at 18, or at 48.

    It is less sure of a picture that is handed over with its rows backwards, as a view.

    Args:
        kinds: Of the objects from left to right, by number, where they are no teeth.
        fingerprint: Of the network.
    """

    size = 128

    def __init__(self, kinds=None, fingerprint="numbers"):
        self.kinds = kinds or {}
        self.fingerprint = fingerprint

    def maps(self, xray):
        resized = imaging.resize_xray(xray, self.size)
        objects, count = label(resized >= 128)
        numbers = np.zeros((self.size, self.size), np.int64)
        kinds = np.zeros_like(numbers)
        left = {1: 0, 4: 0}
        places = [np.argwhere(objects == each).mean(axis=0) for each in range(1, count + 1)]
        for each in sorted(range(count), key=lambda each: places[each][1]):
            quadrant = 1 if places[each][0] < self.size / 2 else 4
            place = min(left[quadrant], 15)
            left[quadrant] += 1
            other = 2 if quadrant == 1 else 3
            number = 10 * quadrant + 8 - place if place < 8 else 10 * other + place - 7
            inside = objects == each + 1
            numbers[inside] = NUMBERS.index(number)
            kinds[inside] = KINDS.index(self.kinds.get(number, "tooth"))
        sure = np.float32(0.98 if xray.strides[0] > 0 else 0.9)
        return NumberMaps(
            _one_hot(numbers, len(NUMBERS), sure),
            _one_hot(kinds, len(KINDS), sure),
            teeth.distance_map(objects),
        )


def _one_hot(labels, count, sure):
    rest = (1 - sure) / (count - 1)
    return np.where(labels[..., np.newaxis] == np.arange(count), sure, rest).astype(np.float32)
