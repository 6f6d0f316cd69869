"""Every format gives what the network gives, within its own runtime."""

import functools
import io
import json
import zipfile

import numpy as np
import pytest

from teeth_unet import exporting, unet
from teeth_unet.errors import InputError
from teeth_unet.exporting import FORMATS
from teeth_unet.unet import Network, Prediction

pytestmark = pytest.mark.slow

SIZE = 32

NETWORKS = {
    "ours": {"patch": 4},
    "the article's": {"normalisation_place": "after_block", "upsampling": "transposed"},
    "group normalisation": {"normalisation": "group", "pooling": "average"},
}

DESCRIPTION = {"fingerprint": "0123abcd", "threshold": 0.5, "output": {"name": "probabilities"}}


def skip_without_extra(format_name):
    for module in FORMATS[format_name].needs:
        pytest.importorskip(module, reason='needs: pip install -e ".[export]"')


@pytest.fixture(scope="module")
def model(request):
    """A network whose normalisations have seen pictures, so that folding them matters."""
    changes = {"filters": (4, 8, 8), "dropout": (0.0, 0.0, 0.1), **NETWORKS[request.param]}
    model = unet.build_unet(Network(**changes), SIZE, seed=1)
    rng = np.random.default_rng(1)
    for weights in model.non_trainable_variables:
        if weights.name == "moving_mean":
            weights.assign(rng.uniform(-0.2, 0.2, weights.shape))
        if weights.name == "moving_variance":
            weights.assign(rng.uniform(0.5, 1.5, weights.shape))
    return model


@pytest.fixture(scope="module")
def xrays():
    return np.random.default_rng(2).random((3, SIZE, SIZE, 1), np.float32)


def converted(model, format_name, xrays, mirror=True):
    return exporting.convert(
        model, format_name, mirror=mirror, description=DESCRIPTION, calibration=xrays
    )


@pytest.fixture(scope="module")
def files(model, xrays):
    """All formats of one network, each made when it is asked for, once."""

    @functools.cache
    def files_of(format_name):
        skip_without_extra(format_name)
        return converted(model, format_name, xrays)

    return files_of


@pytest.mark.parametrize(
    ("model", "format_name"),
    [
        *((name, format_name) for name in NETWORKS for format_name in ("onnx", "litert")),
        ("ours", "saved_model"),
    ],
    indirect=["model"],
)
def test_a_format_in_float32_gives_the_probabilities_of_the_network(
    model, files, xrays, format_name
):
    expected = unet.predict(model, xrays, Prediction(mirror=True))
    found = exporting.run(files(format_name), format_name)(xrays)
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    assert np.ptp(expected) > 0.1  # not all the same
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("model", ["ours"], indirect=True)
class TestOneNetwork:
    @pytest.mark.parametrize(
        ("format_name", "tolerance"),
        [("litert_float16", 0.01), ("litert_int8", 0.2), ("onnx_int8", 0.2)],
    )
    def test_fewer_bits_come_near(self, model, files, xrays, format_name, tolerance):
        expected = unet.predict(model, xrays, Prediction(mirror=True))
        found = exporting.run(files(format_name), format_name)(xrays)
        assert 1e-5 < np.abs(found - expected).max() < tolerance

    @pytest.mark.parametrize(
        ("format_name", "of", "share"),
        [
            ("litert_float16", "litert", 0.55),
            ("litert_int8", "litert", 0.3),
            ("onnx_int8", "onnx", 0.3),
        ],
    )
    def test_fewer_bits_take_less_room(self, model, xrays, format_name, of, share):
        skip_without_extra(format_name)
        wide = unet.build_unet(Network(filters=(16, 64, 128), dropout=(0, 0, 0)), SIZE, seed=1)
        sizes = [size(converted(wide, name, xrays)) for name in (format_name, of)]
        assert sizes[0] < share * sizes[1]

    def test_the_mirror_image_is_left_out_on_request(self, model, xrays):
        plain = unet.predict(model, xrays)
        predict = exporting.run(converted(model, "saved_model", xrays, mirror=False), "saved_model")
        np.testing.assert_allclose(predict(xrays), plain, atol=1e-5)
        assert np.abs(plain - unet.predict(model, xrays, Prediction(mirror=True))).max() > 1e-3

    def test_a_saved_model_holds_every_weight_once(self, model, files):
        weights = sum(4 * each.size for each in unet.fold_normalisation(model).get_weights())
        (held,) = (files("saved_model")[name] for name in files("saved_model") if "data-0" in name)
        # Beside the weights there is the table of their names.
        assert weights < len(held) < 1.9 * weights + 10_000

    def test_a_saved_model_says_what_it_is(self, files):
        saved = files("saved_model")
        assert "saved_model/saved_model.pb" in saved
        assert json.loads(saved["saved_model/assets.extra/unet.json"]) == DESCRIPTION

    @pytest.mark.parametrize("format_name", ["onnx", "onnx_int8"])
    def test_an_onnx_model_says_what_it_is(self, files, format_name):
        (content,) = files(format_name).values()
        import onnxruntime

        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        told = session.get_modelmeta().custom_metadata_map
        assert told == {
            "fingerprint": "0123abcd",
            "threshold": "0.5",
            "output": '{"name": "probabilities"}',
        }
        (given,), (got,) = session.get_inputs(), session.get_outputs()
        assert (given.name, given.shape) == ("xray", [1, SIZE, SIZE, 1])
        assert (got.name, got.shape) == ("probabilities", [1, SIZE, SIZE, 1])

    @pytest.mark.parametrize("format_name", ["litert", "litert_int8"])
    def test_a_litert_model_says_what_it_is(self, files, format_name):
        (content,) = files(format_name).values()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert json.loads(archive.read("unet.json")) == DESCRIPTION

    @pytest.mark.parametrize("to_file", [exporting.to_litert, exporting.to_onnx])
    def test_int8_without_xrays_to_calibrate_it_with_is_refused(self, model, to_file):
        skip_without_extra("onnx" if to_file is exporting.to_onnx else "litert")
        with pytest.raises(ValueError, match="X-rays to calibrate int8 with, received none"):
            to_file(model, "int8", mirror=False, description=DESCRIPTION)

    @pytest.mark.parametrize("format_name", ["onnx", "litert_int8", "onnx_int8"])
    def test_conversions_say_nothing(self, model, xrays, capfd, caplog, format_name):
        skip_without_extra(format_name)
        exporting.run(converted(model, format_name, xrays), format_name)(xrays)
        assert "".join(capfd.readouterr()) == ""
        assert [record for record in caplog.records if record.levelname != "INFO"] == []

    def test_other_backends_are_refused(self, model, xrays, monkeypatch):
        monkeypatch.setattr("keras.backend.backend", lambda: "jax")
        with pytest.raises(InputError, match=r"^KERAS_BACKEND: expected tensorflow.* found jax"):
            converted(model, "saved_model", xrays)


def size(files):
    return sum(map(len, files.values()))
