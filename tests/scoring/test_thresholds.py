import tracemalloc

import numpy as np
import pytest

from teeth_unet.imaging import count_overlap
from teeth_unet.scoring import choose_threshold


def best_threshold(probabilities, truths):
    """The threshold and the mean Dice that it was chosen for."""
    decision = choose_threshold(probabilities, truths)
    assert decision["chosen_on"] == "validation"
    assert "note" not in decision
    return decision["threshold"], decision["dice"]


def picture(values):
    return np.array(values, np.float32).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("teeth", "background", "threshold"),
    [
        (0.62, 0.42, 0.50),  # all from .45 to .60 are perfect
        (0.32, 0.12, 0.30),  # all from .15 to .30
        (0.90, 0.72, 0.75),  # all from .75 to .90
        (0.07, 0.01, 0.05),
        (0.99, 0.93, 0.95),
    ],
)
def test_of_equal_thresholds_the_nearest_to_a_half_is_chosen(teeth, background, threshold):
    probabilities, truth = picture([teeth, background, 0.0]), picture([1, 0, 0])
    assert best_threshold([probabilities], [truth]) == (threshold, 1.0)


@pytest.mark.parametrize("percent", range(5, 100, 5))
def test_a_probability_equal_to_the_threshold_is_tooth(percent):
    # Also where float32 lies below the decimal number, as with .35.
    probabilities = picture([percent / 100, percent / 100 - 0.04, 0.0])
    assert best_threshold([probabilities], [picture([1, 0, 0])]) == (percent / 100, 1.0)


def test_the_threshold_is_chosen_by_the_mean_over_cases_and_not_by_pooled_pixels():
    large = picture([0.6] * 100 + [0.4] * 20), picture([1] * 100 + [0] * 20)
    small = picture([0.3, 0.0]), picture([1, 0])
    # At .30: Dice 200/220 and 1. At .50: 1 and 0, yet 200/201 when pooled.
    threshold, dice = best_threshold(*zip(large, small, strict=True))
    assert threshold == 0.3
    assert dice == pytest.approx((200 / 220 + 1) / 2)


def test_the_dice_of_a_threshold_is_that_of_the_masks_it_makes():
    rng = np.random.default_rng(0)
    truths = (rng.random((3, 16, 16, 1)) < 0.3).astype(np.uint8)
    probabilities = np.clip(rng.normal(0.3 + 0.3 * truths, 0.2), 0, 1).astype(np.float32)
    threshold, dice = best_threshold(probabilities, truths)

    def mean_dice(candidate):
        masks = probabilities >= candidate
        return np.mean([count_overlap(*pair).dice for pair in zip(truths, masks, strict=True)])

    assert dice == mean_dice(threshold)
    assert dice == max(mean_dice(round(0.05 * step, 2)) for step in range(1, 20))


def test_a_case_without_teeth_has_no_say():
    toothed = picture([0.6, 0.3, 0.0]), picture([1, 1, 0])
    # Whether its mask comes out empty would outweigh half of the teeth of the other one.
    toothless = picture([0.4, 0.4, 0.4]), picture([0, 0, 0])
    assert best_threshold(*zip(toothed, toothless, strict=True)) == (0.3, 1.0)
    assert best_threshold(*zip(toothless, toothed, strict=True)) == (0.3, 1.0)


@pytest.mark.parametrize(
    ("cases", "note"),
    [
        ([], "there are no validation cases to choose one by"),
        ([([0.01, 0.0], [0, 0])], "the only validation case has no teeth"),
        ([([0.9, 0.0], [0, 0])] * 2, "none of the 2 validation cases has teeth"),
        (
            [([0.01, 0.0], [1, 0]), ([0.0, 0.0], [0, 0])],
            "the validation cases have the same Dice at every one, 0.0000",
        ),
    ],
)
def test_where_none_can_be_chosen_it_is_a_half_and_says_why(cases, note):
    pairs = [(picture(probabilities), picture(truth)) for probabilities, truth in cases]
    decision = choose_threshold([p for p, _ in pairs], [t for _, t in pairs])
    assert decision == {"threshold": 0.5, "chosen_on": "nothing", "dice": None, "note": note}


def test_probabilities_and_truths_must_be_of_equal_number():
    with pytest.raises(ValueError, match="shorter"):
        best_threshold([picture([0.5]), picture([0.5])], [picture([1])])


def test_a_case_whose_mask_has_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"one shape, received \(1, 2, 1\) and \(1, 1, 1\)"):
        best_threshold([picture([0.5, 0.5])], [picture([1])])


def test_cases_come_one_after_the_other_and_are_left_as_they_are():
    seen = []

    def cases(count, name):
        for number in range(count):
            values = np.full((64, 64), 0.5 + 0.4 * (name == "truth"), np.float32)
            values.setflags(write=False)
            seen.append((number, name))
            yield values

    assert choose_threshold(cases(3, "probability"), cases(3, "truth"))["threshold"] == 0.5
    assert seen[:4] == [(0, "probability"), (0, "truth"), (1, "probability"), (1, "truth")]


def test_memory_does_not_grow_with_the_cases():
    def peak(count):
        probabilities = (np.full((128, 128), 0.5, np.float32) for _ in range(count))
        truths = (np.ones((128, 128), np.uint8) for _ in range(count))
        tracemalloc.start()
        best_threshold(probabilities, truths)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(2)
    assert peak(40) < 1.2 * peak(10)
