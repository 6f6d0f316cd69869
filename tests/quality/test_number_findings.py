"""What label maps of FDI numbers tell by themselves: planted faults are found, and nothing else."""

import numpy as np
import pytest
from numbered_maps import SIZE, drawn, place, renumbered

from teeth_unet.quality import Quality, are_fdi_numbers, measure_numbers, summarise_quality
from teeth_unet.tooth_numbers import MILK, PERMANENT, is_upper, mirrored

CLEAN = drawn({number: (number, 0) for number in PERMANENT})
OTHER_JAW = {1: 4, 2: 3, 3: 2, 4: 1, 5: 8, 6: 7, 7: 6, 8: 5}


def other_jaw(number):
    return 10 * OTHER_JAW[number // 10] + number % 10


def findings_of(maps, quality=None):
    numbered = [measure_numbers(case, labels) for case, labels in maps.items()]
    nothing = np.zeros((0, 8, 8, 1), np.uint8)
    return summarise_quality([], [], nothing, nothing, quality or Quality(), numbered=numbered)[
        "findings"
    ]


def among_others(labels):
    """The map as case 3 of seven."""
    return {str(case): labels if case == 3 else CLEAN for case in range(1, 8)}


def with_number(number, at):
    top, left = place(at)
    labels = CLEAN.copy()
    labels[top : top + SIZE, left : left + SIZE - 2] = number
    return labels


def broken(gap):
    """Tooth 16 in two pieces, so many px apart; it has 10 px of width."""
    labels = drawn({number: (number, 0) for number in (16, 26, 36, 46)})
    top, left = place(16)
    labels[top : top + SIZE, left + 10 + gap : left + 14 + gap] = 16
    return labels


@pytest.mark.parametrize(
    ("labels", "check", "told"),
    [
        (with_number(19, at=18), "unknown_number", "case 3: 19 is no number of a tooth"),
        (with_number(56, at=11), "unknown_number", "case 3: 56 is no number"),
        (with_number(100, at=11), "unknown_number", "case 3: 100 is no number"),
        (with_number(1, at=11), "unknown_number", "case 3: 1 is no number"),
        (with_number(16, at=26), "number_twice", "case 3: 16 is in two places"),
        (with_number(36, at=16), "number_twice", "case 3: 36 is in two places"),
        (broken(gap=11), "number_twice", "case 3: 16 is in two places"),
        (renumbered(CLEAN, mirrored), "swapped_sides", "1 of 7 label maps, cases 3 (upper and low"),
        (CLEAN[:, ::-1], "swapped_sides", "cases 3 (upper and lower jaw), the patient's left"),
        (
            renumbered(CLEAN, lambda one: one if is_upper(one) else mirrored(one)),
            "swapped_sides",
            "cases 3 (lower jaw), the patient's left and right are exchanged",
        ),
        (renumbered(CLEAN, other_jaw), "swapped_jaws", "1 of 7 label maps, cases 3, upper and low"),
        (CLEAN[::-1], "swapped_jaws", "upper and lower jaw are exchanged"),
    ],
)
def test_a_planted_fault_is_found_under_its_own_check(labels, check, told):
    (finding,) = findings_of(among_others(labels))
    assert (finding["check"], finding["cases"], finding["severity"]) == (check, ["3"], "warning")
    assert told in finding["found"]
    assert finding["remedy"].endswith(".")


@pytest.mark.parametrize(
    "labels",
    [
        CLEAN,
        drawn({number: (number, 0) for number in MILK}),
        drawn({number: (number, 0) for number in (55, 16, 11, 21, 64, 36, 75)}),  # mixed dentition
        drawn({number: (number, 0) for number in (18, 38)}),
        drawn({16: (16, 0)}),
        np.zeros_like(CLEAN),
        with_number(101, at=16),  # an implant
        with_number(255, at=16),
        broken(gap=5),  # a wire lies across
    ],
    ids=["all", "milk", "mixed", "two", "one", "none", "implant", "void", "broken"],
)
def test_what_is_right_gives_no_finding(labels):
    assert findings_of(among_others(labels)) == []


def test_a_slip_of_the_hand_is_no_second_place():
    labels = CLEAN.copy()
    labels[place(36)[0] + SIZE - 1, place(36)[1]] = 16
    assert findings_of(among_others(labels)) == []


def test_upside_down_is_both_exchanged():
    found = findings_of(among_others(CLEAN[::-1, ::-1]))
    assert [one["check"] for one in found] == ["swapped_sides", "swapped_jaws"]


def test_some_swapped_files_are_named_and_a_whole_set_is_counted():
    swapped = renumbered(CLEAN, mirrored)
    some = {str(case): swapped if case < 9 else CLEAN for case in range(1, 21)}
    (finding,) = findings_of(some)
    assert finding["cases"] == [str(case) for case in range(1, 9)]
    assert "in 8 of 20 label maps, cases 1 (upper and lower jaw)" in finding["found"]
    assert "and 3 more" not in finding["found"]
    assert "3 more, the patient's left" in finding["found"]
    (finding,) = findings_of(dict.fromkeys(some, swapped))
    assert finding["found"].startswith("in 20 of 20 label maps the patient's left")
    assert len(finding["cases"]) == 20


@pytest.mark.parametrize("numbers", [range(1, 33), range(1, 29), range(1, 9), [], [255]])
def test_teeth_that_are_counted_have_no_fdi_numbers(numbers):
    labels = np.array([[number for number in numbers for _ in range(2)] or [0]])
    assert not are_fdi_numbers([measure_numbers("1", labels)] * 3)


def test_severities_are_parameters():
    quality = Quality(severity={"swapped_jaws": "error"})
    (finding,) = findings_of(among_others(CLEAN[::-1]), quality)
    assert finding["severity"] == "error"
    quality = Quality(severity={"swapped_jaws": "ignore"})
    assert findings_of(among_others(CLEAN[::-1]), quality) == []
