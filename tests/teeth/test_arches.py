import numpy as np
import pytest
from drawn_teeth import CASES, draw_rectangle, keep, phantom

from teeth_unet.teeth import measure_label_map
from teeth_unet.teeth.arches import MOST_TEETH, find_bite, number_from_left

# Which teeth of a phantom are left; of the upper and lower ones, from left to right.
LEFT_OVER = {
    "all": lambda upper, lower: [*upper, *lower],
    "the upper jaw is toothless": lambda upper, lower: lower,
    "the lower jaw is toothless": lambda upper, lower: upper,
    "one upper tooth": lambda upper, lower: [*upper[6:7], *lower],
    "one lower tooth": lambda upper, lower: [*upper, *lower[-1:]],
    "upper front, lower molars": lambda upper, lower: [*upper[4:-4], *lower[:3], *lower[-3:]],
    "upper molars, lower front": lambda upper, lower: [*upper[:3], *upper[-3:], *lower[4:-4]],
    "the left side": lambda upper, lower: [*upper[:6], *lower[:6]],
    "upper left, lower right": lambda upper, lower: [*upper[:5], *lower[-5:]],
    "two teeth of one jaw": lambda upper, lower: lower[3:5],
    "an upper and a lower tooth": lambda upper, lower: [upper[2], lower[-3]],
    "one upper tooth alone": lambda upper, lower: [upper[-2]],
    "one lower tooth alone": lambda upper, lower: [lower[1]],
}


def true_jaws(is_upper, numbers):
    return ["upper" if is_upper[number] else "lower" for number in numbers]


def assert_known(teeth, is_upper, kept):
    """The phantoms' numbers rise from left to right in the upper jaw, then in the lower one."""
    assert [tooth.number for tooth in teeth] == list(kept)
    assert [tooth.jaw for tooth in teeth] == true_jaws(is_upper, kept)
    uppers = sum(is_upper[number] for number in kept)
    orders = [*range(1, uppers + 1), *range(1, len(kept) - uppers + 1)]
    assert [tooth.order for tooth in teeth] == orders


@pytest.mark.parametrize("left_over", LEFT_OVER.values(), ids=LEFT_OVER)
def test_jaw_and_order_of_the_teeth_a_patient_has(left_over):
    for case in CASES[:8]:
        labels, is_upper = phantom(case)
        numbers = np.arange(1, is_upper.size)
        kept = left_over(numbers[is_upper[1:]].tolist(), numbers[~is_upper[1:]].tolist())
        assert_known(measure_label_map(keep(labels, kept)), is_upper, kept)


@pytest.mark.parametrize("case", CASES[:3])
def test_jaws_of_a_mirrored_or_a_cropped_picture(case):
    labels, is_upper = phantom(case)
    rows, columns = np.nonzero(labels)
    mirrored = measure_label_map(np.fliplr(labels))
    assert {t.number: t.jaw for t in mirrored} == {
        t.number: t.jaw for t in measure_label_map(labels)
    }
    assert [t.number for t in mirrored if t.jaw == "upper"] == list(np.flatnonzero(is_upper)[::-1])
    cropped = labels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert_known(measure_label_map(cropped), is_upper, range(1, is_upper.size))


def test_specks_do_not_move_a_tooth_to_the_other_jaw():
    labels, is_upper = phantom(CASES[0])
    rng = np.random.default_rng(0)
    specks = labels.astype(np.int64)
    for number in range(1000, 1200):
        row, column = rng.integers(0, labels.shape)
        if specks[row, column] == 0:
            specks[row, column] = number
    found = {tooth.number: tooth.jaw for tooth in measure_label_map(specks)}
    numbers = range(1, is_upper.size)
    assert [found[number] for number in numbers] == true_jaws(is_upper, numbers)
    assert len(found) > is_upper.size + MOST_TEETH


def test_upper_and_lower_teeth_in_one_do_not_move_the_others():
    labels, is_upper = phantom(CASES[0])
    centre = {tooth.number: tooth.centre for tooth in measure_label_map(labels)}
    uppers, lowers = np.flatnonzero(is_upper).tolist(), np.flatnonzero(~is_upper)[1:].tolist()
    fused = labels.copy()
    for upper in uppers[2:12:2]:
        opposite = min(lowers, key=lambda lower: abs(centre[lower][0] - centre[upper][0]))
        lowers.remove(opposite)
        fused[fused == opposite] = upper
        # A bridge between the two, so that they are one piece.
        (left, top), (right, bottom) = np.array([centre[upper], centre[opposite]]).astype(int)
        window = fused[top:bottom, min(left, right) - 1 : max(left, right) + 2]
        window[window == 0] = upper
    found = {tooth.number: tooth.jaw for tooth in measure_label_map(fused)}
    single = [number for number in [*uppers[12:], *lowers] if number in found]
    assert len(single) > 10
    assert [found[number] for number in single] == true_jaws(is_upper, single)


def test_a_wisdom_tooth_on_its_side_keeps_its_jaw_and_its_place():
    labels, is_upper = phantom(CASES[0])
    rows, columns = np.nonzero(labels)
    last = labels.max() + 1
    lying = draw_rectangle(labels.shape, (columns.max() + 25, rows.mean() + 50), 50, 22, 88)
    lying &= labels == 0
    found = measure_label_map(np.where(lying, last, labels))[-1]
    assert (found.number, found.jaw) == (last, "lower")
    assert found.order == np.count_nonzero(~is_upper[1:]) + 1
    assert abs(found.tilt) > 80
    assert found.length == pytest.approx(50, abs=1.5)


def test_the_bite_lies_midway_between_two_rows():
    x = np.linspace(100, 900, 9)
    smile = 60 * ((x - 500) / 400) ** 2
    upper, lower = np.column_stack([x, 200 - smile]), np.column_stack([x, 420 - smile])
    bite = find_bite(np.concatenate([upper, lower]), np.full(18, 160.0), np.zeros(18), 300)
    assert bite.at(x) == pytest.approx(310 - smile, abs=12)
    right, down = bite.direction(900)
    assert right > 0 > down  # it rises to the right end
    assert np.hypot(right, down) == pytest.approx(1)


@pytest.mark.parametrize(
    ("tapers", "middle_row", "upper"),
    [
        ([0.05] * 3, 300, True),
        ([-0.05] * 3, 300, False),
        ([0.0] * 3, 500, True),
        ([0.0] * 3, 100, False),
    ],
    ids=["wide ends below", "wide ends above", "upper half", "lower half"],
)
def test_a_single_row_is_told_by_its_crowns_and_else_by_its_half(tapers, middle_row, upper):
    centres = np.array([(100.0, 300.0), (160.0, 300.0), (220.0, 300.0)])
    bite = find_bite(centres, [160.0] * 3, tapers, middle_row)
    assert ((bite.at(centres[:, 0]) > 300) == upper).all()


@pytest.mark.parametrize(
    ("places", "upper", "ranks"),
    [
        ([], [], []),
        ([5.0], [False], [1]),
        ([30, 10, 20], [True, True, True], [3, 1, 2]),
        ([30, 10, 20, 5], [True, False, True, False], [2, 2, 1, 1]),
        ([7, 7], [True, True], [1, 2]),
    ],
)
def test_teeth_are_numbered_from_the_left_within_their_jaw(places, upper, ranks):
    assert number_from_left(places, upper).tolist() == ranks
