"""What the report draws, which cases it chooses, and how it puts agreement into words."""

import numpy as np
import pytest
from report_material import DICE, material, summary

from teeth_unet.reporting import page, report_figures, tables


def test_many_cases_are_drawn_as_bars():
    few, many = (
        report_figures.score_distribution(list(np.linspace(0.5, 0.9, n)), 0.7, (0.6, 0.8))
        for n in (report_figures.SINGLE_DOTS, report_figures.SINGLE_DOTS + 1)
    )
    assert not few.axes[0].patches
    assert sum(bar.get_height() for bar in many.axes[0].patches) == report_figures.SINGLE_DOTS + 1


def test_every_dot_lies_at_the_dice_of_its_case():
    axes = report_figures.score_distribution(DICE, 0.85, (0.8, 0.9), (0.914, 0.935)).axes[0]
    (dots,) = (line for line in axes.get_lines() if line.get_marker() == "o")
    assert sorted(dots.get_xdata()) == sorted(DICE)
    low, high = axes.get_xlim()
    assert low < min(DICE)
    assert high > max(DICE)


def test_a_mean_without_an_interval_is_drawn_alone():
    figures = [
        report_figures.score_distribution([0.8, 0.9], 0.85, interval)
        for interval in ((0.7, 0.9), None)
    ]
    told = [figure.legends[0].get_texts()[0].get_text() for figure in figures]
    assert told == ["mean 0.850 and its 95 % interval", "mean 0.850"]
    bars = [figure.axes[0].containers[0].has_xerr for figure in figures]
    assert bars == [True, False]


def test_cases_of_nearly_the_same_dice_are_stacked():
    axes = report_figures.score_distribution([0.1, 0.5, 0.5, 0.501, 0.9], 0.5, (0.4, 0.6)).axes[0]
    (dots,) = (line for line in axes.get_lines() if line.get_marker() == "o")
    assert list(dots.get_ydata()) == [0.5, 0.5, 1.5, 2.5, 0.5]


def test_bins_without_pixels_are_no_points_of_the_curve():
    figure = report_figures.reliability(summary(material()["case_scores"])["calibration"]["bins"])
    _, line = figure.axes[0].get_lines()
    assert len(line.get_xdata()) == 9


@pytest.mark.parametrize(
    ("dice", "toothless", "chosen"),
    [
        ([0.9], [0], [("Best case and median case and worst case", 0)]),
        ([0.8, 0.9], [0, 0], [("Best case", 1), ("Median case and worst case", 0)]),
        ([0.7, 0.9, 0.8], [0, 0, 0], [("Best case", 1), ("Median case", 2), ("Worst case", 0)]),
        (
            [1.0, 0.9, 0.5, 0.8],
            [1, 0, 0, 0],
            [("Best case with teeth", 1), ("Median case", 3), ("Worst case", 2)],
        ),
        ([1.0, 1.0], [1, 1], [("Best case", 0), ("Median case and worst case", 1)]),
        (
            [0.0, 0.9, 0.5],
            [1, 0, 0],
            [("Best case", 1), ("Median case", 2), ("Worst case", 0)],
        ),
    ],
)
def test_each_chosen_case_is_shown_once(dice, toothless, chosen):
    assert page.choose_cases(dice, toothless) == chosen


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((0, 0, 0), "There are no teeth, and none were marked."),
        ((0, 1200, 0), "There are no teeth; 1,200 px were marked all the same."),
        ((0, 0, 50), "There are teeth, and nothing was marked."),
        (
            (90, 30, 10),
            "90.0 % of the tooth pixels were found; 25.0 % of the marked pixels are false alarms.",
        ),
    ],
)
def test_agreement_is_told_in_words(counts, told):
    found, alarms, missed = counts
    case = {
        "true_positives": found,
        "false_positives": alarms,
        "false_negatives": missed,
        "sensitivity": found / max(found + missed, 1),
        "precision": found / max(found + alarms, 1),
    }
    assert tables.describe_agreement(case) == told
