"""Scores that are reported: definitions, empty-mask rule and statistics."""

from teeth_unet.scoring.calibration import measure_calibration
from teeth_unet.scoring.cases import (
    LOWER_IS_BETTER,
    NATIVE,
    SCORES,
    score_case,
    summarise_scores,
)
from teeth_unet.scoring.comparison import compare_cases
from teeth_unet.scoring.intervals import (
    bootstrap_grouped_mean,
    bootstrap_grouped_median,
    bootstrap_interval,
)
from teeth_unet.scoring.overlap import Overlap, count_overlap
from teeth_unet.scoring.settings import Scoring
from teeth_unet.scoring.surfaces import SurfaceScores, find_boundary, score_surfaces
from teeth_unet.scoring.teeth import (
    Match,
    TeethOfCase,
    match_teeth,
    score_teeth,
    summarise_teeth,
)
from teeth_unet.scoring.thresholds import choose_threshold

__all__ = [
    "LOWER_IS_BETTER",
    "NATIVE",
    "SCORES",
    "Match",
    "Overlap",
    "Scoring",
    "SurfaceScores",
    "TeethOfCase",
    "bootstrap_grouped_mean",
    "bootstrap_grouped_median",
    "bootstrap_interval",
    "choose_threshold",
    "compare_cases",
    "count_overlap",
    "find_boundary",
    "match_teeth",
    "measure_calibration",
    "score_case",
    "score_surfaces",
    "score_teeth",
    "summarise_scores",
    "summarise_teeth",
]
