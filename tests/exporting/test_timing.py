"""Networks are timed in turns, and on two cores."""

import os

import numpy as np
import pytest

from teeth_unet.exporting import cores_used, seconds_each, timing

XRAY = np.zeros((1, 8, 8, 1), np.float32)


def test_networks_take_turns_after_one_run_that_does_not_count():
    runs = []
    predictors = {name: lambda x, name=name: runs.append(name) for name in ("keras", "onnx")}
    assert list(seconds_each(predictors, XRAY, 2)) == ["keras", "onnx"]
    assert runs == ["keras", "onnx"] * 3


def test_the_time_is_the_median_of_the_runs(monkeypatch):
    clock = iter([0, 3, 10, 11, 20, 29])  # 3, 1 and 9 seconds
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(clock))
    assert seconds_each({"onnx": lambda x: x}, XRAY, 3) == {"onnx": 3}


@pytest.mark.parametrize("fails", [False, True])
def test_all_threads_are_kept_on_two_cores_and_let_go_again(monkeypatch, tmp_path, fails):
    for task in ("11", "12"):
        (tmp_path / task).touch()
    cores = {0: {3, 1, 2, 7}}
    monkeypatch.setattr(timing, "TASKS", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", cores.__getitem__, raising=False)
    monkeypatch.setattr(os, "sched_setaffinity", cores.__setitem__, raising=False)

    def predict(x):
        assert (cores[11], cores[12]) == ({1, 2}, {1, 2})
        if fails:
            raise ArithmeticError

    try:
        seconds_each({"onnx": predict}, XRAY, 1)
    except ArithmeticError:
        assert fails
    assert (cores[11], cores[12]) == ({1, 2, 3, 7}, {1, 2, 3, 7})
    assert cores_used() == 2


def test_where_cores_cannot_be_chosen_all_are_used(monkeypatch):
    for name in ("sched_getaffinity", "sched_setaffinity"):
        monkeypatch.delattr(os, name, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 12)
    assert cores_used() == 12
    assert seconds_each({"onnx": lambda x: x}, XRAY, 1).keys() == {"onnx"}
