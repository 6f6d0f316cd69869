"""What is made of a new X-ray."""

from typing import Annotated, Literal

from pydantic import Field

from teeth_unet.configuration import Settings


class Inference(Settings):
    """What is made of a new X-ray beside its mask.

    Attributes:
        overlay: Whether to draw what was found on the X-ray.
        teeth: Whether to tell the teeth apart, count and measure them.
        method: How they are told apart. `watershed` grows them back to their true outline;
            `erosion`, the original's way, measures eroded teeth, to compare with.
        uncertainty: Which map of uncertainty to make: `none`; `flips`, half the difference
            between the probabilities of the X-ray and of its mirror image; or `folds`, the
            standard deviation over the segmenters of a cross-validation.
        pixel_spacing: mm that a pixel of the X-rays is wide and high, if that is known. DICOM
            files may tell themselves. Nothing is measured in mm without.
        spacing_uncertainty: Standard uncertainty of the spacing, relative. Panoramic X-rays
            magnify by 15 to 30 %, not the same everywhere.
        remove_others: Whether results of other X-rays, of earlier runs, are removed.
    """

    overlay: bool = True
    teeth: bool = True
    method: Literal["watershed", "erosion"] = "watershed"
    uncertainty: Literal["none", "flips", "folds"] = "none"
    pixel_spacing: Annotated[float, Field(ge=0.005, le=2)] | None = None
    spacing_uncertainty: Annotated[float, Field(ge=0, le=1)] = 0.15
    remove_others: bool = False
