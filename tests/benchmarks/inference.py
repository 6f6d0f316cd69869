"""Throughput and peak memory of the inference pipeline, from file to written mask.

    python tests/benchmarks/inference.py --counts 16 160 1600

Phantoms are drawn once, into `--folder`, as PNG files of the usual size; results go beside them.
Every count is a process of its own, since the peak of a process never falls. The network is that of
`--segmenter`, from a training: an untrained one finds thousands of teeth. One line of JSON a count;
`--set` changes settings, such as overlay=false teeth=false.
"""

import argparse
import json
import logging
import resource
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from teeth_unet.phantoms import PhantomSettings, draw_xray


def draw(folder: Path, settings: PhantomSettings, case: int) -> None:
    """Draw a phantom into a file, unless it is there."""
    path = folder / f"phantom-{case + 1:04d}.png"
    if not path.exists():
        Image.fromarray(draw_xray(settings, case)).save(path)


def draw_all(folder: Path, count: int) -> None:
    """Draw as many phantoms as asked for, of the default size."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = PhantomSettings(cases=count, seed=11)
    with ProcessPoolExecutor(2) as processes:
        list(processes.map(partial(draw, folder, settings), range(count), chunksize=8))


def measure(options: argparse.Namespace) -> None:
    """Segment the first phantoms of the folder, and print what it took."""
    from teeth_unet import load_segmenter
    from teeth_unet.datasets import InferenceResultsDataset, NewXraysDataset
    from teeth_unet.inference import Inference, make_xray_predictor, segment_all
    from teeth_unet.quality import Quality

    inference = Inference(**dict(one.split("=", 1) for one in options.changes))
    segmenter = load_segmenter(options.segmenter)
    given = NewXraysDataset(filepath=str(options.folder / "xrays")).load()
    xrays = dict(list(given.items())[: options.one])
    place = options.folder / f"results-{options.one}"
    shutil.rmtree(place, ignore_errors=True)
    store = InferenceResultsDataset(filepath=str(place)).load()
    predictor = make_xray_predictor(segmenter, [], inference)
    size = segmenter.settings.size
    predictor.predict(np.zeros((size, size), np.uint8))  # the first call builds the graph
    began, used = time.monotonic(), time.process_time()
    summary = segment_all(xrays, predictor, inference, Quality(), store)
    passed = time.monotonic() - began
    line = {
        "xrays": len(xrays),
        "failed": len(summary["failures"]),
        "a_second": round(len(xrays) / passed, 3),
        "processor_seconds_each": round((time.process_time() - used) / len(xrays), 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "settings": inference.model_dump(),
    }
    print(json.dumps(line))


def main() -> None:
    """Draw, then measure each count in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[16])
    parser.add_argument("--folder", type=Path, default=Path("data/benchmark_inference"))
    parser.add_argument("--segmenter", type=Path, default=Path("data/06_models/segmenter.zip"))
    parser.add_argument("--set", nargs="*", default=[], dest="changes")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if options.one:
        measure(options)
        return
    draw_all(options.folder / "xrays", max(options.counts))
    for count in options.counts:
        command = [sys.executable, *sys.argv, "--one", str(count)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
