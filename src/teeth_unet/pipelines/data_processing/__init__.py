"""Raw X-rays and masks become checked, split arrays of one size."""

from teeth_unet.pipelines.data_processing.pipeline import create_pipeline

__all__ = ["create_pipeline"]
