"""Trainings that are killed and started again."""

import json
import re
import signal
from dataclasses import dataclass

import interrupted
import numpy as np
import pytest
from interrupted import EPOCHS, NEVER, STEPS

pytestmark = pytest.mark.slow

# Two batches are prepared ahead of the network, so that a read comes early by up to three steps:
# these lie in the second and in the fourth epoch of the whole training.
FIRST_KILL, SECOND_KILL = 2 * STEPS + 2, 2 * STEPS + 2


@dataclass
class Outcome:
    weights: list[np.ndarray]
    history: dict[str, list[float]]
    printed: str


def outcome(path, printed):
    with np.load(path) as result:
        weights = [result[name] for name in result.files if name != "history"]
        return Outcome(weights, json.loads(str(result["history"])), printed)


@pytest.fixture(scope="module", params=["float32", "mixed_bfloat16"])
def undisturbed(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    changes = {"precision": request.param}
    code, printed = interrupted.run(folder / "checkpoint.npz", folder / "r.npz", **changes)
    assert code == 0, printed
    return changes, outcome(folder / "r.npz", printed)


@pytest.fixture(scope="module")
def killed_twice(undisturbed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    changes, _ = undisturbed
    files = folder / "checkpoint.npz", folder / "r.npz"
    for kill in (FIRST_KILL, SECOND_KILL):
        code, printed = interrupted.run(*files, kill, **changes)
        assert code == -signal.SIGKILL, printed
    code, printed = interrupted.run(*files, NEVER, **changes)
    assert code == 0, printed
    return outcome(files[1], printed)


def test_a_training_killed_twice_ends_with_the_same_weights_bit_for_bit(undisturbed, killed_twice):
    for ours, theirs in zip(killed_twice.weights, undisturbed[1].weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_training_killed_twice_has_the_same_history(undisturbed, killed_twice):
    expected = undisturbed[1].history
    assert expected["epoch"] == list(range(1, EPOCHS + 1))
    assert killed_twice.history.keys() == expected.keys()
    for name in expected.keys() - {"seconds"}:
        assert killed_twice.history[name] == expected[name]


def test_the_last_of_them_went_on_and_did_not_start_anew(killed_twice):
    going_on = re.search(rf"Going on after epoch (\d) of {EPOCHS}", killed_twice.printed)
    begun = int(going_on.group(1))
    assert begun >= 2
    trained = re.findall(rf"^Epoch (\d)/{EPOCHS}", killed_twice.printed, re.MULTILINE)
    assert trained == [str(epoch) for epoch in range(begun + 1, EPOCHS + 1)]
