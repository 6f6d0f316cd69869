"""Checksums of files, folders and sources."""

import os
import shutil
from functools import partial

import pytest

from teeth_unet.intake import pictures_of_folder
from teeth_unet.lineage import content_of, content_of_source
from teeth_unet.lineage.contents import stamp_of


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "masks"
    (place / "sub").mkdir(parents=True)
    (place / "1.png").write_bytes(b"one")
    (place / "sub" / "2.png").write_bytes(b"two")
    return place


def change_a_byte(folder):
    (folder / "1.png").write_bytes(b"onf")


def rename_a_file(folder):
    (folder / "1.png").rename(folder / "3.png")


def exchange_two_files(folder):
    (folder / "1.png").write_bytes(b"two")
    (folder / "sub" / "2.png").write_bytes(b"one")


def add_a_file(folder):
    (folder / "3.png").write_bytes(b"")


def remove_a_file(folder):
    (folder / "1.png").unlink()


CHANGES = [change_a_byte, rename_a_file, exchange_two_files, add_a_file, remove_a_file]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_in_a_folder_is_seen(folder, change):
    before = content_of(folder), stamp_of(folder)
    change(folder)
    assert content_of(folder) != before[0]
    assert stamp_of(folder) != before[1]


def test_a_copy_has_the_same_content_and_another_stamp(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert content_of(copy) == content_of(folder)
    assert stamp_of(copy) != stamp_of(folder)


def test_a_file_of_the_same_size_and_time_has_another_stamp(folder):
    file = folder / "1.png"
    before, times = stamp_of(file), file.stat()
    file.write_bytes(b"onf")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert stamp_of(file) != before


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_in_a_folder_of_pictures_is_seen(folder, change):
    before = content_of_source(pictures_of_folder(folder))
    change(folder)
    assert content_of_source(pictures_of_folder(folder)) != before


def test_a_folder_of_pictures_may_be_moved(folder, tmp_path):
    before = content_of_source(pictures_of_folder(folder))
    moved = folder.rename(tmp_path / "elsewhere")
    assert content_of_source(pictures_of_folder(moved)) == before


def test_pictures_that_are_drawn_are_what_they_are_drawn_from():
    drawn = {"a": partial(max, 1, 2)}
    assert content_of_source(drawn) == content_of_source({"a": partial(max, 1, 2)})
    others = [{"b": partial(max, 1, 2)}, {"a": partial(max, 1, 3)}, {"a": partial(min, 1, 2)}, {}]
    assert content_of_source(drawn) not in [content_of_source(other) for other in others]


def test_nothing_is_said_of_openers_that_nobody_knows():
    assert content_of_source({"a": lambda: None}) is None


def test_a_picture_that_cannot_be_read_is_left_to_the_node(folder):
    openers = pictures_of_folder(folder)
    (folder / "1.png").unlink()
    assert content_of_source(openers) not in (None, content_of_source(pictures_of_folder(folder)))
