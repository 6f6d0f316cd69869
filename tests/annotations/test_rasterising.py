"""Annotations as label maps."""

import tracemalloc

import numpy as np
import pytest
from marked import FDI, bitmap, picture, ring, shape, square

from teeth_unet.annotations import UNKNOWN_SIZE, rasterise
from teeth_unet.errors import InputError


def drawn(*shapes, width=8, height=6, **more):
    told = []
    labels = rasterise(picture(*shapes, **more), width, height, FDI, told.append)
    return labels, told


def test_a_tooth_has_its_number_where_its_shape_is():
    labels, told = drawn(shape("11", square(1, 1, 3, 4)), shape("21", square(4, 0, 6, 2)))
    expected = np.zeros((6, 8), dtype=np.uint16)
    expected[1:4, 1:3], expected[0:2, 4:6] = 11, 21
    assert np.array_equal(labels, expected)
    assert labels.dtype == np.uint16
    assert not told


def test_teeth_without_number_count_from_201_and_fdi_numbers_stay():
    labels, _ = drawn(
        shape("tooth", square(0, 0, 2, 2)),
        shape("11", square(2, 0, 4, 2)),
        shape("tooth", square(4, 0, 6, 2)),
    )
    assert labels[0].tolist() == [201, 201, 11, 11, 202, 202, 0, 0]


def test_parts_of_one_object_have_one_number():
    labels, _ = drawn(
        shape("tooth", square(0, 0, 1, 1), thing="a"),
        shape("tooth", square(2, 0, 3, 1), thing="b"),
        shape("tooth", square(4, 0, 5, 1), thing="a"),
    )
    assert labels[0].tolist() == [201, 0, 202, 0, 201, 0, 0, 0]


def test_overlapping_parts_of_one_object_are_joined():
    labels, _ = drawn(
        shape("11", square(0, 0, 4, 1), thing="a"), shape("11", square(2, 0, 6, 1), thing="a")
    )
    assert labels[0].tolist() == [11] * 6 + [0] * 2


@pytest.mark.parametrize("turned", [False, True])
def test_where_teeth_overlap_the_smaller_has_the_pixel_in_either_order(turned):
    shapes = [shape("11", square(0, 0, 4, 1)), shape("21", square(2, 0, 4, 1))]
    labels, _ = drawn(*(shapes[::-1] if turned else shapes))
    assert labels[0].tolist() == [11, 11, 21, 21, 0, 0, 0, 0]


def test_of_overlapping_teeth_of_one_size_the_later_has_the_pixel():
    labels, _ = drawn(shape("11", square(0, 0, 4, 1)), shape("21", square(2, 0, 6, 1)))
    assert labels[0].tolist() == [11, 11, 21, 21, 21, 21, 0, 0]


@pytest.mark.parametrize(
    "region",
    [shape("teeth", square(2, 0, 4, 1)), shape("tooth", square(2, 0, 4, 1), crowd=True)],
    ids=["all teeth in one", "crowd"],
)
def test_a_region_of_several_teeth_is_100_below_all_teeth(region):
    labels, _ = drawn(shape("11", square(0, 0, 3, 1)), region)
    assert labels[0].tolist() == [11, 11, 11, 100, 0, 0, 0, 0]


def test_labels_that_are_no_teeth_are_left_out():
    labels, told = drawn(shape("caries", square(0, 0, 4, 4)))
    assert not labels.any()
    assert not told


@pytest.mark.parametrize(
    "nothing",
    [
        shape("11"),
        shape("11", ring((1, 1), (5, 5))),
        shape("11", ring((1, 1), (5, 5), (3, 3))),
        shape("11", square(20, 20, 30, 30)),
        shape("11", square(-9, 1, -2, 3)),
        shape("11", square(1.6, 1.6, 2.4, 2.4)),
        bitmap("11", 0, 0, np.zeros((2, 2))),
        bitmap("11", 8, 0, np.ones((2, 2))),
        bitmap("11", 0, 0, np.zeros((0, 5))),
    ],
    ids=[
        "no ring", "two corners", "a line", "outside", "left of it", "between middles",
        "empty bitmap", "bitmap outside", "bitmap of no rows",
    ],
)  # fmt: skip
def test_a_shape_without_a_pixel_in_the_picture_is_told(nothing):
    labels, told = drawn(nothing, shape("21", square(0, 0, 1, 1)))
    assert labels.sum() == 21
    assert told == ["17.png: shapes left out since no pixel of the X-ray is in them: 1."]


@pytest.mark.parametrize(
    "cut",
    [shape("11", square(-5, -5, 2, 1)), bitmap("11", -3, -1, np.ones((2, 5)))],
    ids=["polygon", "bitmap"],
)
def test_a_shape_is_cut_off_at_the_edge_of_the_picture(cut):
    labels, told = drawn(cut)
    assert labels[0].tolist() == [11, 11, 0, 0, 0, 0, 0, 0]
    assert not labels[1:].any()
    assert not told


@pytest.mark.parametrize(
    "half",
    [shape("11", square(1, 1, 3, 2)), bitmap("11", 1, 1, np.ones((1, 2)))],
    ids=["polygon", "bitmap"],
)
def test_an_annotation_of_a_smaller_copy_is_enlarged_and_told(half):
    labels, told = drawn(half, size=(4, 3))
    expected = np.zeros((6, 8), dtype=np.uint16)
    expected[2:4, 2:6] = 11
    assert np.array_equal(labels, expected)
    assert told == [
        "17.png: was annotated at 4x3 px, and is 8x6 px here: its shapes are brought to that size."
    ]


def test_shares_of_width_and_height_need_no_size():
    labels, told = drawn(shape("11", square(0.25, 0, 0.5, 0.5)), size=None)
    assert labels[:3, 2:4].tolist() == [[11, 11]] * 3
    assert (labels > 0).sum() == 6
    assert not told


def test_shapes_of_a_picture_of_unknown_size_are_in_pixels_of_the_file():
    labels, told = drawn(shape("11", square(1, 0, 3, 1)), size=UNKNOWN_SIZE)
    assert labels[0].tolist() == [0, 11, 11, 0, 0, 0, 0, 0]
    assert not told


@pytest.mark.parametrize("size", [(2900, 1251), (1450, 625), (512, 221), (1024, 441)])
def test_a_size_that_was_rounded_is_of_the_same_form(size):
    labels, told = drawn(shape("11", square(0, 0, *size)), size=size, width=2900, height=1250)
    assert (labels == 11).mean() > 0.999
    assert len(told) == 1


@pytest.mark.parametrize(
    ("size", "cause"),
    [
        ((1250, 2900), "turned by 90 degrees"),
        ((625, 1450), "turned by 90 degrees"),
        ((512, 512), "Use the file that was annotated"),
        ((2900, 1300), "Use the file that was annotated"),
        ((0, 9), "Use the file that was annotated"),
        ((-2900, -1250), "Use the file that was annotated"),
    ],
)
def test_an_annotation_of_a_picture_of_another_form_is_refused(size, cause):
    with pytest.raises(InputError, match=cause) as refused:
        drawn(shape("11", square(0, 0, 9, 9)), size=size, width=2900, height=1250)
    assert "2900x1250 px" in str(refused.value)
    assert f"{size[0]}x{size[1]} px" in str(refused.value)
    assert str(refused.value).startswith("17.png: ")


@pytest.mark.parametrize("thing", ["", "one"])
def test_thousands_of_shapes_in_a_picture_are_refused(thing):
    with pytest.raises(InputError, match="at most 10,000 shapes of teeth, found 10,001"):
        drawn(*[shape("11", square(0, 0, 9, 9), thing=thing)] * 10_001)


def test_a_tooth_of_thousands_of_parts_takes_no_more_memory_than_one():
    tracemalloc.start()
    labels, _ = drawn(*[shape("11", square(0, 0, 900, 900), thing="one")] * 100, width=900,
                      height=900, size=UNKNOWN_SIZE)  # fmt: skip
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (labels == 11).all()
    assert peak < 40 * labels.size


def test_teeth_that_overlap_by_much_are_told():
    _, told = drawn(shape("11", square(0, 0, 4, 5)), shape("21", square(3, 0, 8, 5)))
    assert told == ["17.png: 12.5% of the tooth pixels are in two teeth: the smaller one has them."]


@pytest.mark.parametrize("labels", [("11", "11"), ("11", "teeth"), ("teeth", "11")])
def test_only_different_teeth_overlap(labels):
    one, other = labels
    _, told = drawn(shape(one, square(0, 0, 4, 5)), shape(other, square(3, 0, 8, 5)))
    assert not [each for each in told if "two teeth" in each]


SQUARES = [square(2 * place, 0, 2 * place + 1, 3) for place in range(4)]


@pytest.mark.parametrize("closed", [False, True])
def test_boxes_in_place_of_outlines_are_told(closed):
    rings = [np.concatenate([ring, ring[:1]]) if closed else ring for ring in SQUARES]
    _, told = drawn(*[shape("tooth", each) for each in rings])
    assert told == ["17.png: all shapes have four corners, as boxes around teeth have."]


@pytest.mark.parametrize(
    "shapes",
    [
        [shape("tooth", each) for each in SQUARES[:3]],
        [*[shape("tooth", each) for each in SQUARES], shape("11", ring((0, 4), (4, 4), (3, 6)))],
        [*[shape("tooth", each) for each in SQUARES], bitmap("11", 0, 4, [[1, 1]])],
    ],
    ids=["three", "a triangle", "a bitmap"],
)
def test_shapes_of_other_forms_are_no_boxes(shapes):
    assert drawn(*shapes)[1] == []


def test_a_tooth_that_is_marked_twice_is_told():
    labels, told = drawn(shape("11", square(0, 0, 1, 1)), shape("11", square(2, 0, 3, 1)))
    assert labels[0, :4].tolist() == [11, 0, 11, 0]
    assert told == ["17.png: tooth 11 is marked 2 times: these are taken for its parts."]


def test_a_shape_beyond_all_measure_is_refused_with_the_file():
    zigzag = ring(*((x % 8, 1300 * (x % 2)) for x in range(20_000)))
    with pytest.raises(InputError, match=r"^17.png, shape '11': expected the outline of a tooth"):
        drawn(shape("11", zigzag), size=(8, 1300), width=8, height=1300)
