"""A fitted network in formats that other programs run: converted, loaded again and timed.

Importing this package is cheap: TensorFlow and the runtimes are imported when they are needed.
"""

from teeth_unet.exporting.conversions import (
    DESCRIPTION,
    Files,
    convert,
    to_litert,
    to_onnx,
    to_saved_model,
)
from teeth_unet.exporting.needs import refuse_missing_modules
from teeth_unet.exporting.runtimes import (
    Predictor,
    run,
    run_litert,
    run_onnx,
    run_saved_model,
)
from teeth_unet.exporting.settings import FORMATS, Export, Format
from teeth_unet.exporting.timing import cores_used, seconds_each

__all__ = [
    "DESCRIPTION",
    "FORMATS",
    "Export",
    "Files",
    "Format",
    "Predictor",
    "convert",
    "cores_used",
    "refuse_missing_modules",
    "run",
    "run_litert",
    "run_onnx",
    "run_saved_model",
    "seconds_each",
    "to_litert",
    "to_onnx",
    "to_saved_model",
]
