"""Many X-rays, with a segmenter that needs no network."""

import json
import threading
import time
import tracemalloc

import numpy as np
import pytest
from fake_segmenter import FakeSegmenter
from PIL import Image

from teeth_unet.datasets import InferenceResultsDataset
from teeth_unet.errors import InputError
from teeth_unet.inference import Inference, make_predictor, segment_xrays
from teeth_unet.inference import segmenting as room

pytestmark = pytest.mark.usefixtures("fake_splitter")

PLAIN = Inference(overlay=False, teeth=False)


def picture(bright_columns=10, size=(64, 32)):
    """A dark picture with a bright part on its left."""
    levels = np.full(size[::-1], 20, np.uint8)
    levels[:, :bright_columns] = 230
    return Image.fromarray(levels)


def loaders(count, **others):
    return {str(n): (lambda n=n: picture(n + 10)) for n in range(count)} | others


def broken():
    raise InputError("2.png", "an intact picture", "a damaged file", "Replace it.")


@pytest.fixture
def store(tmp_path):
    return InferenceResultsDataset(filepath=str(tmp_path / "results")).load()


def segment(store, xrays, inference=PLAIN, **changes):
    predictor = make_predictor(FakeSegmenter(**changes), [], inference)
    return segment_xrays(xrays, predictor, inference, store)


def mask(store, case):
    return np.asarray(Image.open(store.path / "masks" / f"{case}.png"))


def test_masks_are_written_at_native_size(store):
    summary = segment(store, loaders(3))
    assert summary | {"rate": 0} == {
        "cases": ["0", "1", "2"],
        "failures": {},
        "made": 3,
        "found": 0,
        "removed": 0,
        "rate": 0,
    }
    for case in range(3):
        found = mask(store, case)
        assert found.shape == (32, 64)
        assert set(np.unique(found)) == {0, 255}
        # The edge of the bright part, to a pixel: two of the X-ray are one of the network.
        assert abs(int((found[16] == 255).sum()) - (case + 10)) <= 1
    row, teeth = store.rows("2")
    assert (row["width"], row["height"], teeth) == (64, 32, [])
    assert row["tooth_share"] == pytest.approx((mask(store, "2") == 255).mean(), abs=1e-4)


def test_each_kind_of_picture_is_made_when_it_is_asked_for(store):
    everything = Inference(uncertainty="flips")
    segment(store, loaders(1), everything, slant=0.1)
    kinds = {path.parent.name for path in store.path.rglob("0.png")}
    assert kinds == {"masks", "overlays", "uncertainty"}
    sizes = {Image.open(path).size for path in store.path.rglob("0.png")}
    assert sizes == {(64, 32)}
    segment(store, loaders(1), PLAIN)
    assert {path.parent.name for path in store.path.rglob("0.png")} == {"masks"}


def test_teeth_are_counted_and_measured(store):
    levels = np.full((200, 400), 20, np.uint8)
    for left in (60, 120, 180, 240):
        levels[40:90, left : left + 30] = 230
        levels[110:160, left : left + 30] = 230
    segment(store, {"eight": lambda: Image.fromarray(levels)}, Inference(pixel_spacing=0.1))
    row, teeth = store.rows("eight")
    assert row["teeth"] == len(teeth) == 8
    assert [tooth["tooth"] for tooth in teeth] == list(range(1, 9))
    assert {tooth["jaw"] for tooth in teeth} == {"upper", "lower"}
    for tooth in teeth:
        assert tooth["length_px"] == pytest.approx(50, abs=8)
        assert tooth["length_mm"] == pytest.approx(tooth["length_px"] * 0.1, abs=0.02)
        assert tooth["mm_uncertainty"] == 0.15
    assert json.loads((store.path / "rows/eight.json").read_text())["teeth"] == teeth


def test_teeth_of_a_huge_xray_are_measured_in_its_own_pixels(store, monkeypatch):
    levels = np.full((200, 400), 20, np.uint8)
    levels[40:120, 60:100] = 230
    xrays = {"one": lambda: Image.fromarray(levels)}
    segment(store, xrays, Inference())
    ((tooth,), overlay) = store.rows("one")[1], Image.open(store.path / "overlays/one.png").size
    monkeypatch.setattr("teeth_unet.inference.cases.MOST_PIXELS", 20_000)
    segment(store, xrays, Inference(), fingerprint="other")
    ((shrunk,), smaller) = store.rows("one")[1], Image.open(store.path / "overlays/one.png").size
    assert (overlay, smaller) == ((400, 200), (200, 100))
    assert mask(store, "one").shape == (200, 400)
    for name in ("centre_x", "centre_y", "length_px", "width_px"):
        assert shrunk[name] == pytest.approx(tooth[name], abs=3)
    assert shrunk["area_px"] == pytest.approx(tooth["area_px"], rel=0.08)


def test_more_teeth_than_a_person_has_are_a_doubt(store, monkeypatch):
    monkeypatch.setattr("teeth_unet.inference.cases.MOST_TEETH", 0)
    segment(store, {"one": lambda: picture(20)}, Inference())
    assert "1 teeth, more than a person has" in store.rows("one")[0]["warnings"]


def test_a_broken_xray_is_reported_and_skipped(store, caplog):
    summary = segment(store, loaders(2, broken=broken, last=picture))
    assert list(summary["failures"]) == ["broken"]
    assert "a damaged file" in summary["failures"]["broken"]
    assert summary["made"] == 3
    assert "Case broken failed: 2.png: expected an intact picture" in caplog.text
    assert not store.path.joinpath("masks/broken.png").exists()


@pytest.mark.parametrize("failure", [ValueError("?"), MemoryError(), KeyError("x"), OSError("?")])
def test_whatever_happens_to_one_xray_the_others_are_made(store, failure, monkeypatch):
    def fail():
        raise failure

    assert len(segment(store, loaders(2, bad=fail))["failures"]) == 1
    original = room.make_result

    def fail_late(opened, *arguments):
        if opened.case == "late":
            raise failure
        return original(opened, *arguments)

    monkeypatch.setattr(room, "make_result", fail_late)
    summary = segment(store, loaders(4, late=picture))
    assert list(summary["failures"]) == ["late"]
    assert (summary["found"], summary["made"]) == (2, 2)


def test_a_full_disk_ends_the_run(store, monkeypatch):
    def full(result):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "write", full)
    with pytest.raises(OSError, match="No space"):
        segment(store, loaders(10))


# Going on, and making anew --------------------------------------------------------------------


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
        if len(written) == 2:
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


def test_an_xray_that_has_become_unreadable_loses_its_result(store):
    segment(store, loaders(2))
    segment(store, loaders(1) | {"1": broken})
    assert not (store.path / "masks/1.png").exists()


def test_results_of_xrays_that_are_not_given_are_removed_and_counted(store, caplog):
    caplog.set_level("INFO")
    segment(store, loaders(5))
    (store.path / "masks/mine.png").write_bytes(b"mine")
    summary = segment(store, loaders(2))
    assert summary["removed"] == 3
    assert "Removed the results of 3 X-rays" in caplog.text
    assert {path.name for path in (store.path / "masks").iterdir()} == {
        "0.png",
        "1.png",
        "mine.png",
    }


def test_files_are_known_by_their_bytes_without_decoding(store):
    class File:
        def __init__(self, content):
            self.content = content

        def read(self):
            return self.content

        def __call__(self):
            decoded.append(self.content)
            return picture()

    decoded = []
    segment(store, {"1": File(b"1"), "2": File(b"2")})
    segment(store, {"1": File(b"1"), "2": File(b"another")})
    assert sorted(decoded) == [b"1", b"2", b"another"]


# Many at a time -------------------------------------------------------------------------------


def test_few_xrays_are_open_at_a_time(store, monkeypatch):
    alive, most, lock = set(), [0], threading.Lock()
    opened, written = room.open_xray, store.write

    def count(case, *arguments):
        with lock:
            alive.add(case)
            most[0] = max(most[0], len(alive))
        return opened(case, *arguments)

    def uncount(result):
        time.sleep(0.002)
        written(result)
        with lock:
            alive.discard(result.case)

    monkeypatch.setattr(room, "open_xray", count)
    monkeypatch.setattr(store, "write", uncount)
    segment(store, loaders(40))
    assert alive == set()
    assert most[0] <= 2 * room.AHEAD + 2


def test_large_xrays_are_finished_one_by_one(store, monkeypatch):
    monkeypatch.setattr(room, "LARGE", 1)
    running, most, written = [0], [0], store.write

    def watch(result):
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.002)
        written(result)
        running[0] -= 1

    monkeypatch.setattr(store, "write", watch)
    segment(store, loaders(10))
    assert most[0] == 1


def test_memory_does_not_grow_with_the_number_of_xrays(store):
    def peak(count):
        tracemalloc.reset_peak()
        segment(store, {f"{count}-{n}": lambda: picture(size=(600, 300)) for n in range(count)})
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        peak(5)  # what is imported and cached at first
        few, many = peak(10), peak(60)
    finally:
        tracemalloc.stop()
    assert many < few + 50 * 180_000 / 4  # not a quarter of the pixels of those 50


def test_the_network_is_used_by_one_thread_alone(store, monkeypatch):
    threads = set()
    original = FakeSegmenter.predict_probabilities

    def watch(self, xray):
        threads.add(threading.get_ident())
        return original(self, xray)

    monkeypatch.setattr(FakeSegmenter, "predict_probabilities", watch)
    segment(store, loaders(6))
    assert threads == {threading.get_ident()}
