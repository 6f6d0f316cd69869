"""From nothing but settings to the network of the package, taught by drawings alone."""

from teeth_unet.pipelines.pretraining.pipeline import create_pipeline

__all__ = ["create_pipeline"]
