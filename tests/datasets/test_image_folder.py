import base64
import inspect
import io
import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from archives import picture
from kedro.io import DataCatalog, DatasetError
from picture_files import bomb
from PIL import Image, ImageFile

from teeth_unet.datasets import ImageFolderDataset
from teeth_unet.errors import InputError
from teeth_unet.storage import expand_home


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "xrays"


def fill(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return ImageFolderDataset(filepath=str(folder))


def cause_of(error):
    """The error for the user that Kedro has wrapped."""
    assert isinstance(error.value, DatasetError)
    assert isinstance(error.value.__cause__, InputError)
    return str(error.value.__cause__)


def test_pictures_are_read_by_case_name_in_natural_order(folder):
    dataset = fill(
        folder, {"10.png": picture(10), "2.png": picture(2), "lower/7.tif": picture(7, "TIFF")}
    )
    cases = dataset.load()
    assert list(cases) == ["2", "7", "10"]
    assert [np.asarray(read()).max() for read in cases.values()] == [2, 7, 10]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.png", "PNG"),
        ("a.PNG", "PNG"),
        ("a.jpg", "JPEG"),
        ("a.Jpeg", "JPEG"),
        ("a.tif", "TIFF"),
        ("a.tiff", "TIFF"),
        ("a.bmp", "BMP"),
        ("a.png", "JPEG"),  # the content decides, once a file counts as a picture
    ],
)
def test_png_jpeg_tiff_and_bmp_are_pictures(folder, name, kind):
    image = fill(folder, {name: picture(3, kind)}).load()["a"]()
    assert image.size == (6, 4)
    assert image.format == kind


@pytest.mark.parametrize(
    "litter",
    [
        ".hidden.png",
        "._1.png",
        ".cache/2.png",
        "__MACOSX/1.png",
        "deep/__MACOSX/._1.png",
        "Thumbs.db",
        "desktop.ini",
        "README.txt",
        "labels.json",
        "1.svg",
        "1",
    ],
)
def test_other_files_are_left_out(folder, litter):
    assert list(fill(folder, {"1.png": picture(), litter: b"-"}).load()) == ["1"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.png", "1.jpg"),
        ("left/1.png", "right/1.png"),
        ("\u00e9.png", "x/e\u0301.png"),
        ("a.png", "x/A.jpg"),  # one file on some systems
        ("Stra\u00dfe.png", "x/STRASSE.png"),
    ],
)
def test_two_pictures_of_one_case_are_refused(folder, one, other):
    dataset = fill(folder, {one: picture(), other: picture(0)})
    with pytest.raises(DatasetError) as error:
        dataset.load()
    message = cause_of(error)
    assert one in message
    assert other in message


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, "no files"),
        ({".hidden.png": b"-"}, "no files"),
        ({"Thumbs.db": b"-", "x/thumbs.DB": b"-", "Desktop.ini": b"-"}, "no files"),
        ({"a.svg": b"-"}, r"1 other file\(s\): a\.svg\."),
        ({f"{n}.txt": b"-" for n in range(12)}, r"12 other file\(s\): 0\.txt, 1\.txt, 2\.txt, …"),
    ],
)
def test_a_folder_without_pictures_is_an_error_that_says_what_is_there(folder, files, found):
    folder.mkdir()
    with pytest.raises(DatasetError, match=found) as error:
        fill(folder, files).load()
    assert cause_of(error).startswith(str(folder))


DAMAGED = {
    "empty": (b"", "an empty file"),
    "text": (b"no picture at all", "a damaged file or one of another kind"),
    "PNG, cut": (picture(7)[:-30], "Truncated"),
    "JPEG, cut": (picture(7, "JPEG")[:-30], "Truncated"),
    "TIFF, cut": (picture(7, "TIFF")[:-5], "truncated"),
    "BMP, cut": (picture(7, "BMP")[:-5], "truncated"),
    "PNG, a chunk with a wrong checksum": (picture(7).replace(b"IDAT", b"IXAT"), "a damaged file"),
    "BMP, 100,000 pixels square": (
        picture(7, "BMP")[:18] + 2 * (100_000).to_bytes(4, "little") + picture(7, "BMP")[26:],
        "exceeds limit of 400000000 pixels",
    ),
}


@pytest.mark.parametrize(("content", "found"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_picture_is_an_error_that_names_the_file(folder, content, found):
    cases = fill(folder, {"good.png": picture(), "bad.png": content}).load()
    assert cases["good"]().size == (6, 4)
    with pytest.raises(InputError, match=found) as error:
        cases["bad"]()
    assert str(error.value).startswith(f"bad.png in {folder}: expected an intact picture")


def test_a_picture_of_a_kind_that_is_not_supported_is_refused(folder):
    with pytest.raises(InputError, match="a damaged file or one of another kind"):
        fill(folder, {"1.png": picture(0, "PCX")}).load()["1"]()


def test_a_picture_that_has_gone_is_an_error_that_names_it(folder):
    cases = fill(folder, {"1.png": picture()}).load()
    (folder / "1.png").unlink()
    with pytest.raises(InputError, match=r"1\.png in .*No such file"):
        cases["1"]()


def test_a_very_wide_panoramic_brings_no_warning(folder, monkeypatch):
    cases = fill(folder, {"wide.png": bomb("PNG", 20_000, 8_000)}).load()
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: None)  # would take seconds
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cases["wide"]().size == (20_000, 8_000)


def test_readers_work_in_threads_and_after_pickling(folder):
    dataset = fill(folder, {f"{n}.png": picture(n) for n in range(40)})
    readers = pickle.loads(pickle.dumps(dataset.load())).values()
    with ThreadPoolExecutor(8) as threads:
        levels = [np.asarray(image).max() for image in threads.map(lambda read: read(), readers)]
    assert levels == list(range(40))


def test_loading_lists_files_without_reading_them(folder, monkeypatch):
    dataset = fill(folder, {"1.png": picture()})
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read too early"))
    assert list(dataset.load()) == ["1"]


@pytest.mark.parametrize("is_file", [False, True])
def test_a_missing_folder_is_an_error_that_says_how_to_name_it(folder, is_file):
    if is_file:
        folder.write_bytes(b"-")
    dataset = ImageFolderDataset(filepath=str(folder / ".." / "xrays"))
    assert not dataset.exists()
    with pytest.raises(DatasetError) as error:
        dataset.load()
    message = cause_of(error)
    assert message.startswith(f"{folder}: expected a folder")
    assert ("found a file" in message) == is_file
    assert "--params xrays=…,masks=…" in message


def test_a_folder_that_is_there_exists(folder):
    assert fill(folder, {"1.png": picture()}).exists()


def test_saving_is_refused(folder):
    with pytest.raises(DatasetError, match="is read-only"):
        ImageFolderDataset(filepath=str(folder)).save({})
    assert not folder.exists()


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("/data/xrays", "/data/xrays"),
        ("xrays", "xrays"),
        ("~/xrays", "/home/someone/xrays"),
        ("~", "/home/someone"),
        ("/data/~/xrays", "/data/~/xrays"),
        ("./~/xrays", "~/xrays"),
        ("~xrays/of", "~xrays/of"),
        ("/data/backup~/xrays", "/data/backup~/xrays"),
        (2024, "2024"),
    ],
)
def test_what_the_catalog_gives_becomes_a_path(monkeypatch, given, path):
    monkeypatch.setenv("HOME", "/home/someone")
    assert expand_home(given) == Path(path)


def test_a_catalog_entry_keeps_its_metadata(folder):
    metadata = {"kedro-viz": {"layer": "01_raw"}}
    kind = f"{ImageFolderDataset.__module__}.{ImageFolderDataset.__qualname__}"
    entry = {"type": kind, "filepath": str(folder), "metadata": metadata}
    dataset = DataCatalog.from_config({"raw_xrays": entry})["raw_xrays"]
    assert dataset.metadata == metadata
    assert dataset._describe() == {"filepath": str(folder)}


def test_the_preview_shows_six_cases_spread_over_all(folder):
    dataset = fill(folder, {f"{n}.png": picture(n) for n in range(2, 103)})
    sheet = Image.open(io.BytesIO(base64.b64decode(dataset.preview()))).convert("RGBA")
    grey, *_, opaque = np.moveaxis(np.asarray(sheet), -1, 0)
    assert list(dict.fromkeys(grey[opaque > 0].tolist())) == [2, 22, 42, 62, 82, 102]


def test_kedro_viz_recognises_the_preview_and_gets_none_without_a_folder(folder):
    # By this name kedro-viz picks the display; None makes it show the node without a picture.
    assert inspect.signature(ImageFolderDataset.preview).return_annotation.__name__ == (
        "ImagePreview"
    )
    assert ImageFolderDataset(filepath=str(folder)).preview() is None
