import json
import tracemalloc

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from teeth_unet.scoring import Scoring, score_calibration


def measured(probabilities, truth, **options):
    """The calibration of a single case of one row."""
    return score_calibration([np.array(probabilities, float)], [np.array(truth)], **options)


def random_cases(count=5, shape=(20, 30, 1), seed=0):
    rng = np.random.default_rng(seed)
    probabilities = rng.beta(0.3, 0.5, (count, *shape)).astype(np.float32)
    return probabilities, (rng.random(probabilities.shape) < probabilities**1.5).astype(np.uint8)


def directly(probabilities, truths, bins):
    """Brier score, calibration error and curve from all pixels at once, bin by bin."""
    p, tooth = probabilities.ravel().astype(float), truths.ravel()
    curve, error = [], 0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = (p >= low) & ((p < high) if high < 1 else (p <= 1))
        means = (p[inside].mean(), tooth[inside].mean()) if inside.any() else (None, None)
        curve.append((low, high, inside.sum(), *means))
        error += inside.sum() * abs(means[0] - means[1]) if inside.any() else 0
    return np.mean((p - tooth) ** 2), error / p.size, curve


def test_calibration_of_four_pixels():
    calibration = measured([0.05, 0.15, 0.15, 0.95], [0, 0, 1, 1])
    # Squares .0025, .0225, .7225, .0025. Off by .05, twice |.15 - .5|, and .05.
    assert calibration["brier"] == pytest.approx(0.75 / 4)
    assert calibration["expected_calibration_error"] == pytest.approx(0.8 / 4)
    assert calibration["bins"][1] == {
        "low": 0.1,
        "high": 0.2,
        "pixels": 2,
        "mean_probability": pytest.approx(0.15),
        "tooth_share": 0.5,
    }


@pytest.mark.parametrize(
    ("probabilities", "truth", "brier", "error"),
    [
        ([0, 0, 1, 1], [0, 0, 1, 1], 0, 0),  # perfect
        ([1, 1, 0, 0], [0, 0, 1, 1], 1, 1),  # perfectly wrong
        ([0.5, 0.5], [0, 1], 0.25, 0),  # says nothing, and rightly so
        ([0.25] * 4, [0, 0, 0, 1], 3 / 16, 0),
        ([0.75] * 4, [0, 0, 0, 1], 7 / 16, 0.5),
        ([0.0], [255], 1, 1),  # tooth is what is not 0
    ],
)
def test_calibration_of_known_pixels(probabilities, truth, brier, error):
    calibration = measured(probabilities, truth)
    assert calibration["brier"] == pytest.approx(brier)
    assert calibration["expected_calibration_error"] == pytest.approx(error)


def test_bins_without_pixels_have_no_shares():
    bins = measured([0.05], [0])["bins"]
    assert [each["pixels"] for each in bins] == [1] + 9 * [0]
    assert {each["mean_probability"] for each in bins[1:]} == {None}
    assert {each["tooth_share"] for each in bins[1:]} == {None}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bins", [1, 2, 7, 10, 20])
def test_a_bin_holds_its_lower_end_and_the_last_one_both(bins, dtype):
    ends = (np.arange(bins + 1) / bins).astype(dtype)
    found = score_calibration([ends], [ends > 0.5], bins)["bins"]
    assert [each["pixels"] for each in found] == [1] * (bins - 1) + [2]
    assert [each["low"] for each in found] == [number / bins for number in range(bins)]
    assert [each["high"] for each in found] == [number / bins for number in range(1, bins + 1)]


@pytest.mark.parametrize("bins", [1, 3, 10, 15])
def test_calibration_equals_that_of_all_pixels_at_once(bins):
    probabilities, truths = random_cases()
    brier, error, curve = directly(probabilities, truths, bins)
    calibration = score_calibration(probabilities, truths, bins)
    assert calibration["brier"] == pytest.approx(brier)
    assert calibration["expected_calibration_error"] == pytest.approx(error)
    for found, expected in zip(calibration["bins"], curve, strict=True):
        assert list(found.values()) == pytest.approx(list(expected))


def test_calibration_equals_that_of_scikit_learn():
    probabilities, truths = random_cases(seed=1)
    calibration = score_calibration(probabilities, truths)
    p, tooth = probabilities.ravel(), truths.ravel()
    assert calibration["brier"] == pytest.approx(brier_score_loss(tooth, p))
    shares, means = calibration_curve(tooth, p, n_bins=10)
    assert [each["tooth_share"] for each in calibration["bins"]] == pytest.approx(shares)
    assert [each["mean_probability"] for each in calibration["bins"]] == pytest.approx(means)


def test_pixels_count_alike_however_they_are_dealt_to_cases():
    probabilities, truths = random_cases(seed=2)
    together = score_calibration(probabilities[None], truths[None])
    parts = ([array[:1].ravel(), array[1:].ravel()] for array in (probabilities, truths))
    apart = score_calibration(*parts)
    assert apart["brier"] == pytest.approx(together["brier"])
    assert apart["bins"][3] == pytest.approx(together["bins"][3])


def test_a_memory_mapped_file_and_an_iterator_will_do(tmp_path):
    probabilities, truths = random_cases(seed=3)
    np.save(tmp_path / "probabilities.npy", probabilities)
    mapped = np.load(tmp_path / "probabilities.npy", mmap_mode="r")
    calibration = score_calibration(mapped, iter(truths))
    assert calibration == score_calibration(probabilities, truths)
    assert json.loads(json.dumps(calibration)) == calibration


def test_memory_does_not_grow_with_the_cases():
    def peak(count):
        probabilities = (np.full((128, 128), 0.5, np.float32) for _ in range(count))
        truths = (np.ones((128, 128), np.uint8) for _ in range(count))
        tracemalloc.start()
        score_calibration(probabilities, truths)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(2)
    assert peak(40) < 1.2 * peak(10)


def test_the_default_number_of_bins_is_that_of_the_settings():
    assert len(measured([0.5], [1])["bins"]) == Scoring().calibration_bins


@pytest.mark.parametrize("value", [-0.1, 1.1, np.nan])
def test_what_is_no_probability_is_refused(value):
    with pytest.raises(ValueError, match=r"probabilities in \[0, 1\], received"):
        measured([0.5, value], [0, 1])


def test_a_case_whose_mask_has_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"one shape, received \(2,\) and \(3,\)"):
        measured([0.5, 0.5], [0, 1, 1])


def test_probabilities_and_truths_must_be_of_equal_number():
    with pytest.raises(ValueError, match="shorter"):
        score_calibration([np.array([0.5])] * 2, [np.array([1])])


def test_no_case_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one case"):
        score_calibration([], [])
