import pytest
from hypothesis import given
from hypothesis import strategies as st

from teeth_unet.errors import InputError
from teeth_unet.scoring import compare_scores, pair_cases


def row(case, xray, mask=None, dice=0.5):
    """A row of case scores; without an X-ray's hash as earlier versions wrote it."""
    hashes = {"content_hash": xray, "mask_hash": mask or f"mask of {xray}"} if xray else {}
    return {"case": case, **hashes, "dice": dice}


def names(pairs):
    return [
        (one["case"], other["case"])
        for one, other in zip(pairs.baseline, pairs.candidate, strict=True)
    ]


def test_the_same_xray_is_the_same_case_whatever_it_is_called():
    pairs = pair_cases([row("1", "a"), row("2", "b")], [row("x", "b"), row("1", "a")])
    assert names(pairs) == [("1", "1"), ("2", "x")]
    assert pairs.by == "content"
    assert pairs[3:] == ([], [], [], [])


def test_another_xray_of_the_same_name_is_another_case():
    pairs = pair_cases([row("1", "a"), row("2", "b")], [row("1", "c"), row("2", "b")])
    assert names(pairs) == [("2", "2")]
    assert (pairs.only_in_baseline, pairs.only_in_candidate) == (["1"], ["1"])
    assert pairs.same_name == ["1"]


def test_names_that_were_exchanged_are_found_out():
    pairs = pair_cases([row("1", "a"), row("2", "b")], [row("1", "b"), row("2", "a")])
    assert names(pairs) == [("1", "2"), ("2", "1")]
    assert pairs.same_name == []


def test_an_xray_with_another_mask_is_not_compared():
    pairs = pair_cases(
        [row("1", "a"), row("2", "b"), row("3", "c")],
        [row("1", "a", "redrawn"), row("2", "b"), row("4", "d")],
    )
    assert names(pairs) == [("2", "2")]
    assert pairs.other_truth == ["1"]
    assert (pairs.only_in_baseline, pairs.only_in_candidate) == (["3"], ["4"])
    assert pairs.same_name == []


def test_of_identical_cases_those_of_one_name_belong_together():
    pairs = pair_cases([row("1", "a"), row("2", "a")], [row("2", "a"), row("3", "a")])
    assert names(pairs) == [("1", "3"), ("2", "2")]
    fewer = pair_cases([row("1", "a"), row("2", "a")], [row("2", "a")])
    assert names(fewer) == [("2", "2")]
    # Its partner is taken, and what is left has the same mask: it is in one table only.
    assert fewer.only_in_baseline == ["1"]


@pytest.mark.parametrize("older", ["baseline", "candidate", "both"])
def test_tables_that_do_not_tell_the_xrays_are_paired_by_name(older):
    baseline = [row("1", None if older in ("baseline", "both") else "a"), row("2", None)]
    candidate = [row("2", None if older in ("candidate", "both") else "z"), row("1", None)]
    pairs = pair_cases(baseline, candidate)
    assert pairs.by == "name"
    assert names(pairs) == [("1", "1"), ("2", "2")]
    assert pairs.other_truth == []


TABLES = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("mn")), max_size=6).map(
    lambda kinds: [row(str(number), *kind) for number, kind in enumerate(kinds)]
)


@given(TABLES, TABLES)
def test_every_case_is_paired_or_told_of(baseline, candidate):
    pairs = pair_cases(baseline, candidate)
    for one, other in zip(pairs.baseline, pairs.candidate, strict=True):
        assert one["content_hash"] == other["content_hash"]
        assert one["mask_hash"] == other["mask_hash"]
    assert len({other["case"] for other in pairs.candidate}) == len(pairs.candidate)
    told = [one["case"] for one in pairs.baseline] + pairs.only_in_baseline + pairs.other_truth
    assert sorted(told) == sorted(one["case"] for one in baseline)
    kinds = [
        {(each["content_hash"], each["mask_hash"]) for each in t} for t in (baseline, candidate)
    ]
    assert bool(pairs.baseline) == bool(kinds[0] & kinds[1])


def test_what_cannot_be_compared_is_refused_and_named():
    baseline = [row(str(number), f"xray {number}") for number in range(8)]
    candidate = [row(str(number), f"other {number}") for number in range(7)]
    candidate += [row("7", "xray 7", "redrawn")]
    with pytest.raises(InputError) as refused:
        compare_scores(pair_cases(baseline, candidate))
    assert str(refused.value) == (
        "comparison: expected at least 2 cases that both tables of scores have, found 0 (7 only in "
        "the baseline, 7 only in the candidate); different X-rays of the same name: 0, 1, 2, 3, 4 "
        "and 2 more; the same X-ray with another mask: 7. Score both on the same X-rays and masks: "
        "same data, same split."
    )
