"""What a run of `inference` costs beside its networks and pictures, up to a million X-rays.

    python tests/benchmarks/million.py 10000:8 10000:100 100000:8 100000:24 1000000:8

Each argument is a run of so many X-rays in so many shards: `kedro run --pipeline inference --runner
teeth_unet.runners.DaskRunner`, with a scheduler and `--workers` processes, in a copy of the
project. All is as ever but for four stubs: pictures are not decoded, networks see nothing, results
have no pictures, and nothing waits for the disk. An X-ray is a file of some bytes, and a record one
of a few that are as long as those of 29 teeth; both are hard links, since a million records would
take 12 GB. So files are listed, named, read, hashed and dealt, results are looked for, notes and
records written, summaries joined, and tables made of 29 million teeth, as they always are.

One line of JSON a run: seconds of the processors and of the clock, by what was at work, and the
highest memory in MB that no file stands behind, of the command and of a worker. With five runs and
more, what the last one takes is told beside what follows from the others:

    seconds = a start + some for each shard, each X-ray, and each X-ray and shard
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import yaml
from million_stubs import make_files

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from tiny_project import copy_project

PAUSE = 0.5  # s between two looks at the processes

DONE = re.compile(r"\[ *(\d+)/(\d+)\]")
"""What the command tells when a node is done."""

LAST = ["join_shards", "gather_tables", "refuse_failures", "end"]


def make_project(folder: Path) -> None:
    """Copy the project, with an environment `million`."""
    copy_project(folder)
    place = folder / "conf" / "million"
    place.mkdir()
    catalog = {
        "segmenter": {"type": "million_stubs.StubSegmenterDataset"},
        "inference_results": {
            "type": "million_stubs.LinkedResultsDataset",
            "filepath": "${_results}",
        },
        "_results": "${runtime_params:results}",
    }
    for name, content in (
        ("globals", {"data": "data/million"}),
        ("catalog_inference", catalog),
        ("parameters", {"inference": {"teeth": False, "overlay": False}}),
    ):
        (place / f"{name}.yml").write_text(yaml.safe_dump(content), "utf-8")


class Watch:
    """What a command and the processes that it starts take.

    Attributes:
        processor: Seconds by process.
        memory: The highest, in MB, by process.
        by_node: The same by the kind of node that was at work.
        clock: Seconds by it.
    """

    def __init__(self, running: "subprocess.Popen[bytes]", log: Path) -> None:
        self.processor: dict[int, float] = {}
        self.memory: dict[int, int] = {}
        self.by_node: dict[str, float] = {}
        self.clock: dict[str, float] = {}
        self._running, self._log = running, log
        self._told_to = 0
        self._node = "start"

    def until_it_ends(self) -> None:
        """Look again and again."""
        began, used = time.monotonic(), 0.0
        while self._running.poll() is None:
            self._look()
            now, total = time.monotonic(), sum(self.processor.values())
            self.clock[self._node] = self.clock.get(self._node, 0) + now - began
            self.by_node[self._node] = self.by_node.get(self._node, 0) + total - used
            began, used = now, total
            self._read_log()
            time.sleep(PAUSE)
        self._read_log()

    def _look(self) -> None:
        try:
            command = psutil.Process(self._running.pid)
            processes = [command, *command.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        for process in processes:
            try:
                times, status = (
                    process.cpu_times(),
                    Path(f"/proc/{process.pid}/status").read_text("utf-8"),
                )
            except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
                continue
            self.processor[process.pid] = times.user + times.system
            own = sum(int(kb) for kb in re.findall(r"Rss(?:Anon|Shmem):\s+(\d+)", status)) // 1024
            self.memory[process.pid] = max(own, self.memory.get(process.pid, 0))

    def _read_log(self) -> None:
        with self._log.open("rb") as file:
            file.seek(self._told_to)
            told = file.read()
        self._told_to += len(told)
        if self._node == "start" and b"segment_shard" in told:
            self._at_work("segment_shard")
        for done, of_all in DONE.findall(told.decode("utf-8", "replace")):
            left = int(of_all) - int(done)
            self._at_work(["segment_shard", *LAST][max(0, 4 - left)])

    def _at_work(self, node: str) -> None:
        self._node = node
        for seconds in (self.clock, self.by_node):
            seconds.setdefault(node, 0.0)  # of one that is done before the next look, too


def run(folder: Path, count: int, shards: int, workers: int) -> dict[str, Any]:
    """Simulate a run, and return what it took."""
    project, files = folder / "project", folder / "files"
    make_project(project)
    files.mkdir()
    make_files(files, count)
    places = f"xrays={files / 'xrays'},results={files / 'results'}"
    command = [sys.executable, "-m", "kedro", "run", "--env", "million", "--pipeline", "inference"]
    command += ["--runner", "teeth_unet.runners.DaskRunner", "--runner-params"]
    command += [f"workers={workers},threads=1", "--params", f"{places},inference.shards={shards}"]
    paths = [str(project / "src"), str(Path(__file__).parent)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    environment.pop("KEDRO_LOGGING_CONFIG", None)
    log = folder / "run.log"
    with log.open("wb") as printed:
        running = subprocess.Popen(
            command, cwd=project, stdout=printed, stderr=printed, env=environment
        )
        watch = Watch(running, log)
        watch.until_it_ends()
    if running.returncode:
        raise SystemExit(log.read_text("utf-8")[-3000:])
    return {
        "xrays": count,
        "shards": shards,
        "processor_seconds": round(sum(watch.processor.values()), 1),
        "of_command": round(watch.processor[running.pid], 1),
        "by_node": {node: round(each, 1) for node, each in watch.by_node.items()},
        "clock": {node: round(each, 1) for node, each in watch.clock.items()},
        "command_mb": watch.memory.pop(running.pid),
        "worker_mb": max(watch.memory.values()),
        **tables(files / "results"),
    }


def tables(results: Path) -> dict[str, int]:
    """Return bytes of the tables, and their rows."""
    found = {}
    for name in ("cases", "teeth", "charts"):
        path = results / f"{name}.csv"
        found[f"{name}_bytes"] = path.stat().st_size
        with path.open("rb") as file:
            found[f"{name}_rows"] = (
                sum(chunk.count(b"\n") for chunk in iter(file.readline, b"")) - 1
            )
    return found


def predicted(runs: list[dict[str, Any]], what: str) -> tuple[np.ndarray, float]:
    """Return the constants that follow from all runs but the last, and what they say of it."""
    terms = np.array([[1, r["shards"], r["xrays"], r["shards"] * r["xrays"]] for r in runs], float)
    seconds = np.array([r[what] for r in runs])
    weights = 1 / seconds[:-1]
    constants, *_ = np.linalg.lstsq(terms[:-1] * weights[:, None], np.ones(len(weights)))
    return constants, float(terms[-1] @ constants)


def main() -> None:
    """Simulate all runs, and tell what the last one should have taken by the others."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", metavar="XRAYS:SHARDS")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=Path("data/benchmark_million"))
    options = parser.parse_args()
    runs = []
    for each in options.runs:
        folder = options.folder.resolve() / each.replace(":", "_")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        count, shards = map(int, each.split(":"))
        runs.append(run(folder, count, shards, options.workers))
        print(json.dumps(runs[-1]), flush=True)
        shutil.rmtree(folder)
    if len(runs) > 4:
        constants, expected = predicted(runs, "processor_seconds")
        words = "{:.1f} s + {:.3f} s a shard + {:.3f} ms an X-ray + {:.2f} us an X-ray and shard"
        print(words.format(*constants * (1, 1, 1e3, 1e6)))
        print(f"expected {expected:.0f} s, found {runs[-1]['processor_seconds']:.0f} s")


if __name__ == "__main__":
    main()
