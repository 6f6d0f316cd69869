"""A fitted network together with everything that using it takes."""

from teeth_unet.segmentation.files import (
    read_description,
    read_segmenter,
    read_settings,
    write_segmenter,
)
from teeth_unet.segmentation.folds import SEGMENTERS_OF_FOLDS, FoldSegmenters
from teeth_unet.segmentation.packaged import measured_of, packaged_segmenter
from teeth_unet.segmentation.segmenter import Segmenter
from teeth_unet.segmentation.separation import SeparationNetwork, load_separation_network
from teeth_unet.segmentation.settings import SegmenterSettings
from teeth_unet.segmentation.starting import record_start, refuse_other_network

__all__ = [
    "SEGMENTERS_OF_FOLDS",
    "FoldSegmenters",
    "Segmenter",
    "SegmenterSettings",
    "SeparationNetwork",
    "load_separation_network",
    "measured_of",
    "packaged_segmenter",
    "read_description",
    "read_segmenter",
    "read_settings",
    "record_start",
    "refuse_other_network",
    "write_segmenter",
]
