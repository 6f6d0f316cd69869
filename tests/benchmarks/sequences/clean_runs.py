"""What a fresh project gives, for every set of parameters that a record names."""

import csv
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import astuple, dataclass, field, fields, replace
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from sequences import contents, workplace
from sequences.workplace import NEW_XRAYS, Workplace, alone

SWAPPED = ("phantom-003", "phantom-008")
"""Cases under whose names another patient's pictures may be put."""

FOREIGN = ((), SWAPPED[:1], SWAPPED[1:], SWAPPED)
SIZES, SPLIT_SEEDS = (64, 96), (1, 2)
DATA = {*contents.PIPELINES["data_processing"]}

Parts = tuple[tuple[str, ...], tuple[str, ...]]
"""Content hashes of the cases that are trained and validated on."""


PARAMETERS = {
    "size": "preparation.size",
    "seed": "split.seed",
    "loss": "training.loss",
    "rate": "training.learning_rate",
    "epochs": "training.epochs",
    "tolerance": "scoring.tolerance",
}


@dataclass(frozen=True, order=True)
class Recipe:
    """All that decides about results here.

    Attributes:
        foreign: Cases with another patient's pictures.
        size: `preparation.size`.
        seed: `split.seed`.
        loss: `training.loss`.
        rate: `training.learning_rate`.
        epochs: `training.epochs`.
        tolerance: `scoring.tolerance`.
    """

    foreign: tuple[str, ...] = ()
    size: int = 64
    seed: int = 2
    loss: str = "binary_crossentropy_dice"
    rate: float = 0.02
    epochs: int = 1
    tolerance: float = 2

    @property
    def data(self) -> "Recipe":
        """What of it decides about the arrays."""
        return Recipe(self.foreign, self.size, self.seed)

    def parameters(self) -> dict[str, Any]:
        """Return the parameters by their names."""
        return {name: getattr(self, own) for own, name in PARAMETERS.items()}

    def __str__(self) -> str:
        other = [one.name for one in fields(self) if getattr(self, one.name) != one.default]
        told = (f"{name}={getattr(self, name)}" for name in other)
        return ", ".join(told) or "all as in the file"


@dataclass
class CleanRuns:
    """Clean runs, made when they are asked for, and kept in a folder that processes share."""

    workplace: Workplace
    folder: Path
    made: int = 0
    splits: dict[Parts, list[Recipe]] = field(default_factory=dict)
    _read: dict[tuple[str, Recipe], dict[str, str]] = field(default_factory=dict)
    _having: dict[tuple[str, str], set[Recipe]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make all data, and a training from which sequences may begin."""
        for foreign, size, seed in product(FOREIGN, SIZES, SPLIT_SEEDS):
            self.make("data_processing", Recipe(foreign, size, seed))
        self.make("training", Recipe())
        for environment in workplace.ENVIRONMENTS:
            self.start_folder(environment)

    def make(self, pipeline: str, recipe: Recipe) -> dict[str, str]:
        """Return what a clean run gives: nothing if it is refused."""
        if (pipeline, recipe) in self._read:
            return self._read[pipeline, recipe]
        folder = self._folder(pipeline, recipe)
        with alone(folder.with_suffix(".lock")):
            if not (folder / "contents.json").exists():
                self._run(pipeline, recipe, folder)
        found: dict[str, str] = json.loads((folder / "contents.json").read_text())
        self._read[pipeline, recipe] = found
        if pipeline == "data_processing" and found:
            self.splits.setdefault(_parts_of_table(folder / "cases.csv"), []).append(recipe)
        for name, content in found.items():
            level = recipe.data if name in DATA else recipe
            self._having.setdefault((name, content), set()).add(level)
        return found

    def having(self, entry: str, content: str) -> set[Recipe]:
        """Return the recipes of which a clean run gave this content."""
        return self._having.get((entry, content), set())

    def start_folder(self, environment: str) -> Path:
        """Return the results of a training, to begin with a copy of them."""
        folder = self.folder / f"start {environment}"
        with alone(folder.with_suffix(".lock")):
            if not folder.exists():
                project = self._project(folder, ())
                command = self.workplace.run(project, "--env", environment)
                assert command.code == 0, command.printed()
                shutil.rmtree(project / "data/01_raw")
                (project / "data").rename(folder)
                shutil.rmtree(project)
        return folder

    def masks_of_new_xrays(self, recipe: Recipe) -> dict[str, str]:
        """Return the digests of the masks that a clean segmenter gives of the new X-rays."""
        folder = self._folder("training", recipe)
        with alone(folder.with_suffix(".lock")):
            if not (folder / "found").exists():
                project = self._project(folder, ())
                shutil.copy(folder / "segmenter.zip", project)
                given = f"xrays={NEW_XRAYS},results=found,segmenter=segmenter.zip"
                words = ("--env", "pictures", "--pipeline", "inference", "--params", given)
                command = self.workplace.run(project, *words)
                assert command.code == 0, command.printed()
                (project / "found").rename(folder / "found")
                shutil.rmtree(project)
        return masks(folder / "found")

    def _folder(self, pipeline: str, recipe: Recipe) -> Path:
        parts = ("+".join(recipe.foreign) or "own", *map(str, astuple(recipe)[1:]))
        return self.folder / f"{pipeline} {' '.join(parts)}"

    def _project(self, folder: Path, foreign: Iterable[str]) -> Path:
        project = folder.with_name(f"{folder.name} project")
        shutil.rmtree(project, ignore_errors=True)
        self.workplace.new_project(project)
        for case in foreign:
            self.workplace.exchange(project, case, foreign=True)
        return project

    def _run(self, pipeline: str, recipe: Recipe, folder: Path) -> None:
        project = self._project(folder, recipe.foreign)
        write_parameters(project, recipe.parameters())
        command = self.workplace.run(project, "--env", "pictures", "--pipeline", pipeline)
        self.made += 1
        if command.code:
            print(f"No clean run of {pipeline} with {recipe}:\n{command.printed()[-1500:]}")
        found = {} if command.code else contents.read(project / "data")
        folder.mkdir(parents=True, exist_ok=True)
        if pipeline == "training" and found:
            shutil.copy(project / "data" / contents.ENTRIES["segmenter"][0], folder)
        elif pipeline == "data_processing" and found:
            shutil.copy(project / "data" / contents.ENTRIES["cases"][0], folder)
        (folder / "contents.json").write_text(json.dumps(found, indent=1))
        shutil.rmtree(project)


def write_parameters(project: Path, changed: Mapping[str, Any]) -> None:
    """Write the parameters of both environments anew, with some changed."""
    written = deepcopy(workplace.PARAMETERS)
    for name, value in changed.items():
        block, _, own = name.partition(".")
        written.setdefault(block, {})[own] = value
    for environment in workplace.ENVIRONMENTS:
        place = project / "conf" / environment / "parameters.yml"
        place.write_text(yaml.safe_dump(written))


def masks(results: Path) -> dict[str, str]:
    """Return the digests of the masks that inference has written."""
    found = sorted((results / "masks").glob("*.png"))
    return {path.name: contents.digest(path.read_bytes()) for path in found}


def named_recipes(data: Path, runs: CleanRuns, tolerances: Iterable[float]) -> set[Recipe]:
    """Return the recipes that the records of a training name, with each of some tolerances."""
    named = set()
    for record in _records(data):
        split_so = runs.splits.get((tuple(record["trained_on"]), tuple(record["validated_on"])), ())
        for split, tolerance in product(split_so, tolerances):
            if split.size == record["preparation"]["size"]:
                own = {"foreign": split.foreign, "seed": split.seed, "tolerance": tolerance}
                named.add(replace(_of_training(record), **own))
    return named


def named_folds(data: Path, seen: Iterable[Recipe]) -> set[Recipe]:
    """Return the recipes that the records of the folds name, for all pictures that were seen."""
    places = (data / contents.ENTRIES[f"{fold}.training_record"][0] for fold in contents.FOLDS)
    records = [record for place in places for record in _record(place)]
    return {
        replace(_of_training(record), foreign=each.foreign, tolerance=each.tolerance)
        for record in records
        for each in seen
    }


def _records(data: Path) -> Iterator[dict[str, Any]]:
    """Yield the record of the training, and that in the segmenter."""
    yield from _record(data / "07_model_output/training_record.json")
    place = data / "06_models/segmenter.zip"
    if place.exists():
        with zipfile.ZipFile(place) as archive:
            yield json.loads(archive.read("segmenter.json"))["settings"]["training"]


def _record(place: Path) -> Iterator[dict[str, Any]]:
    if contents.is_there(place):
        yield json.loads(contents.latest(place).read_text())


def _of_training(record: dict[str, Any]) -> Recipe:
    training = record["training"]
    return Recipe(
        size=record["preparation"]["size"],
        loss=training["loss"],
        rate=training["learning_rate"],
        epochs=training["epochs"],
    )


def _parts_of_table(table: Path) -> Parts:
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    train, validation = (
        tuple(row["content_hash"] for row in rows if row["split"] == part)
        for part in ("train", "validation")
    )
    return train, validation
