"""What can be asked for, and what it needs."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from teeth_unet import exporting
from teeth_unet.errors import InputError
from teeth_unet.exporting import FORMATS, Export, needs


def test_formats_can_be_written_in_one_text_and_come_in_the_order_of_the_table():
    assert Export(formats="litert_int8+onnx").formats == ("onnx", "litert_int8")
    assert Export(formats=["saved_model"]).formats == ("saved_model",)
    assert Export(formats=["onnx", "onnx"]).formats == ("onnx",)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"formats": "tflite"}, "unknown format 'tflite': did you mean 'litert'"),
        (
            {"formats": "coreml"},
            "known are: litert, litert_float16, litert_int8, onnx, onnx_int8, saved_model",
        ),
        ({"formats": []}, "at least 1 item"),
        ({"calibration_cases": 0}, "greater than or equal to 1"),
        ({"cases": 0}, "greater than or equal to 1"),
        ({"repeats": 0}, "greater than or equal to 1"),
        ({"format": "onnx"}, "did you mean 'formats'"),
    ],
)
def test_other_settings_are_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        Export(**settings)


def test_by_default_nothing_is_lost():
    assert all(FORMATS[name].exact for name in Export().formats)
    assert [name for name in FORMATS if not FORMATS[name].exact] == [
        "litert_float16",
        "litert_int8",
        "onnx_int8",
    ]


@pytest.mark.parametrize(
    ("installed", "name", "missing"),
    [
        (set(), "onnx", "no tf2onnx and no onnxruntime installed"),
        ({"onnxruntime"}, "onnx", "no tf2onnx installed"),
        ({"tf2onnx", "onnxruntime"}, "litert", "no ai_edge_litert installed"),
        (set(), "onnx_int8", "no tf2onnx and no onnxruntime installed"),
        (set(), "litert_int8", "no ai_edge_litert installed"),
    ],
)
def test_without_its_modules_a_format_is_refused_with_what_to_install(
    monkeypatch, installed, name, missing
):
    monkeypatch.setattr(needs, "find_spec", lambda module: module in installed or None)
    with pytest.raises(InputError, match=rf'{name}: .*{missing}.*pip install -e "\.\[export\]"'):
        exporting.refuse_missing_modules(["saved_model", name])


def test_a_saved_model_needs_nothing_more(monkeypatch):
    monkeypatch.setattr(needs, "find_spec", lambda module: None)
    exporting.refuse_missing_modules(["saved_model"])


@pytest.mark.slow
def test_importing_the_room_imports_neither_tensorflow_nor_a_runtime():
    heavy = {"keras", "tensorflow", "onnx", "onnxruntime", "tf2onnx", "ai_edge_litert"}
    program = f"import sys, teeth_unet.exporting; print(sorted({heavy} & sys.modules.keys()))"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (finished.stdout, finished.stderr) == ("[]\n", "")
