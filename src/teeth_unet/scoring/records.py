"""What scores look like in the catalog: JSON, and plain dictionaries in the program."""

from typing import Any, Literal, NotRequired, TypedDict

ScoreName = Literal["dice", "iou", "precision", "sensitivity", "specificity", "hd95", "assd", "nsd"]

NumberScoreName = Literal[
    "found",
    "right_number",
    "dice",
    "exact_chart",
    "precision",
    "recall",
    "f1",
    "missing_sensitivity",
    "missing_specificity",
    "panoptic_quality",
]
"""Scores of the numbered teeth of an X-ray, see `number_tables.by_case`."""

AnyScoreName = Literal[ScoreName, NumberScoreName]

Interval = list[float]
"""Lower and upper end of a 95 % interval; see `intervals`, and for where there is none."""


class ScoreStatistics(TypedDict):
    """One score over all cases, see `summarise_cases`."""

    mean: float
    standard_deviation: float | None
    median: float
    lowest: float
    highest: float
    worst: float
    interval: Interval | None


class ScoreSummary(TypedDict):
    """All scores over all cases, see `summarise_cases`."""

    cases: int
    empty_truths: int
    empty_predictions: int
    one_empty: int
    dice: ScoreStatistics
    iou: ScoreStatistics
    precision: ScoreStatistics
    sensitivity: ScoreStatistics
    specificity: ScoreStatistics
    hd95: ScoreStatistics
    assd: ScoreStatistics
    nsd: ScoreStatistics
    pooled_dice: float


class SummaryOfOneSize(ScoreSummary):
    """A summary that says which tolerance its `nsd` has, in pixels."""

    nsd_tolerance: float


class SummaryOfBothSizes(SummaryOfOneSize):
    """The summary at the network's size, and under `native` that at the X-rays' size."""

    native: SummaryOfOneSize


class CalibrationBin(TypedDict):
    """A bin of the reliability curve, see `score_calibration`."""

    low: float
    high: float
    pixels: int
    mean_probability: float | None
    tooth_share: float | None


class Calibration(TypedDict):
    """How far probabilities can be believed, see `score_calibration`."""

    brier: float
    expected_calibration_error: float
    bins: list[CalibrationBin]


class DecisionThreshold(TypedDict):
    """From which probability on a pixel is tooth.

    Attributes:
        threshold: That probability.
        chosen_on: The part it was chosen on, by its cases with teeth; `folds` where every case was
            tested by a network without it, and all of them chose; `nothing` where they could not
            choose one.
        dice: Their mean Dice.
        of_folds: For each fold the one that its cases are scored at, which they had no say in.
        note: Why they could not; of earlier versions there is none.
    """

    threshold: float
    chosen_on: Literal["validation", "folds", "nothing"]
    dice: float | None
    of_folds: NotRequired[list[float]]
    note: NotRequired[str]


class MadeWith(TypedDict):
    """What it takes to get the same numbers again, besides the parameters.

    Attributes:
        seed: Of the training.
        versions: Of the software; None where the record of the training does not tell.
        start: What the training began with, in a few words; older scores do not tell.
    """

    seed: int
    versions: dict[str, str] | None
    start: NotRequired[str]


class Scores(SummaryOfBothSizes):
    """The scores of the test cases, and what they were made with.

    Attributes:
        calibration: How far probabilities can be believed.
        decision_threshold: From which probability on a pixel is tooth.
        made_with: What it takes to get the same numbers again.
        networks: So many others were scored in place of the network that is kept, each on cases
            that it had not seen, as there were too few for parts. Otherwise there is none.
    """

    calibration: Calibration
    decision_threshold: DecisionThreshold
    made_with: MadeWith
    networks: NotRequired[int]


class FoldScores(TypedDict):
    """One fold of a cross-validation: its mean Dice, and its decision threshold."""

    fold: int
    cases: int
    dice: float
    decision_threshold: float
    chosen_on: Literal["validation", "folds", "nothing"]


class CrossValidationScores(SummaryOfBothSizes):
    """The scores of all cases, each by the network of the fold that it was kept out of."""

    folds: list[FoldScores]
    made_with: MadeWith


class CrossValidationTeeth(TypedDict):
    """The numbers of teeth of all cases, out of fold; None where no truth has FDI numbers."""

    numbers: "ScoresOfNumbers | None"


class ScoreDifference(TypedDict):
    """One score of two models compared, see `compare_scores`."""

    baseline_mean: float
    candidate_mean: float
    mean_difference: float
    interval: Interval | None
    median_difference: float
    p_value: float
    better: int
    worse: int
    equal: int


class Comparison(TypedDict):
    """Two models compared; it has the scores that both tables have, see `compare_scores`."""

    cases: int
    paired_by: Literal["content", "name"]
    only_in_baseline: list[str]
    only_in_candidate: list[str]
    same_name: list[str]
    other_truth: list[str]
    test: str
    dice: NotRequired[ScoreDifference]
    iou: NotRequired[ScoreDifference]
    precision: NotRequired[ScoreDifference]
    sensitivity: NotRequired[ScoreDifference]
    specificity: NotRequired[ScoreDifference]
    hd95: NotRequired[ScoreDifference]
    assd: NotRequired[ScoreDifference]
    nsd: NotRequired[ScoreDifference]
    found: NotRequired[ScoreDifference]
    right_number: NotRequired[ScoreDifference]
    exact_chart: NotRequired[ScoreDifference]
    recall: NotRequired[ScoreDifference]
    f1: NotRequired[ScoreDifference]
    missing_sensitivity: NotRequired[ScoreDifference]
    missing_specificity: NotRequired[ScoreDifference]
    panoptic_quality: NotRequired[ScoreDifference]


class ComparisonOfBothSizes(Comparison):
    """The comparison at the network's size, and under `native` the one at the X-rays' size."""

    native: Comparison


class MeanOfCases(TypedDict):
    """A mean over all cases, with its interval."""

    mean: float
    interval: Interval | None


class MeanOfSomeCases(TypedDict):
    """A mean over those cases that it can be computed of; None if there is none."""

    mean: float | None
    interval: Interval | None


class ErrorOfTeeth(TypedDict):
    """Relative errors of the matched teeth, see `summarise_teeth`; None if there is none."""

    median: float | None
    interval: Interval | None
    bias: float | None
    bias_interval: Interval | None


class TeethSummary(TypedDict):
    """How well teeth were counted and measured, see `summarise_teeth`."""

    cases: int
    true_teeth: int
    predicted_teeth: int
    matched_teeth: int
    count_error: MeanOfCases
    absolute_count_error: MeanOfCases
    relative_count_error: MeanOfSomeCases
    exact_count: MeanOfCases
    count_within_one: MeanOfCases
    sensitivity: MeanOfCases
    precision: MeanOfCases
    pooled_sensitivity: float
    pooled_precision: float
    length_error: ErrorOfTeeth
    width_error: ErrorOfTeeth


class PresenceScores(TypedDict):
    """Which numbers are in a mouth: right ones among those found, and those of the truth found."""

    precision: MeanOfSomeCases
    recall: MeanOfSomeCases
    f1: MeanOfSomeCases


class MissingScores(TypedDict):
    """Of the 32 places: those without a tooth that are told to be so, and those with one."""

    sensitivity: MeanOfSomeCases
    specificity: MeanOfSomeCases


class NumberSummary(TypedDict):
    """How well teeth were found and numbered, see `NumberScores.summary`."""

    cases: int
    true_teeth: int
    predicted_teeth: int
    found: MeanOfSomeCases
    right_number: MeanOfSomeCases
    right_kind: MeanOfSomeCases
    dice: MeanOfSomeCases
    dice_by_group: dict[str, MeanOfSomeCases]
    confusions: dict[str, int]
    exact_chart: MeanOfCases
    presence: PresenceScores
    missing: MissingScores
    average_precision_50: MeanOfSomeCases
    average_precision: MeanOfSomeCases
    panoptic_quality: MeanOfSomeCases


class ScoresOfNumbers(NumberSummary):
    """The summary of numbered teeth, and more of each number.

    Attributes:
        taken_for: True number to how many of its teeth were taken for which; as texts, and without
            those that none was taken for, see `number_tables.confusion_table`.
        by_number: One mapping for each number that occurs, see `number_tables.by_number`.
    """

    taken_for: dict[str, dict[str, int]]
    by_number: list[dict[str, Any]]


class TeethScores(TypedDict):
    """The teeth of the test cases.

    Attributes:
        cases: Number of test cases.
        teeth_a_case: Mean number of teeth found.
        against_truth: The summary over the cases with a truth; None without any.
        erosion: The same for the simple method that telling teeth apart began with.
        numbers: Scores of their numbers, over the cases whose truth has FDI numbers; None without
            any.
    """

    cases: int
    teeth_a_case: float
    against_truth: TeethSummary | None
    erosion: TeethSummary | None
    numbers: ScoresOfNumbers | None
