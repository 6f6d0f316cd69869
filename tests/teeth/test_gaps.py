from dataclasses import replace

import numpy as np
import pytest
from drawn_teeth import CASES, keep, phantom

from teeth_unet.teeth import Tooth, find_gaps, measure_label_map


def row_of_teeth(*places, jaw="lower", width=50.0):
    """Upright teeth of 50 x 150 px, at places in widths."""
    return [
        Tooth(
            number=number,
            jaw=jaw,
            order=number,
            centre=(place * 50.0, 300.0),
            area=6000,
            length=150.0,
            width=width,
            tilt=0.0,
            corners=((0, 0), (0, 0), (0, 0), (0, 0)),
        )
        for number, place in enumerate(places, start=1)
    ]


@pytest.mark.parametrize(
    ("places", "gaps"),
    [
        ([], []),
        ([4], []),
        ([1, 2, 3, 4], []),
        ([1, 2, 3.4, 4.4], []),  # a space of .4 widths
        ([1, 2, 3.6, 4.6], [(2, 3, 30, 1)]),
        ([1, 3, 4], [(1, 2, 50, 1)]),
        ([1, 2, 4.4, 5.4], [(2, 3, 70, 1)]),
        ([1, 2, 4.6, 5.6], [(2, 3, 80, 2)]),
        ([1, 5, 6, 8], [(1, 2, 150, 3), (3, 4, 50, 1)]),
    ],
)
def test_gaps_are_as_many_teeth_wide_as_would_fit(places, gaps):
    found = find_gaps(row_of_teeth(*places))
    assert [(gap.after, gap.before, gap.space, gap.missing) for gap in found] == [
        (after, before, pytest.approx(space), missing) for after, before, space, missing in gaps
    ]


def test_the_jaws_have_gaps_of_their_own():
    upper, lower = row_of_teeth(1, 2, 4, jaw="upper"), row_of_teeth(1, 3, 4)
    found = find_gaps([*lower[::-1], *upper])
    assert [(gap.jaw, gap.after, gap.before) for gap in found] == [("upper", 2, 3), ("lower", 1, 2)]


def test_gaps_are_measured_between_crowns():
    # Crowns touch, roots part: two lower teeth that lean apart at the bottom.
    left, right = row_of_teeth(1, 2)
    reach = 0.35 * 150
    sine, cosine = np.sin(np.radians(25)), np.cos(np.radians(25))
    left = replace(left, tilt=25.0, centre=(50 - reach * sine, 250 + reach * cosine))
    right = replace(right, tilt=-25.0, centre=(100 + reach * sine, 250 + reach * cosine))
    assert find_gaps([left, right]) == []
    upper = [replace(tooth, jaw="upper") for tooth in (left, right)]
    assert len(find_gaps(upper)) == 1  # as upper teeth, their crowns are the parted ends


def test_a_sliver_is_no_measure_of_what_would_fit():
    teeth = row_of_teeth(1, 2, 3, 5, 6, 7)
    teeth[2], teeth[3] = (replace(tooth, width=4.0) for tooth in teeth[2:4])
    (gap,) = (gap for gap in find_gaps(teeth) if gap.after == 3)
    assert (gap.space, gap.missing) == (96, 3)  # in teeth of .6 x 50 px, and not of 4 px


def lost(case, count):
    """Remove teeth from the middle of a phantom's rows; return its gaps before and after."""
    labels, is_upper = phantom(case)
    numbers = np.flatnonzero(~is_upper)[1:]
    start = numbers.size // 2 - 3
    removed = numbers[start : start + count]
    kept = np.setdiff1d(np.arange(1, is_upper.size), removed)
    return (
        find_gaps(measure_label_map(labels)),
        find_gaps(measure_label_map(keep(labels, kept))),
        start,
    )


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_teeth_taken_out_of_a_phantom_leave_a_gap_for_as_many(count):
    right = 0
    for case in CASES[:8]:
        before, after, start = lost(case, count)
        found = [gap for gap in after if gap.jaw == "lower" and gap.after == start]
        assert len(found) == 1
        here = [g for g in before if g.jaw == "lower" and start <= g.after <= start + count]
        right += found[0].missing == count + sum(gap.missing for gap in here)
        assert abs(found[0].missing - count) <= 1 + sum(gap.missing for gap in here)
    assert right >= 6
