"""Eight uses that once made false records, one after the other: a table in Markdown.

python tests/benchmarks/eight_rows.py

On twelve synthetic X-rays of 64 px. For each: the commands, how they ended, what they said, and
figures by which it is seen whether the record is true.
"""

import csv
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from sequences import contents
from sequences.clean_runs import write_parameters
from sequences.workplace import Command, Workplace

Told = Iterator[tuple[str, str]]


class Trial:
    """A project for one use."""

    def __init__(self, workplace: Workplace, name: str) -> None:
        self.workplace, self.data = workplace, workplace.place / name / "data"
        self.project = workplace.new_project(workplace.place / name)

    def start(self, pipeline: str, parameters: str = "", *options: str) -> Command:
        given = ["--params", parameters] if parameters else []
        words = ("--env", "pictures", "--pipeline", pipeline, *options, *given)
        return self.workplace.start(self.project, words)

    def run(self, pipeline: str, parameters: str = "", *options: str) -> tuple[str, str]:
        """Run a command; return it as it would be written, and how it ended."""
        command = self.start(pipeline, parameters, *options)
        command.wait()
        words = ["kedro run --pipeline", pipeline, *options]
        words += ["--params", parameters] if parameters else []
        return f"`{' '.join(words)}`", ended(command)

    def wait_for(self, place: str) -> None:
        while not (self.data / place).exists():
            time.sleep(0.01)
        time.sleep(0.3)

    def json(self, entry: str) -> dict:
        return json.loads(contents.latest(self.data / contents.ENTRIES[entry][0]).read_text())

    def table(self, entry: str) -> list[dict[str, str]]:
        with (self.data / contents.ENTRIES[entry][0]).open() as file:
            return list(csv.DictReader(file))

    def part(self, part: str, column: str = "case") -> list[str]:
        return [row[column] for row in self.table("cases") if row["split"] == part]

    def dice(self) -> str:
        return f"{self.json('scores')['dice']['mean']:.3f}"

    def digests(self) -> dict[str, str]:
        return contents.read(self.data)


def ended(command: Command) -> str:
    """Return the exit status, and the error or the warnings."""
    printed = command.printed()
    told = re.findall(r" - teeth_unet\.(?!hooks - WARNING - conf/)\S* - WARNING - (.*)", printed)
    if command.code:
        told = [" ".join(printed.rpartition("Error: ")[2].split()) or printed[-300:]]
    return f"exit status {command.code}" + "".join(f"; “{each[:420]}”" for each in told)


def two_at_once(workplace: Workplace) -> Told:
    trial = Trial(workplace, "row-1")
    first = trial.start("training", "training.epochs=15")
    trial.wait_for("06_models/compiled_unet.keras")
    fitted_on = set(trial.part("train", "content_hash"))
    chosen_by = set(trial.part("validation", "content_hash"))
    yield trial.run("data_processing", "split.seed=7")
    first.wait()
    yield "`kedro run --pipeline training` beside it", ended(first)
    if first.code == 0:
        named = set(trial.json("training_record")["trained_on"])
        hashes = {row["case"]: row["content_hash"] for row in trial.table("cases")}
        scored = {hashes[row["case"]] for row in trial.table("case_scores")}
        yield (
            "figures",
            f"the record names {len(named)} training cases, {len(named & fitted_on)} of them true; "
            f"of {len(scored)} test cases {len(scored & fitted_on)} were trained and "
            f"{len(scored & chosen_by)} validated on; Dice {trial.dice()}, "
            f"{clean_dice(workplace, 'training.epochs=15')} in a run alone",
        )


def two_trainings(workplace: Workplace) -> Told:
    trial = Trial(workplace, "row-1b")
    one, other = (f"training.learning_rate={rate},training.epochs=10" for rate in (0.005, 0.02))
    first = trial.start("training", one)
    trial.wait_for("06_models/compiled_unet.keras")
    yield trial.run("training", f"{other},training.resume=false")
    first.wait()
    yield f"`kedro run --pipeline training --params {one}` before it", ended(first)
    alone = [clean_dice(workplace, each) for each in (one, other)]
    yield "figures", f"Dice {trial.dice()}; alone they have {' and '.join(alone)}"


def clean_dice(workplace: Workplace, parameters: str) -> str:
    """Return the Dice of a training that has a project for itself."""
    trial = Trial(workplace, "clean")
    trial.run("training", parameters)
    dice = trial.dice()
    shutil.rmtree(trial.project)
    return dice


def other_settings_from_a_node(workplace: Workplace) -> Told:
    trial = Trial(workplace, "row-2")
    trial.run("training")
    before = trial.digests()
    given = "training.loss=dice,training.optimizer=adam,training.learning_rate=0.05"
    yield trial.run("data_science", given, "--from-nodes", "fit_unet")
    same = before["predicted_probabilities"] == trial.digests()["predicted_probabilities"]
    told = trial.json("training_record")["training"]
    named = ", ".join(str(told[name]) for name in ("loss", "optimizer", "learning_rate"))
    yield "figures", f"predictions {'are the same' if same else 'differ'}; the record says {named}"


def toothless_validation(workplace: Workplace) -> Told:
    trial = Trial(workplace, "row-3")
    shares = {"split.validation_cases": 0.1, "split.test_cases": 0.2, "training.epochs": 40}
    shares["training.learning_rate"] = 0.004
    write_parameters(trial.project, shares)
    trial.run("data_processing")
    (case,) = trial.part("validation")
    mask = trial.data / "01_raw/masks" / f"{case}.png"
    labels = trial.data / "01_raw/tooth_labels" / mask.name
    for path in (mask, labels):
        Image.fromarray(np.zeros_like(np.asarray(Image.open(path)))).save(path)
    yield trial.run("training")
    record, threshold = trial.json("training_record"), trial.json("decision_threshold")
    yield (
        "figures",
        f"best epoch {record['best_epoch']} of {record['epochs']}; threshold {threshold}; "
        f"validated on {len(record['validated_on'])}; test Dice {trial.dice()}",
    )
    write_parameters(trial.project, shares | {"split.validation_cases": 0})
    trial.run("training", "training.resume=false")
    yield "without validation cases", f"test Dice {trial.dice()}"


def unread_parameters(workplace: Workplace) -> Told:
    trial = Trial(workplace, "row-4")
    trial.run("training")
    logged(trial)
    yield trial.run("data_science", "split.seed=9,split.test_cases=5")
    yield "figures", f"{len(trial.table('case_scores'))} test cases, as before"
    given = "training.loss=dice,training.epochs=99,network.patch=2,split.seed=9"
    only = ("--from-nodes", "summarise_scores", "--to-nodes", "summarise_scores")
    yield trial.run("data_science", given, *only)
    yield "MLflow", logged(trial)


def logged(trial: Trial) -> str:
    """Return what a stand-in for MLflow was told, and forget it."""
    place = trial.project / "mlflow.json"
    if not place.exists():
        return "nothing logged"
    calls = [json.loads(line) for line in place.read_text().splitlines()]
    place.unlink()
    parameters = {name: value for call in calls for name, value in call["parameters"].items()}
    named = ("training.loss", "training.epochs", "network.patch", "split.seed")
    told = ", ".join(f"{name}={parameters.get(name)}" for name in named)
    return f"{len(calls)} time(s) parameters, the last with {told}"


def older_scores(workplace: Workplace) -> Told:
    trial = Trial(workplace, "row-5")
    trial.run("training")
    (old,) = (path.name for path in (trial.data / "07_model_output/scores.json").iterdir())
    trial.run("training", "training.epochs=30,training.resume=false")
    report = trial.data / contents.ENTRIES["report"][0]
    before = report.stat().st_mtime_ns
    command, end = trial.run("reporting", "", "--load-versions", f"scores:{old}")
    yield command.replace(old, "OLD"), end.replace(old, "OLD")
    if report.stat().st_mtime_ns == before:
        yield "figures", "the report is the one from before"
        return
    (mean,) = re.findall(r'<p class="figure">([\d.]+)', report.read_text())
    dice = sorted(f"{float(row['dice']):.3f}" for row in trial.table("case_scores"))
    yield "figures", f"one page with a mean of {mean} and cases of {dice[0]} to {dice[-1]}"


def cases_of_one_name(workplace: Workplace) -> Told:
    trial = Trial(workplace, "row-6")
    trial.run("training")
    scores = trial.data / contents.ENTRIES["case_scores"][0]
    shutil.copy(scores, trial.project / "before.csv")
    before = {row["case"]: row["native_truth_area"] for row in trial.table("case_scores")}
    changed = trial.part("test")[:2]
    for case in changed:
        workplace.exchange(trial.project, case, foreign=True)
    trial.run("training", "training.resume=false")
    yield trial.run("comparison", "baseline=before.csv")
    areas = [
        f"{row['case']}: {before[row['case']]} and {row['native_truth_area']} px"
        for row in trial.table("case_scores")
        if row["case"] in changed
    ]
    place = trial.data / "07_model_output/comparison.json"
    compared = json.loads(place.read_text())["cases"] if place.exists() else 0
    yield "figures", f"{compared} of 3 cases compared; native tooth areas {'; '.join(areas)}"


def missing_with_others(workplace: Workplace) -> Told:
    trial = Trial(workplace, "row-7")
    trial.run("training")
    logged(trial)
    before = trial.digests()
    (trial.data / contents.ENTRIES["fitted_unet"][0]).unlink()
    for _ in range(2):
        yield trial.run("training", "training.loss=dice", "--only-missing-outputs")
        now = trial.digests()
        names = ("fitted_unet", "training_record", "scores", "segmenter", "report")
        told = [f"{name} {_state(before, now, name)}" for name in names]
        yield "figures", f"{', '.join(told)}; {logged(trial)}"


def _state(before: dict[str, str], now: dict[str, str], name: str) -> str:
    if name not in now:
        return "missing"
    return "as before" if before[name] == now[name] else "another"


def nothing_missing(workplace: Workplace) -> Told:
    trial = Trial(workplace, "row-8")
    trial.run("training")
    logged(trial)
    yield trial.run("training", "", "--only-missing-outputs")
    yield "MLflow", logged(trial)


ROWS: dict[str, Callable[[Workplace], Told]] = {
    "1": two_at_once,
    "1, two trainings": two_trainings,
    "2": other_settings_from_a_node,
    "3": toothless_validation,
    "4": unread_parameters,
    "5": older_scores,
    "6": cases_of_one_name,
    "7": missing_with_others,
    "8": nothing_missing,
}


def pretend_mlflow() -> None:
    """Put a stand-in for MLflow in its place, which keeps the parameters that it is given."""
    mlflow = MagicMock()
    mlflow.__spec__, mlflow.__path__ = MagicMock(), []
    mlflow.get_experiment_by_name.return_value = None

    def keep(parameters: dict[str, object], *_: object, **__: object) -> None:
        with Path("mlflow.json").open("a") as file:
            told = {name: str(value) for name, value in parameters.items()}
            file.write(json.dumps({"parameters": told}) + "\n")

    mlflow.log_params.side_effect = keep
    sys.modules |= {"mlflow": mlflow, "mlflow.models": mlflow.models}


def main(place: Path, asked_for: list[str]) -> None:
    """Print the table."""
    workplace = Workplace(place)
    workplace.prepare()
    pretend_mlflow()
    print("| row | what was done | what came of it |\n|---|---|---|", flush=True)
    for number, use in ROWS.items():
        if not asked_for or number.split(",")[0] in asked_for:
            for what, told in use(workplace):
                print(f"| {number} | {what} | {told} |", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(temporary).resolve(), sys.argv[1:])
