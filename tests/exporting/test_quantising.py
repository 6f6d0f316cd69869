"""What ONNX models in int8 compute with."""

import numpy as np
import pytest

from teeth_unet import exporting, unet
from teeth_unet.unet import Network

onnx = pytest.importorskip("onnx", reason='needs: pip install -e ".[export]"')
pytest.importorskip("onnxruntime", reason='needs: pip install -e ".[export]"')

pytestmark = pytest.mark.slow

SIZE = 32
FILTERS = (4, 8, 8)
CONVOLUTIONS = 2 * len(FILTERS) + 2 * (len(FILTERS) - 1)
"""Those of 3x3, two a block."""

NETWORKS = {
    "ours": ({"patch": 4}, {"Conv"}),
    "the article's": ({"upsampling": "transposed"}, {"Conv", "ConvTranspose"}),
    "average pooling": ({"pooling": "average"}, {"Conv"}),
}


@pytest.fixture(scope="module")
def xrays():
    """Two of them; in the second there is light that the first has not."""
    xrays = np.random.default_rng(2).random((2, SIZE, SIZE, 1), np.float32)
    return xrays * np.float32([0.5, 1]).reshape(2, 1, 1, 1)


def quantised(xrays, **changes):
    model = unet.build_unet(Network(filters=FILTERS, dropout=(0, 0, 0), **changes), SIZE, seed=1)
    content = exporting.to_onnx(model, "int8", mirror=False, description={}, calibration=xrays)
    return onnx.load_from_string(content).graph


@pytest.fixture(scope="module")
def graph(xrays):
    return quantised(xrays, patch=4)


def made_by(graph):
    return {name: node for node in graph.node for name in node.output}


def constants(graph):
    return {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}


def quantised_weights(graph):
    """Return the weights in int8 of every convolution that has them, with their scales."""
    origin, known = made_by(graph), constants(graph)
    nodes = [node for node in graph.node if node.op_type in ("Conv", "ConvTranspose")]
    sources = [origin[node.input[1]] for node in nodes if node.input[1] in origin]
    return [(known[source.input[0]], known[source.input[1]]) for source in sources]


@pytest.mark.parametrize("name", NETWORKS)
def test_every_convolution_but_the_last_is_in_int8(xrays, name):
    changes, kinds = NETWORKS[name]
    graph = quantised(xrays, **changes)
    nodes = [node for node in graph.node if node.op_type in ("Conv", "ConvTranspose")]
    assert {node.op_type for node in nodes} == kinds
    *others, last = nodes
    assert len(others) >= CONVOLUTIONS
    assert last.input[1] in constants(graph)  # its weights, as they were
    assert constants(graph)[last.input[1]].dtype == np.float32
    assert len(quantised_weights(graph)) == len(others)


@pytest.mark.parametrize("name", NETWORKS)
def test_between_convolutions_nothing_is_computed_in_float(xrays, name):
    graph = quantised(xrays, **NETWORKS[name][0])
    origin = made_by(graph)
    inner = ("MaxPool", "AveragePool", "Concat", "Resize", "ConvTranspose")
    within = [node for node in graph.node if node.op_type in inner]
    assert {"Concat"} < {node.op_type for node in within}
    for node in within:
        assert origin[node.input[0]].op_type == "DequantizeLinear", node.op_type
    # What a convolution gives is cut off at 0 by rounding to uint8 itself.
    assert not any(node.op_type == "Relu" for node in graph.node)


def test_weights_have_seven_bits_and_a_scale_for_each_output_channel(graph):
    # 2 * 255 * 64 < 2**15: two products fit into the 16 bits in which AVX2 adds them.
    for weights, scales in quantised_weights(graph):
        assert weights.dtype == np.int8
        assert 60 < np.abs(weights.astype(int)).max() <= 64
        assert scales.shape == (len(weights),)


def test_all_calibration_xrays_count(xrays, graph):
    def scale_of_input(graph):
        known = constants(graph)
        first = next(node for node in graph.node if node.op_type == "QuantizeLinear")
        return known[first.input[1]].item()

    assert scale_of_input(graph) == pytest.approx(xrays.max() / 255)
    dark = quantised(xrays[:1], patch=4)
    assert scale_of_input(dark) == pytest.approx(xrays[0].max() / 255)
