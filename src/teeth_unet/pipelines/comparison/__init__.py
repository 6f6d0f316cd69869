"""Two sets of scores are compared case by case."""

from teeth_unet.pipelines.comparison.pipeline import create_pipeline

__all__ = ["create_pipeline"]
