"""A fitted network together with everything that using it takes."""

from teeth_unet.segmentation.segmenter import Maps, Segmenter, SegmenterSettings

__all__ = ["Maps", "Segmenter", "SegmenterSettings"]
