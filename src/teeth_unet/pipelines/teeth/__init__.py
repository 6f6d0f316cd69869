"""The teeth of the test cases are told apart, counted, measured, scored and drawn."""

from teeth_unet.pipelines.teeth.pipeline import create_pipeline

__all__ = ["create_pipeline"]
