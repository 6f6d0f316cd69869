import errno
import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from teeth_unet.storage import ABANDONED_AFTER, atomic, atomic_write

MARK = "0123abcd"
"""Stands for the random part of a temporary name."""


class Fault(Exception):
    """Injected."""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_complete(tmp_path):
    target = tmp_path / "new" / "folder" / "scores.json"
    with atomic_write(target) as temporary:
        assert temporary.parent == target.parent
        assert temporary.suffix == ".json"
        assert not temporary.exists()
        temporary.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert names(target.parent) == ["scores.json"]


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    target = tmp_path / "masks"
    target.mkdir()
    (target / "stale.png").touch()
    with atomic_write(target) as temporary:
        temporary.mkdir()
        (temporary / "1.png").touch()
        assert names(target) == ["stale.png"]
    assert names(target) == ["1.png"]
    assert names(tmp_path) == ["masks"]


@pytest.mark.parametrize("fault", [Fault, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("existed", [True, False])
def test_a_failure_while_writing_leaves_things_as_they_were(tmp_path, fault, existed):
    target = tmp_path / "scores.json"
    if existed:
        target.write_text("old")

    def write():
        with atomic_write(target) as temporary:
            temporary.write_text("ne")
            raise fault

    with pytest.raises(fault):
        write()
    assert names(tmp_path) == (["scores.json"] if existed else [])
    assert not existed or target.read_text() == "old"


def test_a_failure_to_move_a_file_leaves_the_old_one(tmp_path, replace_fails):
    target = tmp_path / "scores.json"
    target.write_text("old")
    replace_fails(1)
    with pytest.raises(OSError, match="no space"), atomic_write(target) as temporary:
        temporary.write_text("new")
    assert names(tmp_path) == ["scores.json"]
    assert target.read_text() == "old"


@pytest.mark.parametrize("call", [1, 2], ids=["old aside", "new into place"])
def test_a_failure_to_move_a_folder_leaves_the_old_one(tmp_path, replace_fails, call):
    target = tmp_path / "masks"
    target.mkdir()
    (target / "old.png").touch()
    replace_fails(call)
    with pytest.raises(OSError, match="no space"), atomic_write(target) as temporary:
        temporary.mkdir()
    assert names(tmp_path) == ["masks"]
    assert names(target) == ["old.png"]


@pytest.fixture
def exchange_fails(monkeypatch):
    """Returns a function that makes the exchange of two folders fail, or not exist (0)."""

    def arm(number):
        calls = SimpleNamespace(renameat2=lambda *_: -1) if number else SimpleNamespace()
        monkeypatch.setattr(atomic, "_LINUX", True)
        monkeypatch.setattr(atomic.ctypes, "CDLL", lambda *_, **__: calls)
        monkeypatch.setattr(atomic.ctypes, "get_errno", lambda: number)

    return arm


@pytest.mark.parametrize("number", [0, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP])
def test_where_folders_cannot_be_exchanged_the_old_one_steps_aside(
    tmp_path, exchange_fails, number
):
    exchange_fails(number)
    target = tmp_path / "masks"
    target.mkdir()
    with atomic_write(target) as temporary:
        temporary.mkdir()
        (temporary / "new.png").touch()
    assert names(target) == ["new.png"]
    assert names(tmp_path) == ["masks"]


def test_an_exchange_that_fails_leaves_the_old_folder(tmp_path, exchange_fails):
    exchange_fails(errno.EACCES)
    target = tmp_path / "masks"
    target.mkdir()
    (target / "old.png").touch()
    with pytest.raises(PermissionError, match="masks"), atomic_write(target) as temporary:
        temporary.mkdir()
    assert names(target) == ["old.png"]
    assert names(tmp_path) == ["masks"]


def abandon(path):
    """Make a file look as if nobody had touched it for a long time."""
    long_ago = time.time() - 2 * ABANDONED_AFTER
    os.utime(path, (long_ago, long_ago))


@pytest.mark.parametrize("name", ["scores.json", "masks", "masks.old", "[1] *.png"])
def test_what_a_killed_save_left_is_removed_by_the_next_one(tmp_path, name):
    target = tmp_path / name
    (tmp_path / f".{target.stem}-{MARK}.partial{target.suffix}").write_text("half")
    folder = tmp_path / f".{target.stem}-{MARK[::-1]}.partial{target.suffix}"
    folder.mkdir()
    (folder / "1.png").touch()
    for leftover in tmp_path.iterdir():
        abandon(leftover)
    with atomic_write(target) as temporary:
        temporary.touch()
    assert names(tmp_path) == [name]


@pytest.fixture
def listings(monkeypatch):
    """The folders that have been listed, a name each time."""
    found = []

    def noting(function):
        def run(folder="."):
            found.append(os.fspath(folder))
            return function(folder)

        return run

    monkeypatch.setattr(os, "listdir", noting(os.listdir))
    monkeypatch.setattr(os, "scandir", noting(os.scandir))
    return found


def test_however_many_files_are_saved_a_process_lists_their_folder_once(
    tmp_path, monkeypatch, listings
):
    monkeypatch.chdir(tmp_path)
    for number in range(20):
        for folder in (tmp_path, Path(), tmp_path / "sub"):
            with atomic_write(folder / f"{number}.json") as temporary:
                temporary.touch()
    assert sorted(listings) == [str(tmp_path), str(tmp_path / "sub")]


def test_of_what_killed_saves_left_each_target_removes_its_own(tmp_path):
    for name in ("1", "2", "3"):
        (tmp_path / f".{name}-{MARK}.partial.json").touch()
        abandon(tmp_path / f".{name}-{MARK}.partial.json")
    for name in ("1", "2"):
        with atomic_write(tmp_path / f"{name}.json") as temporary:
            temporary.touch()
    assert names(tmp_path) == [f".3-{MARK}.partial.json", "1.json", "2.json"]


def test_what_another_process_is_writing_is_left_alone(tmp_path):
    with atomic_write(tmp_path / "scores.json") as first:
        first.write_text("first")
        with atomic_write(tmp_path / "scores.json") as second:
            second.write_text("second")
        assert first.read_text() == "first"
    assert (tmp_path / "scores.json").read_text() == "first"
    assert names(tmp_path) == ["scores.json"]


@pytest.mark.parametrize(
    "other",
    [
        f".x_train-{MARK}.partial.npy",
        f".x-y-{MARK}.partial.npy",
        f".x-{MARK}.partial.csv",
        ".x-notes.partial.npy",
        ".x.npy",
    ],
)
def test_the_files_of_others_are_left_alone(tmp_path, other):
    (tmp_path / other).touch()
    with atomic_write(tmp_path / "x.npy") as temporary:
        temporary.touch()
    assert names(tmp_path) == sorted([other, "x.npy"])
