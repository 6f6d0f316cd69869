import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from teeth_unet import imaging
from teeth_unet.unet.metrics import OverlapMetric, make_metrics
from teeth_unet.unet.settings import METRICS

SCORES = ["dice", "iou", "precision", "sensitivity"]
MASKS = hnp.arrays(np.float32, (2, 2), elements=st.sampled_from([0.0, 1.0]))


def pictures(*rows):
    """(n, 1, width, 1) pictures of a single row each."""
    return np.array(rows, np.float32)[:, None, :, None]


def score(metric, truth, probabilities):
    metric.reset_state()
    metric.update_state(truth, probabilities)
    return float(metric.result())


@pytest.mark.parametrize(
    ("truth", "probabilities", "dice", "iou", "precision", "sensitivity"),
    [
        ([1, 1, 0, 0], [1, 1, 0, 0], 1, 1, 1, 1),
        ([1, 1, 0, 0], [0, 0, 1, 1], 0, 0, 0, 0),
        ([1, 1, 0, 0], [0.9, 0.4, 0.6, 0.1], 1 / 2, 1 / 3, 1 / 2, 1 / 2),
        ([1, 1, 0, 0], [0.5, 0.499, 0.499, 0.499], 2 / 3, 1 / 2, 1, 1 / 2),  # tooth from .5 on
        ([1, 1, 0, 0], [1, 1, 1, 1], 2 / 3, 1 / 2, 1 / 2, 1),
        ([1, 1, 1, 0], [1, 0, 0, 1], 2 / 5, 1 / 4, 1 / 2, 1 / 3),
        ([0, 0, 0, 0], [0.1, 0, 0, 0.4], 1, 1, 1, 1),  # both empty
        ([0, 0, 0, 0], [0, 0, 0, 0.6], 0, 0, 0, 0),  # only the truth is
        ([1, 0, 0, 0], [0, 0, 0, 0], 0, 0, 0, 0),  # only the prediction is
        ([1, 1, 1, 1], [1, 1, 1, 1], 1, 1, 1, 1),
    ],
)
def test_scores_by_hand(truth, probabilities, dice, iou, precision, sensitivity):
    batch = pictures(truth), pictures(probabilities)
    found = [score(OverlapMetric(name), *batch) for name in SCORES]
    assert found == pytest.approx([dice, iou, precision, sensitivity], abs=1e-6)


@settings(max_examples=40)
@given(MASKS, MASKS)
def test_scores_are_those_that_are_reported(truth, prediction):
    reported = imaging.count_overlap(truth, prediction)
    batch = truth[None, ..., None], prediction[None, ..., None]
    for name in SCORES:
        found = score(OverlapMetric(name), *batch)
        assert found == pytest.approx(getattr(reported, name), abs=1e-6)


def test_the_score_is_the_mean_over_images_of_all_batches():
    metric = OverlapMetric("dice")
    # Dice 1, 2/3 and 0 in a batch of three, and 1 in a batch of one; pooled it were 12 / 14.
    metric.update_state(
        pictures([1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]),
        pictures([1, 1, 1, 1], [1, 0, 0, 0], [0, 0, 0, 1]),
    )
    metric.update_state(pictures([0, 0, 0, 1]), pictures([0, 0, 0, 1]))
    assert float(metric.result()) == pytest.approx((1 + 2 / 3 + 0 + 1) / 4)


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        ((), ["dice"]),
        (("dice",), ["dice"]),
        (("iou", "dice", "iou", "accuracy"), ["dice", "iou", "accuracy"]),
        (METRICS[::-1], ["dice", "sensitivity", "precision", "iou", "accuracy"]),
    ],
)
def test_dice_is_always_the_first_metric_and_none_is_there_twice(wanted, made):
    assert [metric.name for metric in make_metrics(wanted)] == made


def test_accuracy_is_the_share_of_pixels_on_the_right_side_of_one_half():
    _, accuracy = make_metrics(("accuracy",))
    truth, probabilities = pictures([1, 1, 0, 0]), pictures([0.9, 0.4, 0.3, 0.1])
    assert score(accuracy, truth, probabilities) == pytest.approx(3 / 4)


@pytest.mark.parametrize("name", SCORES)
def test_a_metric_survives_saving(name):
    metric = OverlapMetric(name, name="watched")
    restored = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert restored.get_config() == metric.get_config()
    batch = pictures([1, 1, 1, 0]), pictures([1, 0, 0, 1])
    assert score(restored, *batch) == score(metric, *batch)
