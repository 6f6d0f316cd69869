"""The picture of confused numbers."""

import io

import numpy as np
import pytest

from teeth_unet.reporting import figures
from teeth_unet.scoring import NumberedPair, score_numbers


def strip(*numbers):
    return np.repeat(np.array([numbers]), 4, axis=1)


def drawn(truth, found):
    scores = score_numbers([NumberedPair("1", strip(*truth), strip(*found))])
    return figures.number_confusion(scores.confusion_table(), scores.confusions())


def test_every_count_stands_where_its_numbers_are():
    upper, lower = drawn((11, 12, 21, 36), (11, 13, 0, 46)).axes
    rows = [label.get_text() for label in upper.get_yticklabels()]
    columns = [label.get_text() for label in upper.get_xticklabels()]
    assert rows == ["11", "12", "13", "21", "36", "46"]
    assert columns == [*rows, "no tooth", "not found"]
    told = {
        (rows[round(text.get_position()[1])], columns[round(text.get_position()[0])]): text
        for text in upper.texts
    }
    assert set(told) == {("11", "11"), ("12", "13"), ("21", "not found"), ("36", "46")}
    assert {text.get_text() for text in told.values()} == {"1"}
    kinds = [label.get_text() for label in lower.get_yticklabels()]
    bars = dict(zip(kinds, [bar.get_width() for bar in lower.patches], strict=True))
    assert bars == {
        "neighbour": 1,
        "other side": 1,
        "other jaw": 0,
        "milk or permanent": 0,
        "other": 0,
        "no tooth": 0,
    }


def test_lines_part_the_quadrants():
    upper = drawn((11, 12, 21, 36), (11, 12, 21, 36)).axes[0]
    across = [line.get_ydata()[0] for line in upper.lines if np.ptp(line.get_ydata()) == 0]
    assert across == [1.5, 2.5]


@pytest.mark.parametrize("found", [(11,), (0,), (101,), (55,)])
def test_a_single_tooth_can_be_drawn(found):
    drawn((11,), found).savefig(io.BytesIO())
