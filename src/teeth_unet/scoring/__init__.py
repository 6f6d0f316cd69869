"""Scores that are reported: definitions, empty-mask rule and statistics."""

from teeth_unet.scoring.calibration import score_calibration
from teeth_unet.scoring.cases import (
    LOWER_IS_BETTER,
    NATIVE,
    SCORES,
    score_case,
    spread_by_dice,
    summarise_both_sizes,
    summarise_cases,
)
from teeth_unet.scoring.comparison import compare_scores
from teeth_unet.scoring.intervals import (
    bootstrap_grouped_mean,
    bootstrap_grouped_median,
    bootstrap_interval,
)
from teeth_unet.scoring.records import (
    Calibration,
    CalibrationBin,
    Comparison,
    ComparisonOfBothSizes,
    CrossValidationScores,
    DecisionThreshold,
    FoldScores,
    MadeWith,
    ScoreDifference,
    ScoreName,
    Scores,
    ScoreStatistics,
    ScoreSummary,
    SummaryOfBothSizes,
    TeethScores,
    TeethSummary,
)
from teeth_unet.scoring.settings import Scoring
from teeth_unet.scoring.surfaces import SurfaceScores, find_boundary, score_surfaces
from teeth_unet.scoring.teeth import (
    Match,
    TeethOfCase,
    match_teeth,
    score_matched_teeth,
    summarise_teeth,
)
from teeth_unet.scoring.thresholds import choose_threshold

__all__ = [
    "LOWER_IS_BETTER",
    "NATIVE",
    "SCORES",
    "Calibration",
    "CalibrationBin",
    "Comparison",
    "ComparisonOfBothSizes",
    "CrossValidationScores",
    "DecisionThreshold",
    "FoldScores",
    "MadeWith",
    "Match",
    "ScoreDifference",
    "ScoreName",
    "ScoreStatistics",
    "ScoreSummary",
    "Scores",
    "Scoring",
    "SummaryOfBothSizes",
    "SurfaceScores",
    "TeethOfCase",
    "TeethScores",
    "TeethSummary",
    "bootstrap_grouped_mean",
    "bootstrap_grouped_median",
    "bootstrap_interval",
    "choose_threshold",
    "compare_scores",
    "find_boundary",
    "match_teeth",
    "score_calibration",
    "score_case",
    "score_matched_teeth",
    "score_surfaces",
    "spread_by_dice",
    "summarise_both_sizes",
    "summarise_cases",
    "summarise_teeth",
]
