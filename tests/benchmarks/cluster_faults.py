"""What comes of runs on a cluster under faults, at random moments: a table in Markdown.

nice -n 10 python tests/benchmarks/cluster_faults.py 30 [inference|cross_validation]

A scheduler and three workers of one thread on this machine run a tiny project: inference of drawn
X-rays in shards, or the folds of a cross-validation. A command that ends with an error is given
again, as a person would; so is one that has ended well before there were enough faults, with
results of its own. Every result is compared with that of a plain run, without a cluster.
"""

import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from small_segmenters import small_segmenter
from tiny_project import copy_project

from teeth_unet.datasets import PhantomDataset
from teeth_unet.segmentation import write_segmenter

ADDRESS = "tcp://127.0.0.1:18787"
WORKERS = 3
XRAYS, SHARDS = 240, 24
TTL = 45
"""Seconds after which the scheduler gives up a worker that does not answer."""


class Processes:
    """A scheduler and workers, each started again when it ends, as a service manager does."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._environment = os.environ | {
            "PYTHONPATH": str(place / "project" / "src"),
            "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": f"{TTL}s",
        }
        own = "--nworkers 1 --nthreads 1 --memory-limit 3GiB --resources node=1 --no-dashboard"
        self._commands = {
            "scheduler": "scheduler --host 127.0.0.1 --port 18787 --no-dashboard",
            **{
                f"worker-{n}": f"worker {ADDRESS} {own} --local-directory {place / 'scratch'}"
                for n in range(WORKERS)
            },
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def keep(self) -> None:
        """Start what is not running."""
        for name, command in self._commands.items():
            if name not in self._running or self._running[name].poll() is not None:
                with (self.place / f"{name}.log").open("ab") as log:
                    self._running[name] = subprocess.Popen(
                        [sys.executable, "-m", "dask", *command.split()],
                        env=self._environment,
                        cwd=self.place,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )

    def signal(self, name: str, number: int) -> None:
        """Send a signal to a process and all that it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self._running[name].pid, number)

    def worker(self) -> tuple[str, psutil.Process | None]:
        """Return one by chance: its name, and the process below its nanny that runs nodes."""
        name = f"worker-{random.randrange(WORKERS)}"
        with suppress(psutil.Error):
            for child in psutil.Process(self._running[name].pid).children():
                if "spawn_main" in " ".join(child.cmdline()):
                    return name, child
        return name, None

    def end(self) -> None:
        for name in self._running:
            self.signal(name, signal.SIGKILL)


class Command:
    """The command of a person, given again when it has ended."""

    def __init__(self, place: Path, arguments: list[str]) -> None:
        self.log = place / "command.log"
        self._project, self._arguments = place / "project", arguments
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "kedro", "run", *self._arguments],
                cwd=self._project,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def again(self) -> None:
        self.process = self._start()

    def told(self) -> str:
        """Return the error that it has ended with, in one line."""
        text = self.log.read_text("utf-8", "replace")
        found = re.search(r"^Error: (.*)", text, re.M)
        return re.sub(r"/\S+", "PATH", found[1])[:90] if found else f"WRONG: {text[-1500:]}"


def kill_worker(these: Processes, command: Command) -> None:
    _, process = these.worker()
    if process:
        process.kill()


def lose_machine(these: Processes, command: Command) -> None:
    these.signal(these.worker()[0], signal.SIGKILL)
    time.sleep(random.uniform(0, 10))


def stop_shortly(these: Processes, command: Command) -> None:
    _stop(these, random.uniform(1, 10))


def stop_for_long(these: Processes, command: Command) -> None:
    _stop(these, random.uniform(1.5, 2) * TTL)


def _stop(these: Processes, seconds: float) -> None:
    name, _ = these.worker()
    these.signal(name, signal.SIGSTOP)
    time.sleep(seconds)
    these.signal(name, signal.SIGCONT)


def restart_scheduler(these: Processes, command: Command) -> None:
    these.signal("scheduler", signal.SIGKILL)
    time.sleep(random.uniform(0, 5))


def fill_disk(these: Processes, command: Command) -> None:
    """Let a worker write no file for a while."""
    _, process = these.worker()
    if process:
        with suppress(psutil.Error, ProcessLookupError):
            hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, hard))
            with suppress(subprocess.TimeoutExpired):
                command.process.wait(20)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))


def kill_command(these: Processes, command: Command) -> None:
    command.kill()


FAULTS: dict[str, Callable[[Processes, Command], None]] = {
    "worker killed": kill_worker,
    "worker and its nanny killed, as when a machine is lost": lose_machine,
    "worker stopped for up to 10 s and woken": stop_shortly,
    f"worker stopped for longer than the scheduler waits ({TTL} s) and woken": stop_for_long,
    "scheduler killed and started again": restart_scheduler,
    "no room on the disk of one worker": fill_disk,
    "command killed": kill_command,
}


@contextmanager
def cluster(place: Path) -> Iterator[Processes]:
    these = Processes(place)
    these.keep()
    try:
        yield these
    finally:
        these.end()


def inference(place: Path, results: str) -> list[str]:
    given = f"xrays={place / 'xrays'},segmenter={place / 'small.zip'},results={place / results}"
    return ["--pipeline", "inference", "--params", f"{given},inference.numbers=false"]


def differences(plain: Path, found: Path) -> list[str]:
    """Return the files of results that are not alike; times do not count."""

    def contents(folder: Path) -> dict[str, object]:
        files = (path for path in folder.rglob("*") if path.is_file())
        names = {str(path.relative_to(folder)): path for path in files}
        return {
            name: _without_times(path) for name, path in names.items() if ".lineage" not in name
        }

    one, other = contents(plain), contents(found)
    return [name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]


def _without_times(path: Path) -> object:
    if path.parent.name == "rows":
        record = json.loads(path.read_text())
        record["row"].pop("seconds")
        return record
    if path.name == "cases.csv":
        return pd.read_csv(path, dtype=str).drop(columns="seconds").to_csv()
    if path.name == "summary.json":
        counts = ("rate", "made", "found")
        return {k: v for k, v in json.loads(path.read_text()).items() if k not in counts}
    return path.read_bytes()


def fold_differences(plain: dict[str, bytes], project: Path) -> list[str]:
    found = of_folds(project)
    return [n for n in sorted(plain.keys() | found.keys()) if plain.get(n) != found.get(n)]


def of_folds(project: Path) -> dict[str, bytes]:
    """Return what folds end with; networks are compared by what they predict."""
    data = project / "data" / "07_model_output"
    names = ("predicted_probabilities.npy", "case_scores.csv", "scores.json", "calibration.json")
    found = {}
    for path in sorted(data.rglob("*")):
        if path.is_file() and path.name.endswith(names) and ".lineage" not in path.parts:
            name = re.sub(r"20\d\d-[^/]*", "VERSION", str(path.relative_to(data)))
            found[name] = path.read_bytes()  # of several versions the last
    checkpoints = project.rglob("checkpoint*.npz")
    return found | {f"left: {path.name}": b"" for path in checkpoints}


class Trial:
    """Faults while one kind of run is at work."""

    def __init__(self, place: Path, kind: str) -> None:
        self.place, self.kind, self.round = place, kind, 0
        self.project = place / "project"
        self.arguments: list[str] = []

    def begin(self) -> list[str]:
        """Return the arguments of a run that makes new results."""
        self.round += 1
        runner = ["--runner", "teeth_unet.runners.DaskRunner"]
        runner += ["--runner-params", f"address={ADDRESS}"]
        if self.kind == "inference":
            arguments = inference(self.place, f"found-{self.round}")
            arguments[-1] += f",inference.shards={SHARDS}"
        else:
            subprocess.run(["rm", "-rf", self.project / "data"], check=True)
            arguments = ["--pipeline", "cross_validation", "--env", "tiny"]
        return arguments + runner

    def reference(self) -> None:
        plain = inference(self.place, "plain")
        if self.kind != "inference":
            plain = ["--pipeline", "cross_validation", "--env", "tiny"]
        subprocess.run(
            [sys.executable, "-m", "kedro", "run", *plain],
            cwd=self.project,
            check=True,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"},
        )
        self._folds = of_folds(self.project)

    def wrong(self) -> list[str]:
        if self.kind == "inference":
            return differences(self.place / "plain", self.place / f"found-{self.round}")
        return fold_differences(self._folds, self.project)


def run(trial: Trial, faults: int) -> tuple[dict[str, Counter[str]], list[str]]:
    """Return what came of each fault, and what was wrong in the end."""
    outcomes: dict[str, Counter[str]] = {fault: Counter() for fault in FAULTS}
    wrong: list[str] = []
    order = [list(FAULTS)[n % len(FAULTS)] for n in range(faults)]
    random.shuffle(order)
    with cluster(trial.place) as these:
        command = Command(trial.place, trial.begin())
        while True:
            fault = order.pop() if order else None
            deadline = time.monotonic() + (random.uniform(5, 40) if fault else 3600)
            while time.monotonic() < deadline and command.process.poll() is None:
                these.keep()
                time.sleep(0.5)
            if fault and command.process.poll() is None:
                FAULTS[fault](these, command)
                outcome = _outcome(these, command, fault)
                outcomes[fault][outcome] += 1
                print(f"{time.strftime('%H:%M:%S')} {fault}: {outcome}", flush=True)
            elif fault:
                order.append(fault)  # there was nothing to disturb
            if command.process.poll() is None:
                continue
            if command.process.returncode == 0:
                wrong += trial.wrong()
                print(f"{time.strftime('%H:%M:%S')} round {trial.round}: {wrong}", flush=True)
                if not order:
                    return outcomes, wrong
                command = Command(trial.place, trial.begin())
            else:
                command.again()


def _outcome(these: Processes, command: Command, fault: str) -> str:
    """Wait whether the command ends over a fault."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and command.process.poll() is None:
        these.keep()
        time.sleep(0.5)
    code = command.process.poll()
    if code is None or code == 0:
        return "the run went on"
    if fault == "command killed":
        return "the same command went on"
    return f"the run ended ({command.told()}), the same command went on"


def main(faults: int, kind: str) -> None:
    """Print the table."""
    seed = int(os.environ.get("SEED", time.time()))
    random.seed(seed)
    with tempfile.TemporaryDirectory(dir=os.environ.get("PLACE")) as folder:
        place = Path(folder)
        project = copy_project(place / "project").path
        folds = project / "conf" / "base" / "parameters_cross_validation.yml"
        folds.write_text("cross_validation: {folds: 4, seed: 1}\n")
        (place / "xrays").mkdir()
        drawings = PhantomDataset(content="xrays", cases=XRAYS, width=[96, 128]).load()
        for name, draw in drawings.items():
            draw().save(place / "xrays" / f"{name}.png")
        write_segmenter(place / "small.zip", small_segmenter())
        trial = Trial(place, kind)
        trial.reference()
        outcomes, wrong = run(trial, faults)
    print(f"seed {seed}; {trial.round} whole runs\n\n| fault | times | outcome |\n|---|---|---|")
    for fault, each in outcomes.items():
        told = "; ".join(f"{count} times {outcome}" for outcome, count in each.most_common())
        print(f"| {fault} | {each.total()} | {told} |")
    print(f"\nDifferent from a plain run: {wrong or 'nothing'}")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "inference")
