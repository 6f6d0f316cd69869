import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scored_masks import KINDS, random_pair, rectangle, with_pixel
from sklearn.metrics import jaccard_score, precision_recall_fscore_support

from teeth_unet.imaging import Overlap, count_overlap

SCORES = ("dice", "iou", "precision", "sensitivity", "specificity")
MASKS = arrays(bool, (3, 4))

EMPTY, FULL, TOP, BOTTOM = [0, 0, 0, 0], [1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]

SQUARE = rectangle((10, 30), (10, 30))


@pytest.mark.parametrize(
    ("truth", "prediction", "dice", "iou"),
    [
        (SQUARE, rectangle((13, 33), (10, 30)), 0.850000, 0.739130),
        (SQUARE, with_pixel(SQUARE, 60, 60), 0.998752, 0.997506),
        (rectangle((0, 20), (0, 20)), rectangle((0, 20), (0, 22)), 0.952381, 0.909091),
    ],
    ids=["three rows down", "a stray pixel", "two columns wider"],
)
def test_dice_and_iou_of_known_pictures(truth, prediction, dice, iou):
    overlap = count_overlap(truth, prediction)
    assert overlap.dice == pytest.approx(dice, abs=5e-7)
    assert overlap.iou == pytest.approx(iou, abs=5e-7)


def test_pixels_are_counted_by_truth_and_prediction():
    truth = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    prediction = [1, 1, 0, 1, 1, 1, 0, 0, 0, 0]
    overlap = count_overlap(truth, prediction)
    assert overlap == Overlap(2, 3, 1, 4)
    assert (overlap.truth, overlap.predicted) == (3, 5)
    assert overlap.dice == 4 / 8
    assert overlap.iou == 2 / 6
    assert overlap.precision == 2 / 5
    assert overlap.sensitivity == 2 / 3
    assert overlap.specificity == 4 / 7


@pytest.mark.parametrize(
    ("truth", "prediction", "dice", "iou", "precision", "sensitivity", "specificity"),
    [
        (EMPTY, EMPTY, 1, 1, 1, 1, 1),
        (FULL, FULL, 1, 1, 1, 1, 1),
        (TOP, TOP, 1, 1, 1, 1, 1),
        (TOP, BOTTOM, 0, 0, 0, 0, 0),
        (EMPTY, TOP, 0, 0, 0, 0, 0.5),
        (TOP, EMPTY, 0, 0, 0, 0, 1),
        (EMPTY, FULL, 0, 0, 0, 0, 0),
        (FULL, EMPTY, 0, 0, 0, 0, 0),
        (FULL, TOP, 2 / 3, 0.5, 1, 0.5, 0),
        (TOP, FULL, 2 / 3, 0.5, 0.5, 1, 0),
    ],
)
def test_what_0_by_0_is_worth(truth, prediction, dice, iou, precision, sensitivity, specificity):
    overlap = count_overlap(truth, prediction)
    expected = (dice, iou, precision, sensitivity, specificity)
    assert [getattr(overlap, name) for name in SCORES] == pytest.approx(expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (6, 4), (17, 12)])
def test_scores_equal_those_of_scikit_learn(kind, shape):
    rng = np.random.default_rng([KINDS.index(kind), *shape])
    pairs = [random_pair(rng, kind, shape) for _ in range(250)]
    # Each pair is a label of its own, so that they are all computed at once.
    labels = np.array(pairs).reshape(250, 2, -1).astype(int)
    truths, predictions = labels[:, 0].T, labels[:, 1].T
    options = {"average": None, "zero_division": np.nan}
    precision, sensitivity, dice, _ = precision_recall_fscore_support(
        truths, predictions, **options
    )
    iou = jaccard_score(truths, predictions, average=None, zero_division=1)
    specificity = precision_recall_fscore_support(1 - truths, 1 - predictions, **options)[1]
    theirs = np.transpose([dice, iou, precision, sensitivity, specificity])
    ours = np.array([[getattr(count_overlap(*pair), name) for name in SCORES] for pair in pairs])
    defined = ~np.isnan(theirs)
    assert ours[defined] == pytest.approx(theirs[defined], rel=1e-12)
    assert np.isin(ours[~defined], (0, 1)).all()  # which of the two: see the table above


@given(MASKS, MASKS)
def test_dice_follows_from_iou_and_is_never_below_it(truth, prediction):
    overlap = count_overlap(truth, prediction)
    assert overlap.dice == pytest.approx(2 * overlap.iou / (1 + overlap.iou))
    assert overlap.dice >= overlap.iou


@given(MASKS, MASKS)
def test_exchanging_the_masks_exchanges_precision_and_sensitivity(truth, prediction):
    there, back = count_overlap(truth, prediction), count_overlap(prediction, truth)
    assert (there.dice, there.iou) == (back.dice, back.iou)
    assert there.precision == back.sensitivity


@given(MASKS, MASKS)
def test_specificity_is_the_sensitivity_of_the_background(truth, prediction):
    background = count_overlap(~truth, ~prediction)
    assert count_overlap(truth, prediction).specificity == background.sensitivity


@given(MASKS, MASKS)
def test_flipping_both_pictures_changes_nothing(truth, prediction):
    expected = count_overlap(truth, prediction)
    for flip in (np.fliplr, np.flipud, np.transpose):
        assert count_overlap(flip(truth), flip(prediction)) == expected


@given(MASKS, MASKS, MASKS, MASKS)
def test_overlaps_add_up_to_the_overlap_of_all_pixels(truth, prediction, truth_2, prediction_2):
    together = count_overlap(np.stack([truth, truth_2]), np.stack([prediction, prediction_2]))
    assert count_overlap(truth, prediction) + count_overlap(truth_2, prediction_2) == together


@given(MASKS, MASKS, st.sampled_from(["uint8", "float32", "bool", "int64"]))
def test_the_type_of_a_mask_does_not_matter(truth, prediction, dtype):
    assert count_overlap(truth.astype(dtype), prediction) == count_overlap(truth, prediction)


def test_tooth_is_what_is_not_0():
    assert count_overlap(np.array([0, 255, 7], np.uint8), [0, 1, 1]).dice == 1


@pytest.mark.parametrize("shape", [(4, 3), (12,), (3, 4, 1), (1, 4)])
def test_masks_of_different_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"one shape, received \(3, 4\) and \(.*\)"):
        count_overlap(np.zeros((3, 4)), np.zeros(shape))
