import copy
import errno
import os
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teeth_unet.storage import Rows, allocate, large_arrays

STACK = np.arange(5 * 2 * 3, dtype=np.uint8).reshape(5, 2, 3, 1)


@pytest.fixture
def large(monkeypatch):
    """Every array counts as large."""
    monkeypatch.setattr(large_arrays, "IN_MEMORY", -1)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("shape", [(3, 4, 4, 1), (1,)])
def test_a_large_array_is_one_to_be_written_and_read(large, tmp_path, monkeypatch, shape, dtype):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    array = allocate(shape, dtype)
    assert isinstance(array, np.memmap)
    assert array.shape == shape
    assert array.dtype == dtype
    assert not list(tmp_path.iterdir())  # nothing that a killed process could leave
    array[:] = 7
    assert (array == 7).all()


def test_an_array_of_usual_size_is_in_memory():
    assert type(allocate((3, 4), np.uint8)) is np.ndarray


def test_an_array_without_rows_is_never_on_the_disk(monkeypatch):
    monkeypatch.setattr(large_arrays, "IN_MEMORY", 0)
    assert allocate((0, 4), np.uint8).shape == (0, 4)


def test_a_full_disk_is_told_before_anything_is_written(large, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(large_arrays.tempfile, "tempdir", None)
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space left") as raised:
        allocate((3, 4), np.uint8)
    assert raised.value.filename == str(tmp_path)


KEYS = [
    0,
    -1,
    np.int64(2),
    slice(None),
    slice(1, 3),
    slice(None, None, -1),
    [2, 0],
    np.array([1, 1]),
    np.array([True, False, True]),
    (1, ..., 0),
    (slice(0, 2), slice(None), slice(None, None, -1)),
    ([0, 2], slice(None), slice(0, 2)),
    ([0, 1], [0, 1]),
    ([0, 1], slice(None), [2, 0]),
    (slice(None), None),
    (0, 1, 2, 0),
    (..., 0),
    (slice(None), 1),
    ...,
]


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize("highest", [None, 1, 255])
def test_rows_answer_as_the_array_of_these_rows(key, highest):
    chosen = np.array([4, 1, 3])
    expected = STACK[chosen]
    if highest:
        expected = expected.astype(np.float32) / np.float32(highest)
    rows = Rows(STACK, chosen, highest)
    read = rows[key]
    assert read.dtype == expected.dtype == rows.dtype
    np.testing.assert_array_equal(read, expected[key])
    assert np.shape(read) == np.shape(expected[key])


def test_rows_of_rows_are_those_of_both():
    rows = Rows(Rows(STACK, np.array([4, 1, 3]), 255), np.array([2, 0]))
    np.testing.assert_array_equal(rows, np.asarray(Rows(STACK, np.array([3, 4]), 255)))
    assert rows.dtype == np.float32


def test_rows_have_what_an_array_has():
    rows = Rows(STACK, np.array([4, 1, 3]), 255)
    array = np.asarray(rows)
    for name in ("shape", "dtype", "ndim", "nbytes"):
        assert getattr(rows, name) == getattr(array, name)
    assert len(rows) == 3
    assert [picture.tolist() for picture in rows] == array.tolist()
    with pytest.raises(IndexError):
        rows[3]


@given(st.lists(st.integers(0, 4), max_size=6))
def test_rows_of_none_or_many_are_those_rows(chosen):
    rows = Rows(STACK, np.array(chosen, np.int64))
    np.testing.assert_array_equal(np.asarray(rows), STACK[np.array(chosen, np.int64)])


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x.mean(),
        lambda x: x.max(axis=0),
        lambda x: x.astype(np.float64),
        lambda x: x.T,
        lambda x: x * 2,
        lambda x: 1 - x,
        lambda x: x == x,
        lambda x: x > 3,
        np.sum,
        np.sqrt,
        lambda x: np.concatenate([x, x]),
    ],
)
def test_rows_can_be_used_as_an_array(use):
    rows = Rows(STACK, np.array([4, 1, 3]), 255)
    np.testing.assert_array_equal(use(rows), use(np.asarray(rows)))


def test_rows_travel_to_other_processes_and_can_be_copied():
    rows = Rows(STACK, np.array([4, 1, 3]), 255)
    for other in (pickle.loads(pickle.dumps(rows)), copy.deepcopy(rows)):
        np.testing.assert_array_equal(other, rows)


def test_rows_lack_what_an_array_lacks():
    with pytest.raises(AttributeError, match="teeth"):
        _ = Rows(STACK).teeth


def test_rows_are_read_only_when_they_are_used():
    class Watched(np.ndarray):
        def __getitem__(self, key):
            read.append(key)
            return super().__getitem__(key)

    read = []
    rows = Rows(STACK.view(Watched), np.array([4, 1, 3]))
    assert not read
    rows[1:]
    assert [each.tolist() for each in read] == [[1, 3]]
