"""New X-rays are segmented, and their teeth counted and measured."""

from teeth_unet.pipelines.inference.pipeline import create_pipeline

__all__ = ["create_pipeline"]
