"""What a person may do in a project, drawn at random."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from sequences.clean_runs import SWAPPED
from sequences.workplace import NEW_XRAYS, Fatal

NODES = {
    "data_processing": [
        "survey_masks",
        "prepare_cases",
        "inspect_tooth_numbers",
        "prepare_tooth_numbers",
        "report_quality",
        "split_cases",
        "draw_mask_images",
        "select_train_cases",
        "select_validation_cases",
        "select_test_cases",
        "select_tooth_numbers",
    ],
    "data_science": [
        "compile_unet",
        "fit_unet",
        "fit_folds",
        "record_training",
        "predict_validation_cases",
        "choose_threshold",
        "predict_test_cases",
        "predict_masks",
        "score_cases",
        "measure_calibration",
        "summarise_scores",
        "fit_numbering",
        "make_segmenter",
    ],
    "teeth": ["number_teeth", "measure_teeth", "score_teeth", "plot_teeth", "plot_charts"],
    "reporting": [
        "summarise_model",
        "plot_sample",
        "plot_training_curves",
        "plot_predictions",
        "write_report",
    ],
    "cross_validation": ["assign_folds", "gather_case_scores", "summarise_folds"],
}
NODES["training"] = list(chain(*(NODES[name] for name in NODES if name != "cross_validation")))

PIPELINES = {
    "training": 3,
    "data_processing": 3,
    "data_science": 5,
    "teeth": 2,
    "reporting": 4,
    "comparison": 1.5,
    "inference": 1.5,
    "cross_validation": 0.5,
}

VALUES: dict[str, tuple[object, ...]] = {
    "split.seed": (1, 2),
    "training.loss": ("dice", "binary_crossentropy_dice"),
    "training.learning_rate": (0.005, 0.02),
    "training.epochs": (1, 2),
    "scoring.tolerance": (1, 2),
    "preparation.size": (64, 96),
    "training.resume": ("false",),
    "plots.cases": (3,),
}

READ_BY = {
    "data_processing": ("split.seed", "preparation.size"),
    "data_science": (
        "training.loss",
        "training.learning_rate",
        "training.epochs",
        "scoring.tolerance",
        "training.resume",
    ),
    "teeth": ("plots.cases",),
    "reporting": ("plots.cases",),
    "comparison": ("scoring.tolerance",),
    "cross_validation": ("training.loss", "scoring.tolerance"),
}
READ_BY["training"] = tuple(chain(*(READ_BY[name] for name in ("data_processing", "data_science"))))

PLACES = [
    "02_intermediate",
    "05_model_input",
    "06_models",
    "07_model_output",
    "08_reporting",
    "02_intermediate/cases.csv",
    "05_model_input/x_test.npy",
    "05_model_input/x_train.npy",
    "06_models/compiled_unet.keras",
    "06_models/fitted_unet.keras",
    "06_models/segmenter.zip",
    "07_model_output/case_scores.csv",
    "07_model_output/scores.json",
    "07_model_output/predicted_masks.npy",
    "07_model_output/training_record.json",
    "07_model_output/training_history.json",
    "07_model_output/predicted_probabilities.npy",
    "07_model_output/decision_threshold.json",
    "07_model_output/predicted_tooth_labels",
    "07_model_output/tooth_charts.csv",
    "08_reporting/report.html",
]
KEPT = [
    "02_intermediate",
    "05_model_input",
    "06_models",
    "07_model_output",
    "02_intermediate/cases.csv",
    "05_model_input/x_test.npy",
    "06_models/fitted_unet.keras",
    "06_models/segmenter.zip",
    "07_model_output/case_scores.csv",
    "07_model_output/predicted_probabilities.npy",
]
"""What may be put back alone: a whole layer, with all that is in it, or a file."""

SAVES = {"data_processing": 18, "data_science": 16, "teeth": 9, "reporting": 5, "training": 48}
"""How many entries a pipeline saves, about."""


@dataclass(frozen=True)
class Run:
    """A command `kedro run`.

    Attributes:
        pipeline: Its name.
        options: Words before `--params`.
        parameters: By name.
        fatal: When it is killed.
        beside: Another one, given while the first is at work.
        delay: When, as a share of what the first usually takes.
    """

    pipeline: str
    options: tuple[str, ...] = ()
    parameters: tuple[tuple[str, object], ...] = ()
    fatal: Fatal | None = None
    beside: "Run | None" = None
    delay: float = 0

    def words(self, environment: str) -> list[str]:
        """Return what is written after `kedro run`."""
        given = ",".join(f"{name}={value}" for name, value in self.parameters)
        words = ["--env", environment, "--pipeline", self.pipeline, *self.options]
        return [*words, *(["--params", given] if given else [])]

    def __str__(self) -> str:
        told = " ".join(["kedro run", *self.words("ENV")[2:]])
        if self.fatal:
            told += f"   [{self.fatal}]"
        return told + (f"   & after {self.delay:.0%}: {self.beside}" if self.beside else "")


@dataclass(frozen=True)
class Change:
    """What a person does to files.

    Attributes:
        what: `remove`, `edit`, `copy`, `copy with times`, `move`, `keep`, `put back`, `exchange`,
            `keep scores`, or `parameters`.
        place: Of the file or folder, or the case.
        parameters: That are written into the file.
    """

    what: str
    place: str = ""
    parameters: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        changed = ", ".join(f"{name}: {value}" for name, value in self.parameters)
        return f"({' '.join(filter(None, (self.what, self.place, changed)))})"


Step = Run | Change


def draw(seed: int) -> tuple[str, bool, list[Step]]:
    """Draw a sequence.

    Returns:
        The environment; whether it begins with a copy of a finished training; and 3 to 7 steps.
    """
    rng = random.Random(seed)
    environment = rng.choice(("drawn", "pictures"))
    copied = rng.random() < 0.6
    steps: list[Step] = [] if copied else [replace(_run(rng, "training"), options=())]
    length = rng.randint(3, 7)
    while len(steps) < length:
        steps += [_change(rng, environment)] if rng.random() < 0.25 else [_any_run(rng)]
    if isinstance(steps[-1], Change):
        steps[-1] = _any_run(rng)
    return environment, copied, list(_with_kept(steps))


def _with_kept(steps: list[Step]) -> Iterator[Step]:
    """Let what is put back, or compared with, be kept before."""
    kept, scores = (
        any(isinstance(step, kind) and getattr(step, name) == value for step in steps)
        for kind, name, value in ((Change, "what", "put back"), (Run, "pipeline", "comparison"))
    )
    for number, step in enumerate(steps):
        if number == 1:
            yield from [Change("keep")] * kept + [Change("keep scores")] * scores
        yield step


def _any_run(rng: random.Random) -> Run:
    run = _run(rng)
    if rng.random() < 0.15:
        moment = rng.choice(("time", "time", "saved", "before", "after"))
        saves = SAVES.get(run.pipeline, 3)
        last = saves if moment == "saved" else 2 * saves  # a file for the entry, one for its record
        number = rng.uniform(0.05, 1) if moment == "time" else rng.randint(1, last)
        return replace(run, fatal=Fatal(moment, number))
    if rng.random() < 0.12:
        return replace(run, beside=_run(rng), delay=rng.uniform(0, 0.9))
    return run


def _run(rng: random.Random, pipeline: str = "") -> Run:
    pipeline = pipeline or rng.choices(list(PIPELINES), list(PIPELINES.values()))[0]
    count = rng.choices((0, 1, 2), (5, 4, 2))[0]
    names = list(VALUES)
    if rng.random() < 0.9:  # mostly those that it reads
        names = [name for name in VALUES if name in READ_BY.get(pipeline, ())]
    options = tuple(_options(rng, pipeline))
    if any(option.endswith("-nodes") for option in options) and rng.random() < 0.5:
        count = 0  # few of the parameters are of a few of the nodes
    chosen = rng.sample(names, min(count, len(names)))
    if "preparation.size" in chosen and rng.random() < 0.6:
        chosen.remove("preparation.size")
    parameters: list[tuple[str, object]] = [(name, rng.choice(VALUES[name])) for name in chosen]
    if pipeline == "comparison":
        parameters += [("baseline", "before.csv")]
    if pipeline == "inference":
        parameters += [("xrays", NEW_XRAYS), ("results", "found")]
    return Run(pipeline, options, tuple(parameters))


def _options(rng: random.Random, pipeline: str) -> list[str]:
    kind = rng.choices(
        ("", "--from-nodes", "--to-nodes", "--nodes", "--only-missing-outputs"), (45, 25, 8, 8, 14)
    )[0]
    options = []
    if kind == "--only-missing-outputs":
        options = [kind]
    elif kind and pipeline in NODES:
        options = [kind, rng.choice(NODES[pipeline])]
    if pipeline in ("reporting", "data_science") and rng.random() < 0.15:
        entry = rng.choice(("scores", "scores", "training_record", "training_history"))
        options += ["--load-versions", f"{entry}:OLD"]
    return options


def _change(rng: random.Random, environment: str) -> Change:
    kinds = {"remove": 5, "edit": 1.5, "copy": 1, "copy with times": 1, "move": 1, "put back": 2}
    kinds |= {"parameters": 2} | ({"exchange": 3} if environment == "pictures" else {})
    what = rng.choices(list(kinds), list(kinds.values()))[0]
    place = {"remove": PLACES, "put back": KEPT, "exchange": SWAPPED}.get(what, ("",))
    chosen: tuple[tuple[str, object], ...] = ()
    if what == "parameters":
        name = rng.choice([name for name in VALUES if "." in name and name != "training.resume"])
        chosen = ((name, rng.choice(VALUES[name])),)
    return Change(what, rng.choice(place), chosen)
