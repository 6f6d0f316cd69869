"""What a run of `inference` costs beside its networks and pictures, up to a million X-rays.

    python tests/benchmarks/million.py 10000:8 10000:64 100000:8 100000:64 1000000:8

Each argument is a run of so many X-rays in so many shards: `kedro run --pipeline inference --runner
teeth_unet.runners.DaskRunner`, with a scheduler and `--workers` processes, in a copy of the project.
Everything is as ever but for four stubs (`put_stubs`): pictures are not decoded, networks see
nothing, results have no pictures, and nothing waits for the disk. An X-ray is a file of some bytes,
and a record one of a few that are as long as those of 29 teeth; both are hard links, since a million
records would take 12 GB. So the files are listed, named, read, hashed and dealt, results are looked
for, notes and records written, summaries joined and tables made of 29 million teeth, as they would.

One line of JSON a run: seconds of the processors, and of the clock by what was at work, and the
highest memory in MB that no file stands behind, of the command and of a worker. With five runs
and more, what the last one takes is told beside what follows from the others:

    seconds = a start + one for each shard + one for each X-ray + one for each X-ray and shard
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import yaml
from kedro.io import AbstractDataset

from teeth_unet.datasets import InferenceResultsDataset
from teeth_unet.inference import CaseResult, ResultFolder, recorded_files, segmenting, shard_of
from teeth_unet.inference.annotating import file_of
from teeth_unet.inference.cases import Look, OpenedXray
from teeth_unet.inference.lying import Lie
from teeth_unet.storage import atomic_write
from teeth_unet.tooth_numbers import PERMANENT

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from tiny_project import copy_project

LINKS = 50_000
"""Names of one file; ext4 allows 65,000."""

A_FOLDER = 1000
"""X-rays."""

PAUSE = 0.5  # s between two looks at the processes

DONE = re.compile(r"\[ *(\d+)/(\d+)\]")
"""What the command tells when a node is done."""

LAST = ["join_shards", "gather_tables", "refuse_failures", "end"]

NOTHING = np.zeros((2, 2), np.uint8)


# The stubs, in each worker ----------------------------------------------------------------------


class StubSegmenter:
    """A network that sees nothing."""

    settings = SimpleNamespace(threshold=0.5, size=2, mirror=False)
    fingerprint = "none"
    taught_on = "Nothing."
    numbering_network = None

    def predict_probabilities(self, resized: np.ndarray) -> np.ndarray:
        """Return probabilities of nothing."""
        return np.zeros(resized.shape, np.float32)


class StubSegmenterDataset(AbstractDataset):
    """Puts the stubs in place in the process that loads it."""

    def load(self) -> StubSegmenter:
        """Return the network."""
        put_stubs()
        return StubSegmenter()

    def save(self, data: object) -> None:
        """Refuse."""
        raise NotImplementedError

    def _describe(self) -> dict[str, Any]:
        return {}


def put_stubs() -> None:
    """Leave pictures alone, and let nothing wait for the disk, in this process from now on."""
    segmenting.open_xray = opened_xray
    segmenting.make_result = made_result
    recorded_files.to_disk = lambda path: None


def opened_xray(case: str, load: object, *others: object) -> OpenedXray:
    """Return an X-ray without decoding it."""
    lie = Lie(False, ())
    return OpenedXray(case, file_of(load, case), NOTHING, NOTHING, None, [], None, lie, 0.0)


def made_result(opened: OpenedXray, predicted: object, *others: object) -> CaseResult:
    """Return a result without pictures; its rows come with the record."""
    look = next(each for each in others if isinstance(each, Look))
    return CaseResult(opened.case, look.fingerprint, {}, source=look.source)


class LinkedResults(ResultFolder):
    """Results whose records are links to some that are there."""

    def _write_json(self, path: Path, content: dict[str, Any]) -> None:
        if path.parent != self.path / recorded_files.RECORDS:
            super()._write_json(path, content)
            return
        pool = self.path.parent / "pool"
        number = shard_of(path.stem, len(os.listdir(pool)))
        with atomic_write(path) as temporary:
            json.dumps(content, indent=1)
            os.link(pool / f"{number}.json", temporary)


class LinkedResultsDataset(InferenceResultsDataset):
    """A store of them."""

    def load(self) -> LinkedResults:
        """Return the store."""
        return LinkedResults.at(self.path)


# The files --------------------------------------------------------------------------------------


def record(seed: int) -> dict[str, Any]:
    """Return a record with 29 teeth, with numbers of as many digits as real ones have."""
    draw = random.Random(seed)
    places = sorted(draw.sample(PERMANENT, 29))
    teeth = [
        {
            "tooth": number,
            "jaw": "upper" if place < 30 else "lower",
            "order": number,
            "centre_x": round(draw.uniform(300, 2600), 1),
            "centre_y": round(draw.uniform(300, 999), 1),
            "area_px": draw.randrange(10_000, 40_000),
            "length_px": round(draw.uniform(200, 400), 1),
            "width_px": round(draw.uniform(60, 140), 1),
            "tilt_degrees": round(draw.uniform(-20, 20), 1),
            "fdi": place,
            "kind": "tooth",
            "number_probability": round(draw.uniform(0.5, 1), 4),
            "kind_probability": round(draw.uniform(0.5, 1), 4),
        }
        for number, place in enumerate(places, start=1)
    ]
    row = {"width": 2900, "height": 1350, "threshold": 0.5, "tooth_share": 0.1834}
    row |= {"doubt": round(draw.uniform(0, 0.1), 5), "teeth": 29, "gaps": 2}
    missing = [place for place in PERMANENT if place not in places]
    row |= {"dentition": "permanent", "missing": " ".join(map(str, missing)), "review": ""}
    chart = {str(place): "present" if place in places else "missing" for place in PERMANENT}
    row |= {"chart": chart, "warnings": "", "seconds": 0.583}
    files = {f"{kind}/{seed}.png": 64 * "0" for kind in ("masks", "labels", "overlays")}
    made = {"case": str(seed), "fingerprint": 64 * "0", "source": {"place": "", "content": ""}}
    return {**made, "row": row, "teeth": teeth, "files": files}


def make_files(folder: Path, count: int) -> None:
    """Make X-rays and a pool of records."""
    pool = folder / "pool"
    pool.mkdir()
    for number in range(1, max(16, 2 * count // LINKS) + 1):
        (pool / f"{number}.json").write_text(json.dumps(record(number), indent=1), "utf-8")
    first = folder
    for case in range(count):
        place = folder / "xrays" / f"{case // A_FOLDER:04d}" / f"{case:07d}.png"
        if case % A_FOLDER == 0:
            place.parent.mkdir(parents=True)
        if case % LINKS == 0:
            place.write_bytes(b"\x89PNG\r\n\x1a\n")
            first = place
        else:
            os.link(first, place)


def make_project(folder: Path) -> None:
    """Copy the project, with an environment `million`."""
    copy_project(folder)
    place = folder / "conf" / "million"
    place.mkdir()
    catalog = {
        "segmenter": {"type": "million.StubSegmenterDataset"},
        "inference_results": {"type": "million.LinkedResultsDataset", "filepath": "${_results}"},
        "_results": "${runtime_params:results}",
    }
    for name, content in (
        ("globals", {"data": "data/million"}),
        ("catalog_inference", catalog),
        ("parameters", {"inference": {"teeth": False, "overlay": False}}),
    ):
        (place / f"{name}.yml").write_text(yaml.safe_dump(content), "utf-8")


# The runs ---------------------------------------------------------------------------------------


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

    def _look(self) -> None:
        try:
            command = psutil.Process(self._running.pid)
            processes = [command, *command.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        for process in processes:
            try:
                times, status = process.cpu_times(), Path(f"/proc/{process.pid}/status").read_text()
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
            self._node = "segment_shard"
        if found := DONE.findall(told.decode("utf-8", "replace")):
            left = int(found[-1][1]) - int(found[-1][0])
            self._node = ["segment_shard", *LAST][max(0, 4 - left)]


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
            found[f"{name}_rows"] = sum(chunk.count(b"\n") for chunk in iter(file.readline, b"")) - 1
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
        folder = options.folder.resolve()
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
