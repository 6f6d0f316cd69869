"""Exported networks in their own runtimes."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from teeth_unet import native_messages
from teeth_unet.exporting.settings import FORMATS, INPUT, OUTPUT
from teeth_unet.unet import Predictor

THREADS = 2


def run(files: Mapping[str, bytes], format_name: str) -> Predictor:
    """Load an exported network in the runtime of its format.

    Args:
        files: Path within the folder of all formats -> content.
        format_name: Name of `FORMATS`.

    Returns:
        A function that predicts, one X-ray after the other, on two threads; a SavedModel on as
        many as TensorFlow was started with.
    """
    path, runtime = FORMATS[format_name].path, FORMATS[format_name].runtime
    if runtime == "tensorflow":
        prefix = f"{path}/"
        return run_saved_model(
            {name.removeprefix(prefix): files[name] for name in files if name.startswith(prefix)}
        )
    return (run_onnx if runtime == "onnxruntime" else run_litert)(files[path])


def run_onnx(content: bytes) -> Predictor:
    """Load an ONNX model in onnxruntime, on the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    return _one_by_one(lambda xray: session.run([OUTPUT], {INPUT: xray})[0])


def run_litert(content: bytes) -> Predictor:
    """Load a LiteRT model in LiteRT's interpreter."""
    with native_messages.held_back():
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(model_content=content, num_threads=THREADS)
        interpreter.allocate_tensors()
        runner = interpreter.get_signature_runner()
    return _one_by_one(lambda xray: runner(**{INPUT: xray})[OUTPUT])


def run_saved_model(files: Mapping[str, bytes]) -> Predictor:
    """Load a SavedModel in TensorFlow.

    Args:
        files: Path within the SavedModel's folder -> content.
    """
    with native_messages.held_back():
        import tensorflow as tf

        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            loaded = tf.saved_model.load(folder)

    def predict_one(xray: NDArray[np.float32]) -> NDArray[np.float32]:
        # Asked for here, so that `loaded` lives on: a signature alone does not keep the weights.
        signature = loaded.signatures["serving_default"]
        found: NDArray[np.float32] = signature(**{INPUT: tf.constant(xray)})[OUTPUT].numpy()
        return found

    return _one_by_one(predict_one)


def _one_by_one(
    predict_one: Callable[[NDArray[np.float32]], NDArray[np.float32]],
) -> Predictor:
    def predict(x: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.concatenate([predict_one(np.asarray(x[row : row + 1])) for row in range(len(x))])

    return predict
