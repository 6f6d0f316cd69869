import pytest
from kedro.io import DatasetError

from teeth_unet.datasets import FileFolderDataset

FILES = {"saved_model/variables/index": b"\x00\xff", "unet.onnx": b"", "unet.json": b"{}"}


def test_files_come_back_as_they_were_by_their_paths(tmp_path):
    folder = FileFolderDataset(filepath=str(tmp_path / "exported"))
    folder.save(FILES)
    assert folder.load() == FILES
    assert list(folder.load()) == sorted(FILES)
    assert (
        tmp_path / "exported" / "saved_model" / "variables" / "index"
    ).read_bytes() == b"\x00\xff"


def test_no_file_of_an_earlier_run_stays_behind(tmp_path):
    folder = FileFolderDataset(filepath=str(tmp_path / "exported"))
    folder.save(FILES)
    folder.save({"unet.tflite": b"1"})
    assert folder.load() == {"unet.tflite": b"1"}


@pytest.mark.parametrize("path", ["../unet.onnx", "/tmp/unet.onnx", "saved_model/../../unet.onnx"])
def test_nothing_is_written_outside_of_the_folder(tmp_path, path):
    folder = FileFolderDataset(filepath=str(tmp_path / "exported"))
    folder.save(FILES)
    with pytest.raises(DatasetError, match="expected paths within the folder"):
        folder.save({"unet.json": b"new", path: b"new"})
    assert folder.load() == FILES
    assert [each.name for each in tmp_path.iterdir()] == ["exported"]


def test_a_folder_that_is_not_there_cannot_be_loaded(tmp_path):
    folder = FileFolderDataset(filepath=str(tmp_path / "exported"))
    assert not folder.exists()
    with pytest.raises(DatasetError):
        folder.load()


def test_kedro_viz_lists_the_files_with_their_sizes(tmp_path):
    folder = FileFolderDataset(filepath=str(tmp_path / "exported"))
    folder.save(FILES)
    preview = folder.preview()
    assert preview["columns"] == ["file", "bytes"]
    assert preview["data"] == [
        ["saved_model/variables/index", 2],
        ["unet.json", 2],
        ["unet.onnx", 0],
    ]
