"""What can be given to `teeth-unet segment`, and what is refused."""

import io
import json
import os
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from bright_xrays import xray

from teeth_unet.command import running
from teeth_unet.inference import Inference, ResultFolder
from teeth_unet.quality import Quality

ROOT = Path(__file__).parents[2]

needs_pydicom = pytest.mark.skipif(find_spec("pydicom") is None, reason="of the extra dicom")


def put(path, teeth=3):
    path.parent.mkdir(parents=True, exist_ok=True)
    xray(teeth).save(path)
    return path


def put_dicom(path):
    from dicom_files import dicom

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dicom(np.asarray(xray())))


def put_zip(path, *names):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            stored = io.BytesIO()
            xray().save(stored, "PNG")
            archive.writestr(name, stored.getvalue())


def table(folder, name="cases"):
    return pd.read_csv(folder / f"{name}.csv", dtype={"case": str}, keep_default_na=False)


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


GIVEN = {
    "one file": (["a.png"], ["a.png"], {"a": "a.png"}),
    "several files": (["a.png", "b.jpg"], ["a.png", "b.jpg"], {"a": "a.png", "b": "b.jpg"}),
    "a folder with subfolders": (
        ["x/10.png", "x/2.png", "x/deep/3.png", "x/notes.txt"],
        ["x"],
        {"2": "2.png", "3": "deep/3.png", "10": "10.png"},
    ),
    "this folder": (["a.png"], ["."], {"a": "a.png"}),
    "an archive": (["p.zip"], ["p.zip"], {"1": "1.png", "2": "in/2.png"}),
    "an archive and a file": (
        ["p.zip", "a.png"],
        ["p.zip", "a.png"],
        {"1": "p.zip/1.png", "2": "p.zip/in/2.png", "a": "a.png"},
    ),
    "the same name in two folders": (
        ["a/1.png", "b/1.png", "b/2.png"],
        ["a/1.png", "b"],
        {"a_1": "a/1.png", "b_1": "b/1.png", "2": "b/2.png"},
    ),
    "an archive beside what was in it": (
        ["p.zip", "p/1.png"],
        ["p.zip", "p"],
        {"p_1": "p/1.png", "p.zip_1": "p.zip/1.png", "2": "p.zip/in/2.png"},
    ),
    "a file and its folder": (
        ["x/1.png", "x/2.png"],
        ["x/1.png", "x", "x/../x"],
        {"1": "1.png", "2": "2.png"},
    ),
    "names that are hard to read": (
        ["Röntgen = alt/Müller, Jörg = 1.png", "Röntgen = alt/-x.png", "Röntgen = alt/é $HOME.png"],
        ["Röntgen = alt"],
        {"Müller, Jörg = 1": None, "_x": None, "é $HOME": None},
    ),
    "a hidden folder": (
        [".hidden/1.png", "2.png"],
        [".hidden/1.png", "2.png"],
        {"1": None, "2": None},
    ),
    "DICOM": (["scan.dcm", "clinic/IM1"], ["scan.dcm", "clinic"], {"scan": None, "IM1": None}),
}


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_given_is_found(segment, here, name):
    there, given, expected = GIVEN[name]
    for each in there:
        if each.endswith(".zip"):
            put_zip(here / each, "1.png", "in/2.png")
        elif each.endswith((".dcm", "IM1")):
            pytest.importorskip("pydicom")
            put_dicom(here / each)
        elif each.endswith(".txt"):
            (here / each).write_text("-")
        else:
            put(here / each)
    before = files(here)
    segment(*given, "--results", "found")
    cases = table(here / "found").set_index("case")
    assert set(cases.index) == expected.keys()
    assert {case: cases["file"][case] for case, file in expected.items() if file} == {
        case: file for case, file in expected.items() if file
    }
    assert set(cases["teeth"]) == {3}
    assert all((here / "found" / mask).is_file() for mask in cases["mask"])
    assert set(table(here / "found", "teeth")["network"]) == {"Nothing."}
    # Nothing is written beside what is given.
    assert {each for each in files(here) if not each.startswith("found/")} == before


WRONG = {
    "nothing there": (["a.png", "nowhere"], r"/nowhere: expected X-rays \(.*found nothing there"),
    "a file of another kind": (["notes.txt"], r"notes.txt: expected X-rays \(.*of another kind"),
    "a folder without X-rays": (["empty"], r"empty: expected X-rays \(.*found no files"),
    "a pattern that the shell has left as it is": (["*.tif"], r"/\*.tif: expected X-rays"),
    "earlier results": (["old"], r"found results of an earlier run.*set by --results FOLDER"),
    "a folder for the results that holds X-rays": (
        ["x/1.png", "--results", "x"],
        r"found a folder with 1.png in it. Give another folder: --results FOLDER",
    ),
    "a file for the results": (["a.png", "--results", "notes.txt"], "a folder for the results"),
    "a segmenter that is not there": (
        ["a.png", "--segmenter", "no.zip"],
        "--segmenter: expected the path of a file, found no.zip. Give the segmenter.zip",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_used_is_told_in_the_words_of_this_command(segment, here, name):
    given, told = WRONG[name]
    put(here / "a.png")
    put(here / "x" / "1.png")
    (here / "notes.txt").write_text("-")
    (here / "empty").mkdir()
    ResultFolder.at(here / "old").begin()
    before = files(here)
    done = segment(*given, code=1)
    assert pd.Series([done.stderr]).str.contains(told).all(), done.stderr
    for word in ("kedro", "--params", "Traceback", "new_xrays"):
        assert word not in done.output
    assert files(here) == before


USAGE = {
    "no X-ray": ([], "Missing argument 'XRAY...'"),
    "an empty path, of a variable that is not set": ([""], "the path is empty"),
    "no folder for the results": (["a.png", "--results", ""], "the path is empty"),
    "an address": (["s3://bucket/a.png"], "a path of this machine, found an address"),
    "results at an address": (["a.png", "--results", "gs://b/c"], "found an address"),
    "a threshold in per cent": (["a.png", "--threshold", "40"], "--threshold: expected a usable"),
    "a format that there is not": (
        ["a.png", "--formats", "coco+labelmi"],
        "--formats: expected a usable value.*did you mean 'labelme'",
    ),
    "formats without teeth": (["a.png", "--formats", "coco", "--no-teeth"], "leave out --no-teeth"),
    "segmentations without numbers": (
        ["a.png", "--formats", "coco+dicom_seg", "--no-numbers"],
        "leave out --no-numbers",
    ),
    "a window of one number": (["a.png", "--window", "7"], "--window: .*centre, width"),
    "a window of a word": (["a.png", "--window", "bone"], "--window: .*expected file, none"),
    "no size of a pixel": (["a.png", "--pixel-spacing", "0"], "--pixel-spacing: expected"),
    "an option that there is not": (["a.png", "--output", "x"], "No such option"),
}


@pytest.mark.parametrize("name", USAGE)
def test_a_command_that_is_wrong_is_refused_with_two(segment, here, name):
    given, told = USAGE[name]
    put(here / "a.png")
    done = segment(*given, code=2)
    assert pd.Series([done.stderr.replace("\n", " ")]).str.contains(told).all(), done.stderr
    assert files(here) == {"a.png"}


def test_without_a_network_it_is_told_how_to_give_one(segment, here, monkeypatch):
    put(here / "a.png")
    monkeypatch.setattr(running, "packaged_segmenter", lambda: None)
    told = segment("a.png", code=1).stderr
    assert "expected a network in this package, found none. Give one: --segmenter FILE" in told
    assert files(here) == {"a.png"}


def test_the_network_of_a_training_is_taken_if_it_is_given(segment, here, monkeypatch):
    put(here / "a.png")
    (here / "s.zip").touch()
    monkeypatch.setattr(running, "packaged_segmenter", lambda: pytest.fail("not asked for"))
    opened = running.read_segmenter
    read = []
    monkeypatch.setattr(running, "read_segmenter", lambda path: read.append(path) or opened(path))
    segment("a.png", "--segmenter", "s.zip")
    assert [path.name for path in read] == ["s.zip"]


def test_a_folder_of_the_user_is_found_under_its_short_name(segment, here, monkeypatch):
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("USERPROFILE", str(here))
    put(here / "x" / "1.png")
    segment("~/x", "--results=~/found")
    assert table(here / "found")["case"].tolist() == ["1"]


def test_results_are_in_a_folder_of_their_own_and_are_no_xrays_the_next_time(segment, here):
    put(here / "a.png")
    segment(".")
    put(here / "b.png")
    segment(".")
    assert table(here / "teeth-unet-results")["case"].tolist() == ["a", "b"]


def test_settings_are_those_of_the_pipeline(segment, here):
    put(here / "a.png")
    segment("a.png", "--formats", "coco+yolo", "--uncertainty", "flips", "--pixel-spacing", "0.1")
    folder = here / "teeth-unet-results"
    assert {"coco.json", "yolo/a.txt", "labels/a.png", "uncertainty/a.png"} <= files(folder)
    assert set(table(folder, "teeth")["mm_uncertainty"]) == {0.15}

    segment("a.png", "--no-overlay", "--no-teeth", "--results", "bare")
    assert not (here / "bare" / "overlays").exists()
    assert table(here / "bare")["teeth"].tolist() == [""]


@pytest.mark.parametrize(("threshold", "of_tooth"), [("0", 1), ("1", 0)])
def test_the_threshold_says_what_is_tooth(segment, here, threshold, of_tooth):
    put(here / "a.png")
    segment("a.png")
    share = table(here / "teeth-unet-results")["tooth_share"][0]
    segment("a.png", "--threshold", threshold)
    changed = table(here / "teeth-unet-results")
    assert 0 < share < 0.5
    assert changed["tooth_share"][0] == of_tooth
    assert changed["threshold"][0] == float(threshold)


@needs_pydicom
@pytest.mark.parametrize("window", ["none", "128,40", "[128,40]"])
def test_the_window_of_dicom_files_is_taken_as_it_is_given(segment, here, window):
    put_dicom(here / "scan.dcm")
    segment("scan.dcm", "--window", window)
    assert table(here / "teeth-unet-results")["status"].tolist() == ["done"]


@needs_pydicom
def test_what_dicom_needs_is_told_as_packages_that_can_be_installed_anywhere(
    segment, here, monkeypatch
):
    put_dicom(here / "scan.dcm")
    monkeypatch.setitem(sys.modules, "pydicom", None)
    told = segment("scan.dcm", code=1).stderr
    packages = told.partition("pip install ")[2].split()
    assert {"pydicom", "highdicom", "pylibjpeg", "pylibjpeg-libjpeg"} <= set(packages)
    assert "-e" not in told


def test_without_options_all_is_as_in_base():
    """Also for the fingerprint of a result, to which 50 and 50.0 are different."""
    base = yaml.safe_load((ROOT / "conf" / "base" / "parameters.yml").read_text("utf-8"))
    for settings in (Inference, Quality):
        given = settings.model_validate(base[settings.__name__.lower()])
        assert json.dumps(given.model_dump()) == json.dumps(settings().model_dump()), settings


def test_results_of_others_stay_unless_they_are_to_be_removed(segment, here):
    put(here / "a.png")
    put(here / "b.png")
    segment("a.png")
    assert "Results of 1 other X-rays" in segment("b.png").stderr
    folder = here / "teeth-unet-results"
    assert (folder / "masks" / "a.png").exists()
    segment("b.png", "--remove-others")
    assert not (folder / "masks" / "a.png").exists()
    assert json.loads((folder / "summary.json").read_text())["removed"] == 1


@pytest.mark.skipif(os.name == "nt", reason="no such names on Windows")
def test_a_name_that_is_no_text_is_a_name_all_the_same(segment, here):
    path = os.fsencode(here) + b"/caf\xe9.png"
    put(here / "a.png")
    os.rename(here / "a.png", path)
    segment(os.fsdecode(b"caf\xe9.png"))
    assert table(here / "teeth-unet-results")["case"].tolist() == ["caf�"]
