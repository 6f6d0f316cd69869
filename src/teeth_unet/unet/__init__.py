"""The network, its losses, its training and its predictions.

Importing this package is cheap: Keras and TensorFlow are imported when a function that needs
them is first asked for.
"""

import importlib
import os
import platform
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from teeth_unet import native_messages
from teeth_unet.errors import InputError, in_short
from teeth_unet.unet.checkpoint_file import CheckpointFile, CheckpointFolder
from teeth_unet.unet.distribution import choose_backend, meeting_of
from teeth_unet.unet.history import best_epoch, record_training, start_in_words, why_last_epoch
from teeth_unet.unet.levels import Masks, Pictures
from teeth_unet.unet.protocol import (
    Checkpoint,
    CheckpointStore,
    CheckpointStores,
    Model,
    Predictor,
)
from teeth_unet.unet.records import StartRecord, TrainingHistory, TrainingRecord
from teeth_unet.unet.settings import (
    PACKAGE,
    SCRATCH,
    Augmentation,
    Distribution,
    Fitting,
    Network,
    Prediction,
    Training,
    check_size,
)
from teeth_unet.unet.targets import Channel

if TYPE_CHECKING:
    from teeth_unet.unet.compiling import compile_model
    from teeth_unet.unet.fitting import fit_model
    from teeth_unet.unet.folding import fold_normalisation
    from teeth_unet.unet.hosts import join
    from teeth_unet.unet.labelling import build_label_unet, compile_label_unet
    from teeth_unet.unet.network import build_unet, layer_table
    from teeth_unet.unet.precision import backend_name
    from teeth_unet.unet.prediction import make_predictor, predict
    from teeth_unet.unet.resuming import software_versions
    from teeth_unet.unet.rounding import round_weights
    from teeth_unet.unet.saving import load_model, save_model

_HOMES = {
    "backend_name": "precision",
    "build_label_unet": "labelling",
    "build_unet": "network",
    "compile_label_unet": "labelling",
    "compile_model": "compiling",
    "fit_model": "fitting",
    "fold_normalisation": "folding",
    "join": "hosts",
    "load_model": "saving",
    "layer_table": "network",
    "make_predictor": "prediction",
    "predict": "prediction",
    "round_weights": "rounding",
    "save_model": "saving",
    "software_versions": "resuming",
}

__all__ = [
    "PACKAGE",
    "SCRATCH",
    "Augmentation",
    "Channel",
    "Checkpoint",
    "CheckpointFile",
    "CheckpointFolder",
    "CheckpointStore",
    "CheckpointStores",
    "Distribution",
    "Fitting",
    "Masks",
    "Model",
    "Network",
    "Pictures",
    "Prediction",
    "Predictor",
    "StartRecord",
    "Training",
    "TrainingHistory",
    "TrainingRecord",
    "backend_name",
    "best_epoch",
    "build_label_unet",
    "build_unet",
    "check_size",
    "choose_backend",
    "compile_label_unet",
    "compile_model",
    "fit_model",
    "fold_normalisation",
    "join",
    "layer_table",
    "load_model",
    "make_predictor",
    "meeting_of",
    "predict",
    "record_training",
    "round_weights",
    "save_model",
    "software_versions",
    "start_in_words",
    "why_last_epoch",
]


X86 = ("x86_64", "AMD64")
"""What Linux and Windows call processors of Intel's and AMD's kind with 64 bits."""

_BACKENDS = {
    "tensorflow": "it belongs to this project",
    "jax": 'pip install -e ".[jax]"',
    "torch": "pip install torch",
}


def _prepare_tensorflow() -> None:
    """Set what TensorFlow reads from the environment, unless the user has set it."""
    # TensorFlow tells at every import that oneDNN rounds differently and that there is no
    # CUDA, before it has read TF_CPP_MIN_LOG_LEVEL (tensorflow/tensorflow issue 100442). The
    # level still serves for what comes later.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # errors arrive as Python exceptions
    if platform.machine() in X86:
        # On Linux TensorFlow uses oneDNN by itself only where a processor has VNNI or newer. With
        # AVX2 alone a training step takes half the time with it, too: tests/benchmarks/README.md.
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def _import_keras() -> None:
    """Import Keras for the first time.

    Raises:
        InputError: It is told to compute with something that it does not know, or that is not
            installed.
    """
    try:
        with native_messages.held_back():
            importlib.import_module("keras")
    except Exception as failure:
        backend = _asked_for(failure)
        if not backend or (backend in _BACKENDS and find_spec(backend) is not None):
            raise
        remedy = "Leave it out, or correct it"
        if backend in _BACKENDS:
            remedy += f"; or install it: {_BACKENDS[backend]}"
        raise InputError(
            "KERAS_BACKEND" if os.environ.get("KERAS_BACKEND") else "backend in keras.json",
            f"{', '.join(list(_BACKENDS)[:-1])} or {list(_BACKENDS)[-1]}, and that it is installed",
            f"{backend!r} ({in_short(failure)})",
            f"{remedy}.",
        ) from failure


def _asked_for(failure: Exception) -> str:
    """Return the backend that Keras was told to import when it failed, if that is known."""
    if told := os.environ.get("KERAS_BACKEND"):
        return told
    # This much of Keras is there after most failures, and has read keras.json.
    config = sys.modules.get("keras.src.backend.config")
    if config:
        return str(config.backend())
    missing = failure.name if isinstance(failure, ModuleNotFoundError) else None
    return missing if missing in _BACKENDS else ""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if "keras" not in sys.modules:
        _prepare_tensorflow()
        _import_keras()
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
