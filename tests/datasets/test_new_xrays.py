"""One path to new X-rays: a folder, a file, an archive."""

import logging
import os
import pickle
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from archives import picture, zipped
from kedro.io import DatasetError
from PIL import Image

from teeth_unet.datasets import InferenceResultsDataset, NewXraysDataset
from teeth_unet.errors import InputError
from teeth_unet.inference import CaseResult
from teeth_unet.pictures.dicom import LazyDicom

DICOM = b"\0" * 128 + b"DICM and more"
NEEDS_PYDICOM = pytest.mark.skipif(
    find_spec("pydicom") is None, reason="needs the extra dicom: pip install -e .[dicom]"
)


def fill(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def archived(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "xrays.zip"
    path.write_bytes(zipped(files))
    return path


def load(path):
    return NewXraysDataset(filepath=str(path)).load()


def refusal(path):
    with pytest.raises(DatasetError) as error:
        load(path)
    assert isinstance(error.value.__cause__, InputError)
    return str(error.value.__cause__)


@pytest.mark.parametrize("place", [fill, archived])
def test_pictures_and_dicom_are_listed_by_case_in_natural_order(place, tmp_path):
    files = {
        "10.png": picture(10),
        "2.JPG": picture(2, "JPEG"),
        "old/7.dcm": DICOM,
        "old/IM000001": DICOM,
        "old/1.2.840.5": DICOM,
        "old/README": b"no DICOM",
        "old/DICOMDIR": DICOM,
        "notes.txt": DICOM,
        ".hidden.png": b"-",
        "__MACOSX/10.png": b"-",
    }
    cases = load(place(tmp_path / "new", files))
    assert list(cases) == ["1.2.840.5", "2", "7", "10", "IM000001", "notes.txt"]
    kinds = [type(one) is LazyDicom for one in cases.values()]
    assert kinds == [True, False, True, False, True, True]
    assert cases.passed_over == ("old/DICOMDIR", "old/README")
    assert np.asarray(cases["10"]()).max() == 10


@pytest.mark.parametrize(
    ("name", "content"),
    [("one.png", picture(9)), ("one.dcm", DICOM), ("one", DICOM), ("one.tif", picture(9, "TIFF"))],
)
def test_a_single_file_is_one_case(tmp_path, name, content):
    fill(tmp_path, {name: content, "other.png": picture()})
    cases = load(tmp_path / name)
    assert list(cases) == ["one"]
    assert cases["one"].read() == content


def test_an_archive_is_known_by_its_content(tmp_path):
    (tmp_path / "xrays.bin").write_bytes(zipped({"1.png": picture(1)}))
    assert list(load(tmp_path / "xrays.bin")) == ["1"]


@pytest.mark.parametrize("place", [fill, archived])
@pytest.mark.parametrize(
    ("files", "cases"),
    [
        (["ann/pano.png", "bob/pano.png", "1.png"], ["1", "ann_pano", "bob_pano"]),
        (["1.png", "1.jpg", "2.png"], ["1_jpg", "1_png", "2"]),
        (["ann/1.dcm", "ann/1.png"], ["ann_1_dcm", "ann_1_png"]),
        (["a_b.png", "a/b.png", "b.png"], ["a_b_png", "a_b_png-", "b"]),
        (["x/1.2.840.1", "x/1.2.840.2"], ["1.2.840.1", "1.2.840.2"]),
        (["x/IM1", "y/IM1"], ["x_IM1", "y_IM1"]),
        (["x/\u00e9.png", "y/e\u0301.png"], ["x_\u00e9", "y_\u00e9"]),
        (["x/A.png", "y/a.png"], ["x_A", "y_a"]),
    ],
)
def test_files_of_one_name_get_their_folders_or_suffix_for_a_name(place, tmp_path, files, cases):
    path = place(tmp_path / "new", dict.fromkeys(files, DICOM))
    if cases[1].endswith("-"):
        assert "a_b.png and a/b.png" in refusal(path) or "a/b.png and a_b.png" in refusal(path)
    else:
        assert list(load(path)) == cases


@pytest.mark.parametrize("place", [fill, archived])
@pytest.mark.parametrize(
    ("files", "cases"),
    [
        (["=1+2.png"], ["_1+2"]),
        (["+1.png", "2.png"], ["_1", "2"]),
        (["-1.png"], ["_1"]),
        (["@x.dcm"], ["_x"]),
        (["\uff1dx.png", "\uff0by.png", "\uff0dz.png", "\uff20a.png"], ["_a", "_x", "_y", "_z"]),
        (["a/=1.png"], ["_1"]),
        (["a/=1.png", "b/=1.png"], ["a_=1", "b_=1"]),
        (["=a/1.png", "b/1.png"], ["_a_1", "b_1"]),
        (["==1.png", "1=.png", "_=1.jpg"], ["1=", "_=1_png", "_=1_jpg"]),
        (["1-2.png"], ["1-2"]),
    ],
)
def test_no_case_name_begins_a_formula_of_a_spreadsheet(place, tmp_path, files, cases):
    found = load(place(tmp_path / "new", dict.fromkeys(files, DICOM)))
    assert sorted(found) == sorted(cases)


@pytest.mark.parametrize("place", [fill, archived])
@pytest.mark.parametrize("files", [["-1.png", "_1.png"], ["-1.png", "+1.png", "=1.png", "_1.png"]])
def test_names_that_get_the_same_beginning_stay_apart(place, tmp_path, files):
    content = {name: picture(level) for level, name in enumerate(files, 1)}
    found = load(place(tmp_path / "new", content))
    assert len(found) == len(files)
    assert all(case.startswith("_1") for case in found)
    assert {np.asarray(read()).max() for read in found.values()} == {*range(1, len(files) + 1)}


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_any_name_of_a_file_becomes_one_that_can_be_written(tmp_path):
    odd = os.fsencode(tmp_path) + b"/\xff\n1.png"
    Path(os.fsdecode(odd)).write_bytes(picture(5))
    ((case, read),) = load(tmp_path).items()
    assert case == "\ufffd_1"
    assert np.asarray(read()).max() == 5


@pytest.mark.parametrize("place", [fill, archived])
def test_listing_decodes_no_picture(place, tmp_path, monkeypatch):
    path = place(tmp_path / "new", {f"{n}.png": picture() for n in range(3)})
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("opened too early"))
    assert len(load(path)) == 3


def test_readers_survive_pickling(tmp_path):
    cases = load(archived(tmp_path, {"1.png": picture(1), "2.dcm": DICOM}))
    again = pickle.loads(pickle.dumps(cases))
    assert np.asarray(again["1"]()).max() == 1
    assert again["2"].read() == DICOM


def test_results_of_earlier_runs_are_no_xrays(tmp_path):
    fill(tmp_path, {"1.png": picture(1)})
    store = InferenceResultsDataset(filepath=str(tmp_path / "results")).load()
    store.write(CaseResult("7", "-", {}, pictures={"masks": Image.new("L", (4, 4))}))
    assert (tmp_path / "results/masks/7.png").exists()
    assert list(load(tmp_path)) == ["1"]


def test_a_folder_of_results_is_refused_itself(tmp_path):
    results = tmp_path / "results"
    store = InferenceResultsDataset(filepath=str(results)).load()
    store.write(CaseResult("7", "-", {}, pictures={"masks": Image.new("L", (4, 4))}))
    message = refusal(results)
    assert message.startswith(f"{results}: ")
    assert "found results of an earlier run" in message
    assert "Give the folder of the X-rays" in message


@pytest.mark.parametrize("place", [fill, archived])
def test_archives_beside_xrays_are_told_as_not_opened(place, tmp_path, caplog):
    files = {"1.png": picture(), "more.ZIP": zipped({"2.png": picture()}), "a.txt": b"-"}
    path = place(tmp_path / "new", files)
    with caplog.at_level(logging.INFO):
        assert list(NewXraysDataset(filepath=str(path)).load()) == ["1"]
    assert [one.message for one in caplog.records] == [
        f"{path}: 1 file(s) are no pictures: a.txt",
        f"{path}: archives inside are not opened: more.ZIP",
    ]


@pytest.mark.parametrize("place", [fill, archived])
@pytest.mark.parametrize("name", ["1.png", "1.jpg", pytest.param("1.dcm", marks=NEEDS_PYDICOM)])
def test_an_empty_file_is_told_as_empty(place, tmp_path, name):
    xrays = NewXraysDataset(filepath=str(place(tmp_path / "new", {name: b""}))).load()
    with pytest.raises(InputError, match=f"{name} in .* found an empty file. Replace the file"):
        xrays["1"]()


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, "no files"),
        ({"notes.txt": b"-", "a.svg": b"-"}, "2 other file(s): a.svg, notes.txt"),
        (
            {"inner.zip": zipped({"1.png": picture()})},
            "found 1 archive(s) inside, not opened: inner.zip",
        ),
    ],
)
@pytest.mark.parametrize("place", [fill, archived])
def test_a_place_without_xrays_says_what_is_there(place, tmp_path, files, found):
    folder = tmp_path / "new"
    folder.mkdir()
    message = refusal(place(folder, files))
    assert found in message
    assert "kedro run --pipeline inference --params xrays=PATH" in message


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("nowhere", None, "nothing there"),
        ("letter.pdf", b"%PDF", "a file of another kind"),
        ("xrays.zip", zipped({"1.png": picture()})[:-40], "a file of another kind"),
    ],
)
def test_a_path_to_something_else_is_refused(tmp_path, name, content, found):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    message = refusal(tmp_path / name)
    assert message.startswith(str(tmp_path / name))
    assert found in message


def test_an_archive_that_breaks_the_rules_is_refused(tmp_path):
    path = archived(tmp_path, {"1.png": picture(), "IM1": DICOM + b"-" * 1000})
    dataset = NewXraysDataset(filepath=str(path), archive={"member_size": 1000})
    with pytest.raises(DatasetError, match=r"IM1 in .* at most 1000 bytes"):
        dataset.load()


def test_a_damaged_file_is_an_error_of_its_own_case(tmp_path):
    cases = load(fill(tmp_path, {"good.png": picture(3), "bad.png": b"-", "cut.dcm": DICOM}))
    assert cases["good"]().size == (6, 4)
    with pytest.raises(InputError, match=r"bad\.png in .*a damaged file"):
        cases["bad"]()
    with pytest.raises(InputError, match=r"cut\.dcm in"):
        cases["cut"]()


@pytest.mark.parametrize("name", ["huge.png", "huge.dcm"])
@pytest.mark.parametrize("alone", [False, True])
def test_a_huge_file_is_an_error_of_its_own_case_and_is_not_read(tmp_path, name, alone):
    fill(tmp_path, {"good.png": picture(3)})
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(1 << 40)  # no byte of it is on the disk
    cases = load(path if alone else tmp_path)
    with pytest.raises(InputError) as error:
        cases["huge"].read()
    assert f"{name}: expected at most 1000000000 bytes, found 1099511627776" in str(error.value)
    with pytest.raises(InputError, match="at most 1000000000 bytes") as error:
        cases["huge"]()
    assert str(error.value).count("expected") == 1  # told once, not wrapped


@NEEDS_PYDICOM
def test_a_dicom_file_without_suffix_is_read(tmp_path):
    from dicom_files import dicom

    fill(tmp_path, {"disc/IM1": dicom(np.array([[7, 200]], np.uint8))})
    assert np.asarray(load(tmp_path)["IM1"]()).tolist() == [[7, 200]]


def test_links_that_lead_in_a_circle_and_pipes_do_no_harm(tmp_path):
    fill(tmp_path, {"1.png": picture()})
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    os.mkfifo(tmp_path / "pipe")
    assert list(load(tmp_path)) == ["1"]


def test_saving_is_refused_and_existence_is_that_of_the_path(tmp_path):
    dataset = NewXraysDataset(filepath=str(tmp_path / "new"))
    assert not dataset.exists()
    assert dataset.preview() is None
    with pytest.raises(DatasetError, match="read-only"):
        dataset.save({})
    fill(tmp_path / "new", {"1.png": picture(1)})
    assert dataset.exists()
    assert dataset.preview()
