"""Which case is for training, which for validation, which for testing."""

from teeth_unet.splits.folds import (
    PLACE_OF_FOLDS,
    CrossValidation,
    assign_folds,
    split_fold,
)
from teeth_unet.splits.leaks import refuse_leaks
from teeth_unet.splits.splitting import PARTS, Split, split_cases

__all__ = [
    "PARTS",
    "PLACE_OF_FOLDS",
    "CrossValidation",
    "Split",
    "assign_folds",
    "refuse_leaks",
    "split_cases",
    "split_fold",
]
