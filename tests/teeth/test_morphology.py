import numpy as np
import pytest
from drawn_teeth import CASES, phantom

from teeth_unet.teeth import Erosion, measure_label_map, separate_by_erosion

NATIVE = (1250, 2900)


def rectangles(shape, *places):
    """A mask of rectangles, each given by its rows and its columns."""
    mask = np.zeros(shape, dtype=np.uint8)
    for rows, columns in places:
        mask[slice(*rows), slice(*columns)] = 1
    return mask


def test_a_tooth_of_100_by_300_pixels_loses_6_on_each_side():
    # With pixels counted from centre to centre, as the original does: 87 x 287.
    (tooth,) = measure_label_map(separate_by_erosion(rectangles(NATIVE, ((400, 700), (500, 600)))))
    assert (tooth.length, tooth.width) == pytest.approx((288, 88))
    assert tooth.centre == pytest.approx((550, 550))


@pytest.mark.parametrize("shape", [(313, 725), (625, 1450), (1250, 2900)])
def test_the_loss_grows_with_the_picture(shape):
    scale = shape[0] / 1250
    rows, columns = (
        (round(400 * scale), round(700 * scale)),
        (round(500 * scale), round(600 * scale)),
    )
    (tooth,) = measure_label_map(separate_by_erosion(rectangles(shape, (rows, columns))))
    assert tooth.length == pytest.approx(288 * scale, abs=1.5)
    assert tooth.width == pytest.approx(88 * scale, abs=1.5)


@pytest.mark.parametrize(
    ("bridge", "teeth"), [(4, 2), (8, 2), (24, 1)], ids=["thin", "as the opening", "thick"]
)
def test_a_thin_bridge_between_teeth_is_cut(bridge, teeth):
    mask = rectangles(
        NATIVE,
        ((400, 700), (500, 600)),
        ((400, 700), (620, 720)),
        ((500, 500 + bridge), (600, 620)),
    )
    assert separate_by_erosion(mask).max() == teeth


def test_small_pieces_are_no_teeth_whatever_the_size_of_the_picture():
    mask = rectangles((125, 290), ((40, 70), (50, 60)), ((40, 44), (100, 104)))
    assert separate_by_erosion(mask).max() == 1
    assert separate_by_erosion(np.kron(mask, np.ones((6, 6), np.uint8))).max() == 1
    everything = Erosion(opening=0, reach=0, least_area=0)
    assert separate_by_erosion(mask, erosion=everything).max() == 2


def test_probabilities_are_split_by_otsus_threshold():
    mask = rectangles(NATIVE, ((400, 700), (500, 600)), ((400, 700), (800, 900)))
    probabilities = np.where(mask, 0.85, 0.06).astype(np.float32)
    np.testing.assert_array_equal(separate_by_erosion(probabilities), separate_by_erosion(mask))


def test_an_eroded_tooth_lies_within_the_tooth():
    labels, _ = phantom(CASES[0])
    eroded = separate_by_erosion(labels > 0)
    assert 0 < eroded.max() < labels.max()  # it leaves many of them together
    assert (labels[eroded > 0] > 0).all()


@pytest.mark.parametrize("value", [0, 1, 0.3])
@pytest.mark.parametrize("shape", [(1, 1), (40, 90)])
def test_a_uniform_picture_has_no_teeth(shape, value):
    labels = separate_by_erosion(np.full(shape, value))
    assert labels.shape == shape
    assert labels.max() == 0


def test_an_empty_picture_has_no_teeth():
    assert separate_by_erosion(np.zeros((0, 0))).shape == (0, 0)


def test_the_mask_is_left_as_it_is():
    mask = rectangles((125, 290), ((40, 70), (50, 60)))
    before = mask.copy()
    separate_by_erosion(mask)
    np.testing.assert_array_equal(mask, before)


def test_more_than_one_picture_is_refused():
    with pytest.raises(ValueError, match=r"expected one picture \(h, w\), received \(4, 5, 1\)"):
        separate_by_erosion(np.zeros((4, 5, 1)))


@pytest.mark.parametrize("setting", [{"reach": -1}, {"opening": 0.5}, {"least_area": 2}])
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(ValueError, match=r"less than or equal|greater than or equal"):
        Erosion(**setting)
