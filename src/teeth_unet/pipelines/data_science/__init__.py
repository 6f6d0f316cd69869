"""A network is compiled, fitted, applied to the test cases and scored."""

from teeth_unet.pipelines.data_science.pipeline import create_helping_pipeline, create_pipeline

__all__ = ["create_helping_pipeline", "create_pipeline"]
