"""What pydicom has to say is kept quiet, in any number of threads."""

import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

from teeth_unet.pictures.dicom import LazyDicom

pydicom = pytest.importorskip("pydicom", reason="needs the extra dicom: pip install -e .[dicom]")

from dicom_files import dicom  # noqa: E402 (it needs pydicom)

LEVELS = np.array([[0, 10, 200], [255, 100, 50]], np.uint8)


def opened(content):
    return LazyDicom("a.dcm", Path("clinic"), lambda: content)()


def test_what_pydicom_would_warn_of_is_not_told(caplog, recwarn):
    padded = dicom(LEVELS, pixels=LEVELS.tobytes() + bytes(4))
    assert np.asarray(opened(padded)).tolist() == LEVELS.tolist()
    assert caplog.text == ""
    assert list(recwarn) == []


def test_reading_in_two_threads_leaves_no_filter_of_warnings_behind(monkeypatch):
    read, inside, over = pydicom.dcmread, threading.Event(), threading.Event()

    def first(*arguments, **options):
        assert inside.wait()  # until the second has begun as well
        return read(*arguments, **options)

    def second(*arguments, **options):
        inside.set()
        assert over.wait()  # until the first is done
        return read(*arguments, **options)

    turns = iter([first, second])
    begun = threading.Event()

    def dcmread(*arguments, **options):
        turn = next(turns)
        begun.set()
        return turn(*arguments, **options)

    monkeypatch.setattr(pydicom, "dcmread", dcmread)
    content, before = dicom(LEVELS), list(warnings.filters)
    one, other = (threading.Thread(target=opened, args=[content]) for _ in range(2))
    one.start()
    assert begun.wait()
    other.start()
    one.join()
    over.set()
    other.join()
    left = [each for each in warnings.filters if each not in before]
    assert [each[3].pattern for each in left if each[3]] == [r"(py|high)dicom\b"]
    assert len(left) == 1
