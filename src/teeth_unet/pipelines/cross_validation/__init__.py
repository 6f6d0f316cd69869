"""Every case is scored once, by a network that was fitted without it."""

from teeth_unet.pipelines.cross_validation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
