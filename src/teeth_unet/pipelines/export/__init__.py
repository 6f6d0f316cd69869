"""A fitted network is converted for other programs, compared with itself, and described."""

from teeth_unet.pipelines.export.pipeline import create_pipeline

__all__ = ["create_pipeline"]
