"""Later runs: what is done is left alone, and everything else is made anew."""

import errno

import numpy as np
import pytest
from PIL import Image
from small_xrays import PLAIN, File, broken, loaders, mask, picture, segment

from teeth_unet.errors import InputError
from teeth_unet.inference import Inference
from teeth_unet.quality import Quality

pytestmark = pytest.mark.usefixtures("fake_separation_network")


def test_what_is_done_is_left_alone(store):
    segment(store, loaders(3))
    before = {path: path.stat().st_mtime_ns for path in store.path.rglob("*.*")}
    summary = segment(store, loaders(5))
    assert (summary["found"], summary["made"]) == (3, 2)
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())


class Killed(BaseException):
    """What no handler catches."""


def test_a_killed_run_goes_on_where_it_stopped(store, monkeypatch):
    write, written = store.write, []

    def die_at_the_third(result):
        if len(written) >= 2:
            raise Killed
        write(result)
        written.append(result.case)

    monkeypatch.setattr(store, "write", die_at_the_third)
    with pytest.raises(Killed):
        segment(store, loaders(8))
    monkeypatch.undo()
    summary = segment(store, loaders(8))
    assert 2 <= len(written) < 8  # two threads write
    assert (summary["found"], summary["made"]) == (len(written), 8 - len(written))


def test_a_failed_one_is_tried_again(store):
    segment(store, loaders(1, bad=broken))
    summary = segment(store, loaders(1, bad=picture))
    assert (summary["found"], summary["made"], summary["failures"]) == (1, 1, {})


@pytest.mark.parametrize(
    ("inference", "changes"),
    [
        (PLAIN, {"fingerprint": "another network"}),
        (PLAIN.model_copy(update={"pixel_spacing": 0.1}), {}),
        (Inference(teeth=False), {}),
    ],
)
def test_another_network_or_other_settings_make_all_anew(store, inference, changes):
    segment(store, loaders(3))
    summary = segment(store, loaders(3), inference, **changes)
    assert (summary["found"], summary["made"]) == (0, 3)


def test_another_picture_under_the_same_name_is_made_anew(store):
    segment(store, loaders(3))
    summary = segment(store, loaders(2) | {"2": lambda: picture(40)})
    assert (summary["found"], summary["made"]) == (2, 1)
    assert (mask(store, "2")[16] == 255).sum() == pytest.approx(40, abs=1)


def test_an_xray_that_has_become_another_and_damaged_loses_its_result(store):
    segment(store, {"0": File(b"0"), "1": File(b"1")})
    segment(store, {"0": File(b"0"), "1": File(b"half", opened=broken)})
    assert not (store.path / "masks/1.png").exists()
    assert (store.path / "masks/0.png").exists()


GONE = [FileNotFoundError(2, "gone"), PermissionError(13, "no"), ValueError("?"), OSError("?")]


@pytest.mark.parametrize("failure", GONE)
def test_an_xray_that_cannot_be_read_fails_and_keeps_its_result(store, failure):
    segment(store, {"0": File(b"0"), "1": File(b"1")})
    summary = segment(store, {"0": File(b"0"), "1": File(b"1", cannot_read=failure)})
    assert (list(summary["failures"]), summary["found"]) == (["1"], 1)
    assert (store.path / "masks/1.png").exists()
    assert segment(store, {"1": File(b"1")})["found"] == 1


def test_an_xray_that_goes_between_two_looks_keeps_its_result(store):
    def gone():
        raise InputError("1.png", "a file", "none", "Replace it.") from FileNotFoundError(2, "-")

    segment(store, {"1": File(b"1")})
    assert list(segment(store, {"1": File(b"new", opened=gone)})["failures"]) == ["1"]
    assert (store.path / "masks/1.png").exists()


def lost():
    raise InputError("1.png", "a file", "an error", "Replace it.") from OSError(errno.EIO, "lost")


@pytest.mark.parametrize("file", [{"cannot_read": OSError(errno.EIO, "lost")}, {"opened": lost}])
def test_a_drive_that_drops_out_ends_the_run_and_all_results_stay(store, file):
    segment(store, loaders(2))
    with pytest.raises(OSError, match="lost"):
        segment(store, {str(n): File(b"other", **file) for n in range(9)})
    assert {path.stem for path in (store.path / "masks").iterdir()} == {"0", "1"}
    assert segment(store, loaders(2))["found"] == 2


def test_results_of_other_xrays_stay(store, caplog):
    caplog.set_level("INFO")
    segment(store, loaders(5))
    assert "are left as they are" not in caplog.text
    assert segment(store, loaders(1))["removed"] == 0
    assert f"Results of 4 other X-rays in {store.path} are left as they are" in caplog.text
    assert segment(store, loaders(5))["found"] == 5


def test_results_of_other_xrays_are_removed_on_request_and_counted(store, caplog):
    caplog.set_level("INFO")
    segment(store, loaders(5))
    (store.path / "masks/mine.png").write_bytes(b"mine")
    summary = segment(store, loaders(2), PLAIN.model_copy(update={"remove_others": True}))
    assert (summary["removed"], summary["found"]) == (3, 2)  # the request makes nothing anew
    assert "Removed the results of 3 X-rays" in caplog.text
    assert {path.name for path in (store.path / "masks").iterdir()} == {
        "0.png",
        "1.png",
        "mine.png",
    }


def test_files_are_known_by_their_bytes_without_decoding(store):
    def opened(content):
        decoded.append(content)
        return picture()

    def file(content):
        return File(content, opened=lambda: opened(content))

    decoded = []
    segment(store, {"1": file(b"1"), "2": file(b"2")})
    segment(store, {"1": file(b"1"), "2": file(b"another")})
    assert sorted(decoded) == [b"1", b"2", b"another"]


def test_what_a_picture_is_judged_by_makes_results_anew_and_nothing_else_of_quality_does(store):
    dark = {"0": lambda: Image.fromarray(np.tile(np.arange(64, dtype=np.uint8) // 2, (32, 1)))}
    segment(store, dark)
    assert "very dark" in store.rows("0")[0]["warnings"]
    others = Quality(most_tooth=0.4, size_ratio=3, severity={"empty_mask": "error"})
    assert segment(store, dark, quality=others)["found"] == 1
    assert segment(store, dark, quality=Quality(dark_level=5))["made"] == 1
    assert "very dark" not in store.rows("0")[0]["warnings"]
