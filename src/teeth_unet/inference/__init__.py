"""New X-rays are segmented one by one, and their teeth counted and measured."""

from teeth_unet.inference.cases import look_at, make_result, open_xray
from teeth_unet.inference.predicting import Predictor, make_predictor
from teeth_unet.inference.protocol import CaseResult, ResultStore
from teeth_unet.inference.segmenting import segment_xrays
from teeth_unet.inference.settings import Inference

__all__ = [
    "CaseResult",
    "Inference",
    "Predictor",
    "ResultStore",
    "look_at",
    "make_predictor",
    "make_result",
    "open_xray",
    "segment_xrays",
]
