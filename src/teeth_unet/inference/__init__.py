"""New X-rays are segmented one by one, and their teeth counted and measured."""

from teeth_unet.inference.all_xrays import join_shards, segment_all, segment_shard, shard_of
from teeth_unet.inference.cases import look_at, make_result, open_xray
from teeth_unet.inference.doubt import doubt_of
from teeth_unet.inference.predicting import XrayPredictor, make_xray_predictor
from teeth_unet.inference.progress import Progress
from teeth_unet.inference.protocol import CaseResult, ResultStore
from teeth_unet.inference.records import CaseRow, InferenceSummary, MeasuredToothRow
from teeth_unet.inference.result_folders import SIGN, is_result_folder
from teeth_unet.inference.results import ResultFolder
from teeth_unet.inference.settings import Inference
from teeth_unet.inference.tables import (
    for_review,
    gather_tables,
    refuse_failures,
    tell,
    tell_review,
    tell_warnings,
    write_tables,
)
from teeth_unet.inference.tooth_table import ToothTable

__all__ = [
    "SIGN",
    "CaseResult",
    "CaseRow",
    "Inference",
    "InferenceSummary",
    "MeasuredToothRow",
    "Progress",
    "ResultFolder",
    "ResultStore",
    "ToothTable",
    "XrayPredictor",
    "doubt_of",
    "for_review",
    "gather_tables",
    "is_result_folder",
    "join_shards",
    "look_at",
    "make_result",
    "make_xray_predictor",
    "open_xray",
    "refuse_failures",
    "segment_all",
    "segment_shard",
    "shard_of",
    "tell",
    "tell_review",
    "tell_warnings",
    "write_tables",
]
