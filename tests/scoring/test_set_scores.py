"""Average precision against pycocotools, and where ours says more than it."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numbered_maps import mouth
from pycocotools import mask as coco_masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from teeth_unet.scoring import NumberedPair, score_numbers
from teeth_unet.tooth_numbers import TEETH


def numbers_of(labels):
    return [int(number) for number in np.unique(labels) if number]


def encoded(mask):
    return coco_masks.encode(np.asfortranarray(mask.astype(np.uint8)))


def as_coco(pairs):
    """The precisions of pycocotools, (10 IoU, 101 recalls, numbers); -1 where there is no truth."""
    truth = {
        "images": [
            {"id": row, "height": pair.truth.shape[0], "width": pair.truth.shape[1]}
            for row, pair in enumerate(pairs, start=1)
        ],
        "categories": [{"id": number} for number in TEETH],
        "annotations": [],
    }
    results = []
    for row, pair in enumerate(pairs, start=1):
        for number in numbers_of(pair.truth):
            mask = pair.truth == number
            annotation = {"image_id": row, "category_id": number, "segmentation": encoded(mask)}
            truth["annotations"].append(
                {**annotation, "id": len(truth["annotations"]) + 1, "iscrowd": 0}
                | {"area": int(mask.sum()), "bbox": [0, 0, 1, 1]}
            )
        for number in numbers_of(pair.predicted):
            of_one = {"image_id": row, "category_id": number, "score": pair.probabilities[number]}
            results.append({**of_one, "segmentation": encoded(pair.predicted == number)})
    with contextlib.redirect_stdout(io.StringIO()):
        ground = COCO()
        ground.dataset = truth
        ground.createIndex()
        evaluation = COCOeval(ground, ground.loadRes(results), "segm")
        evaluation.evaluate()
        evaluation.accumulate()
    return evaluation.eval["precision"][:, :, :, 0, 2]


def with_probabilities(seed, cases=5):
    """X-rays whose found teeth all have another probability."""
    rng = np.random.default_rng(seed)
    ranks = iter(rng.permutation(52 * cases) / (52 * cases))
    made = []
    for case in range(cases):
        truth, found = mouth(rng)
        made.append(
            NumberedPair(str(case), truth, found, {number: float(next(ranks)) for number in TEETH})
        )
    return made


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_average_precision_is_that_of_pycocotools(seed):
    pairs = with_probabilities(seed)
    precisions = as_coco(pairs)
    scores = score_numbers(pairs)
    summary = scores.summary()
    assert summary["average_precision"]["mean"] == pytest.approx(precisions[precisions > -1].mean())
    of_half = precisions[0]
    assert summary["average_precision_50"]["mean"] == pytest.approx(of_half[of_half > -1].mean())
    table = scores.by_number().set_index("number")
    for row, number in enumerate(TEETH):
        if (precisions[..., row] > -1).all():
            assert table.loc[number, "average_precision"] == pytest.approx(
                precisions[..., row].mean()
            )


def one(case, found, probability):
    tooth = np.array([[11, 11, 11, 11]])
    truth = 0 * tooth if found == "invented" else tooth
    return NumberedPair(case, truth, tooth, {11: probability})


def test_average_precision_by_hand():
    # Ranked: right, wrong, right; so precision 1 up to a recall of 1/2, and 2/3 up to 1.
    pairs = [one("1", "right", 0.9), one("2", "invented", 0.8), one("3", "right", 0.7)]
    expected = (51 * 1 + 50 * 2 / 3) / 101
    assert score_numbers(pairs).summary()["average_precision"]["mean"] == pytest.approx(expected)


def test_teeth_of_one_probability_are_counted_together():
    pairs = [one("1", "right", 0.5), one("2", "invented", 0.5), one("3", "right", 0.5)]
    for order in ([0, 1, 2], [1, 0, 2], [2, 0, 1]):
        summary = score_numbers([pairs[place] for place in order]).summary()
        assert summary["average_precision"]["mean"] == pytest.approx(2 / 3)


def test_a_number_that_no_xray_has_is_left_out_of_average_precision_but_not_of_panoptic_quality():
    truth, found = np.array([[11, 11, 0, 0]]), np.array([[11, 11, 48, 48]])
    summary = score_numbers([NumberedPair("1", truth, found)]).summary()
    assert summary["average_precision"]["mean"] == 1
    assert summary["panoptic_quality"]["mean"] == 1 / 2
