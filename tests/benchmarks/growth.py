"""How seconds and memory grow with the number of cases, from raw pictures to tables of scores.

    python tests/benchmarks/growth.py --counts 100 1000 10000 [--folder FOLDER] [--width 600]
    python tests/benchmarks/growth.py --counts 100 300 1000 --processes 1 2

Each count is a project of its own, in which pipelines run one after the other, each a process: as
many drawings as the count says, of `--width` px, prepared at `--size`; a small network and one
epoch; a tenth of the cases for testing; the drawings of that tenth written as files and segmented
by `inference`. One line of JSON a pipeline: seconds of the processors and of the clock, and the
highest memory in MB, of which `own` is what no file stands behind, which cannot give way. At the
end, the line through each pipeline's seconds: what one case takes beside what the start takes.

With `--processes`, the training alone, of two epochs, by so many processes that fit one network
together (Keras on JAX, over loopback), each held on a core of its own, or with `--free` all on all
cores; by one as a plain run. Of each process its processor seconds and memory, those of the first
one first, which also tests the network; and how long each epoch took by the clock, the first with
building the graphs.

Under a limit of memory, with systemd: systemd-run --scope -p MemoryMax=2G python …
"""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from tiny_project import copy_project

PIPELINES = ("data_processing", "data_science", "teeth", "reporting", "inference")
PAUSE = 0.2  # s between two looks at the memory
MEMORY = re.compile(r"(RssAnon|RssShmem|VmRSS):\s+(\d+) kB")


def make_project(folder: Path, count: int, options: argparse.Namespace) -> None:
    """Copy the project, with an environment `growth` of so many cases."""
    copy_project(folder)
    place = folder / "conf" / "growth"
    place.mkdir()
    drawings = {
        "type": "teeth_unet.datasets.PhantomDataset",
        "cases": count,
        "width": [options.width, options.width],
    }
    catalog = {
        entry: {**drawings, "content": content}
        for entry, content in (
            ("raw_xrays", "xrays"),
            ("raw_masks", "masks"),
            ("raw_tooth_labels", "tooth_labels"),
        )
    }
    parameters = {
        "preparation": {"size": options.size},
        "split": {"test_cases": 0.1, "validation_cases": 0.02},
        "network": {"filters": [8, 16, 32], "dropout": [0.0, 0.0, 0.1], "patch": 4},
        "training": {"epochs": 1, "warmup_epochs": 0.5},
        "inference": {"overlay": False},
    }
    for name, content in (
        ("globals", {"data": "data/growth"}),
        ("catalog", catalog),
        ("parameters", parameters),
    ):
        (place / f"{name}.yml").write_text(yaml.safe_dump(content), "utf-8")


def memory_of(process: int) -> tuple[int, int]:
    """Return what a process takes in all, and what of it no file stands behind, in MB."""
    try:
        found = dict(MEMORY.findall(Path(f"/proc/{process}/status").read_text("utf-8")))
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    own = int(found.get("RssAnon", 0)) + int(found.get("RssShmem", 0))
    return int(found.get("VmRSS", 0)) // 1024, own // 1024


def run(folder: Path, pipeline: str, given: list[str]) -> dict[str, Any]:
    """Run a pipeline, and return what it took."""
    command = [sys.executable, "-m", "kedro", "run", "--env", "growth", "--pipeline", pipeline]
    began, before = time.monotonic(), os.times()
    with (folder / f"{pipeline}.log").open("w") as log:
        running = subprocess.Popen(command + given, cwd=folder, stdout=log, stderr=log)
        peaks = [(0, 0)]
        while running.poll() is None:
            peaks.append(memory_of(running.pid))
            time.sleep(PAUSE)
    if running.returncode:
        raise SystemExit((folder / f"{pipeline}.log").read_text("utf-8")[-2000:])
    after = os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    rss, own = (max(column) for column in zip(*peaks, strict=True))
    return {
        "processor_seconds": round(used, 1),
        "seconds": round(time.monotonic() - began, 1),
        "mb": rss,
        "own_mb": own,
    }


def train(folder: Path, cores: Sequence[set[int]]) -> dict[str, Any]:
    """Train with as many processes as there are sets of cores, and return what it took."""
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    changes = "training.epochs=2"
    if len(cores) > 1:
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"127.0.0.1:{free.getsockname()[1]}"
        environment["KERAS_DISTRIBUTION_JOB_ADDRESSES"] = address
        environment["KERAS_DISTRIBUTION_NUM_PROCESSES"] = str(len(cores))
        changes += ",training.distribution=data_parallel"
    command = [sys.executable, "-m", "kedro", "run", "--env", "growth"]
    command += ["--pipeline", "data_science", "--params", changes]
    logs = [folder / f"process-{number}.log" for number in range(len(cores))]
    began = time.monotonic()
    running = [
        subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, "KERAS_DISTRIBUTION_PROCESS_ID": str(number)},
            stdout=logs[number].open("w"),
            stderr=subprocess.STDOUT,
            preexec_fn=partial(os.sched_setaffinity, 0, own),
        )
        for number, own in enumerate(cores)
    ]
    took = watch(running)
    for process, log in zip(running, logs, strict=True):
        if process.returncode:
            raise SystemExit(log.read_text("utf-8")[-2000:])
    (history,) = (folder / "data/growth/07_model_output/training_history.json").glob("*/*.json")
    epochs = json.loads(history.read_text("utf-8"))["seconds"]
    shutil.rmtree(history.parents[1])
    return {"seconds": round(time.monotonic() - began, 1), "epochs": epochs, **took}


def watch(running: Sequence[subprocess.Popen[bytes]]) -> dict[str, list[float]]:
    """Wait for processes to end, and return what each of them took."""
    used: dict[int, float] = {}
    peaks = {process.pid: (0, 0) for process in running}
    while len(used) < len(running):
        for process in running:
            if process.pid in used:
                continue
            peaks[process.pid] = tuple(map(max, peaks[process.pid], memory_of(process.pid)))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                process.returncode = os.waitstatus_to_exitcode(status)
                used[process.pid] = round(usage.ru_utime + usage.ru_stime, 1)
        time.sleep(PAUSE)
    return {
        "processor_seconds": [used[process.pid] for process in running],
        "mb": [peaks[process.pid][0] for process in running],
        "own_mb": [peaks[process.pid][1] for process in running],
    }


def spread(folder: Path, count: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure the training of one project with each number of processes."""
    all_cores = os.sched_getaffinity(0)
    cores = [all_cores if options.free else {core} for core in sorted(all_cores)]
    run(folder, "data_processing", [])
    rows = []
    for processes in options.processes:
        took = train(folder, cores[:processes])
        rows.append({"cases": count, "processes": processes, **took})
        print(json.dumps(rows[-1]), flush=True)
    return rows


def spread_lines(rows: list[dict[str, Any]], processes: Sequence[int]) -> None:
    """Print how long an epoch takes with each number of processes, and how much of the memory."""
    for number in processes:
        own = [row for row in rows if row["processes"] == number]
        alone = [row for row in rows if row["processes"] == processes[0]]
        speed_up = [a["epochs"][-1] / b["epochs"][-1] for a, b in zip(alone, own, strict=True)]
        each = [1000 * row["epochs"][-1] / row["cases"] for row in own]
        used = [sum(row["processor_seconds"]) for row in own]
        memory = [max(row["own_mb"]) for row in own]
        print(
            f"processes: {number}; an epoch {_told(each, '.1f')} ms a case by the clock, "
            f"{_told(speed_up, '.2f')} times as fast as {processes[0]}; whole runs "
            f"{_told([row['seconds'] for row in own], '.0f')} s, {_told(used, '.0f')} s of the "
            f"processors; memory of a process {_told(memory, '.0f')} MB"
        )


def _told(values: Sequence[float], form: str) -> str:
    return ", ".join(format(value, form) for value in values)


def write_xrays(folder: Path, count: int, width: int) -> Path:
    """Write drawings that the network has not seen as files."""
    from PIL import Image

    from teeth_unet.phantoms import PhantomSettings, draw_xray

    place = folder / "new_xrays"
    place.mkdir(exist_ok=True)
    settings = PhantomSettings(cases=count, seed=9, width=(width, width))
    for case in range(count):
        Image.fromarray(draw_xray(settings, case)).save(place / f"{case:06d}.png")
    return place


def lines(rows: list[dict[str, Any]]) -> None:
    """Print, for three counts and more, the line through seconds, and how far it is off."""
    for pipeline in PIPELINES:
        own = [row for row in rows if row["pipeline"] == pipeline]
        if len(own) < 3:  # through two points any line goes
            continue
        cases = np.array([row["cases"] for row in own], float)
        seconds = np.array([row["processor_seconds"] for row in own])
        each, start = np.polyfit(cases, seconds, 1, w=1 / seconds)
        off = np.abs(each * cases + start - seconds) / seconds
        memory = [row["own_mb"] for row in own]
        print(
            f"{pipeline}: {start:.0f} s + {1000 * each:.1f} ms a case, off by {off.max():.0%} at "
            f"most; memory {memory[0]} to {memory[-1]} MB"
        )


def main(given: Sequence[str] | None = None) -> None:
    """Measure all counts, and print the lines through them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[100, 300, 1000])
    parser.add_argument("--folder", type=Path, default=Path("data/benchmark_growth"))
    parser.add_argument("--width", type=int, default=600, help="of the drawings, in px")
    parser.add_argument("--size", type=int, default=512, help="of what the network sees, in px")
    parser.add_argument("--processes", type=int, nargs="+", help="that train together, on JAX")
    parser.add_argument("--free", action="store_true", help="all processes on all cores")
    options = parser.parse_args(given)
    cores = len(os.sched_getaffinity(0))
    if max(options.processes or [1]) > cores:
        parser.error(f"--processes: each takes a core of its own, and there are {cores}")
    rows: list[dict[str, Any]] = []
    for count in options.counts:
        folder = options.folder.resolve() / str(count)
        shutil.rmtree(folder, ignore_errors=True)
        make_project(folder, count, options)
        if options.processes:
            rows += spread(folder, count, options)
            shutil.rmtree(folder)
            continue
        for pipeline in PIPELINES:
            changes: list[str] = []
            cases = count
            if pipeline == "inference":
                cases = max(1, count // 10)
                changes = ["--params", f"xrays={write_xrays(folder, cases, options.width)}"]
            elif pipeline in ("teeth", "reporting"):
                cases = max(1, count // 10)
            rows.append({"cases": cases, "pipeline": pipeline, **run(folder, pipeline, changes)})
            print(json.dumps({"count": count, **rows[-1]}), flush=True)
        shutil.rmtree(folder)
    if options.processes:
        spread_lines(rows, options.processes)
    else:
        lines(rows)


if __name__ == "__main__":
    main()
