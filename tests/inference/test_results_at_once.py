"""Runs that write the same case at the same time, any of which may be killed."""

import random
import threading
from pathlib import Path

import pytest
from small_results import files, level, result, results

from teeth_unet.inference import ResultFolder
from teeth_unet.inference import results as inference_results

KINDS = {"one": ("masks", "overlays"), "two": ("masks", "uncertainty"), "old": ("masks",)}
LEVELS = {"old": 1, "one": 2, "two": 3}
STEPS = 70  # more than a write takes


def of(fingerprint):
    return result(fingerprint=fingerprint, level=LEVELS[fingerprint], kinds=KINDS[fingerprint])


class Killed(BaseException):
    """What no handler catches."""


class Run(threading.Thread):
    """A run that stops before each look at the folder, and each change of it, until it may go."""

    def __init__(self, function, dies_at=None):
        super().__init__(daemon=True)
        self.function, self.left = function, dies_at
        self.may_go, self.stopped = threading.Semaphore(0), threading.Semaphore(0)
        self.failure = None
        self.start()
        self.stopped.acquire()

    def run(self):
        try:
            self.pause()
            self.function()
        except Killed:
            pass
        except Exception as failure:
            self.failure = failure
        self.function = None
        self.stopped.release()

    def pause(self):
        if self.left is not None and self.left < 0:  # dead; this is only Python tidying up
            return
        self.stopped.release()
        self.may_go.acquire()
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed

    def go(self, steps):
        """Go so many steps, or to the end, and return how many it went."""
        for step in range(steps):
            if self.function is None:
                return step
            self.may_go.release()
            self.stopped.acquire()
        return steps


@pytest.fixture
def stepwise(monkeypatch):
    """Makes every `Run` stop at each step; what other threads do goes on as ever."""

    def stopping(function):
        def run(*arguments, **options):
            thread = threading.current_thread()
            if isinstance(thread, Run):
                thread.pause()
            return function(*arguments, **options)

        return run

    for name in ("_read", "_notes", "_write_json"):
        monkeypatch.setattr(ResultFolder, name, stopping(getattr(ResultFolder, name)))
    for name in ("file_sha256", "_save"):
        monkeypatch.setattr(inference_results, name, stopping(getattr(inference_results, name)))
    monkeypatch.setattr("os.fsync", lambda _: None)  # matters to power failures alone, and is slow
    monkeypatch.setattr("os.replace", stopping(__import__("os").replace))
    for name in ("unlink", "exists", "is_file"):
        monkeypatch.setattr(Path, name, stopping(getattr(Path, name)))


def check(folder):
    """Whatever has happened: what counts as done is whole, and the next run can make it anew."""
    store = ResultFolder(folder)
    for fingerprint, kinds in KINDS.items():
        if store.has("17", fingerprint):
            found = {level(folder / kind / "17.png") for kind in kinds}
            assert found == {LEVELS[fingerprint]}, fingerprint
    store.write(of("old"))
    assert store.has("17", "old")
    assert level(folder / "masks/17.png") == LEVELS["old"]
    assert results(folder) == {"masks/17.png", "rows/17.json"}
    assert store.keep_only([]) == 1
    assert files(folder) == set()


def begin(folder, earlier, dies_at=(None, None)):
    if earlier:
        ResultFolder(folder).write(of("old"))
    writes = (lambda name=name: ResultFolder(folder).write(of(name)) for name in ("one", "two"))
    return [Run(write, dies) for write, dies in zip(writes, dies_at, strict=True)]


def finish(runs):
    for run in runs:
        run.go(STEPS)
        run.join()
        if run.failure:
            raise run.failure


@pytest.mark.parametrize("earlier", [False, True])
def test_all_steps_of_a_write_are_tried_below(folder, stepwise, earlier):
    one, two = begin(folder, earlier)
    assert 20 < one.go(STEPS) < STEPS
    assert ResultFolder(folder).has("17", "one")
    finish([two])
    check(folder)


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("dies_after", [None, 0, 3, 12])
def test_a_whole_run_within_another_that_may_be_killed_afterwards(
    tmp_path, stepwise, earlier, dies_after
):
    for step in range(STEPS):
        folder = tmp_path / str(step)
        one, two = begin(folder, earlier)
        if one.go(step) < step:  # it was at its end before
            break
        finish([two])
        if dies_after is not None:
            one.left = dies_after
        finish([one])
        check(folder)


@pytest.mark.parametrize("seed", range(60))
def test_two_runs_take_turns_at_random_and_any_may_be_killed(folder, stepwise, seed):
    chance = random.Random(seed)
    dies_at = [chance.choice([None, chance.randrange(STEPS)]) for _ in range(2)]
    runs = begin(folder, chance.random() < 0.5, dies_at)
    for _ in range(40):
        chance.choice(runs).go(chance.randint(1, 12))
    finish(runs)
    check(folder)


def test_the_last_of_two_equal_runs_leaves_it_done(tmp_path, stepwise):
    for step in range(STEPS):
        folder = tmp_path / str(step)
        runs = [Run(lambda folder=folder: ResultFolder(folder).write(of("one"))) for _ in range(2)]
        if runs[0].go(step) < step:
            break
        finish(reversed(runs))
        assert ResultFolder(folder).has("17", "one")
        assert results(folder) == {"masks/17.png", "overlays/17.png", "rows/17.json"}


def test_two_runs_may_remove_the_same_case_at_once(tmp_path, stepwise):
    for step in range(STEPS):
        folder = tmp_path / str(step)
        ResultFolder(folder).write(of("one"))
        runs = [Run(lambda folder=folder: ResultFolder(folder).keep_only([])) for _ in range(2)]
        if runs[0].go(step) < step:
            break
        finish(reversed(runs))
        assert files(folder) == set()
