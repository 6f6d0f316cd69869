"""A fitted network in formats that other programs run: converted, loaded again and timed.

Importing this package is cheap: TensorFlow and the runtimes are imported when they are needed.
"""

from teeth_unet.exporting.comparison import (
    compare_networks,
    comparison_lines,
    comparison_rows,
    files_of,
    refuse_differences,
    told_recommendation,
)
from teeth_unet.exporting.conversions import (
    DESCRIPTION,
    Files,
    convert,
    to_litert,
    to_onnx,
    to_saved_model,
)
from teeth_unet.exporting.needs import refuse_missing_modules
from teeth_unet.exporting.records import ExportComparison, MeasuredFormat, NetworkDescription
from teeth_unet.exporting.runtimes import run, run_litert, run_onnx, run_saved_model
from teeth_unet.exporting.settings import FORMATS, Export, Format
from teeth_unet.exporting.timing import cores_used, seconds_each
from teeth_unet.unet import Predictor

__all__ = [
    "DESCRIPTION",
    "FORMATS",
    "Export",
    "ExportComparison",
    "Files",
    "Format",
    "MeasuredFormat",
    "NetworkDescription",
    "Predictor",
    "compare_networks",
    "comparison_lines",
    "comparison_rows",
    "convert",
    "cores_used",
    "files_of",
    "refuse_differences",
    "refuse_missing_modules",
    "run",
    "run_litert",
    "run_onnx",
    "run_saved_model",
    "seconds_each",
    "to_litert",
    "to_onnx",
    "to_saved_model",
    "told_recommendation",
]
