import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numbered_maps import mouth, renumbered
from scipy import stats
from sklearn.metrics import precision_recall_fscore_support

from teeth_unet.scoring import NumberedPair, NumberScores, score_numbers, summarise_numbers
from teeth_unet.scoring.number_tallies import Tallies
from teeth_unet.tooth_numbers import MILK, PERMANENT, TEETH, mirrored


def strip(*runs):
    """A label map of one row, of (number, pixels)."""
    return np.array([[number for number, pixels in runs for _ in range(pixels)]])


# 11 is a pixel short, 12 is taken for 13, 21 is not found, of 36 there is half; 101 is an implant.
TRUTH = strip((11, 4), (12, 4), (21, 4), (36, 4), (101, 4))
FOUND = strip((11, 3), (0, 1), (13, 4), (0, 4), (36, 2), (0, 2), (101, 4))


def means(summary):
    """The means alone, those of groups under their own names."""
    flat = {}
    for name, value in summary.items():
        if isinstance(value, dict) and "mean" in value:
            flat[name] = value["mean"]
        elif name in ("presence", "missing"):
            flat |= {f"{name} {part}": one["mean"] for part, one in value.items()}
    return flat


def test_scores_by_hand():
    summary = score_numbers([NumberedPair("1", TRUTH, FOUND)], {101: "implant"}).summary()
    assert (summary["cases"], summary["true_teeth"], summary["predicted_teeth"]) == (1, 4, 3)
    assert means(summary) == pytest.approx(
        {
            "found": 3 / 4,
            "right_number": 2 / 3,
            "right_kind": 1,
            "dice": (6 / 7 + 4 / 6) / 4,  # 12 and 21 count 0
            "exact_chart": 0,
            "presence precision": 2 / 3,
            "presence recall": 2 / 4,
            "presence f1": 4 / 7,
            "missing sensitivity": 27 / 28,  # 13 is none of those told to be missing
            "missing specificity": 2 / 4,
            "average_precision_50": (1 + 1) / 4,
            "average_precision": (6 / 10 + 1 / 10) / 4,  # IoU .75 and .5
            "panoptic_quality": 0.75 / 5,  # 13 counts as well; an IoU of .5 is not above .5
        }
    )
    assert summary["confusions"] == {
        "neighbour": 1,
        "other_side": 0,
        "other_jaw": 0,
        "milk_or_permanent": 0,
        "other": 0,
        "no_tooth": 0,
    }
    assert {name: one["mean"] for name, one in summary["dice_by_group"].items()} == {
        "incisors": pytest.approx(6 / 7 / 3),
        "canines": None,
        "premolars": None,
        "molars": pytest.approx(2 / 3),
    }
    assert json.loads(json.dumps(summary)) == summary


def test_the_table_by_number_by_hand():
    table = score_numbers([NumberedPair("1", TRUTH, FOUND)]).by_number().set_index("number")
    assert list(table.index) == [11, 12, 13, 21, 36]
    assert table["found"].tolist() == pytest.approx([1, 1, np.nan, 0, 1], nan_ok=True)
    assert table["right_number"].tolist() == pytest.approx([1, 0, np.nan, np.nan, 1], nan_ok=True)
    assert table["dice"].tolist() == pytest.approx([6 / 7, 0, np.nan, 0, 2 / 3], nan_ok=True)
    assert table["precision"].tolist() == pytest.approx([1, np.nan, 0, np.nan, 1], nan_ok=True)
    assert table["recall"].tolist() == pytest.approx([1, 0, np.nan, 0, 1], nan_ok=True)
    assert table["panoptic_quality"].tolist() == pytest.approx([0.75, 0, 0, 0, 0])


def test_the_table_of_confusions_by_hand():
    table = score_numbers([NumberedPair("1", TRUTH, FOUND)]).confusion_table()
    assert list(table.index) == ["11", "12", "13", "21", "36"]
    assert list(table.columns) == [*table.index, "no tooth", "not found"]
    seen = {(row, name): table.loc[row, name] for row in table.index for name in table.columns}
    assert {place for place, count in seen.items() if count} == {
        ("11", "11"),
        ("12", "13"),
        ("21", "not found"),
        ("36", "36"),
    }


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        ((0,), (0,), {"precision": 1, "recall": 1, "f1": 1, "dice": 1, "panoptic_quality": 1}),
        ((0,), (11,), {"precision": 0, "recall": 0, "f1": 0, "dice": 0, "panoptic_quality": 0}),
        ((11,), (0,), {"precision": 0, "recall": 0, "f1": 0, "dice": 0, "panoptic_quality": 0}),
        ((0,), (101,), {"precision": 1, "recall": 1, "f1": 1, "dice": 1, "panoptic_quality": 1}),
        (PERMANENT, PERMANENT, {"missing_sensitivity": 1, "missing_specificity": 1}),
        (PERMANENT, PERMANENT[1:], {"missing_sensitivity": 0, "missing_specificity": 31 / 32}),
        ((0,), (0,), {"missing_sensitivity": 1, "missing_specificity": 1}),
    ],
    ids=["toothless", "invented", "missed", "implant", "full", "one lost", "all missing"],
)
def test_a_share_of_nothing_is_1_where_both_sides_have_nothing(truth, found, expected):
    maps = (strip(*((number, 2) for number in numbers)) for numbers in (truth, found))
    wide = [np.pad(one, ((0, 0), (0, 64 - one.shape[1]))) for one in maps]
    row = score_numbers([NumberedPair("1", *wide)]).by_case().iloc[0]
    assert {name: row[name] for name in expected} == expected


def test_where_nothing_can_be_computed_there_is_none():
    nothing = strip((0, 9))
    summary = score_numbers([NumberedPair("1", nothing, nothing)] * 6).summary()
    assert means(summary) == {
        **dict.fromkeys(means(summary)),
        "exact_chart": 1,
        "missing sensitivity": 1,
    }


def test_a_tooth_taken_for_an_implant_is_found_with_neither_number_nor_kind():
    pair = NumberedPair("1", strip((16, 4)), strip((116, 4)))
    summary = score_numbers([pair], {116: "implant"}).summary()
    assert means(summary)["found"] == 1
    assert means(summary)["right_number"] == means(summary)["right_kind"] == 0
    assert summary["confusions"]["no_tooth"] == 1
    assert score_numbers([pair]).confusion_table().loc["16", "no tooth"] == 1


@pytest.mark.parametrize(
    ("true_kinds", "predicted_kinds", "right"),
    [({}, {}, 1), ({48: "germ"}, {48: "germ"}, 1), ({48: "germ"}, {}, 0), ({48: "tooth"}, {}, 1)],
)
def test_a_kind_may_be_known_better_than_the_number_tells(true_kinds, predicted_kinds, right):
    pair = NumberedPair(
        "1", strip((48, 4)), strip((48, 4)), {}, true_kinds, predicted_kinds=predicted_kinds
    )
    assert means(score_numbers([pair]).summary())["right_kind"] == right


def test_halves_of_a_tooth_are_matched_once_and_with_its_own_number_first():
    truth = strip((11, 8))
    for runs in ([(11, 4), (12, 4)], [(12, 4), (11, 4)]):
        summary = score_numbers([NumberedPair("1", truth, strip(*runs))]).summary()
        assert means(summary)["found"] == means(summary)["right_number"] == 1


def test_teeth_are_matched_so_that_the_total_is_best():
    # 13 could be taken for 11 or 12 (IoU .5 both), 11 for 13 alone: both are found.
    pair = NumberedPair("1", strip((11, 4), (12, 4)), strip((13, 8)))
    assert score_numbers([pair]).summary()["found"]["mean"] == 1 / 2


@pytest.mark.parametrize(
    ("truth", "found", "told"),
    [
        (strip((11, 4)), strip((11, 5)), "one shape for case 7"),
        (strip((-1, 4)), strip((11, 4)), "0 to 65535 for case 7"),
        (strip((11, 4)), strip((65536, 4)), "0 to 65535 for case 7"),
        (strip((11, 4)).astype(float), strip((11, 4)), "0 to 65535 for case 7"),
    ],
)
def test_maps_that_cannot_be_compared_are_refused(truth, found, told):
    with pytest.raises(ValueError, match=told):
        score_numbers([NumberedPair("7", truth, found)])


def test_no_xray_has_no_scores():
    with pytest.raises(ValueError, match="at least one"):
        score_numbers([])


def test_a_map_of_bytes_is_as_good_as_one_of_wide_numbers():
    narrow = NumberedPair("1", TRUTH.astype(np.uint8), FOUND.astype(np.int16))
    assert score_numbers([narrow]).summary() == (
        score_numbers([NumberedPair("1", TRUTH, FOUND)]).summary()
    )


SEEDS = st.integers(0, 10**6)


def pairs(seed, cases=6):
    rng = np.random.default_rng(seed)
    return [NumberedPair(str(case), *mouth(rng)) for case in range(cases)]


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.randoms())
def test_the_order_of_the_xrays_changes_nothing(seed, random):
    some = pairs(seed)
    mixed = random.sample(some, len(some))
    one, other = (score_numbers(each) for each in (some, mixed))
    assert one.by_number().equals(other.by_number()) or np.allclose(
        one.by_number().drop(columns="group"),
        other.by_number().drop(columns="group"),
        equal_nan=True,
    )
    flat, mixed_flat = means(one.summary()), means(other.summary())
    assert flat == pytest.approx(mixed_flat, nan_ok=True)
    for name in ("found", "average_precision", "panoptic_quality"):
        assert one.summary()[name]["interval"] == pytest.approx(other.summary()[name]["interval"])


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_perfect_maps_score_1_without_an_interval(seed):
    perfect = [NumberedPair(one.case, one.truth, one.truth) for one in pairs(seed)]
    scores = score_numbers(perfect)
    flat = means(scores.summary())
    if all(np.isin(one.truth, MILK).any() for one in perfect):
        flat.pop("missing specificity")  # children's mouths have none of the 32 teeth
    assert {round(value, 12) for value in flat.values()} == {1}
    assert scores.summary()["average_precision"]["interval"] is None
    assert not sum(scores.confusions().values())


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_swapped_sides_leave_teeth_found_and_make_every_number_wrong(seed):
    straight = [NumberedPair(one.case, one.truth, one.truth) for one in pairs(seed)]
    swapped = [
        NumberedPair(one.case, one.truth, renumbered(one.truth, mirrored)) for one in straight
    ]
    scores = score_numbers(swapped)
    assert scores.summary()["found"] == score_numbers(straight).summary()["found"]
    assert scores.summary()["right_number"]["mean"] == 0
    assert means(scores.summary())["right_kind"] == 1
    wrong = {kind for kind, count in scores.confusions().items() if count}
    assert wrong <= {"other_side", "neighbour"}  # the two middle incisors are neighbours


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_counts_agree_between_the_tables(seed):
    scores = score_numbers(pairs(seed))
    summary, numbers, table = scores.summary(), scores.by_number(), scores.confusion_table()
    assert table.to_numpy().sum() == numbers["true_teeth"].sum() == summary["true_teeth"]
    diagonal = sum(table.loc[number, number] for number in table.index)
    off = table.to_numpy().sum() - diagonal - table["not found"].sum()
    assert off == sum(summary["confusions"].values())
    found = (numbers["found"] * numbers["true_teeth"]).sum()
    assert found == pytest.approx(summary["found"]["mean"] * summary["true_teeth"])


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_presence_is_scikit_learns(seed):
    some = pairs(seed)
    truth, found = (
        np.array([np.isin(TEETH, getattr(one, name)) for one in some])
        for name in ("truth", "predicted")
    )
    expected = precision_recall_fscore_support(truth, found, average="micro", zero_division=0)
    presence = score_numbers(some).summary()["presence"]
    ours = [presence[name]["mean"] or 0 for name in ("precision", "recall", "f1")]
    assert ours == pytest.approx(expected[:3])


def test_panoptic_quality_of_a_number_is_the_sum_over_hits_and_half_the_errors():
    hit = NumberedPair("1", strip((11, 8)), strip((11, 6), (0, 2)))  # IoU .75
    missed = NumberedPair("2", strip((11, 8)), strip((0, 8)))
    beside = NumberedPair("3", strip((0, 4), (11, 4)), strip((11, 4), (0, 4)))  # both are errors
    table = score_numbers([hit, missed, beside]).by_number()
    assert table["panoptic_quality"].tolist() == pytest.approx([0.75 / (1 + 3 / 2)])


@pytest.mark.slow
def test_intervals_are_as_wide_as_a_bootstrap_over_xrays():
    rng = np.random.default_rng(3)
    whole = score_numbers([NumberedPair(str(case), *mouth(rng)) for case in range(40)])
    drawn = [means(resampled(whole, rng.integers(0, 40, 40)).summary()) for _ in range(150)]
    for name in ("found", "right_number", "dice", "average_precision", "panoptic_quality"):
        low, high = whole.summary()[name]["interval"]
        half = stats.t.ppf(0.975, 39) * np.std([one[name] for one in drawn], ddof=1)
        assert (high - low) / 2 == pytest.approx(half, rel=0.2), name


def resampled(scores, rows):
    arrays = {
        name: [values[row] for row in rows] if name == "cases" else values[rows]
        for name, values in vars(scores.tallies).items()
    }
    return NumberScores(Tallies(**arrays))


def test_fewer_than_five_xrays_have_no_interval():
    summary = score_numbers(pairs(1, 4)).summary()
    assert summary["found"]["interval"] is None
    assert summary["average_precision"]["interval"] is None
    assert summary["exact_chart"]["interval"] is None


def test_a_table_of_no_cases_has_the_columns_of_one_with_cases():
    summary, nothing = summarise_numbers([], {})
    assert summary is None
    pair = NumberedPair("1", np.full((4, 4), 11), np.full((4, 4), 12))
    summary, table = summarise_numbers([pair], {})
    assert list(nothing) == list(table)
    assert summary["taken_for"] == {"11": {"12": 1}, "12": {}}
    assert [row["number"] for row in summary["by_number"]] == [11, 12]
    json.dumps(summary, allow_nan=False)
