"""Names that a file may have, and what is named after it: all of it can be written anywhere."""

import io
import json
import os
import re
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
from archives import picture
from hypothesis import given
from hypothesis import strategies as st
from kedro.io import DatasetError
from PIL import Image

from teeth_unet.case_names import paired_name
from teeth_unet.cli import explain
from teeth_unet.datasets import (
    AtomicCSVDataset,
    AtomicJSONDataset,
    AtomicTextDataset,
    GalleryDataset,
    ImageFolderDataset,
    NewXraysDataset,
    RemoteArchiveDataset,
)
from teeth_unet.errors import InputError
from teeth_unet.inference import Inference, ResultFolder, make_xray_predictor, segment_all
from teeth_unet.intake.cases import SUFFIXES
from teeth_unet.preparation import Masks, Preparation, decide_encoding, prepare_set
from teeth_unet.quality import Quality

BYTES_THAT_ARE_NO_TEXT = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="file names are text on this system"
)
ORDINARY = [
    *("1", "17", "017", "case-2", "Case 3", "a.b", "17.v2", "scan (4)", "d'Arc", "100%", "-2"),
    *("é", "牙齿", "зуб_5", "رقم", "x" * 180, "CON-1", "auxiliary", "a&b", "#5", "_", "~9", "=1"),
]
UNUSUAL = {
    b"caf\xe9": "caf\ufffd",
    "e\u0301t\u00e9": "\u00e9t\u00e9",
    "new\nline": "new_line",
    "tab\there": "tab_here",
    "bell\x07": "bell_",
    "\u202eright to left": "_right to left",
}
NEVER_A_FILE = {
    "con": "_con-",
    "NUL": "_NUL-",
    "com1.v2": "_com1.v2-",
    "a:b": "a_b-",
    "what?": "what_-",
    "x" * 250: "x" * 160 + "-",
    "é" * 120: "é" * 80 + "-",
}


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_name_is_the_name_of_the_case(name):
    assert paired_name(f"{name}.png", SUFFIXES) == name
    assert paired_name(f"patients/{name}.tif", SUFFIXES) == name


@pytest.mark.parametrize(("name", "case"), UNUSUAL.items(), ids=repr)
def test_what_cannot_be_printed_is_replaced(name, case):
    assert paired_name(os.fsdecode(name) + ".png", SUFFIXES) == case


@pytest.mark.parametrize(("name", "beginning"), NEVER_A_FILE.items(), ids=lambda each: each[:9])
def test_what_no_file_of_some_system_may_be_called_gets_a_name_of_its_own(name, beginning):
    case = paired_name(f"{name}.png", SUFFIXES)
    assert re.fullmatch(f"{re.escape(beginning)}[0-9a-f]{{8}}", case)
    assert paired_name(f"{case}.png", SUFFIXES) == case


@given(st.binary(min_size=1, max_size=250).filter(lambda name: not {0, 47} & set(name)))
def test_every_name_of_a_file_gives_one_that_can_be_written(name):
    case = paired_name(os.fsdecode(name) + ".png", SUFFIXES)
    assert case.isprintable()
    assert 0 < len(case.encode()) <= 180
    assert "/" not in case


def write(folder, names):
    folder.mkdir(parents=True)
    for number, name in enumerate(names):
        path = os.path.join(os.fsencode(folder), os.fsencode(name) + b".png")
        with open(path, "wb") as file:
            file.write(picture(number + 1))


def of_archive(tmp_path, names):
    """The pictures of an archive with members of these names."""
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(f"{name}.png", picture(number + 1))
    return RemoteArchiveDataset(filepath=str(tmp_path / "cache"), addresses=str(tmp_path / "m.zip"))


def hostile_names():
    names = [*UNUSUAL, *NEVER_A_FILE] if os.sep == "/" else ["e\u0301t\u00e9"]
    return [name for name in names if len(os.fsencode(name)) <= 250]


@BYTES_THAT_ARE_NO_TEXT
def test_all_that_is_named_after_a_case_can_be_saved_and_read_again(tmp_path):
    write(tmp_path / "xrays", hostile_names())
    cases = list(ImageFolderDataset(filepath=str(tmp_path / "xrays")).load())
    assert len(cases) == len(hostile_names())
    gallery = GalleryDataset(filepath=str(tmp_path / "gallery"))
    gallery.save({case: Image.new("L", (2, 2)) for case in cases})
    assert set(gallery.load()) == set(cases)
    table = AtomicCSVDataset(filepath=str(tmp_path / "t.csv"), load_args={"dtype": {"case": str}})
    table.save(pd.DataFrame({"case": cases}))
    assert list(table.load()["case"]) == cases
    numbers = AtomicJSONDataset(filepath=str(tmp_path / "n.json"))
    numbers.save({"cases": cases})
    assert numbers.load() == {"cases": cases}
    text = AtomicTextDataset(filepath=str(tmp_path / "t.txt"))
    text.save("\n".join(cases))
    assert text.load().splitlines() == cases


MEMBERS = ["x" * 246, "con", "牙齿", "what?", "e\u0301t\u00e9"]


def test_members_of_an_archive_give_masks_that_can_be_saved(tmp_path):
    cases = of_archive(tmp_path, MEMBERS).load()
    assert len(cases) == len(MEMBERS)
    gallery = GalleryDataset(filepath=str(tmp_path / "masks"))
    gallery.save({case: read() for case, read in cases.items()})
    assert set(gallery.load()) == set(cases)


def test_an_xray_and_its_mask_find_each_other_whatever_they_are_called(tmp_path):
    xrays, masks = tmp_path / "xrays", of_archive(tmp_path, MEMBERS).load()
    write(xrays, MEMBERS)
    found = ImageFolderDataset(filepath=str(xrays)).load()
    assert list(found) == list(masks)


@BYTES_THAT_ARE_NO_TEXT
def test_names_that_become_equal_are_refused_by_both_names(tmp_path):
    write(tmp_path / "xrays", [b"caf\xe9", b"caf\xe8"])
    with pytest.raises(DatasetError) as error:
        ImageFolderDataset(filepath=str(tmp_path / "xrays")).load()
    said = explain(error.value)
    assert "one picture of case caf\ufffd" in said
    assert "Rename one of them" in said
    said.encode()


@BYTES_THAT_ARE_NO_TEXT
def test_new_xrays_of_such_names_give_results_and_tables(tmp_path, fake_separation_network):
    from fake_segmenter import FakeSegmenter

    write(tmp_path / "xrays", hostile_names())
    xrays = NewXraysDataset(filepath=str(tmp_path / "xrays")).load()
    inference = Inference(overlay=False, teeth=False)
    store = ResultFolder.at(tmp_path / "results")
    predictor = make_xray_predictor(FakeSegmenter(), [], inference)
    summary = segment_all(xrays, predictor, inference, Quality(), store)
    assert (summary["made"], summary["failures"]) == (len(hostile_names()), {})
    json.dumps(summary, ensure_ascii=False).encode()


@pytest.fixture
def strange_folder(tmp_path):
    """A folder whose name is no text, behind a link whose name is."""
    folder = os.fsencode(tmp_path) + b"/pati\xe9nt"
    os.mkdir(folder)
    os.symlink(folder, tmp_path / "link")
    return tmp_path / "link"


@BYTES_THAT_ARE_NO_TEXT
def test_a_message_about_a_folder_whose_name_is_no_text_can_be_written(strange_folder):
    (strange_folder / "1.png").write_bytes(b"no picture")
    masks = {"1": lambda: Image.fromarray(np.zeros((4, 6), np.uint8))}
    for dataset in (ImageFolderDataset, NewXraysDataset):
        load = dataset(filepath=str(strange_folder)).load()["1"]
        with pytest.raises(InputError) as error:
            load()
        assert "pati\ufffdnt" in str(error.value)
        str(error.value).encode()
    xrays = ImageFolderDataset(filepath=str(strange_folder)).load()
    (unusable,) = prepare_set(
        xrays, masks, decide_encoding({}, Masks()), Preparation(size=8)
    ).unusable
    assert "pati\ufffdnt" in unusable.found
    unusable.found.encode()


@BYTES_THAT_ARE_NO_TEXT
def test_an_empty_folder_whose_name_is_no_text_is_told_of(strange_folder):
    with pytest.raises(DatasetError) as error:
        NewXraysDataset(filepath=str(strange_folder)).load()
    io.BytesIO().write(explain(error.value).encode())
