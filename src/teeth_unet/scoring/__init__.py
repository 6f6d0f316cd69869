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
    LEAST_CASES,
    describe_interval,
    interval_of_grouped_mean,
    interval_of_grouped_median,
    interval_of_mean,
    interval_of_share,
    interval_of_signed_mean,
    why_no_interval,
)
from teeth_unet.scoring.number_scores import NumberScores, score_numbers
from teeth_unet.scoring.number_tables import NO_TOOTH, NOT_FOUND
from teeth_unet.scoring.number_tallies import NumberedPair
from teeth_unet.scoring.numbered_cases import number_pairs, summarise_numbers
from teeth_unet.scoring.pairing import IDENTITY, PairedCases, pair_cases
from teeth_unet.scoring.records import (
    Calibration,
    CalibrationBin,
    Comparison,
    ComparisonOfBothSizes,
    CrossValidationScores,
    CrossValidationTeeth,
    DecisionThreshold,
    FoldScores,
    MadeWith,
    NumberSummary,
    ScoreDifference,
    ScoreName,
    Scores,
    ScoresOfNumbers,
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
    "IDENTITY",
    "LEAST_CASES",
    "LOWER_IS_BETTER",
    "NATIVE",
    "NOT_FOUND",
    "NO_TOOTH",
    "SCORES",
    "Calibration",
    "CalibrationBin",
    "Comparison",
    "ComparisonOfBothSizes",
    "CrossValidationScores",
    "CrossValidationTeeth",
    "DecisionThreshold",
    "FoldScores",
    "MadeWith",
    "Match",
    "NumberScores",
    "NumberSummary",
    "NumberedPair",
    "PairedCases",
    "ScoreDifference",
    "ScoreName",
    "ScoreStatistics",
    "ScoreSummary",
    "Scores",
    "ScoresOfNumbers",
    "Scoring",
    "SummaryOfBothSizes",
    "SurfaceScores",
    "TeethOfCase",
    "TeethScores",
    "TeethSummary",
    "choose_threshold",
    "compare_scores",
    "describe_interval",
    "find_boundary",
    "interval_of_grouped_mean",
    "interval_of_grouped_median",
    "interval_of_mean",
    "interval_of_share",
    "interval_of_signed_mean",
    "match_teeth",
    "number_pairs",
    "pair_cases",
    "score_calibration",
    "score_case",
    "score_matched_teeth",
    "score_numbers",
    "score_surfaces",
    "spread_by_dice",
    "summarise_both_sizes",
    "summarise_cases",
    "summarise_numbers",
    "summarise_teeth",
    "why_no_interval",
]
