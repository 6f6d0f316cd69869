"""Projects of twelve tiny X-rays, in which commands run as forks of one process.

The process has imported TensorFlow, Keras, Kedro and the package, and computes nothing itself: a
fork is a real process that can be killed, trains bit for bit as one started anew with as many
threads (tried), and saves the 4 seconds of imports.
"""

import ctypes
import fcntl
import itertools
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import kedro.framework
import yaml

# Kedro's own logging: every line with its level, whatever the project's console leaves out. It is
# read when Kedro is imported. One thread, so that results do not depend on how many cores are free.
os.environ["KEDRO_LOGGING_CONFIG"] = str(
    Path(kedro.framework.__file__).parent / "project" / "default_logging.yml"
)
os.environ["COLUMNS"] = "2000"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from tiny_project import copy_project

CASES = 12
PHANTOMS = {"cases": CASES, "width": [96, 128]}
CONTENTS = ("xrays", "masks", "tooth_labels")
ENVIRONMENTS = {"drawn": "phantoms", "pictures": "folder"}
PARAMETERS: dict[str, Any] = {
    "preparation": {"size": 64},
    "split": {"test_cases": 3, "validation_cases": 2},
    "network": {"filters": [8, 16], "dropout": [0.0, 0.1], "patch": 4},
    "training": {
        "learning_rate": 0.02,
        "epochs": 1,
        "warmup_epochs": 0,
        "batch_size": 4,
        "precision": "float32",
    },
    "plots": {"cases": 2},
    "report": {"data_note": "Tiny ones.", "synthetic": True},  # the same from either source
    "inference": {"overlay": False, "teeth": False},
}
NEW_XRAYS = "new_xrays"
LAZY = ("tensorflow", "keras", "kedro.framework.cli.cli", "kedro_datasets.pandas", "pandas")
LAZY += ("matplotlib.figure", "matplotlib.backends.backend_agg", "scipy.spatial", "skimage.measure")
LAZY += ("skimage.segmentation", "skimage.feature", "teeth_unet.cli", "teeth_unet.datasets")
LAZY += ("teeth_unet.pipeline_registry", "teeth_unet.settings")
LAZY_ROOMS = ("unet", "segmentation", "reporting", "scoring", "teeth", "exporting", "inference")


@dataclass(frozen=True)
class Fatal:
    """When a command is killed.

    Attributes:
        moment: `time`, as a share of what the command usually takes; `saved`, when so many entries
            have been saved and what follows a save has not been done; `before` or `after` so many
            files have got their names.
        number: The share, or the count.
    """

    moment: str
    number: float

    def __str__(self) -> str:
        told = {"time": "at {:.0%} of its time", "saved": "right after save {:.0f}"}
        return "killed " + told.get(self.moment, self.moment + " move {:.0f}").format(self.number)


@dataclass
class Command:
    """A command at work.

    Attributes:
        process: Its number.
        log: The file that it prints into.
        began: When.
        code: Its exit status once it is over, negative if it was killed.
    """

    process: int
    log: Path
    began: float = field(default_factory=time.perf_counter)
    code: int | None = None
    seconds: float = 0.0

    def poll(self) -> bool:
        """Tell whether it is over."""
        if self.code is None:
            ended, status = os.waitpid(self.process, os.WNOHANG)
            if ended:
                self.code = os.waitstatus_to_exitcode(status)
                self.seconds = time.perf_counter() - self.began
        return self.code is not None

    def wait(self, until: float | None = None) -> bool:
        """Wait for its end, or for a moment in seconds since it began."""
        while not self.poll():
            if until is not None and time.perf_counter() - self.began > until:
                return False
            time.sleep(0.005)
        return True

    def kill(self) -> None:
        """End it and what it has started, at once."""
        if not self.poll():
            os.killpg(self.process, signal.SIGKILL)
            self.wait()

    def printed(self) -> str:
        """Return what it has printed."""
        return self.log.read_text("utf-8", "replace")


class Workplace:
    """Where projects are made, and the commands in them are started."""

    def __init__(self, place: Path) -> None:
        self.place, self.home = place, place / "home"
        self._numbers = itertools.count()

    def prepare(self) -> None:
        """Make the project that others are copies of, and import what its commands import."""
        copy_project(self.home)
        conf = self.home / "conf"
        folds = conf / "base" / "parameters_cross_validation.yml"
        folds.write_text("cross_validation: {folds: 2, seed: 1}\n")
        for name, source in ENVIRONMENTS.items():
            folder = conf / name
            folder.mkdir()
            (folder / "globals.yml").write_text(yaml.safe_dump({"source": source}))
            (folder / "parameters.yml").write_text(yaml.safe_dump(PARAMETERS))
        entry = {"type": "teeth_unet.datasets.PhantomDataset", **PHANTOMS}
        drawn = {
            f"raw_{content}": {**entry, "content": content, "metadata": None}
            for content in CONTENTS
        }
        (conf / "drawn" / "catalog.yml").write_text(yaml.safe_dump(drawn))
        os.chdir(self.home)
        sys.path.insert(0, str(self.home / "src"))
        for name in LAZY:
            import_module(name)
        for room in LAZY_ROOMS:
            module = import_module(f"teeth_unet.{room}")
            for public in module.__all__:
                getattr(module, public)
        import_module("kedro.framework.startup").bootstrap_project(self.home)
        self._draw()

    def _draw(self) -> None:
        phantoms = import_module("teeth_unet.phantoms")
        make = import_module("teeth_unet.datasets.sources.phantoms")._DRAW
        for name, seed in (("pictures", 0), ("foreign", 9)):
            settings = phantoms.PhantomSettings(seed=seed, **PHANTOMS)
            for content in CONTENTS:
                folder = self.place / name / content
                folder.mkdir(parents=True)
                for case in range(CASES):
                    make[content](settings, case).save(folder / f"phantom-{case + 1:03d}.png")

    def new_project(self, path: Path, data: Path | None = None) -> Path:
        """Make a project with X-rays, and with the results in a data folder if one is given."""
        for name in ("conf", "src"):
            shutil.copytree(self.home / name, path / name)
        for name in ("pyproject.toml", ".telemetry"):
            shutil.copy(self.home / name, path / name)
        if data:
            shutil.copytree(data, path / "data")
        shutil.copytree(self.place / "pictures", path / "data/01_raw", dirs_exist_ok=True)
        (path / NEW_XRAYS).mkdir()
        for case in ("phantom-005.png", "phantom-006.png"):
            shutil.copy(self.place / "foreign/xrays" / case, path / NEW_XRAYS)
        return path

    def exchange(self, project: Path, case: str, *, foreign: bool) -> None:
        """Put another patient's pictures under a case's name, or its own back."""
        for content in CONTENTS:
            source = self.place / ("foreign" if foreign else "pictures") / content / f"{case}.png"
            shutil.copy(source, project / "data/01_raw" / content / source.name)

    def start(self, project: Path, words: Sequence[str], fatal: Fatal | None = None) -> Command:
        """Give `kedro run` with these words in a project."""
        log = self.place / f"{project.name}.{next(self._numbers)}.log"
        process = os.fork()
        if process:
            os.setpgid(process, process)  # whichever of the two comes first
            return Command(process, log)
        os.setpgid(0, 0)
        end_with_parent()
        code = 1
        try:
            with log.open("wb") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            os.chdir(project)
            if fatal:
                arrange(fatal)
            code = _kedro("run", *words)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def run(self, project: Path, *words: str) -> Command:
        """Give `kedro run` with these words, and wait for its end."""
        command = self.start(project, words)
        command.wait()
        return command


def _kedro(*words: str) -> int:
    from kedro.framework.cli.cli import KedroCLI

    try:
        KedroCLI(project_path=Path.cwd()).main(list(words))
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else bool(done.code)
    return 0


def arrange(fatal: Fatal) -> None:
    """Let this process be killed when the moment comes; for one by the clock others see to it."""

    def deadly(change: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
        count = itertools.count(1)

        def changed(*arguments: Any, **named: Any) -> Any:
            last = next(count) == fatal.number
            if last and before:
                os.kill(os.getpid(), signal.SIGKILL)
            done = change(*arguments, **named)
            if last:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        return changed

    if fatal.moment == "saved":
        from kedro.io import DataCatalog

        DataCatalog.save = deadly(DataCatalog.save, before=False)
    elif fatal.moment != "time":
        os.replace = deadly(os.replace, before=fatal.moment == "before")


def end_with_parent() -> None:
    """Let this process be killed when the one that started it ends (Linux only)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let one process at a time do something."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
