"""Synthetic panoramic X-rays with exact ground truth, for tests and for trying things out.

A phantom is drawn in two steps. Its anatomy (``anatomy``) is pure geometry: the teeth (``teeth``,
``tooth``, ``tooth_shapes``, ``restorations``) in the jaws (``jaws``) of a head that stands
somewhat differently in each picture (``frame``). From it come the label map (``labels``), and the
X-ray (``xray``), which adds up how much radiation teeth (``tooth_shading``) and bones (``bones``,
``landmarks``) take away, and exposes the sum. What else lies around the teeth, and how the picture
was taken, is in ``scene``; without settings for it there is none of it.

By default the mouth holds permanent teeth with fillings, crowns and root fillings. What else is met
there (implants, bridges, milk teeth and germs, brackets, ...) is in ``mouth`` and switched on by
settings, each kind with its share of the patients:

    settings = PhantomSettings(mouth=Mouth.varied())
    truth = draw_truth(settings, 0)  # which pixels are whose, and what was done to whom

No pixel of a phantom comes from a real X-ray. A few figures are tuned to real ones: how bright
teeth and background are, and what share of the picture the teeth cover.
"""

from teeth_unet.phantoms.labels import draw_labels, draw_truth
from teeth_unet.phantoms.mouth.settings import Mask, Mouth, Outline
from teeth_unet.phantoms.mouth.truth import Truth, TruthObject
from teeth_unet.phantoms.scene.settings import Scene
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.xray import draw_xray

__all__ = [
    "Mask",
    "Mouth",
    "Outline",
    "PhantomSettings",
    "Scene",
    "Truth",
    "TruthObject",
    "draw_labels",
    "draw_truth",
    "draw_xray",
]
