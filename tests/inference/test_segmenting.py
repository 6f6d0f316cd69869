"""What is made of X-rays, with a segmenter that needs no network."""

import json

import numpy as np
import pytest
from fake_segmenter import settings
from PIL import Image
from small_xrays import PLAIN, broken, loaders, mask, picture, segment

from teeth_unet.inference import Inference
from teeth_unet.inference import segmenting as room
from teeth_unet.teeth.captions import Captions

pytestmark = pytest.mark.usefixtures("fake_separation_network")


def test_masks_are_written_at_native_size(store):
    summary = segment(store, loaders(3))
    assert summary | {"rate": 0} == {
        "cases": ["0", "1", "2"],
        "failures": {},
        "made": 3,
        "found": 0,
        "removed": 0,
        "rate": 0,
        "network": "Nothing.",
        "files": {"0": "0", "1": "1", "2": "2"},
        "not_written": {},
        "passed_over": 0,
        "passed_over_first": [],
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
    assert kinds == {"masks", "overlays", "uncertainty", "labels", "odontograms"}
    found = store.path.rglob("0.png")
    sizes = {Image.open(path).size for path in found if path.parent.name != "odontograms"}
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


def test_the_overlay_of_a_huge_xray_tells_lengths_in_its_own_pixels(store, monkeypatch):
    written = []
    monkeypatch.setattr(Captions, "write", lambda self, text, *_: written.append(text))
    monkeypatch.setattr("teeth_unet.inference.cases.MOST_PIXELS", 20_000)
    levels = np.full((200, 400), 20, np.uint8)
    levels[40:120, 60:100] = 230
    segment(store, {"one": lambda: Image.fromarray(levels)}, Inference(measures=True))
    (tooth,) = store.rows("one")[1]
    assert (tooth["length_px"], tooth["width_px"]) == pytest.approx((80, 40), abs=6)
    assert f"1\n{tooth['length_px']:.0f}\n{tooth['width_px']:.0f}" in written


def test_teeth_that_are_none_or_too_many_are_warned_of(store):
    levels = np.full((200, 1800), 20, np.uint8)
    for left in range(50, 1750, 100):
        levels[60:140, left : left + 50] = 230
    xrays = {"none": lambda: picture(0), "17": lambda: Image.fromarray(levels)}
    segment(store, xrays, Inference(numbers=False), settings=settings(size=256))
    assert "no teeth" in store.rows("none")[0]["warnings"].split("; ")
    assert "17 lower teeth, more than a grown-up has" in store.rows("17")[0]["warnings"]
    segment(store, xrays, PLAIN, settings=settings(size=256))
    assert "teeth" not in store.rows("none")[0]["warnings"]


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
