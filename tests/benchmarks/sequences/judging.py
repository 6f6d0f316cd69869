"""Whether results that lie together belong together, and are what their records name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from sequences import contents
from sequences.clean_runs import DATA, CleanRuns, Recipe, named_folds, named_recipes

MADE_FROM: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(contents.ARRAYS, (*contents.PREPARED, "cases")),
    "fitted_unet": ("x_train", "y_train", "x_validation", "y_validation", "training_history"),
    "training_history": ("x_train", "y_train", "x_validation", "y_validation"),
    "training_record": ("training_history", "cases"),
    "decision_threshold": ("fitted_unet", "x_validation", "y_validation"),
    "predicted_probabilities": ("fitted_unet", "x_test"),
    "predicted_masks": ("predicted_probabilities", "decision_threshold"),
    "case_scores": (
        ("predicted_probabilities", "decision_threshold", "cases", "training_record", "y_test")
    ),
    "scores": ("case_scores", "decision_threshold", "training_record"),
    "segmenter": ("fitted_unet", "x_train", "decision_threshold", "training_record", "scores"),
    **dict.fromkeys(
        ("predicted_tooth_labels", "predicted_tooth_numbers", "numbered_teeth", "tooth_charts"),
        ("predicted_probabilities", "decision_threshold", "cases", "case_scores"),
    ),
    "measured_teeth": ("predicted_tooth_labels", "numbered_teeth"),
    "tooth_scores": (
        *("predicted_tooth_labels", "predicted_tooth_numbers", "numbered_teeth"),
        *("predicted_probabilities", "cases", "case_scores"),
    ),
    "tooth_number_scores": ("predicted_tooth_numbers", "numbered_teeth", "cases", "case_scores"),
    "report": (
        (
            "cases",
            "training_record",
            "training_history",
            "decision_threshold",
            "case_scores",
            "scores",
            "x_test",
            "y_test",
            "predicted_masks",
            "tooth_charts",
        )
    ),
    **{f"{fold}.case_scores": (f"{fold}.training_record",) for fold in contents.FOLDS},
    **{
        f"{fold}.scores": (f"{fold}.case_scores", f"{fold}.training_record")
        for fold in contents.FOLDS
    },
    "cross_validation_case_scores": (
        "folds",
        *(f"{fold}.case_scores" for fold in contents.FOLDS),
    ),
    "cross_validation_scores": (
        "cross_validation_case_scores",
        *(f"{fold}.scores" for fold in contents.FOLDS),
    ),
    "cross_validation_report": ("cross_validation_case_scores", "cross_validation_scores"),
}
"""What has to be of one run with each entry."""

FOLDED = set(contents.PIPELINES["cross_validation"])
WARNING = re.compile(r" - teeth_unet\.(?!pipelines)[\w.]* - WARNING - (.*)")
NAME = re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)?")


@dataclass(frozen=True)
class Finding:
    """An entry that does not belong to what lies beside it.

    Attributes:
        entry: The entry.
        others: Those that it does not belong to; none if no clean run gives such an entry.
    """

    entry: str
    others: tuple[str, ...] = ()

    @property
    def names(self) -> set[str]:
        """What tells of it if it is named in a warning."""
        named = {self.entry, *self.others}
        return named | {contents.PIPELINE_OF[name] for name in named}

    def __str__(self) -> str:
        if self.others:
            return f"{self.entry} is not of one run with {', '.join(self.others)}"
        return f"{self.entry} is what no clean run gives"


@dataclass
class Seen:
    """Values of each parameter, and pictures, that were in use in a sequence.

    Attributes:
        values: By attribute of a recipe.
    """

    values: dict[str, set] = field(
        default_factory=lambda: {name: {value} for name, value in vars(Recipe()).items()}
    )

    def recipes(self) -> list[Recipe]:
        """Return all that may have come of them."""
        return [
            Recipe(**dict(zip(self.values, chosen, strict=True)))
            for chosen in product(*self.values.values())
        ]


def judge(data: Path, runs: CleanRuns, seen: Seen) -> list[Finding]:
    """Compare all that lies in a data folder with clean runs.

    First with those that the records name. Only what agrees with none of these is compared with
    all that the sequence may have made: what a killed run has left has no record yet.
    """
    found = contents.read(data)
    tolerances = seen.values["tolerance"]
    for recipe in named_recipes(data, runs, tolerances):
        runs.make("training", recipe)
    if FOLDED & found.keys():
        for recipe in named_folds(data, seen.recipes()):
            runs.make("cross_validation", recipe)
    findings = list(_findings(found, runs))
    if any(one.entry not in FOLDED for one in findings):
        present = {(one.foreign, one.seed, one.size) for one in _data_of(found, runs)}
        for recipe in seen.recipes():
            if (recipe.foreign, recipe.seed, recipe.size) in present:
                runs.make("training", recipe)
        findings = list(_findings(found, runs))
    return findings


def _data_of(found: dict[str, str], runs: CleanRuns) -> set[Recipe]:
    """Return the data recipes that anything there was made with."""
    named = ("cases", "x_train", "x_test")
    return set().union(*(runs.having(name, found[name]) for name in named if name in found))


def _findings(found: dict[str, str], runs: CleanRuns) -> Iterable[Finding]:
    for entry, content in found.items():
        having = runs.having(entry, content)
        inputs = [name for name in MADE_FROM.get(entry, ()) if name in found]
        if not having:
            bad = [name for name in inputs if not runs.having(name, found[name])]
            yield Finding(entry, tuple(bad))
        elif inputs and not _common([entry, *inputs], found, runs):
            apart = [name for name in inputs if not _common([entry, name], found, runs)]
            yield Finding(entry, tuple(apart or inputs))


def _common(names: Iterable[str], found: dict[str, str], runs: CleanRuns) -> set[Recipe]:
    """Return the recipes with which a clean run gives all of these."""
    data: set[Recipe] | None = None
    whole: set[Recipe] | None = None
    for name in names:
        having = runs.having(name, found[name])
        if name in DATA:
            data = having if data is None else data & having
        else:
            whole = having if whole is None else whole & having
    if whole is None:
        return data or set()
    if data is None:
        return whole
    return {recipe for recipe in whole if recipe.data in data}


def warned_of(printed: str) -> set[str]:
    """Return the names in all warnings."""
    return set().union(*(NAME.findall(told) for told in WARNING.findall(printed)), set())
