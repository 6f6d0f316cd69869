"""A tiny project in which pipelines run as forks of this process, and what should come of them."""

import hashlib
import os
import re
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import kedro.framework
import numpy as np
from PIL import Image

# Kedro would find conf/logging.yml and keep its file open, which every trial removes.
os.environ["KEDRO_LOGGING_CONFIG"] = str(
    Path(kedro.framework.__file__).parent / "project" / "default_logging.yml"
)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from tiny_project import copy_project

OTHER = "training.seed=3,split.seed=5"
TELL_TIME = ("report.html", "model_card.md", "summary.json", "inference/cases.csv")  # with times
SECONDS = re.compile(rb'"seconds": [0-9.e-]+')  # in records of X-rays; now and then the same
NEW_XRAYS = "new_xrays"
COMPARED = ("scores.json", "case_scores.csv", "predicted_masks.npy")


@dataclass(frozen=True)
class Kind:
    """A pipeline and what a trial of it needs to know.

    Attributes:
        pipeline: Its name.
        needs: The layers that it starts from.
        parameters: What is given with `--params`.
        alike: Files that have to come out alike.
        makes: What it makes within the layers that it starts from.
    """

    pipeline: str
    needs: tuple[str, ...] = ()
    parameters: str = ""
    alike: tuple[str, ...] = COMPARED
    makes: tuple[str, ...] = ()


KINDS = [
    Kind("data_processing", alike=("cases.csv", "x_train.npy", "y_test.npy")),
    Kind("data_science", needs=("02", "05")),
    Kind("reporting", needs=("02", "05", "06", "07"), alike=("model_summary.txt",)),
    Kind("training"),
    Kind("comparison", ("07",), "baseline=before.csv", ("comparison.json",)),
    Kind("cross_validation", alike=("cross_validation_scores.json", *COMPARED)),
    Kind(
        "teeth",
        needs=("02", "05", "06", "07", "08"),
        alike=("measured_teeth.csv", "tooth_charts.csv", "tooth_scores.json"),
        makes=(
            "07_model_output/predicted_tooth_labels",
            "07_model_output/predicted_tooth_numbers",
            "07_model_output/numbered_teeth.csv",
            "07_model_output/tooth_charts.csv",
            "07_model_output/measured_teeth.csv",
            "07_model_output/tooth_scores.json",
            "07_model_output/tooth_number_scores.csv",
            "08_reporting/tooth_plots",
            "08_reporting/chart_plots",
        ),
    ),
    Kind(
        "inference", ("06",), f"xrays={NEW_XRAYS}", ("teeth.csv", "masks/3.png", "overlays/3.png")
    ),
    Kind(
        "export",
        needs=("02", "05", "06"),
        alike=("exported/unet.json",),
        makes=("06_models/unchecked", "06_models/exported"),
    ),
]


class Workshop:
    """A project whose `data` is put back to a known state before each trial."""

    def __init__(self, place: Path) -> None:
        self.project = copy_project(place / "project").path
        (self.project / "conf/base/parameters_cross_validation.yml").write_text(
            "cross_validation: {folds: 2, seed: 1}\n"
        )
        self.data, self.kept = self.project / "data", place / "kept"
        self.log = place / "run.log"

    def warm_up(self) -> None:
        """Import, from the project's own copy of the source, whatever its runs will import."""
        os.chdir(self.project)
        sys.path.insert(0, str(self.project / "src"))
        for name in ("kedro.framework.cli.cli", "kedro_datasets.pandas", "matplotlib.figure"):
            import_module(name)
        for name in ("teeth_unet.pipeline_registry", "teeth_unet.unet"):
            import_module(name)
        self.draw_new_xrays()

    def draw_new_xrays(self) -> None:
        """Draw what the pipeline `inference` is given."""
        phantoms = import_module("teeth_unet.phantoms")  # the copy's, see `warm_up`
        settings = phantoms.PhantomSettings(cases=6, seed=9, width=(120, 140))
        (self.project / NEW_XRAYS).mkdir()
        for case in range(settings.cases):
            image = Image.fromarray(phantoms.draw_xray(settings, case))
            image.save(self.project / NEW_XRAYS / f"{case}.png")

    def start(self, job: Callable[[], int | None]) -> int:
        """Do a job in a fork with a process group of its own; return its process id."""
        process = os.fork()
        if process:
            os.setpgid(process, process)  # whichever of the two comes first
            return process
        os.setpgid(0, 0)
        code = 1
        try:
            with self.log.open("wb") as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            code = job() or 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def do(self, job: Callable[[], int | None]) -> tuple[int, str]:
        """Do a job in a fork to its end; return its exit code and what it printed."""
        code = os.waitstatus_to_exitcode(os.waitpid(self.start(job), 0)[1])
        return code, self.log.read_text("utf-8", "replace")

    def run(self, kind: Kind, parameters: str = "") -> None:
        """Run a pipeline undisturbed."""
        code, printed = self.do(lambda: kedro_run(kind, parameters))
        if code:
            raise RuntimeError(printed)

    def keep(self, name: str) -> None:
        """Keep a copy of all results under a name."""
        shutil.copytree(self.data, self.kept / name)

    def put_back(self, *layers: tuple[str, str]) -> None:
        """Make `data` anew of layers of kept results, given as pairs of name and layer's number."""
        shutil.rmtree(self.data)
        (self.data / "01_raw").mkdir(parents=True)
        for name, layer in layers:
            for folder in (self.kept / name).glob(f"{layer}_*"):
                shutil.copytree(folder, self.data / folder.name, dirs_exist_ok=True)


def kedro_run(kind: Kind, parameters: str = "") -> int:
    """Give the command, as the program `kedro` does."""
    from kedro.framework.cli.cli import KedroCLI

    given = ",".join(filter(None, (parameters, kind.parameters)))
    command = ["run", "--pipeline", kind.pipeline, "--env", "tiny"]
    try:
        KedroCLI(project_path=Path.cwd()).main([*command, *(["--params", given] if given else [])])
    except SystemExit as done:
        return done.code or 0
    return 0


def load_everything() -> int:
    """Load every entry that exists, of the catalog and of the folds, to its last byte."""
    from kedro.framework.project import pipelines
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(Path.cwd())
    with KedroSession.create(Path.cwd(), env="tiny") as session:
        catalog = session.load_context().catalog
        names = set().union(*(pipeline.datasets() for pipeline in pipelines.values()))
        there = [name for name in names if not name.startswith("params:") and catalog.exists(name)]
        for name in sorted(there):
            content = catalog.load(name)
            if hasattr(content, "latest"):
                content.latest()
            elif isinstance(content, dict):
                for read in content.values():
                    read() if callable(read) else read
            elif isinstance(content, str) and name.endswith("report"):
                assert content.rstrip().endswith("</html>"), f"{name} is cut off"
            elif isinstance(content, np.ndarray):
                content.sum()
    print(f"{len(there)} loaded")
    return 0


def digests(data: Path) -> dict[str, str]:
    """Return a digest of every result; of several versions, of the last one."""
    found = {}
    for path in sorted(data.rglob("*")):
        place = re.sub(r"/\d{4}-\d\d-\d\dT[^/]+", "", str(path.relative_to(data)))
        if path.is_file() and ".partial" not in path.name and not place.endswith(TELL_TIME):
            content = SECONDS.sub(b"", path.read_bytes())
            found[place] = hashlib.sha256(content).hexdigest()
    return found


@dataclass
class Reference:
    """What an undisturbed run takes, which changes with what else the machine does, and gives."""

    seconds: float
    digests: dict[str, str]


def references(shop: Workshop) -> dict[str, Reference]:
    """Run everything undisturbed, twice, and keep the results that trials start from."""
    kinds = {kind.pipeline: kind for kind in KINDS}
    training = kinds["training"]
    for names, kept in (
        (("training", "inference", "export"), "other"),
        (("cross_validation",), "other_folds"),
    ):
        for name in names:
            shop.run(kinds[name], OTHER)
        shop.keep(kept)
    shop.put_back()
    shop.run(training)
    shop.keep("same")
    (scores,) = (shop.kept / "same/07_model_output").glob("case_scores.csv")
    text = scores.read_text()  # another run's table, of the same cases
    (shop.project / "before.csv").write_text(re.sub(r",0\.(\d)", r",0.0\1", text))
    found = {}
    for kind in KINDS:
        taken, given = [], []
        for _ in range(2):
            begin(shop, kind, over=False)
            started = time.perf_counter()
            shop.run(kind)
            taken.append(time.perf_counter() - started)
            given.append(digests(shop.data))
        agreed = {place: one for place, one in given[0].items() if given[1].get(place) == one}
        for name in kind.alike:
            assert any(place.endswith(name) for place in agreed), f"{name} is never the same"
        found[kind.pipeline] = Reference(max(taken), agreed)
    return found


def begin(shop: Workshop, kind: Kind, *, over: bool) -> None:
    """Put the inputs of a pipeline in place, and beside them, if asked, another run's results."""
    other = "other_folds" if kind.pipeline == "cross_validation" else "other"
    old = [(other, layer) for layer in ("02", "05", "06", "07", "08")] if over else []
    shop.put_back(*(each for each in old if each[1] not in kind.needs))
    for layer in kind.needs:
        for folder in (shop.kept / "same").glob(f"{layer}_*"):
            shutil.copytree(folder, shop.data / folder.name, dirs_exist_ok=True)
    for made in kind.makes:
        place, old = shop.data / made, shop.kept / other / made
        remove(place)
        if over:
            (shutil.copytree if old.is_dir() else shutil.copy)(old, place)


def remove(place: Path) -> None:
    """Remove a file, or a folder with all that is in it, if it is there."""
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
