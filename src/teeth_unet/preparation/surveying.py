"""All masks of a set are looked at before the first is read."""

from collections.abc import Callable, Mapping

from PIL import Image

from teeth_unet.errors import InputError
from teeth_unet.imaging import MaskSurvey, survey_mask
from teeth_unet.machine import map_in_threads
from teeth_unet.preparation.deciding import decide_encoding
from teeth_unet.preparation.encoding import MaskEncoding
from teeth_unet.preparation.reserving import needed_bytes
from teeth_unet.preparation.settings import Masks

Loader = Callable[[], Image.Image]

TIMES = 1.75
"""So much more memory a survey takes than a picture of a case that is prepared.

23 bytes a pixel were measured, beside the 1 to 4 of the picture.
"""


def survey_masks(masks: Mapping[str, Loader], settings: Masks) -> MaskEncoding:
    """Find out how the masks of a set say what is tooth, see `decide_encoding`.

    A mask that cannot be decoded says nothing here; it is told of when its case is prepared.

    Args:
        masks: Case name to a function that opens the mask.
        settings: What the user says of the masks.

    Raises:
        OSError: The drive with the masks is lost.
        MemoryError: There is not enough for a mask alone.
    """

    def survey(case: str) -> MaskSurvey | None:
        try:
            return survey_mask(masks[case]())
        except InputError:
            return None

    surveys = map_in_threads(survey, masks, lambda case: TIMES * needed_bytes(masks[case]))
    known = {case: one for case, one in zip(masks, surveys, strict=True) if one is not None}
    return decide_encoding(known, settings)
