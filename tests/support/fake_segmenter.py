"""A segmenter and a separation network that compute nothing: what is bright and touches is one."""

from dataclasses import dataclass, field

import numpy as np
from scipy.ndimage import label

from teeth_unet import imaging, teeth
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
