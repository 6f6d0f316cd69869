"""Which case is for training, which for validation, which for testing."""

from teeth_unet.splits.splitting import PARTS, Split, split_cases

__all__ = ["PARTS", "Split", "split_cases"]
