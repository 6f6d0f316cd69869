"""Scores of numbers, counted by hand."""

import numpy as np
import pytest

from teeth_unet.numbering import KINDS, NUMBERS, NumberMaps, score_number_maps, sum_up_scores

TOOTH, IMPLANT = KINDS.index("tooth"), KINDS.index("implant")


def maps(numbers, kinds):
    """What a network says that is sure of these labels."""
    numbers, kinds = np.eye(len(NUMBERS))[numbers], np.eye(len(KINDS))[kinds]
    return NumberMaps(*(np.float32(each) for each in (numbers, kinds)), np.zeros((4, 4)))


def truth(numbers, kinds):
    return np.stack([numbers, kinds, np.zeros_like(numbers)], axis=-1).astype(np.uint8)


ROWS = np.repeat([[1], [2], [0], [0]], 4, axis=1)  # two teeth of four pixels
KINDS_OF_ROWS = np.where(ROWS > 0, TOOTH, 0)


def test_what_is_all_right_has_full_scores():
    scores = sum_up_scores(
        [score_number_maps(maps(ROWS, KINDS_OF_ROWS), truth(ROWS, KINDS_OF_ROWS))]
    )
    assert scores["teeth"] == 2
    assert {scores[name] for name in ("dice", "found", "kinds", "precision", "recall", "f1")} == {1}


def test_every_mistake_counts_where_it_belongs():
    said, kinds = ROWS.copy(), KINDS_OF_ROWS.copy()
    said[0, 2:] = 0  # half of the first: Dice 2/3, IoU 1/2
    said[1] = 3  # the second under another number, and as an implant
    kinds[1] = IMPLANT
    scores = sum_up_scores([score_number_maps(maps(said, kinds), truth(ROWS, KINDS_OF_ROWS))])
    assert scores["dice"] == pytest.approx((2 / 3 + 0) / 2)
    assert scores["found"] == scores["kinds"] == scores["precision"] == scores["recall"] == 0.5
    assert scores["f1"] == 0.5


def test_drawings_without_teeth_count_for_nothing_but_false_teeth():
    nothing = np.zeros((4, 4), int)
    good = score_number_maps(maps(ROWS, KINDS_OF_ROWS), truth(ROWS, KINDS_OF_ROWS))
    false = score_number_maps(maps(ROWS, KINDS_OF_ROWS), truth(nothing, nothing))
    scores = sum_up_scores([good, false])
    assert (scores["cases"], scores["dice"], scores["recall"]) == (2, 1, 1)
    assert scores["precision"] == 0.5
    assert sum_up_scores([])["dice"] is None
