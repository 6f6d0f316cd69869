from functools import partial

import pytest
import tensorflow as tf

from teeth_unet.unet import precision


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine without accelerators whose processor has the flags that a test gives it."""
    cpuinfo = tmp_path / "cpuinfo"
    has_bfloat16_cpu = partial(precision._has_bfloat16_cpu, cpuinfo)
    monkeypatch.setattr(precision, "_has_bfloat16_cpu", has_bfloat16_cpu)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: [])
    return cpuinfo


@pytest.mark.parametrize(
    ("cpuinfo", "chosen"),
    [
        ("processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512_bf16 sse\n", "mixed_bfloat16"),
        ("processor\t: 0\nflags\t\t: fpu amx_tile amx_bf16\n", "mixed_bfloat16"),
        ("processor\t: 0\nflags\t\t: fpu avx2 avx512f\n", "float32"),
        ("model name\t: avx512_bf16\nflags\t\t: fpu\n", "float32"),
        ("processor\t: 0\nFeatures\t: fp asimd bf16\n", "float32"),
        ("", "float32"),
    ],
)
def test_bfloat16_is_chosen_where_the_processor_multiplies_in_it(machine, cpuinfo, chosen):
    machine.write_text(cpuinfo)
    assert precision.choose_precision("auto") == chosen


def test_float32_is_chosen_where_nothing_is_known_of_the_processor(machine):
    assert precision.choose_precision("auto") == "float32"


@pytest.mark.parametrize(
    ("details", "chosen"),
    [
        ([{"compute_capability": (8, 0)}], "mixed_bfloat16"),
        ([{"compute_capability": (7, 5)}, {"compute_capability": (9, 0)}], "mixed_bfloat16"),
        ([{"compute_capability": (7, 5)}], "float32"),
        ([{"device_name": "unknown"}], "float32"),
    ],
)
def test_bfloat16_is_chosen_on_an_accelerator_from_compute_capability_8(
    machine, monkeypatch, details, chosen
):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: details)
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda detail: detail)
    assert precision.choose_precision("auto") == chosen


@pytest.mark.parametrize("wanted", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("flags", ["flags : avx512_bf16\n", "flags : fpu\n"])
def test_a_precision_that_is_asked_for_is_taken_on_any_machine(machine, flags, wanted):
    machine.write_text(flags)
    assert precision.choose_precision(wanted) == wanted


def test_the_choice_is_logged(machine, caplog):
    with caplog.at_level("INFO", logger=precision.__name__):
        precision.choose_precision("auto")
    assert caplog.messages == ["Precision: float32, chosen for this machine"]
