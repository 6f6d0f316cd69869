"""How the head stands changes X-ray and truth alike, as the settings say."""

import numpy as np
import pytest

from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray
from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.scene.positioning import BITE, draw_position, place_numbers

DRAWN = (400, 800)
ANY_CASE = range(6)


def position(case=0, drawn=DRAWN, **scene):
    return draw_position(PhantomSettings(scene=scene), case, drawn)


def in_picture(head, **scene):
    """Return where points of the head, x from -1 to 1 and y from 0 to 1, lie in the picture."""
    points = np.array(head, dtype=float)
    pixels = np.column_stack([(1 + points[:, 0]) * DRAWN[1] / 2, points[:, 1] * DRAWN[0]])
    return position(**scene).of_points(pixels)


def test_by_default_nothing_is_moved():
    found = position()
    assert found.warp.is_identity
    assert found.margins == (0, 0, 0, 0)


@pytest.mark.parametrize("degrees", [-8.0, -1.0, 3.0, 15.0])
def test_a_tilt_turns_the_head_clockwise_by_its_degrees(degrees):
    (left, right) = in_picture([(-0.4, BITE), (0.4, BITE)], tilt=(degrees, degrees))
    across, down = right - left
    assert np.degrees(np.arctan2(down, across)) == pytest.approx(degrees, abs=0.05)
    assert np.hypot(across, down) == pytest.approx(0.4 * DRAWN[1], rel=1e-3)


@pytest.mark.parametrize("smile", [-0.1, -0.03, 0.02, 0.1])
def test_a_smile_lifts_the_ends_of_the_bite(smile):
    left, middle, right = in_picture([(-0.6, BITE), (0, BITE), (0.6, BITE)], smile=(smile, smile))
    for end in (left, right):
        assert (middle[1] - end[1]) / DRAWN[0] == pytest.approx(smile, rel=0.1)


@pytest.mark.parametrize("depth", [0.7, 0.9, 1.2, 1.5])
def test_too_far_in_front_the_front_teeth_are_narrow_and_too_far_back_wide(depth):
    left, right = in_picture([(-0.03, BITE), (0.03, BITE)], depth=(depth, depth))
    assert (right - left)[0] / (0.03 * DRAWN[1]) == pytest.approx(depth, rel=0.03)
    inner, outer = in_picture([(0.45, BITE), (0.55, BITE)], depth=(depth, depth))
    assert (outer - inner)[0] / (0.05 * DRAWN[1]) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("turn", [-0.25, -0.1, 0.05, 0.25])
def test_a_turned_head_is_wider_on_one_side(turn):
    left, middle, right = in_picture([(-0.6, BITE), (0, BITE), (0.6, BITE)], turn=(turn, turn))
    ratio = (right - middle)[0] / (middle - left)[0]
    assert ratio - 1 == pytest.approx(turn, rel=0.25)


def test_ranges_are_drawn_from_evenly_and_never_left():
    tilts = []
    for case in range(200):
        left, right = position(case, tilt=(-2, 6)).of_points(np.array([(300.0, 190), (500, 190)]))
        tilts.append(np.degrees(np.arctan2(*(right - left)[::-1])))
    assert -2.01 < min(tilts) < -1.8
    assert 5.8 < max(tilts) < 6.01
    assert np.mean(tilts) == pytest.approx(2, abs=0.5)


@pytest.mark.parametrize("aspect", [1.0, 1.5, 2.0, 3.0])
def test_a_crop_has_the_aspect_asked_for(aspect):
    for case in ANY_CASE:
        rows, columns = position(case, cropped=1, crop_aspect=(aspect, aspect)).warp.shape
        assert columns / rows == pytest.approx(aspect, rel=0.02)
        assert rows <= DRAWN[0]
        assert columns <= DRAWN[1]


def test_a_crop_is_a_slice_of_the_drawing():
    numbers = np.arange(400 * 800, dtype=np.int32).reshape(DRAWN)
    crop = place_numbers(PhantomSettings(scene={"cropped": 1}), 1, numbers)
    row, column = divmod(int(crop[0, 0]), 800)
    expected = numbers[row : row + crop.shape[0], column : column + crop.shape[1]]
    np.testing.assert_array_equal(crop, expected)


def test_margins_hold_no_tooth():
    settings = PhantomSettings(scene={"border": 1, "collimator": 1})
    for case in ANY_CASE:
        placed = place_numbers(settings, case, np.ones(DRAWN, np.uint8))
        above, below, left, right = draw_position(settings, case, DRAWN).margins
        assert placed.sum() == 400 * 800
        assert placed.shape == (400 + above + below, 800 + left + right)
        assert above + below + left + right > 0


def test_movement_shifts_a_strip_and_leaves_the_rest():
    points = np.column_stack([np.linspace(10, 790, 100), np.full(100, 200.0)])
    for case in ANY_CASE:
        shifts = np.hypot(*(position(case, movement=1).of_points(points) - points).T)
        assert shifts.max() > 0.5
        assert np.median(np.sort(shifts)[:40]) < 0.5


@pytest.mark.parametrize("name", ["movement", "cropped", "border", "collimator"])
def test_as_many_are_moved_as_their_share_says(name):
    settings = PhantomSettings(scene={name: 0.3})
    still = PhantomSettings()
    changed = [
        draw_position(settings, case, DRAWN).margins != (0, 0, 0, 0)
        or not draw_position(settings, case, DRAWN).warp.is_identity
        for case in range(300)
    ]
    assert sum(changed) == pytest.approx(90, abs=26)  # more than three standard deviations
    assert draw_position(still, 0, DRAWN).warp.is_identity


@pytest.mark.parametrize("case", range(8))
def test_x_ray_and_labels_keep_one_shape_however_the_picture_was_taken(case):
    settings = PhantomSettings(width=(300, 340), seed=3, scene="varied")
    xray, labels = draw_xray(settings, case), draw_labels(settings, case)
    assert xray.shape == labels.shape
    assert xray.dtype == labels.dtype == np.uint8
    found = np.unique(labels)
    np.testing.assert_array_equal(found, np.arange(found.size))


def test_metal_lies_where_its_tooth_lies_however_the_head_stands():
    scene = {"tilt": (6, 6), "smile": (0.06, 0.06), "depth": (1.3, 1.3), "turn": (0.15, 0.15)}
    settings = PhantomSettings(width=(500, 500), toothless_share=0, scene=scene)
    seen = 0
    for case in range(8):
        xray, labels = draw_xray(settings, case), draw_labels(settings, case)
        place = draw_position(settings, case, xray.shape)
        pieces = [piece for tooth in draw_anatomy(settings, case).teeth for piece in tooth.metal]
        for piece in pieces:
            ((x, y),) = place.of_points(piece.mean(axis=0)[None]).astype(int)
            assert labels[y, x]
            assert xray[y, x] > 190
            seen += 1
    assert seen > 10
