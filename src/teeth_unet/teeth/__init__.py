"""Single teeth."""

from teeth_unet.teeth.depths import tooth_depths
from teeth_unet.teeth.separating import separate_teeth
from teeth_unet.teeth.spreading import spread_labels

__all__ = ["separate_teeth", "spread_labels", "tooth_depths"]
