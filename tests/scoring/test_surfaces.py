import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage
from scipy.spatial.distance import cdist
from scored_masks import KINDS, blobs, drawn, random_pair, rectangle, with_pixel

from teeth_unet.scoring import find_boundary, score_surfaces

SQUARE = rectangle((10, 30), (10, 30))
EMPTY, PIXEL = np.zeros((30, 40)), rectangle((3, 4), (5, 6), (30, 40))

PAIRS = array_shapes(min_dims=2, max_dims=2, max_side=9).flatmap(
    lambda shape: st.tuples(arrays(bool, shape), arrays(bool, shape))
)


def brute_force(truth, prediction, tolerance):
    """HD95, ASSD and NSD from the distances of all boundary pixels to all others."""
    edges = [mask & ~ndimage.binary_erosion(mask) for mask in (truth, prediction)]
    pixels = [np.transpose(np.nonzero(edge)) for edge in edges]
    if not all(map(len, pixels)):
        agree = not any(map(len, pixels))
        diagonal = (truth.shape[0] ** 2 + truth.shape[1] ** 2) ** 0.5
        return (0, 0, 1) if agree else (diagonal, diagonal, 0)
    matrix = cdist(*pixels)
    there, back = matrix.min(axis=1), matrix.min(axis=0)
    near = (there <= tolerance).sum() + (back <= tolerance).sum()
    count = len(there) + len(back)
    return (
        max(percentile_95(there), percentile_95(back)),
        (there.sum() + back.sum()) / count,
        near / count,
    )


def percentile_95(distances):
    return np.interp(0.95 * (len(distances) - 1), range(len(distances)), np.sort(distances))


def test_the_boundary_has_background_on_one_of_four_sides():
    mask = drawn(
        ".......",
        ".####..",
        ".#####.",
        ".#####.",
        ".####..",
        ".......",
    )
    assert find_boundary(mask).tolist() == (
        drawn(
            ".......",
            ".####..",
            ".#...#.",
            ".#...#.",
            ".####..",
            ".......",
        ).tolist()
    )


def test_a_hole_and_the_border_of_the_picture_are_boundaries_too():
    mask = drawn(
        "#####",
        "#####",
        "##.##",
        "#####",
        "#####",
    )
    assert find_boundary(mask).tolist() == (
        drawn(
            "#####",
            "#.#.#",
            "##.##",
            "#.#.#",
            "#####",
        ).tolist()
    )


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (2, 5), (5, 2), (2, 2)])
def test_what_is_thin_is_all_boundary(shape):
    assert find_boundary(np.ones(shape)).all()


@given(PAIRS)
def test_the_boundary_is_the_mask_without_its_erosion(pair):
    for mask in pair:
        cross = ndimage.generate_binary_structure(2, 1)
        erosion = ndimage.binary_erosion(mask, cross, border_value=0)
        assert np.array_equal(find_boundary(mask), mask & ~erosion)


@pytest.mark.parametrize(
    ("truth", "prediction", "hd95", "assd", "nsd"),
    [
        (SQUARE, rectangle((13, 33), (10, 30)), 3, 1.5, 0.5),
        (SQUARE, with_pixel(SQUARE, 60, 60), 0, 0.286540, 0.993464),
        (rectangle((0, 20), (0, 20)), rectangle((0, 20), (0, 22)), 2, 0.487179, 0.769231),
    ],
    ids=["three rows down", "a stray pixel", "two columns wider"],
)
def test_surface_scores_of_known_pictures(truth, prediction, hd95, assd, nsd):
    assert score_surfaces(truth, prediction, tolerance=1) == pytest.approx(
        (hd95, assd, nsd), abs=5e-7
    )


def test_distances_are_counted_from_both_boundaries():
    # There: 0. Back: 0 and 10, the 95th percentile of which is 9.5.
    truth, prediction = drawn("#.........."), drawn("#.........#")
    assert score_surfaces(truth, prediction, 1) == pytest.approx((9.5, 10 / 3, 2 / 3))


@pytest.mark.parametrize(
    ("truth", "prediction", "distance", "nsd"),
    [(EMPTY, EMPTY, 0, 1), (EMPTY, PIXEL, 50, 0), (PIXEL, EMPTY, 50, 0), (PIXEL, PIXEL, 0, 1)],
    ids=["both empty", "empty truth", "empty prediction", "neither"],
)
@pytest.mark.parametrize("tolerance", [0, 2, 1000])
def test_an_empty_mask_is_as_far_away_as_the_picture_is_large(
    truth, prediction, distance, nsd, tolerance
):
    # 30 rows and 40 columns: the diagonal is 50. No tolerance makes up for a missing mask.
    assert score_surfaces(truth, prediction, tolerance) == (distance, distance, nsd)


@pytest.mark.parametrize(
    ("tolerance", "nsd"), [(0, 0), (1, 0), (1.41421, 0), (2**0.5, 1), (1.41422, 1)]
)
def test_a_distance_equal_to_the_tolerance_is_within(tolerance, nsd):
    assert score_surfaces(drawn("#.", ".."), drawn("..", ".#"), tolerance).nsd == nsd


@pytest.mark.parametrize("kind", KINDS)
def test_scores_equal_those_of_the_whole_matrix_of_distances(kind):
    rng = np.random.default_rng(KINDS.index(kind))
    for _ in range(500):
        pair = random_pair(rng, kind, tuple(rng.integers(1, 25, 2)))
        tolerance = rng.choice([0, 1, 2**0.5, 2, 5**0.5, 3])
        expected = brute_force(*pair, tolerance)
        assert score_surfaces(*pair, tolerance) == pytest.approx(expected, rel=1e-12)


def test_scores_of_a_large_picture_equal_those_of_distance_transforms():
    rng = np.random.default_rng(5)
    truth = blobs(rng, (350, 800))
    prediction = np.roll(truth, (2, -3), (0, 1)) & ~rectangle((90, 230), (100, 300), truth.shape)
    edge, other = find_boundary(truth), find_boundary(prediction)
    there = ndimage.distance_transform_edt(~other)[edge]
    back = ndimage.distance_transform_edt(~edge)[other]
    both = np.concatenate([there, back])
    hd95 = max(percentile_95(there), percentile_95(back))
    expected = (hd95, both.mean(), (both <= 2).mean())
    assert score_surfaces(truth, prediction, 2) == pytest.approx(expected, rel=1e-12)


@given(PAIRS)
def test_exchanging_the_masks_changes_nothing(pair):
    truth, prediction = pair
    expected = pytest.approx(score_surfaces(truth, prediction), rel=1e-12)
    assert score_surfaces(prediction, truth) == expected


@given(PAIRS)
def test_turning_and_flipping_both_pictures_changes_nothing(pair):
    expected = pytest.approx(score_surfaces(*pair), rel=1e-12)
    for turned in (np.fliplr, np.flipud, np.transpose, np.rot90):
        assert score_surfaces(*map(turned, pair)) == expected


@given(PAIRS, st.lists(st.floats(0, 15), min_size=2, max_size=4))
def test_a_larger_tolerance_never_lowers_nsd(pair, tolerances):
    shares = [score_surfaces(*pair, tolerance).nsd for tolerance in sorted(tolerances)]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1


@given(PAIRS)
def test_only_equal_boundaries_have_no_distance_and_all_of_them_within_0(pair):
    scores = score_surfaces(*pair, tolerance=0)
    same = np.array_equal(*map(find_boundary, pair))
    assert (scores.assd == 0) == (scores.nsd == 1) == same
    assert 0 <= scores.hd95 <= np.hypot(*pair[0].shape)
    assert 0 <= scores.assd <= np.hypot(*pair[0].shape)


@given(PAIRS, st.sampled_from(["uint8", "float32", "int64"]))
def test_neither_the_type_of_a_mask_nor_a_channel_matters(pair, dtype):
    truth, prediction = pair
    expected = score_surfaces(truth, prediction)
    assert score_surfaces(7 * truth.astype(dtype)[:, :, None], prediction) == expected


@pytest.mark.parametrize("shape", [(12,), (3, 4, 3), (1, 3, 4, 1), ()])
def test_what_is_no_picture_is_refused(shape):
    with pytest.raises(ValueError, match=r"\(h, w\) or \(h, w, 1\), received shape \("):
        score_surfaces(np.zeros(shape), np.zeros(shape))


def test_pictures_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match=r"one shape, received \(3, 4\) and \(4, 3\)"):
        score_surfaces(np.zeros((3, 4)), np.zeros((4, 3)))
