"""Pure functions on images: decoding, resizing, binarising, natural order of names."""

from teeth_unet.imaging.binarising import binarise, grey_share
from teeth_unet.imaging.decoding import decode_mask, decode_xray
from teeth_unet.imaging.naming import natural_key
from teeth_unet.imaging.preparing import (
    CaseRecord,
    Preparation,
    pair_cases,
    prepare_case,
    prepare_cases,
)
from teeth_unet.imaging.quality import summarise_quality
from teeth_unet.imaging.resizing import (
    area_average,
    resize_mask,
    resize_probabilities,
    resize_xray,
)

__all__ = [
    "CaseRecord",
    "Preparation",
    "area_average",
    "binarise",
    "decode_mask",
    "decode_xray",
    "grey_share",
    "natural_key",
    "pair_cases",
    "prepare_case",
    "prepare_cases",
    "resize_mask",
    "resize_probabilities",
    "resize_xray",
    "summarise_quality",
]
