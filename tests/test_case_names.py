import pytest
from hypothesis import given
from hypothesis import strategies as st

from teeth_unet.case_names import natural_key


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2", "10"),
        ("case-2", "case-10"),
        ("case-2-left", "case-2-right"),
        ("a2b10", "a10b2"),
        ("01", "1"),
        ("1", "02"),
        ("", "1"),
        ("9" * 5000, "1" + "0" * 5000),
        ("3", "²"),
        ("10", "٣"),
    ],
)
def test_numbers_are_ordered_by_value(earlier, later):
    assert natural_key(earlier) < natural_key(later)


def test_the_order_of_the_published_cases():
    names = [str(number) for number in range(1, 117)]
    assert sorted(sorted(names), key=natural_key) == names


@given(st.lists(st.text(alphabet="0123a-é²", max_size=6), unique=True), st.randoms())
def test_the_order_does_not_depend_on_where_names_stood_before(names, random):
    shuffled = random.sample(names, len(names))
    assert sorted(names, key=natural_key) == sorted(shuffled, key=natural_key)


@given(st.text(), st.text())
def test_different_names_have_different_keys(one, other):
    assert (natural_key(one) == natural_key(other)) == (one == other)
