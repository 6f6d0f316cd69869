"""Synthetic panoramic X-rays with exact ground truth, for tests and for trying things out."""

from teeth_unet.phantoms.labels import draw_labels
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.xray import draw_xray

__all__ = ["PhantomSettings", "draw_labels", "draw_xray"]
