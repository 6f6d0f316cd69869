"""Tooth segmentation in panoramic dental X-rays with a U-Net."""

__version__ = "0.1.0"
