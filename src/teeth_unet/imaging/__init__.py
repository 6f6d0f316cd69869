"""Pure functions on images: decoding, resizing, binarising, inspecting, natural order of names."""

from teeth_unet.imaging.binarising import binarise, grey_share
from teeth_unet.imaging.decoding import decode_labels, decode_mask, decode_xray
from teeth_unet.imaging.doubts import doubts_about
from teeth_unet.imaging.enlarging import enlarge_and_threshold, enlarge_to_levels
from teeth_unet.imaging.findings import UnusableCase
from teeth_unet.imaging.fingerprints import (
    NEAR_IDENTICAL_BITS,
    content_hash,
    differing_bits,
    group_near_identical,
    perceptual_hash,
)
from teeth_unet.imaging.inspection import CaseRecord, inspect_case
from teeth_unet.imaging.likeness import likeness, usual_levels
from teeth_unet.imaging.naming import natural_key
from teeth_unet.imaging.preparing import (
    Preparation,
    PreparedCase,
    PreparedCases,
    pair_cases,
    prepare_case,
    prepare_cases,
)
from teeth_unet.imaging.quality import Quality, Severities, refuse_errors, summarise_quality
from teeth_unet.imaging.resizing import (
    area_average,
    resize_labels,
    resize_mask,
    resize_probabilities,
    resize_xray,
)

__all__ = [
    "NEAR_IDENTICAL_BITS",
    "CaseRecord",
    "Preparation",
    "PreparedCase",
    "PreparedCases",
    "Quality",
    "Severities",
    "UnusableCase",
    "area_average",
    "binarise",
    "content_hash",
    "decode_labels",
    "decode_mask",
    "decode_xray",
    "differing_bits",
    "doubts_about",
    "enlarge_and_threshold",
    "enlarge_to_levels",
    "grey_share",
    "group_near_identical",
    "inspect_case",
    "likeness",
    "natural_key",
    "pair_cases",
    "perceptual_hash",
    "prepare_case",
    "prepare_cases",
    "refuse_errors",
    "resize_labels",
    "resize_mask",
    "resize_probabilities",
    "resize_xray",
    "summarise_quality",
    "usual_levels",
]
