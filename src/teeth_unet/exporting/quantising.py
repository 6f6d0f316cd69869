"""ONNX models that compute in whole numbers of 8 bits."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from teeth_unet.exporting.settings import INPUT

if TYPE_CHECKING:
    import onnx

QUANTISED = ("Conv", "ConvTranspose", "Relu", "MaxPool", "AveragePool", "Concat", "Resize")
"""Operations in int8: what lies between two convolutions is among them, so that no value becomes a
float on its way. Without `Relu` a convolution's output would be rounded before its negative half
is cut off, and half of the 256 steps were lost."""


def quantise_onnx(model: "onnx.ModelProto", calibration: NDArray[np.float32]) -> "onnx.ModelProto":
    """Quantise a model statically: to int8 with the scales that calibration X-rays give.

    Weights get a scale for each output channel; values between layers one each, from their lowest
    and highest. Quantising and dequantising are nodes of the graph (QDQ), which onnxruntime fuses
    with those between them. The last convolution, which gives the logits, and what comes after it
    stay in float32: from 256 logits at most 256 probabilities came.

    Args:
        model: In float32, with the input `xray`.
        calibration: (n, size, size, 1) grey levels in [0, 1], at least one.

    Returns:
        The model in int8; input and output are float32, and have the same names.
    """
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quant_pre_process, quantize_static

    convolutions = [node.name for node in model.graph.node if node.op_type == "Conv"]
    with tempfile.TemporaryDirectory() as folder:
        shaped, quantised = Path(folder) / "shaped.onnx", Path(folder) / "quantised.onnx"
        # tf2onnx has optimised the graph; what is missing is the shape of every value.
        quant_pre_process(model, shaped, skip_optimization=True, skip_symbolic_shape=True)
        quantize_static(
            shaped,
            quantised,
            _Reader(calibration),
            QuantFormat.QDQ,
            op_types_to_quantize=list(QUANTISED),
            nodes_to_exclude=convolutions[-1:],
            per_channel=True,
            # Weights of 7 bits: processors without VNNI (AVX2, early AVX-512) add two products in
            # 16 bits, which 8 bits by 8 overflow. A file may run anywhere.
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        return onnx.load(quantised)


class _Reader:
    """X-rays one by one, as `onnxruntime.quantization.CalibrationDataReader` gives them."""

    def __init__(self, xrays: NDArray[np.float32]) -> None:
        self._rest: Iterator[NDArray[np.float32]] = iter(xrays)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        xray = next(self._rest, None)
        return None if xray is None else {INPUT: np.asarray(xray[np.newaxis], np.float32)}
