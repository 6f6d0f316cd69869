"""How much sooner two workers of one core each are done than one.

    python tests/benchmarks/workers.py cross_validation [--folds 10] [--rounds 2]
    python tests/benchmarks/workers.py inference [--xrays 2000] [--rounds 2]

The command is `kedro run` with the DaskRunner and `workers=N,threads=1`, once with each number of
workers in every round, on results that nobody has made yet. It and all that it starts may use as
many cores as there are workers, and each worker is held on one of these that no other worker has;
what the command does beside its workers takes from them. One line of JSON a run:

- `seconds` by the clock and `processor_seconds`, of the whole command;
- `parallel_seconds` by the clock, from the first to the last line that folds or shards have logged;
- `loads`, of each worker: which share of its core it kept busy from its start to its end.

At the end, from the medians: the speed-up, which is the ratio of seconds, and the efficiency, which
is the speed-up for each worker over and above that of one. Folds are of drawings and of a small
network; X-rays are segmented and numbered by the networks of the package, unless `--segmenter` says
otherwise, and `--different` of them are drawn, the others are links to these.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from tiny_project import copy_project

PAUSE = 0.2  # s between two looks at the workers
IN_PARALLEL = re.compile(r"^(\S+ \S+) \S+ \S+: (?:fold_\d+\.|segment_shard_)")
"""Lines of the log that tell when a fold or a shard was at work."""


class Workers:
    """The workers below a command, each held on a core of its own.

    Args:
        command: The process of the command.
        cores: Numbers of the cores, one a worker.
    """

    def __init__(self, command: int, cores: Sequence[int]) -> None:
        self._command = psutil.Process(command)
        self._cores = cores
        self._core_of: dict[psutil.Process, int] = {}
        self.loads: dict[int, float] = {}

    def hold(self) -> None:
        """Hold every thread of every worker on its core, and look how busy it was until now."""
        with suppress(psutil.Error):
            for process in self._command.children():
                if "spawn_main" in " ".join(process.cmdline()):
                    self._hold(process)

    def _hold(self, process: psutil.Process) -> None:
        if process not in self._core_of:
            taken = {core for each, core in self._core_of.items() if each.is_running()}
            self._core_of[process] = next(core for core in self._cores if core not in taken)
        for thread in process.threads():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(thread.id, {self._core_of[process]})
        used, lived = process.cpu_times(), time.time() - process.create_time()
        self.loads[process.pid] = round((used.user + used.system) / lived, 2)


def run(project: Path, arguments: list[str], cores: Sequence[int]) -> dict[str, Any]:
    """Run a command with as many workers as cores, and return what it took."""
    runner = ["--runner", "teeth_unet.runners.DaskRunner"]
    runner += ["--runner-params", f"workers={len(cores)},threads=1"]
    log = project / "data" / "kedro.log"
    log.unlink(missing_ok=True)
    # A test's process has put the project's own logging aside.
    environment = {k: v for k, v in os.environ.items() if k != "KEDRO_LOGGING_CONFIG"}
    began, before = time.monotonic(), os.times()
    with (project / "printed.log").open("w") as printed:
        command = subprocess.Popen(
            [sys.executable, "-m", "kedro", "run", *arguments, *runner],
            cwd=project,
            env=environment,
            stdout=printed,
            stderr=printed,
            preexec_fn=partial(os.sched_setaffinity, 0, cores),
        )
        workers = Workers(command.pid, cores)
        while command.poll() is None:
            workers.hold()
            time.sleep(PAUSE)
    after = os.times()
    if command.returncode:
        raise SystemExit((project / "printed.log").read_text("utf-8")[-2000:])
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return {
        "seconds": round(time.monotonic() - began, 1),
        "processor_seconds": round(used, 1),
        "parallel_seconds": parallel_seconds(log.read_text("utf-8")),
        "loads": list(workers.loads.values()),
    }


def parallel_seconds(log: str) -> float:
    """Return the time from the first to the last line of a fold or a shard."""
    times = [
        datetime.fromisoformat(found[1].replace(",", "."))
        for line in log.splitlines()
        if (found := IN_PARALLEL.match(line))
    ]
    return round((max(times) - min(times)).total_seconds(), 1)


def write_settings(project: Path, options: argparse.Namespace) -> None:
    """Write an environment `workers` of drawings and a small network."""
    place = project / "conf" / "workers"
    place.mkdir()
    drawings = {"type": "teeth_unet.datasets.PhantomDataset", "cases": options.cases}
    width = {"width": [options.width, options.width]}
    contents = ("xrays", "masks", "tooth_labels")
    catalog = {f"raw_{each}": {**drawings, **width, "content": each} for each in contents}
    parameters = {
        "preparation": {"size": options.size},
        "network": {"filters": [16, 32, 64], "dropout": [0.0, 0.0, 0.1], "patch": 2},
        "training": {"epochs": options.epochs},
    }
    for name, content in (("catalog", catalog), ("parameters", parameters)):
        (place / f"{name}.yml").write_text(yaml.safe_dump(content), "utf-8")
    # How many folds the pipelines have is read from this file alone.
    folds = project / "conf" / "base" / "parameters_cross_validation.yml"
    folds.write_text(f"cross_validation: {{folds: {options.folds}, seed: 1}}\n", "utf-8")


def draw(place: Path, width: int, case: int) -> Path:
    """Draw an X-ray as a file."""
    from PIL import Image

    from teeth_unet.phantoms import PhantomSettings, draw_xray

    settings = PhantomSettings(cases=case + 1, seed=9, width=(width, width))
    path = place / f"drawn-{case:04d}.png"
    Image.fromarray(draw_xray(settings, case)).save(path)
    return path


def write_xrays(project: Path, options: argparse.Namespace) -> None:
    """Write X-rays under as many names as are asked for."""
    drawn, xrays = project / "drawn", project / "xrays"
    drawn.mkdir()
    xrays.mkdir()
    with ProcessPoolExecutor() as processes:
        each = partial(draw, drawn, options.width)
        paths = list(processes.map(each, range(min(options.different, options.xrays))))
    for number, path in enumerate(islice(cycle(paths), options.xrays)):
        os.link(path, xrays / f"{number:05d}.png")


def cross_validation(project: Path, options: argparse.Namespace, cores: Sequence[int]) -> Any:
    """Cross-validate, and return what it took and what came of it."""
    shutil.rmtree(project / "data")
    (project / "data" / "01_raw").mkdir(parents=True)
    took = run(project, ["--pipeline", "cross_validation", "--env", "workers"], cores)
    table = pd.read_csv(project / "data/07_model_output/cross_validation_case_scores.csv")
    return {**took, "cases": len(table), "dice": round(float(table["dice"].mean()), 4)}


def inference(project: Path, options: argparse.Namespace, cores: Sequence[int]) -> Any:
    """Segment all X-rays, and return what it took and what came of it."""
    results = project / "results"
    shutil.rmtree(results, ignore_errors=True)
    given = {
        "xrays": project / "xrays",
        "segmenter": options.segmenter,
        "results": results,
        "inference.shards": options.shards,
    }
    told = ",".join(f"{name}={value}" for name, value in given.items())
    took = run(project, ["--pipeline", "inference", "--params", told], cores)
    table = pd.read_csv(results / "cases.csv")
    return {**took, "cases": len(table), "teeth": int(table["teeth"].sum())}


MEASURED = {"cross_validation": cross_validation, "inference": inference}


def tell(what: str, rows: list[dict[str, Any]]) -> None:
    """Print the speed-up over one worker, of the whole command and of its parallel part."""
    counts = sorted({row["workers"] for row in rows})
    medians = {
        name: [statistics.median(r[name] for r in rows if r["workers"] == n) for n in counts]
        for name in ("seconds", "parallel_seconds")
    }
    for column, count in enumerate(counts[1:], 1):
        times = {name: values[0] / values[column] for name, values in medians.items()}
        whole, parallel = times["seconds"], times["parallel_seconds"]
        more = count / counts[0]
        print(
            f"{what}, {counts[0]} to {count} workers: {medians['seconds'][0]:.1f} s to "
            f"{medians['seconds'][column]:.1f} s, speed-up {whole:.2f}, efficiency "
            f"{whole / more:.0%}; its parallel part {medians['parallel_seconds'][0]:.1f} s to "
            f"{medians['parallel_seconds'][column]:.1f} s, {parallel:.2f}, {parallel / more:.0%}"
        )


def main(given: Sequence[str] | None = None) -> None:
    """Measure one command with each number of workers, in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=MEASURED)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=Path("data/benchmark_workers"))
    parser.add_argument("--width", type=int, default=600, help="of the drawings, in px")
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--cases", type=int, default=40, help="in all folds")
    parser.add_argument("--size", type=int, default=256, help="of the folds' network, in px")
    parser.add_argument("--epochs", type=int, default=15, help="of each fold")
    parser.add_argument("--xrays", type=int, default=2000)
    parser.add_argument("--different", type=int, default=200, help="X-rays that are drawn")
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--segmenter", default="package")
    options = parser.parse_args(given)
    cores = sorted(os.sched_getaffinity(0))
    if max(options.workers) > len(cores):
        parser.error(f"--workers: {max(options.workers)} need as many cores, found {len(cores)}")
    project = options.folder.resolve() / options.what
    shutil.rmtree(project, ignore_errors=True)
    copy_project(project)
    if options.what == "inference":
        write_xrays(project, options)
    else:
        write_settings(project, options)
    rows: list[dict[str, Any]] = []
    for number in range(options.rounds):
        for count in options.workers:
            took = MEASURED[options.what](project, options, cores[:count])
            rows.append({"round": number + 1, "workers": count, **took})
            print(json.dumps({"what": options.what, **rows[-1]}), flush=True)
    tell(options.what, rows)
    shutil.rmtree(project)


if __name__ == "__main__":
    main()
