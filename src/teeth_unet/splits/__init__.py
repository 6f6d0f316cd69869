"""Which case is for training, which for validation, which for testing, and that none is for two."""

from teeth_unet.splits.cross_fitting import (
    divide_cases,
    fold_numbers,
    in_part,
    number_of_folds,
    taught_without,
)
from teeth_unet.splits.folds import deal_folds, split_fold
from teeth_unet.splits.leaks import refuse_leaks
from teeth_unet.splits.seen_cases import (
    SPLIT_ANEW,
    has_seen_test_cases,
    refuse_cases_seen_by_start,
    refuse_seen_cases,
    seen_by,
    tested_cases,
)
from teeth_unet.splits.settings import PLACE_OF_FOLDS, READ_FOR_FOLDS, CrossValidation, Split
from teeth_unet.splits.splitting import FEWEST_VALIDATED, PARTS, assign_parts
from teeth_unet.splits.usefulness import describe_parts, split_warnings

__all__ = [
    "FEWEST_VALIDATED",
    "PARTS",
    "PLACE_OF_FOLDS",
    "READ_FOR_FOLDS",
    "SPLIT_ANEW",
    "CrossValidation",
    "Split",
    "assign_parts",
    "deal_folds",
    "describe_parts",
    "divide_cases",
    "fold_numbers",
    "has_seen_test_cases",
    "in_part",
    "number_of_folds",
    "refuse_cases_seen_by_start",
    "refuse_leaks",
    "refuse_seen_cases",
    "seen_by",
    "split_fold",
    "split_warnings",
    "taught_without",
    "tested_cases",
]
