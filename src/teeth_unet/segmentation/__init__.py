"""A fitted network together with everything that using it takes."""

from teeth_unet.segmentation.segmenter import Maps, Segmenter, SegmenterSettings
from teeth_unet.segmentation.splitter import Splitter, load_splitter

__all__ = ["Maps", "Segmenter", "SegmenterSettings", "Splitter", "load_splitter"]
