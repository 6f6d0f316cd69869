"""How long a training still takes, by the lines that it prints."""

import pytest

from teeth_unet.review.progress import Progress


def told(*lines):
    """Return the progress after lines, each with the second at which it comes."""
    now = [0.0]
    progress = Progress(4, clock=lambda: now[0])
    for second, line in lines:
        now[0] = second
        progress.read(line)
    return progress


FRESH = (
    (0, "Fold 1 of 3: learned from 2 cases"),
    (30, "Epoch 1/10: loss 0.5"),  # with what building the network takes
    (40, "Epoch 2/10: loss 0.4"),
)

RESUMED = (
    (0, "Fold 1 of 3: learned from 2 cases"),
    (1, "Already trained for 10 of 10 epochs"),
    (2, "Fold 2 of 3: learned from 2 cases"),
    (3, "Going on after epoch 4 of 10"),
    (33, "Epoch 5/10: loss 0.5"),
    (43, "Epoch 6/10: loss 0.4"),
)


@pytest.mark.parametrize(("lines", "left"), [(FRESH, 38 * 10), (RESUMED, 24 * 10)])
def test_what_is_left_counts_by_the_epochs_that_were_timed(lines, left):
    assert told(*lines).seconds_left == pytest.approx(left)


def test_what_was_done_before_tells_nothing_of_the_time():
    progress = told(*RESUMED[:5])
    assert progress.seconds_left is None
    assert progress.done == pytest.approx((1 + 5 / 10) / 4)
