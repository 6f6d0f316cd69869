"""From nothing but settings to a network that drawings alone have taught."""

from teeth_unet.pipelines.pretraining.pipeline import create_pipeline

__all__ = ["create_pipeline"]
