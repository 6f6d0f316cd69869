"""From a fitted network to files for other programs.

Every conversion returns `Files`: path within a folder -> content.
"""

import io
import json
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from teeth_unet import native_messages
from teeth_unet.exporting.quantising import quantise_onnx
from teeth_unet.exporting.records import NetworkDescription
from teeth_unet.exporting.settings import FORMATS, Precision
from teeth_unet.unet import Model

if TYPE_CHECKING:
    import tensorflow as tf

Files = dict[str, bytes]

OPSET = 18
"""Version of ONNX' operations: the highest that tf2onnx writes; runtimes since 2022 read it."""

DESCRIPTION = "unet.json"
"""Name of the file with the description, next to models and inside them."""


def convert(
    model: Model,
    format_name: str,
    *,
    mirror: bool,
    description: NetworkDescription,
    calibration: NDArray[np.float32],
) -> Files:
    """Convert a fitted network into one of `FORMATS`.

    Args:
        model: A fitted U-Net.
        format_name: Name of the format.
        mirror: Whether the converted network averages with the mirror image by itself.
        description: What a user has to know, JSON-able; written into the model.
        calibration: (n, size, size, 1) grey levels in [0, 1], at least one; only int8 needs them.

    Raises:
        InputError: Keras runs on another backend than TensorFlow.
    """
    asked_for = FORMATS[format_name]
    if asked_for.runtime == "tensorflow":
        files = to_saved_model(model, mirror=mirror, description=description)
        return {f"{asked_for.path}/{name}": content for name, content in files.items()}
    to_file = to_onnx if asked_for.runtime == "onnxruntime" else to_litert
    content = to_file(
        model, asked_for.precision, mirror=mirror, description=description, calibration=calibration
    )
    return {asked_for.path: content}


def to_saved_model(model: Model, *, mirror: bool, description: NetworkDescription) -> Files:
    """Convert into a SavedModel of TensorFlow; arguments as for `convert`.

    The description is an extra asset: `assets.extra/unet.json`.
    """
    with tempfile.TemporaryDirectory() as name:
        _save(model, name, mirror=mirror)
        extra = Path(name) / "assets.extra" / DESCRIPTION
        extra.parent.mkdir()
        extra.write_text(_as_json(description), "utf-8")
        return {
            path.relative_to(name).as_posix(): path.read_bytes()
            for path in sorted(Path(name).rglob("*"))
            if path.is_file()
        }


def to_onnx(
    model: Model,
    precision: Precision = "float32",
    *,
    mirror: bool,
    description: NetworkDescription,
    calibration: NDArray[np.float32] | None = None,
) -> bytes:
    """Convert into ONNX; arguments as for `convert`.

    Input and output are float32 in every precision; `int8` is as in `quantise_onnx`. The
    description is among the model's metadata: each entry as text, under its own name.

    Raises:
        ValueError: The precision is int8, and there are no X-rays to calibrate it with.
    """
    with native_messages.held_back():
        import onnx
        import tf2onnx

        from teeth_unet.exporting.serving import ServedNetwork

        served = ServedNetwork(model, mirror=mirror)
        proto, _ = tf2onnx.convert.from_function(
            served.serve, input_signature=served.serve.input_signature, opset=OPSET
        )
        if precision == "int8":
            proto = quantise_onnx(proto, _required(calibration))
    texts = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in description.items()
    }
    onnx.helper.set_model_props(proto, texts)
    content: bytes = proto.SerializeToString()
    return content


def to_litert(
    model: Model,
    precision: Precision = "float32",
    *,
    mirror: bool,
    description: NetworkDescription,
    calibration: NDArray[np.float32] | None = None,
) -> bytes:
    """Convert into LiteRT, the former TFLite; arguments as for `convert`.

    Input and output are float32 in every precision. `float16` keeps weights in 16 bits and
    computes in 32; `int8` keeps and computes in 8, to scales that the calibration X-rays give.
    The description is packed with the model, as LiteRT's associated files are: any program that
    opens zip archives finds `unet.json` in the file.

    Raises:
        ValueError: The precision is int8, and there are no X-rays to calibrate it with.
    """
    with tempfile.TemporaryDirectory() as folder, native_messages.held_back():
        _save(model, folder, mirror=mirror)
        converter = _converter(folder, precision, calibration)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Statistics for quantized inputs", UserWarning)
            content = io.BytesIO(converter.convert())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(DESCRIPTION, _as_json(description))
    return content.getvalue()


def _converter(
    folder: str, precision: Precision, calibration: NDArray[np.float32] | None
) -> "tf.lite.TFLiteConverter":
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if precision == "int8":
        xrays = _required(calibration)

        def one_by_one() -> Iterator[list[NDArray[np.float32]]]:
            for row in range(len(xrays)):
                yield [np.asarray(xrays[row : row + 1])]

        converter.representative_dataset = one_by_one
    return converter


def _required(calibration: NDArray[np.float32] | None) -> NDArray[np.float32]:
    if calibration is None:
        raise ValueError("expected X-rays to calibrate int8 with, received none")
    return calibration


def _save(model: Model, folder: str, *, mirror: bool) -> None:
    import tensorflow as tf

    from teeth_unet.exporting.serving import ServedNetwork

    served = ServedNetwork(model, mirror=mirror)
    with native_messages.held_back():
        tf.saved_model.save(served, folder, signatures=served.serve)


def _as_json(description: NetworkDescription) -> str:
    return json.dumps(description, indent=2, ensure_ascii=False)
