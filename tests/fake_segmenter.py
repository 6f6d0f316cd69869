"""A segmenter without a network: bright is tooth."""

from dataclasses import dataclass, field

import numpy as np

from teeth_unet import imaging
from teeth_unet.segmentation import Maps, SegmenterSettings

SIZE = 32


def settings(**changes):
    usual = {
        "size": SIZE,
        "threshold": 0.5,
        "mirror": False,
        "separation": True,
        "usual_levels": ((0, 0, 0), (200, 255, 200), (0, 0, 0)),
        "training": {},
        "scores": {},
    }
    return SegmenterSettings(**usual | changes)


@dataclass(frozen=True)
class FakeSegmenter:
    """Probability is the grey level, plus `slant` from left to right; depth is the same."""

    settings: SegmenterSettings = field(default_factory=settings)
    fingerprint: str = "fake"
    slant: float = 0.0

    def predict_maps(self, xray):
        resized = imaging.resize_xray(xray, self.settings.size)
        maps = self._of(resized)
        if self.settings.mirror:
            maps = (maps + self._of(resized[:, ::-1])[:, ::-1]) / 2
        return Maps(maps, maps if self.settings.separation else None)

    def _of(self, resized):
        ramp = np.linspace(0, self.slant, resized.shape[1], dtype=np.float32)
        return np.clip(resized.astype(np.float32) / 255 + ramp, 0, 1)
