import base64
import io
import pickle

import numpy as np
import pytest
from kedro.io import DatasetError
from PIL import Image

from teeth_unet.datasets import ArrayDataset
from teeth_unet.storage import Rows


@pytest.fixture
def dataset(tmp_path):
    return ArrayDataset(filepath=str(tmp_path / "x.npy"))


def opened(preview):
    return Image.open(io.BytesIO(base64.b64decode(preview)))


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "bool"])
@pytest.mark.parametrize("shape", [(3, 4, 5, 1), (1, 2, 2, 1), (0, 8, 8, 1), (7,), ()])
def test_an_array_comes_back_with_shape_type_and_values(dataset, dtype, shape):
    array = np.random.default_rng(0).integers(0, 2, shape).astype(dtype)
    dataset.save(array)
    loaded = dataset.load()
    assert loaded.shape == shape
    assert loaded.dtype == array.dtype
    np.testing.assert_array_equal(loaded, array)


def test_a_view_comes_back_as_what_it_shows(dataset):
    array = np.arange(24).reshape(2, 3, 4)[:, ::-1, ::2]
    dataset.save(array)
    np.testing.assert_array_equal(dataset.load(), array)


def test_a_loaded_array_is_mapped_and_cannot_be_written_to(dataset):
    dataset.save(np.zeros((2, 4, 4, 1)))
    loaded = dataset.load()
    assert isinstance(loaded, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        loaded[0] = 1


def test_a_mapped_array_keeps_its_values_while_its_file_is_replaced(dataset):
    dataset.save(np.zeros((2, 4, 4, 1)))
    loaded = dataset.load()
    dataset.save(np.ones((2, 4, 4, 1)))
    assert not loaded.any()
    assert dataset.load().all()


def test_an_array_may_be_replaced_by_one_that_was_mapped_from_it(dataset):
    dataset.save(np.arange(10))
    dataset.save(dataset.load()[::-1])
    assert dataset.load().tolist() == list(range(9, -1, -1))


def test_pickled_objects_are_neither_written_nor_read(dataset, tmp_path):
    objects = np.array([{"a": 1}], dtype=object)
    with pytest.raises(DatasetError, match="allow_pickle=False"):
        dataset.save(objects)
    np.save(tmp_path / "x.npy", objects, allow_pickle=True)
    with pytest.raises(DatasetError, match="Python objects"):
        dataset.load()
    (tmp_path / "x.npy").write_bytes(pickle.dumps([1, 2]))
    with pytest.raises(DatasetError, match="pickled"):
        dataset.load()


def test_an_array_that_is_not_there_is_a_dataset_error_that_names_the_file(dataset):
    assert not dataset.exists()
    with pytest.raises(DatasetError, match=r"x\.npy"):
        dataset.load()


def test_the_preview_shows_up_to_six_pictures_spread_evenly(dataset):
    grey = np.linspace(0.1, 1, 11, dtype=np.float32)
    dataset.save(np.broadcast_to(grey[:, None, None, None], (11, 16, 16, 1)))
    levels, transparency = opened(dataset.preview()).split()
    shown = np.unique(np.asarray(levels)[np.asarray(transparency) == 255])
    expected = (255 * grey[[0, 2, 4, 6, 8, 10]]).astype(np.uint8)
    assert shown.tolist() == expected.tolist()


def test_there_is_no_preview_of_a_part_without_cases(dataset):
    dataset.save(np.zeros((0, 16, 16, 1), np.float32))
    assert dataset.preview() is None


GREY = np.array([0, 51, 102, 255], np.uint8).reshape(2, 1, 2, 1)


@pytest.fixture
def scaled(tmp_path):
    return ArrayDataset(filepath=str(tmp_path / "x.npy"), highest=255)


@pytest.mark.parametrize("data", [GREY, Rows(GREY), Rows(GREY[::-1], np.array([1, 0]))])
def test_grey_levels_are_kept_in_a_byte_and_loaded_as_float32_in_0_to_1(scaled, data):
    scaled.save(data)
    kept = ArrayDataset(filepath=str(scaled._filepath)).load()
    assert kept.dtype == np.uint8
    np.testing.assert_array_equal(kept, GREY)
    loaded = scaled.load()
    assert loaded.dtype == np.float32
    assert loaded.shape == (2, 1, 2, 1)
    np.testing.assert_array_equal(loaded, GREY.astype(np.float32) / np.float32(255))


def test_masks_are_loaded_as_zeros_and_ones(tmp_path):
    masks = ArrayDataset(filepath=str(tmp_path / "y.npy"), highest=1)
    masks.save(Rows(np.array([[0], [1]], np.uint8)))
    assert np.asarray(masks.load()).tolist() == [[0.0], [1.0]]
    assert masks.load()[1].dtype == np.float32


@pytest.mark.parametrize("rows", [0, 1, 1000])
def test_rows_are_written_as_numpy_writes_an_array(tmp_path, monkeypatch, rows):
    monkeypatch.setattr("teeth_unet.datasets.saved.arrays.CHUNK", 100)
    stack = np.random.default_rng(0).integers(0, 255, (rows, 3, 3, 1), np.uint8)
    for name, data in (("array", stack), ("rows", Rows(stack))):
        ArrayDataset(filepath=str(tmp_path / name)).save(data)
    assert (tmp_path / "array").read_bytes() == (tmp_path / "rows").read_bytes()


def test_what_an_earlier_version_kept_as_float32_is_still_read(scaled):
    ArrayDataset(filepath=str(scaled._filepath)).save(GREY.astype(np.float32) / 255)
    np.testing.assert_array_equal(scaled.load(), GREY.astype(np.float32) / 255)


def test_what_is_to_be_scaled_is_saved_as_uint8_only(scaled):
    with pytest.raises(DatasetError, match="expected an array of uint8, received float32"):
        scaled.save(np.zeros((1, 2, 2, 1), np.float32))
    assert not scaled.exists()


def test_kedro_viz_shows_scaled_rows(scaled):
    scaled.save(np.full((1, 8, 8, 1), 255, np.uint8))
    assert opened(scaled.preview()).convert("L").getextrema()[1] == 255
