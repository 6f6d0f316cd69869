"""Scores that are reported: definitions, empty-mask rule and statistics."""

from teeth_unet.scoring.cases import (
    SCORES,
    bootstrap_interval,
    choose_threshold,
    score_case,
    summarise_scores,
)
from teeth_unet.scoring.overlap import Overlap, count_overlap

__all__ = [
    "SCORES",
    "Overlap",
    "bootstrap_interval",
    "choose_threshold",
    "count_overlap",
    "score_case",
    "summarise_scores",
]
