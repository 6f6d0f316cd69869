"""Scores and predictions become pictures and texts."""

from teeth_unet.pipelines.reporting.pipeline import create_pipeline

__all__ = ["create_pipeline"]
