import base64
import io
import pickle

import numpy as np
import pytest
from kedro.io import DatasetError
from PIL import Image

from teeth_unet.datasets import PhantomDataset
from teeth_unet.errors import InputError
from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray
from teeth_unet.tooth_numbers import PERMANENT

SMALL = {"cases": 3, "seed": 5, "width": (120, 160), "toothless_share": 0}
CONTENTS = ("xrays", "masks", "tooth_labels")


def phantoms(content="xrays", **changes):
    return PhantomDataset(content=content, **(SMALL | changes))


def levels(dataset, case):
    return np.asarray(dataset.load()[case]())


@pytest.mark.parametrize("content", CONTENTS)
def test_two_loads_give_the_same_pictures(content):
    first, second = phantoms(content), phantoms(content)
    for case in first.load():
        np.testing.assert_array_equal(levels(first, case), levels(second, case))


def test_xrays_are_those_of_the_room():
    expected = draw_xray(PhantomSettings(**SMALL), 1)
    np.testing.assert_array_equal(levels(phantoms(), "phantom-002"), expected)


def test_masks_are_white_where_a_tooth_is():
    labels = draw_labels(PhantomSettings(**SMALL), 0)
    mask = levels(phantoms("masks"), "phantom-001")
    assert labels.any()
    assert mask.dtype == np.uint8
    np.testing.assert_array_equal(mask, np.where(labels > 0, 255, 0))


def test_tooth_labels_are_the_fdi_numbers_of_the_teeth_that_count_on_0():
    labels = levels(phantoms("tooth_labels"), "phantom-001")
    counted = draw_labels(PhantomSettings(**SMALL), 0)
    np.testing.assert_array_equal(labels > 0, counted > 0)
    assert set(np.unique(labels)) - {0} <= set(PERMANENT)
    pairs = set(zip(labels.flat, counted.flat, strict=True))
    assert len(pairs) == len(np.unique(labels)) == len(np.unique(counted))
    # The patient's right is on the left of the picture.
    columns = {number: np.nonzero(labels == number)[1].mean() for number in np.unique(labels)}
    assert columns[16] < columns[11] < columns[21] < columns[26]


def test_what_counts_as_tooth_can_be_set_in_the_catalog():
    implants = {"implants": 1, "mask": {"implants": True}}
    plain, counted = (
        levels(phantoms("masks", mouth=mouth), "phantom-001")
        for mouth in ({"implants": 1}, implants)
    )
    assert (counted >= plain).all()
    assert (counted > plain).any()


def test_a_wrong_block_is_refused_with_its_whole_name():
    with pytest.raises(ValueError, match=r"option mouth\.outline.*expected -8 <= lowest"):
        phantoms(mouth={"outline": {"beyond": [3, 1]}})


def test_entries_with_the_same_settings_show_the_same_patients():
    shapes = {levels(phantoms(content), "phantom-001").shape for content in CONTENTS}
    assert len(shapes) == 1


def test_another_seed_gives_other_patients():
    one, other = (phantoms(seed=seed, width=(120, 120), aspect=(2, 2)) for seed in (1, 2))
    assert not np.array_equal(levels(one, "phantom-001"), levels(other, "phantom-001"))


def test_patients_of_a_set_differ():
    dataset = phantoms(width=(120, 120), aspect=(2, 2))
    assert not np.array_equal(levels(dataset, "phantom-001"), levels(dataset, "phantom-002"))


@pytest.mark.parametrize(
    ("cases", "first", "last"),
    [
        (1, "phantom-001", "phantom-001"),
        (999, "phantom-001", "phantom-999"),
        (1000, "phantom-0001", "phantom-1000"),
    ],
)
def test_names_have_equally_many_digits(cases, first, last):
    names = list(phantoms(cases=cases).load())
    assert (len(names), names[0], names[-1]) == (cases, first, last)
    assert names == sorted(names)


def test_nothing_is_drawn_before_it_is_asked_for(monkeypatch):
    from teeth_unet.datasets.sources import phantoms as module

    def draw(settings, case):
        raise AssertionError("drawn")

    monkeypatch.setitem(module._DRAW, "xrays", draw)
    open_xray = phantoms().load()["phantom-001"]
    with pytest.raises(AssertionError, match="drawn"):
        open_xray()


def test_loaders_can_be_sent_to_other_processes():
    open_mask = phantoms("masks").load()["phantom-003"]
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(open_mask))(), open_mask())


def test_unknown_contents_are_refused_with_the_known_ones():
    known = "xrays, masks, tooth_labels, numbers"
    with pytest.raises(ValueError, match=f"one of {known}, found 'teeth'"):
        phantoms("teeth")


def test_unknown_settings_are_refused_with_the_nearest_one():
    with pytest.raises(ValueError, match="did you mean 'seed'"):
        phantoms(seeds=3)


def test_nothing_can_be_saved():
    with pytest.raises(DatasetError, match="nothing can be saved"):
        phantoms().save({"phantom-001": Image.new("L", (2, 2))})


def test_they_always_exist_and_keep_their_metadata():
    metadata = {"kedro-viz": {"layer": "raw"}}
    dataset = phantoms(metadata=metadata)
    assert dataset.exists()
    assert dataset.metadata == metadata


@pytest.mark.parametrize("content", CONTENTS)
def test_the_preview_shows_up_to_four_cases(content):
    dataset = phantoms(content, cases=9, width=(120, 120), aspect=(2, 2))
    sheet = Image.open(io.BytesIO(base64.b64decode(dataset.preview())))
    middles = [(300, 200), (900, 200), (300, 600), (900, 600)]
    assert [sheet.getpixel(middle)[-1] for middle in middles] == [255] * 4


def test_a_scene_is_given_by_a_block_or_by_the_word_varied():
    plain, tilted, varied = (phantoms(scene=scene) for scene in ({}, {"tilt": [9, 9]}, "varied"))
    pictures = [levels(dataset, "phantom-001").tobytes() for dataset in (plain, tilted, varied)]
    assert len(set(pictures)) == 3
    assert varied._describe()["scene"]["tilt"] == (-4, 4)


@pytest.mark.parametrize(
    ("scene", "name", "found"),
    [
        ("varid", "option scene", "the word varied, not 'varid'"),
        ({"tilt": [9, 3]}, "option scene", "tilt: expected -20 <= lowest"),
        ({"earrings": 2}, "option scene.earrings", "less than or equal to 1"),
        ({"earings": 1}, "option scene", "did you mean 'earrings'"),
    ],
)
def test_a_wrong_scene_is_refused_by_its_name(scene, name, found):
    with pytest.raises(InputError) as failure:
        phantoms(scene=scene)
    assert name in str(failure.value)
    assert found in str(failure.value)
