"""Pure functions on pictures: decoding, resizing, binarising, comparing, fingerprints."""

from teeth_unet.imaging.binarising import binarise, grey_share, half
from teeth_unet.imaging.correlation import correlate, level_correlation, usual_levels
from teeth_unet.imaging.decoding import (
    FULL_SCALE,
    decode_labels,
    decode_xray,
    orientation,
    turn,
    turn_back,
    turn_upright,
)
from teeth_unet.imaging.enlarging import enlarge_and_threshold, enlarge_to_levels
from teeth_unet.imaging.fingerprints import (
    NEAR_IDENTICAL_BITS,
    content_hash,
    differing_bits,
    group_near_identical,
    perceptual_hash,
)
from teeth_unet.imaging.mask_pixels import OF_INDEX_0, MaskPixels, decode_mask
from teeth_unet.imaging.mask_survey import MarkedLevel, MaskSurvey, survey_mask
from teeth_unet.imaging.near_hashes import near_pairs
from teeth_unet.imaging.overlap import Overlap, count_overlap
from teeth_unet.imaging.resizing import (
    area_average,
    resize_labels,
    resize_mask,
    resize_probabilities,
    resize_xray,
    sample_at_centres,
)
from teeth_unet.imaging.value_ranges import bits_needed, usual_range

__all__ = [
    "FULL_SCALE",
    "NEAR_IDENTICAL_BITS",
    "OF_INDEX_0",
    "MarkedLevel",
    "MaskPixels",
    "MaskSurvey",
    "Overlap",
    "area_average",
    "binarise",
    "bits_needed",
    "content_hash",
    "correlate",
    "count_overlap",
    "decode_labels",
    "decode_mask",
    "decode_xray",
    "differing_bits",
    "enlarge_and_threshold",
    "enlarge_to_levels",
    "grey_share",
    "group_near_identical",
    "half",
    "level_correlation",
    "near_pairs",
    "orientation",
    "perceptual_hash",
    "resize_labels",
    "resize_mask",
    "resize_probabilities",
    "resize_xray",
    "sample_at_centres",
    "survey_mask",
    "turn",
    "turn_back",
    "turn_upright",
    "usual_levels",
    "usual_range",
]
