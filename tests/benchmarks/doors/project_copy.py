"""A copy of a project, at any state of its code, and what its runs leave."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LONGEST = 330
"""Letters of a message that are shown."""


class Project:
    """A project in a folder, in which `kedro run` is given."""

    def __init__(self, source: Path, place: Path) -> None:
        for name in ("conf", "src", "notebooks"):
            shutil.copytree(source / name, place / name)
        for name in ("pyproject.toml", ".telemetry"):
            shutil.copy(source / name, place / name)
        (place / "data").mkdir()
        self.path = place

    def run(self, pipeline: str, parameters: dict[str, object], *options: str) -> tuple[int, str]:
        """Run a pipeline; return its exit status and what it told."""
        given = ",".join(f"{name}={value}" for name, value in parameters.items())
        words = ["run", "--pipeline", pipeline, "--env", "folder", "--params", given, *options]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [sys.executable, "-m", "kedro", *words],
            cwd=self.path,
            env={**environment, "PYTHONPATH": str(self.path / "src"), "COLUMNS": "400"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, told(done.stdout + done.stderr, done.returncode)

    def forget(self) -> None:
        """Remove all results."""
        shutil.rmtree(self.path / "data")
        (self.path / "data").mkdir()

    def prepared(self) -> tuple[list[str], NDArray[np.uint8]]:
        """Return the cases and their masks as they were prepared."""
        layer = self.path / "data" / "folder" / "02_intermediate"
        with (layer / "inspected_cases.csv").open(newline="") as file:
            cases = [row["case"] for row in csv.DictReader(file)]
        return cases, np.load(layer / "prepared_masks.npy")[..., 0]


def told(printed: str, code: int) -> str:
    """Return the error, or the warnings, in one line."""
    if code:
        words = printed.rpartition("Error: ")[2] or printed[-LONGEST:]
    else:
        words = "; ".join(re.findall(r"WARNING:? +(?:- )?(.*)", printed)) or "no word"
    short = " ".join(words.split()).replace("|", "¦")
    return short if len(short) <= LONGEST else f"{short[:LONGEST]} …"


def dice(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the Dice of two masks; 1 where both are empty."""
    both = np.count_nonzero(one) + np.count_nonzero(other)
    return 2 * np.count_nonzero((one > 0) & (other > 0)) / both if both else 1.0


def scored(made: dict[str, NDArray[Any]], true: dict[str, NDArray[Any]]) -> str:
    """Say how many cases there are, with the mean and the lowest Dice."""
    found = [dice(made[case], true[case]) for case in made if case in true]
    if not found:
        return "0 cases"
    return f"{len(found)} of {len(true)} cases, Dice {np.mean(found):.3f}, lowest {min(found):.3f}"


def read_mask(path: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(path).convert("L"))
