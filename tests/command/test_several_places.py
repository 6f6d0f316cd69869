"""Several places at once, as a shell makes them of `*`: what has no X-ray is passed over."""

import zipfile

import pandas as pd
import pytest
from bright_xrays import xray


@pytest.fixture
def all_there(here):
    """An X-ray, a page, an empty folder, results of earlier, and an archive beside a folder."""
    xray().save(here / "a.png")
    (here / "notes.txt").write_text("-")
    (here / "empty").mkdir()
    (here / "w").mkdir()
    xray().save(here / "w" / "1.png")
    with zipfile.ZipFile(here / "w" / "p.zip", "w") as archive:
        archive.write(here / "a.png", "2.png")
    return here


def star(folder):
    return sorted(path.name for path in folder.iterdir())


def done(folder):
    return pd.read_csv(folder / "teeth-unet-results" / "cases.csv", dtype=str)["case"].tolist()


def test_all_that_there_is_can_be_given_a_second_time(segment, all_there):
    segment(*star(all_there))
    told = segment(*star(all_there)).stderr
    assert done(all_there) == ["1", "a"]
    assert f"Passed over, a file of another kind: {all_there / 'notes.txt'}\n" in told
    assert f"Passed over, no files: {all_there / 'empty'}\n" in told
    results = all_there / "teeth-unet-results"
    assert f"whose masks and drawings are none: {results}\n" in told


def test_without_any_xray_the_first_place_is_refused(segment, all_there):
    told = segment("notes.txt", "empty", code=1).stderr
    assert "notes.txt: expected X-rays" in told


def test_a_place_that_is_not_there_is_refused_beside_xrays(segment, all_there):
    assert "found nothing there" in segment("a.png", "notes.txt", "nowhere", code=1).stderr


def test_an_archive_that_cannot_be_read_is_refused_beside_xrays(segment, all_there):
    whole = (all_there / "w" / "p.zip").read_bytes()
    (all_there / "cut.zip").write_bytes(whole[:-30])
    assert "cut.zip" in segment("a.png", "cut.zip", code=1).stderr


def test_an_archive_is_said_not_to_be_opened_unless_it_is_given(segment, all_there):
    assert "archives inside are not opened: p.zip" in segment("w").stderr
    told = segment("w", "w/p.zip").stderr
    assert done(all_there) == ["1", "2"]
    assert "not opened" not in told
