import numpy as np
import pytest

from teeth_unet.segmentation.separation_training import DEEPEST_BITE, NEAREST_BITE, close_bite


def jaws(free, width=60):
    """Six teeth: three upper ones (1 to 3) and three lower ones, so many rows apart."""
    labels = np.zeros((120, width), np.uint8)
    for tooth in range(3):
        columns = slice(4 + 18 * tooth, 18 + 18 * tooth)
        labels[10:50, columns] = 1 + tooth
        labels[50 + free : 90 + free, columns] = 4 + tooth
    return labels


def free_rows(labels):
    """Rows between the jaws in the middle column of the middle tooth; below 0 if they overlap."""
    column = labels[:, 30]
    return int(np.flatnonzero(column > 3)[0] - np.flatnonzero((column > 0) & (column < 4))[-1]) - 1


@pytest.mark.parametrize("seed", range(12))
def test_the_jaws_come_together(seed):
    labels = jaws(free=20)
    closed = close_bite(labels, np.random.default_rng(seed))
    assert free_rows(closed) <= NEAREST_BITE
    upper = (labels > 0) & (labels < 4)
    np.testing.assert_array_equal(closed[upper], labels[upper])
    lost = [np.count_nonzero(labels == n) - np.count_nonzero(closed == n) for n in (4, 5, 6)]
    assert max(lost) <= DEEPEST_BITE * 14  # what the upper teeth now cover


def test_bites_differ_by_chance():
    rows = {
        tuple(np.count_nonzero(close_bite(jaws(20), np.random.default_rng(seed)), axis=0))
        for seed in range(12)
    }
    assert len(rows) > 3


@pytest.mark.parametrize("kept", [(1, 2, 3), (4, 5, 6), ()])
def test_one_jaw_alone_stays_as_it_is(kept):
    labels = np.where(np.isin(jaws(20), kept), jaws(20), 0)
    np.testing.assert_array_equal(close_bite(labels, np.random.default_rng(0)), labels)


def test_the_labels_given_are_left_alone():
    labels = jaws(20)
    close_bite(labels, np.random.default_rng(0))
    np.testing.assert_array_equal(labels, jaws(20))
