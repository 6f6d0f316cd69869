"""Segmenters of a network that nobody has fitted: quick to make, always the same."""

import numpy as np

from teeth_unet import unet
from teeth_unet.segmentation import Segmenter, SegmenterSettings
from teeth_unet.unet import Network

SIZE = 32


def small_segmenter(seed=0, **changes):
    model = unet.build_unet(Network(filters=(2, 4), dropout=(0, 0), patch=2), SIZE, seed=seed)
    settings = {
        "size": SIZE,
        "threshold": 0.5,
        "mirror": False,
        "usual_levels": tuple(map(tuple, np.arange(256).reshape(16, 16).tolist())),
        "training": {"training": {"seed": seed}, "trained_on": ["a", "b"]},
        "scores": {"dice": {"mean": 0.9, "interval": [0.8, 0.95]}},
        "title": "Teeth",
        "data_note": "Nobody's X-rays.",
        "synthetic": True,
    }
    return Segmenter(model, SegmenterSettings(**{**settings, **changes}))
