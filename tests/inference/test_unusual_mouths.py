"""Mirrored X-rays, huge ones, and what is no usual mouth."""

import numpy as np
import pytest
from drawn_mouths import XRAY, label_map, levels, loader, numbers
from small_xrays import segment

from teeth_unet.inference import Inference
from teeth_unet.inference import cases as cases_of_the_room
from teeth_unet.tooth_numbers import mirrored

pytestmark = pytest.mark.usefixtures("fake_separation_network")


def kept(store, kind):
    return (store.path / kind / "7.png").read_bytes()


def test_sides_of_a_mirrored_xray_are_exchanged_and_nothing_else(store):
    segment(store, XRAY, Inference())
    usual, masks = numbers(store), kept(store, "masks")
    places = [(tooth["centre_x"], tooth["order"]) for tooth in store.rows("7")[1]]
    inside = label_map(store) > 0
    segment(store, XRAY, Inference(mirrored=True))
    assert numbers(store) == [mirrored(number) for number in usual]
    assert kept(store, "masks") == masks
    assert [(tooth["centre_x"], tooth["order"]) for tooth in store.rows("7")[1]] == places
    assert ((label_map(store) > 0) == inside).mean() > 0.99
    assert store.rows("7")[0]["review"] == ""


@pytest.mark.parametrize(
    ("told", "setting", "exchanged", "reviewed"),
    [
        (None, "auto", False, ""),
        (False, "auto", False, ""),
        (True, "auto", True, "The file says that the X-ray lies mirrored"),
        (True, True, True, ""),
        (True, False, False, "The file says that the X-ray lies mirrored, the setting"),
        (False, True, True, "The file says that the X-ray lies as usual, the setting"),
    ],
)
def test_a_file_that_says_that_it_lies_mirrored_is_believed(
    store, told, setting, exchanged, reviewed
):
    info = {} if told is None else {"lies_mirrored": told}
    segment(store, {"7": loader(levels(), **info)}, Inference(mirrored=setting))
    assert numbers(store)[0] == (28 if exchanged else 18)
    review = store.rows("7")[0]["review"]
    assert review.startswith(reviewed)
    assert bool(review) == bool(reviewed)


# What is no usual X-ray ------------------------------------------------------------------------

UNUSUAL = {
    "nothing": levels([], []),
    "one tooth": levels([190], []),
    "white": np.full((200, 400), 255, np.uint8),
    "40 px": levels()[:40, :40],
    "1 px": np.full((1, 1), 230, np.uint8),
    "a line": np.full((1, 400), 230, np.uint8),
    "stripes": np.tile(np.where(np.arange(400) % 12 < 6, 230, 20).astype(np.uint8), (200, 1)),
    "noise": np.random.default_rng(0).integers(0, 256, (200, 400), dtype=np.uint8),
}


@pytest.mark.parametrize("name", UNUSUAL)
@pytest.mark.parametrize("way", ["auto", True])
def test_what_is_no_mouth_has_a_chart_that_is_unsure(store, name, way):
    inference = Inference(formats=["coco", "labelme", "yolo"], mirrored=way)
    assert segment(store, {"7": loader(UNUSUAL[name])}, inference)["failures"] == {}
    row, _ = store.rows("7")
    assert set(row["chart"].values()) == {"unsure"}
    assert row["dentition"] == "unsure"
    assert row["missing"] == ""
    assert row["review"]


def test_an_xray_of_implants_alone_is_unsure(store, with_kinds):
    with_kinds(dict.fromkeys([18, 17, 16, 15, 48, 47, 46], "implant"))
    segment(store, XRAY, Inference())
    row, _ = store.rows("7")
    assert row["teeth"] == 0
    assert set(row["chart"].values()) == {"unsure"}
    assert "no teeth" in row["warnings"]


def test_a_huge_xray_is_numbered_in_a_smaller_copy(store, monkeypatch):
    segment(store, XRAY, Inference())
    expected = numbers(store)
    monkeypatch.setattr(cases_of_the_room, "MOST_PIXELS", 20_000)
    segment(store, XRAY, Inference(), fingerprint="other")
    assert numbers(store) == expected
    assert label_map(store).shape == (200, 400)
