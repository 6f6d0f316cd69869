"""Where the time of the inference pipeline goes, from file to written results, stage by stage.

    python tests/benchmarks/stages.py --segmenter data/06_models/segmenter.zip

Phantoms of `--width` px are drawn once, as PNG files. Then, in turn, `--rounds` times each:

- one X-ray after the other in one thread, each stage timed: milliseconds an X-ray (median over the
  X-rays) by the clock and of the processors, which other work on the machine changes less, and the
  share of the latter's sum. What is within another stage does not count for that one;
- all X-rays as the pipeline does them, with its threads;
- `kedro run --pipeline inference` in processes of their own, on one X-ray and on all: what it takes
  to start is what one X-ray takes over and above one more X-ray.

Prints the table in Markdown. Start it in the project's folder.
"""

import argparse
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PIL import Image

from teeth_unet.phantoms import PhantomSettings, draw_xray

PLACES = {
    "reading the file, its checksum": ["inference.segmenting.look_at"],
    "decoding": ["inference.segmenting.open_xray", "imaging.decode_xray"],
    "whether it is an X-ray": ["quality.xray_warnings"],
    "shrinking": ["imaging.resize_xray"],
    "network, with mirror image": ["segmentation.Segmenter.predict_probabilities"],
    "separation network": ["segmentation.SeparationNetwork.distances"],
    "enlarging": ["imaging.enlarge_and_threshold"],
    "network of numbers": ["numbering.NumberingNetwork.maps"],
    "telling teeth apart, with their numbers": ["inference.finding._told_apart"],
    "measuring teeth": ["teeth.measure_label_map"],
    "overlay": ["teeth.draw_measures", "teeth.draw_teeth", "teeth.draw_contour"],
    "odontogram": ["numbering.draw_odontogram"],
    "PNG files": ["inference.results._save"],
    "waiting for the disk": ["inference.results.to_disk", "inference.recorded_files.to_disk"],
    "records": ["inference.results.ResultFolder.write"],
}
"""Functions of each stage, where they are looked up when the pipeline calls them."""


Times = np.ndarray
"""(2,) seconds by the clock, and of all processors."""


def now() -> Times:
    """Return the time."""
    return np.array([time.perf_counter(), time.process_time()])


class Stopwatch:
    """Times nested stages: each gets the time that is spent in it and in no other within it."""

    def __init__(self) -> None:
        self.seconds: dict[str, Times] = defaultdict(lambda: np.zeros(2))
        self._running: list[Times] = []

    def timed(self, stage: str, function: Callable) -> Callable:
        """Return a function that does the same, and whose time counts for a stage."""

        @wraps(function)
        def timed(*args: object, **kwargs: object) -> object:
            within = np.zeros(2)
            self._running.append(within)
            began = now()
            try:
                return function(*args, **kwargs)
            finally:
                taken = now() - began
                self._running.pop()
                self.seconds[stage] += taken - within
                if self._running:
                    self._running[-1] += taken

        return timed


class AtOnce:
    """An executor that does everything when it is asked for, in the same thread."""

    def __init__(self, workers: int) -> None:
        pass

    def __enter__(self) -> "AtOnce":
        return self

    def __exit__(self, *failure: object) -> None:
        pass

    def submit(self, function: Callable, *args: object) -> Future:
        """Return what is done already."""
        future: Future = Future()
        try:
            future.set_result(function(*args))
        except BaseException as failure:
            future.set_exception(failure)
        return future


@contextmanager
def one_by_one(stopwatch: Stopwatch) -> Iterator[None]:
    """Let the pipeline work in one thread, and time its stages."""
    with patch("teeth_unet.inference.segmenting.ThreadPoolExecutor", AtOnce):
        patches = []
        for stage, places in PLACES.items():
            for place in places:
                change = patch(f"teeth_unet.{place}", autospec=False)
                original, _ = change.get_original()
                change.new = stopwatch.timed(stage, original)
                patches.append(change)
        for change in patches:
            change.start()
        try:
            yield
        finally:
            for change in patches:
                change.stop()


class Bench:
    """The X-rays, the network, and what is measured with them."""

    def __init__(self, options: argparse.Namespace) -> None:
        from teeth_unet import load_segmenter
        from teeth_unet.datasets import NewXraysDataset
        from teeth_unet.inference import Inference, make_xray_predictor

        self.options = options
        self.settings = Inference()
        self.folder = options.folder.absolute()
        given = NewXraysDataset(filepath=str(self.folder / "xrays")).load()
        self.xrays = dict(list(given.items())[: options.count])
        self.predictor = make_xray_predictor(load_segmenter(options.segmenter), [], self.settings)
        size = self.predictor.segmenter.settings.size
        self.predictor.predict(np.zeros((size, size), np.uint8))  # the first call builds the graph

    def segment(self, cases: list[str]) -> Times:
        """Segment X-rays into an empty folder, and return the seconds that it took."""
        from teeth_unet.datasets import InferenceResultsDataset
        from teeth_unet.inference import segment_all
        from teeth_unet.quality import Quality

        place = self.empty_place()
        store = InferenceResultsDataset(filepath=str(place)).load()
        given = {case: self.xrays[case] for case in cases}
        began = now()
        summary = segment_all(given, self.predictor, self.settings, Quality(), store)
        assert not summary["failures"], summary["failures"]
        return now() - began

    def empty_place(self) -> Path:
        """Return the folder of results, which is not there."""
        place = self.folder / "results"
        shutil.rmtree(place, ignore_errors=True)
        return place

    def stages(self) -> list[dict[str, Times]]:
        """Return the seconds of each stage, for each X-ray."""
        found = []
        for case in self.xrays:
            stopwatch = Stopwatch()
            with one_by_one(stopwatch):
                whole = self.segment([case])
            rest = whole - np.sum(list(stopwatch.seconds.values()), axis=0)
            found.append({**stopwatch.seconds, "everything else": rest})
        return found

    def command(self, cases: list[str]) -> float:
        """Return the seconds that the command takes for X-rays."""
        chosen = self.folder / "chosen"
        shutil.rmtree(chosen, ignore_errors=True)
        chosen.mkdir()
        for case in cases:
            shutil.copy(self.folder / "xrays" / f"{case}.png", chosen)
        parameters = {
            "xrays": chosen,
            "results": self.empty_place(),
            "segmenter": self.options.segmenter.absolute(),
        }
        told = ",".join(f"{name}={value}" for name, value in parameters.items())
        command = [sys.executable, "-m", "kedro", "run", "--pipeline", "inference"]
        began = time.perf_counter()
        subprocess.run([*command, "--params", told], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began


def draw_all(folder: Path, count: int, width: int) -> None:
    """Draw the phantoms that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = PhantomSettings(cases=count, seed=11, width=(width, width), toothless_share=0)
    for case in range(count):
        path = folder / f"phantom-{case + 1:04d}.png"
        if not path.exists():
            Image.fromarray(draw_xray(settings, case)).save(path)


def print_table(rounds: list[list[dict[str, Times]]]) -> None:
    """Print the stages, each with its times in all rounds."""
    names = [*PLACES, "everything else"]
    nothing = np.zeros(2)
    columns = np.array(
        [
            [np.median([one.get(name, nothing) for one in found], axis=0) for name in names]
            for found in rounds
        ]
    )
    sums = columns.sum(axis=1)
    print("| stage | ms an X-ray | of the processors | share |\n|---|---|---|---|")
    for name, times in zip([*names, "all"], [*columns.swapaxes(0, 1), sums], strict=True):
        clock, processors = (
            ", ".join(f"{1000 * each:.0f}" for each in column) for column in times.T
        )
        share = np.mean(times[:, 1] / sums[:, 1])
        print(f"| {name} | {clock} | {processors} | {100 * share:.0f} % |")


def main() -> None:
    """Draw, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=16)
    parser.add_argument("--width", type=int, default=2900)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--command", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--folder", type=Path, default=Path("data/benchmark_stages"))
    parser.add_argument("--segmenter", type=Path, default=Path("data/06_models/segmenter.zip"))
    options = parser.parse_args()
    draw_all(options.folder / "xrays", options.count, options.width)
    bench = Bench(options)
    cases = list(bench.xrays)
    bench.segment(cases[:2])
    stages, together, one, many = [], [], [], []
    for _ in range(options.rounds):
        stages.append(bench.stages())
        together.append(bench.segment(cases)[0] / len(cases))
        if options.command:
            one.append(bench.command(cases[:1]))
            many.append(bench.command(cases))
    print_table(stages)
    print(
        f"with the pipeline's threads: {', '.join(f'{each:.2f}' for each in together)} s an X-ray"
    )
    more = [(b - a) / (len(cases) - 1) for a, b in zip(one, many, strict=True)]
    start = [a - b for a, b in zip(one, more, strict=True)]
    for words, seconds in (
        ("the command on one X-ray", one),
        (f"the command on {len(cases)}", many),
        ("one more X-ray", more),
        ("the start", start),
    ):
        if options.command:
            print(f"{words}: {', '.join(f'{each:.2f}' for each in seconds)} s")


if __name__ == "__main__":
    main()
