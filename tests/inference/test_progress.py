"""Progress of a long run, in a few lines."""

import logging

import pytest

from teeth_unet.inference.progress import LISTED, Progress


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "teeth_unet.inference.progress")
    return lambda: [record.getMessage() for record in caplog.records]


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_rate_and_time_left_are_told(lines):
    clock = Clock()
    progress = Progress(100, clock)
    for _ in range(20):
        clock.now += 2
        progress.add_made()
    # A line at 10 s (5 cases), 20 s, 30 s and 40 s: half a case a second.
    assert lines()[0] == "5 of 100 cases, 0.50 X-rays a second, 3 min 10 s left"
    assert lines()[-1] == "20 of 100 cases, 0.50 X-rays a second, 2 min 40 s left"
    assert len(lines()) == 4


def test_thousands_of_cases_make_about_twenty_lines(lines):
    clock = Clock()
    progress = Progress(10_000, clock)
    for _ in range(10_000):
        clock.now += 0.1
        progress.add_made()
    assert len(lines()) == 19


def test_nobody_waits_longer_than_a_minute_for_a_line(lines):
    clock = Clock()
    progress = Progress(10_000, clock)
    for _ in range(600):
        clock.now += 1
        progress.add_made()
    assert len(lines()) == 10
    assert lines()[0].startswith("60 of 10000 cases")


def test_a_quick_run_says_nothing_in_between(lines):
    progress = Progress(1000, Clock())
    for _ in range(1000):
        progress.add_made()
    assert lines() == []


def test_cases_done_before_do_not_count_for_the_rate(lines):
    clock = Clock()
    progress = Progress(100, clock)
    clock.now += 11
    for _ in range(50):
        progress.add_found()
    assert lines() == ["5 of 100 cases were done before"]
    clock.now += 11
    progress.add_made()
    assert lines()[-1] == "51 of 100 cases, 0.09 X-rays a second, 8 min 59 s left"


def test_failures_are_told_one_by_one_until_they_are_many(lines):
    progress = Progress(100, Clock())
    for case in range(100):
        progress.add_failure(str(case), "a damaged file")
    assert lines()[0] == "Case 0 failed: a damaged file"
    assert len(lines()) == LISTED + 1
    assert "More cases failed" in lines()[-1]
    assert len(progress.failures) == progress.done == 100
