"""X-rays and masks of any size are paired and brought to one size."""

from teeth_unet.preparation.deciding import decide_encoding
from teeth_unet.preparation.encoding import Coding, MaskEncoding
from teeth_unet.preparation.native_masks import open_native_labels, open_native_mask, read_mask
from teeth_unet.preparation.numbered import (
    UNLABELLED,
    measure_tooth_numbers,
    prepare_tooth_numbers,
)
from teeth_unet.preparation.preparing import (
    PreparedCase,
    PreparedCases,
    pair_cases,
    prepare_case,
    prepare_set,
)
from teeth_unet.preparation.settings import Masks, Preparation
from teeth_unet.preparation.shards import ShardFolder, ShardStore, prepare_in_shards
from teeth_unet.preparation.surveying import survey_masks
from teeth_unet.preparation.truths import TrueLabels

__all__ = [
    "UNLABELLED",
    "Coding",
    "MaskEncoding",
    "Masks",
    "Preparation",
    "PreparedCase",
    "PreparedCases",
    "ShardFolder",
    "ShardStore",
    "TrueLabels",
    "decide_encoding",
    "measure_tooth_numbers",
    "open_native_labels",
    "open_native_mask",
    "pair_cases",
    "prepare_case",
    "prepare_in_shards",
    "prepare_set",
    "prepare_tooth_numbers",
    "read_mask",
    "survey_masks",
]
