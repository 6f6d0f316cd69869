"""Runs that are killed: no result is half there, none is lost."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image
from small_results import files, level, picture, result, results

from teeth_unet.datasets import InferenceResultsDataset
from teeth_unet.errors import InputError
from teeth_unet.inference import ResultFolder
from teeth_unet.inference.recorded_files import BEGUN


class Killed(BaseException):
    """What no handler catches."""


STEPS = 12  # more than there are writes and moves


def kill_at(monkeypatch, step):
    """Make the process die at its n-th step that changes the disk; return the count so far."""
    count = [0]

    def dying(function):
        def run(*arguments, **options):
            count[0] += 1
            if count[0] == step:
                raise Killed
            return function(*arguments, **options)

        return run

    monkeypatch.setattr("os.replace", dying(__import__("os").replace))
    monkeypatch.setattr("os.fsync", dying(__import__("os").fsync))
    monkeypatch.setattr(Path, "unlink", dying(Path.unlink))
    return count


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_killed_anywhere_a_case_is_not_done_and_the_next_run_makes_it(
    store, folder, monkeypatch, earlier, step
):
    if earlier:
        store.write(result(fingerprint="old", level=1, kinds=("masks", "uncertainty")))
    new = result(fingerprint="new", level=2, kinds=("masks", "overlays"))
    with monkeypatch.context() as patched:
        kill_at(patched, step)
        try:
            store.write(new)
            finished = True
        except Killed:
            finished = False
    if not finished and not store.has("17", "new"):
        # Never a record of one result beside pictures of another.
        assert not store.has("17", "old") or level(folder / "masks/17.png") == 1
    again = InferenceResultsDataset(filepath=str(folder)).load()
    again.write(new)
    assert again.has("17", "new")
    assert level(folder / "masks/17.png") == 2
    assert results(folder) == {"masks/17.png", "overlays/17.png", "rows/17.json"}


def test_all_steps_of_a_write_are_tried_above(store, monkeypatch):
    store.write(result(fingerprint="old", kinds=("masks", "uncertainty")))
    count = kill_at(monkeypatch, 0)
    store.write(result(fingerprint="new", kinds=("masks", "overlays")))
    assert count[0] >= 8


@pytest.mark.parametrize("step", range(1, 6))
def test_killed_while_a_case_is_removed_the_next_run_removes_it(store, folder, monkeypatch, step):
    store.write(result(kinds=("masks", "overlays")))
    with monkeypatch.context() as patched:
        kill_at(patched, step)
        try:
            store.keep_only([])
        except Killed:
            store.keep_only([])
    assert files(folder) == set()


def test_a_full_disk_leaves_the_result_before(store, folder, monkeypatch):
    store.write(result(level=1))

    def fail(self, path, **_):
        Path(path).write_bytes(b"half a picture")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(OSError, match="No space"):
        store.write(result(fingerprint="g"))
    assert level(folder / "masks/17.png") == 1
    assert not any(".partial" in name for name in files(folder))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"files": {}', '{"files": 3}', "\0"])
def test_a_damaged_record_is_not_done(store, folder, content):
    store.write(result())
    (folder / "rows/17.json").write_text(content)
    assert not store.has("17", "f")
    with pytest.raises(InputError, match="a damaged one"):
        store.rows("17")


def test_a_mask_corrected_by_hand_after_a_killed_run_stays(store, folder, monkeypatch):
    """Killed at every step; what the user then changes is the user's, whatever was begun."""
    new = result(fingerprint="new", level=2, kinds=("masks", "overlays"))
    for step in range(1, STEPS + 1):
        shutil.rmtree(folder, ignore_errors=True)
        store.write(result(fingerprint="old", level=1))
        with monkeypatch.context() as patched, contextlib.suppress(Killed):
            kill_at(patched, step)
            store.write(new)
        picture(99).save(folder / "masks/17.png")
        with pytest.raises(InputError, match="made or changed by somebody else"):
            store.write(new)
        store.discard("17")
        assert results(folder) == {"masks/17.png"}
        assert level(folder / "masks/17.png") == 99


def test_what_a_killed_run_had_begun_is_forgotten_after_an_hour(store, folder, monkeypatch):
    with monkeypatch.context() as patched, contextlib.suppress(Killed):
        kill_at(patched, 8)  # before the first picture gets its name, when all else is there
        store.write(result(kinds=("masks", "overlays")))
    assert len(list((folder / BEGUN).iterdir())) == 1
    store.write(result())
    assert len(list((folder / BEGUN).iterdir())) == 2  # it may still be at work
    for path in (folder / BEGUN).iterdir():
        os.utime(path, (0, 0))
    store.write(result(fingerprint="g"))
    assert files(folder) == {"masks/17.png", "rows/17.json"}


def test_a_folder_that_another_run_has_just_begun_is_taken(folder, monkeypatch):
    folder.mkdir()
    looked = Path.iterdir

    def begin(path):
        ResultFolder(folder).write(result())
        return looked(path)

    monkeypatch.setattr(Path, "iterdir", begin)
    assert InferenceResultsDataset(filepath=str(folder)).load().has("17", "f")
