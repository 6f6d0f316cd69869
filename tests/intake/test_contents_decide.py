"""Which files of a folder or an archive are X-rays: their content tells, whatever their names."""

import errno
import logging
import os
import pickle
import zipfile

import numpy as np
import pytest
from archives import picture, zipped
from dicom_files import dicom
from hostile import encrypted

from teeth_unet.archives import ArchiveRules
from teeth_unet.datasets import ImageFolderDataset, NewXraysDataset
from teeth_unet.errors import InputError
from teeth_unet.intake import collect_cases, list_folder, pictures_of_archive, xrays_at
from teeth_unet.pictures import LazyImage
from teeth_unet.pictures.dicom import LazyDicom

DICOM = b"\0" * 128 + b"DICM and more"
PGM = b"P5 6 4 255\n" + bytes(24)


def in_folder(folder, files):
    for name, content in files.items():
        path = folder / "set" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "set"


def in_archive(folder, files):
    path = folder / "set.zip"
    path.write_bytes(zipped(files, zipfile.ZIP_DEFLATED))
    return path


def new_xrays(path):
    return xrays_at(path, ArchiveRules(), lambda _: False)


def of_training(path):
    if path.is_dir():
        return collect_cases(path, list_folder(path))
    return pictures_of_archive(path, path.parent / "cache", ArchiveRules())


KINDS = {
    "scan.IMA": (DICOM, LazyDicom),
    "scan.dic": (DICOM, LazyDicom),
    "Smith John.v2": (DICOM, LazyDicom),
    "1.2.840.113619.2.5.1762583153": (DICOM, LazyDicom),
    "called.png": (DICOM, LazyDicom),
    "IM0001": (DICOM, LazyDicom),
    "a.jfif": (picture(1, "JPEG"), LazyImage),
    "a.jpe": (picture(1, "JPEG"), LazyImage),
    "a.pgm": (PGM, LazyImage),
    "a.gif": (picture(1, "GIF"), LazyImage),
    "a.webp": (picture(1, "WEBP"), LazyImage),
    "a.jp2": (picture(1, "JPEG2000", (64, 64)), LazyImage),
    "without ending": (picture(1), LazyImage),
    "called.dcm": (picture(1), LazyImage),
    "notes.txt": (picture(1), LazyImage),
    "damaged.png": (b"no picture", LazyImage),
    "damaged.dcm": (b"no picture", LazyDicom),
    "empty.png": (b"", LazyImage),
}


@pytest.mark.parametrize("listed", [new_xrays, of_training])
@pytest.mark.parametrize("place", [in_folder, in_archive])
@pytest.mark.parametrize(
    ("name", "content", "kind"), [(n, *k) for n, k in KINDS.items()], ids=KINDS
)
def test_the_content_tells_what_a_file_is(tmp_path, place, listed, name, content, kind):
    ((_, opened),) = listed(place(tmp_path, {name: content})).items()
    assert type(opened) is kind
    assert opened.read() == content


@pytest.mark.parametrize("listed", [new_xrays, of_training])
@pytest.mark.parametrize("place", [in_folder, in_archive])
@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("1.2.840.113619.2.5", "1.2.840.113619.2.5"),
        ("Smith John.v2", "Smith John.v2"),
        ("17.v2.png", "17.v2"),
        ("17.JPEG", "17"),
        ("17.dcm", "17"),
        ("17.dicom", "17"),
        ("x/17", "17"),
    ],
)
def test_the_case_is_named_after_the_file_without_the_suffix_of_a_picture(
    tmp_path, place, listed, name, case
):
    assert list(listed(place(tmp_path, {name: DICOM}))) == [case]


OTHERS = {
    "10.txt": b"text",
    "2.json": b"{}",
    "DICOMDIR": DICOM,
    "x/notes": b"text",
    "x/empty": b"",
    ".hidden": b"-",
    "__MACOSX/1.png": picture(),
    "Thumbs.db": b"-",
}


@pytest.mark.parametrize("listed", [new_xrays, of_training])
@pytest.mark.parametrize("place", [in_folder, in_archive])
def test_what_is_no_picture_is_told_by_name(tmp_path, place, listed):
    path = place(tmp_path, {"1.png": picture(), **OTHERS})
    cases = listed(path)
    assert cases.passed_over == ("2.json", "10.txt", "DICOMDIR", "x/empty", "x/notes")
    told = f"{path}: 5 file(s) are no pictures: 2.json, 10.txt, DICOMDIR, …"
    assert cases.told == (told,)
    again = pickle.loads(pickle.dumps(cases))
    assert (again.passed_over, again.told) == (cases.passed_over, cases.told)


@pytest.mark.parametrize("dataset", [NewXraysDataset, ImageFolderDataset])
def test_the_log_says_once_what_is_passed_over(tmp_path, caplog, dataset):
    source = dataset(filepath=str(in_folder(tmp_path, {"1.png": picture(), "a.txt": b"-"})))
    with caplog.at_level(logging.INFO):
        assert list(source.load()) == list(source.load()) == ["1"]
    assert [one.message for one in caplog.records] == [
        f"{tmp_path / 'set'}: 1 file(s) are no pictures: a.txt"
    ]


def test_a_member_that_may_not_be_read_is_passed_over_unless_it_is_called_a_picture(tmp_path):
    (tmp_path / "a.zip").write_bytes(encrypted(zipped({"notes.txt": picture()})))
    with pytest.raises(InputError, match=r"1 other file\(s\): notes\.txt"):
        new_xrays(tmp_path / "a.zip")
    (tmp_path / "a.zip").write_bytes(encrypted(zipped({"notes.png": picture()})))
    with pytest.raises(InputError, match="a file without a password"):
        new_xrays(tmp_path / "a.zip")


def test_dicom_files_are_xrays_of_a_training(tmp_path):
    levels = [[7, 200], [9, 30]]
    path = in_folder(tmp_path, {"Smith John.v2": dicom(np.array(levels, np.uint8))})
    assert np.asarray(of_training(path)["Smith John.v2"]()).tolist() == levels


def test_a_drive_that_is_lost_while_its_files_are_listed_ends_the_run(tmp_path, monkeypatch):
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"")
    stat = os.stat

    def of_lost_drive(path, **options):
        if str(path).endswith("b.png"):
            raise OSError(errno.EIO, "Input/output error", str(path))
        return stat(path, **options)

    monkeypatch.setattr(os, "stat", of_lost_drive)
    with pytest.raises(OSError, match="Input/output error"):
        list(list_folder(tmp_path))
