"""X-rays and masks of any size are paired and brought to one size."""

from teeth_unet.preparation.native_masks import open_native_mask
from teeth_unet.preparation.preparing import (
    PreparedCase,
    PreparedCases,
    pair_cases,
    prepare_case,
    prepare_set,
)
from teeth_unet.preparation.settings import Preparation

__all__ = [
    "Preparation",
    "PreparedCase",
    "PreparedCases",
    "open_native_mask",
    "pair_cases",
    "prepare_case",
    "prepare_set",
]
