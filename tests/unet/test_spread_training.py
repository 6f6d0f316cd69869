"""A training on several devices, or in several processes, is the training on one device."""

import importlib.util
import signal

import numpy as np
import pytest
import spread_training
from spread_training import finished, meeting, result_of, start

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("jax") is None,
        reason='JAX is not installed; it is an extra: pip install -e ".[jax]"',
    ),
]

ROUNDING = 1e-5
"""Largest difference of a weight; they are as large as 1, and were measured to differ by 2e-7."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """What JAX has compiled already."""
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture(scope="module")
def alone(cache, tmp_path_factory):
    """The result of one device."""
    result = tmp_path_factory.mktemp("alone") / "result.npz"
    code, printed = finished(start(result, cache, backend="jax"))
    assert code == 0, printed
    return result_of(result)


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=0, atol=ROUNDING)


def test_two_devices_of_one_process_give_the_weights_of_one(alone, cache, tmp_path):
    settings = {"distribution": "data_parallel"}
    process = start(tmp_path / "r.npz", cache, devices=2, training=settings)
    code, printed = finished(process)
    assert code == 0, printed
    assert_same(result_of(tmp_path / "r.npz"), alone)


def together(folder, cache, settings, **task):
    """Start a process for each of the settings; return exit code and lines of each."""
    processes = [
        start(
            folder / f"{number}.npz",
            cache,
            training={"distribution": each},
            checkpoint=str(folder / f"checkpoint_{number}.npz"),
            **{name: value for name, value in task.items() if name != "of_last"},
            **(task.get("of_last", {}) if number == len(settings) - 1 else {}),
        )
        for number, each in enumerate(settings)
    ]
    return [finished(process) for process in processes]


def test_two_processes_give_the_weights_of_one_device_and_the_first_alone_writes(
    alone, cache, tmp_path
):
    for code, printed in together(tmp_path, cache, meeting()):
        assert code == 0, printed
    for number in range(2):
        assert_same(result_of(tmp_path / f"{number}.npz"), alone)
    assert (tmp_path / "checkpoint_0.npz").exists()
    assert not (tmp_path / "checkpoint_1.npz").exists()


def test_a_lost_process_ends_the_others_with_a_message_and_those_left_go_on(alone, cache, tmp_path):
    # Reads come up to four batches early; each of four epochs has two.
    lost, left = {"kill_at": 8}, meeting()
    (code, printed), (killed, _) = together(tmp_path, cache, left, of_last=lost)
    assert killed == -signal.SIGKILL
    assert code not in (0, -signal.SIGKILL)
    assert "Start the same command again on those that are left" in printed
    assert "Epoch 1/4" in printed
    assert "Epoch 4/4" not in printed
    first = {"kind": "data_parallel"}
    code, printed = together(tmp_path, cache, [first])[0]
    assert code == 0, printed
    assert "Going on after epoch" in printed
    assert_same(result_of(tmp_path / "0.npz"), alone)


def test_processes_with_other_data_are_refused_on_both_sides(cache, tmp_path):
    answers = together(tmp_path, cache, meeting(), of_last={"other_data": True})
    (first, printed), (last, printed_by_last) = answers
    assert first == last == 1
    assert "expected the same data, parameters and versions in all processes" in printed
    assert "others than in process 1" in printed
    assert "others than in process 0: x_train has changed" in printed_by_last


def test_a_process_that_finds_no_first_one_is_refused(cache, tmp_path):
    settings = {"distribution": meeting()[1]}
    process = start(tmp_path / "r.npz", cache, training=settings, patience=0)
    code, printed = finished(process)
    assert code == 1
    assert "training.distribution.address 127.0.0.1:" in printed
    assert "expected the first process, found an error ([Errno" in printed


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"distribution": "data_parallel", "batch_size": 3},
            "training.batch_size: expected a multiple of 2, as there are 2 devices, each with the "
            "same share, found 3. Use for example --params training.batch_size=4",
        ),
        (
            {"distribution": "mirrored"},
            "training.distribution=mirrored: expected a GPU that JAX computes on, found none. ",
        ),
    ],
)
def test_devices_that_do_not_do_are_refused(cache, tmp_path, settings, message):
    process = start(tmp_path / "r.npz", cache, devices=2, training=settings)
    code, printed = finished(process)
    assert code == 1
    assert message in printed


def test_tensorflow_and_jax_fit_the_same_network_where_nothing_is_drawn(cache, tmp_path):
    """Both draw other initial weights and drop other activations from the same seed."""
    from small_unets import small_network

    from teeth_unet import unet

    network = small_network(dropout=(0, 0))
    model = unet.compile_model(
        network, spread_training.training({}), size=spread_training.SIZE, train_cases=1
    )
    np.savez(tmp_path / "weights.npz", *model.get_weights())
    found = {}
    for backend in ("tensorflow", "jax"):
        begun = {"weights": str(tmp_path / "weights.npz"), "dropout": 0}
        process = start(tmp_path / f"{backend}.npz", cache, backend=backend, **begun)
        code, printed = finished(process)
        assert code == 0, printed
        found[backend] = result_of(tmp_path / f"{backend}.npz")
    for name, expected in found["tensorflow"].items():
        np.testing.assert_allclose(found["jax"][name], expected, rtol=0, atol=ROUNDING)
