"""How long scoring takes at native size, and whether its memory grows with the cases.

    python tests/benchmarks/scoring.py [--cases 24] [--width 2900] [--size 512]

A truth is a phantom's mask; the probabilities are the same, shrunk to the network's size, shifted
and blurred by chance. Timed is what a run does: score at the network's size, enlarge the
probabilities, apply the threshold, score at native size, and sum everything up. The masks of all
cases but the first eight are mirrored and moved copies of these.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from teeth_unet import scoring
from teeth_unet.imaging import resize_mask, resize_probabilities
from teeth_unet.phantoms import PhantomSettings, draw_labels

DRAWN, CASES_WANTED, CORES = 8, 1000, 2

Case = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]


def made_cases(count: int, width: int, size: int) -> Iterator[Case]:
    """Yield native truth, truth at the network's size and probabilities, made one by one."""
    settings = PhantomSettings(width=(width, width), aspect=(2.32, 2.32), toothless_share=0)
    drawn = [(draw_labels(settings, case) > 0).astype(np.uint8) for case in range(DRAWN)]
    for case in range(count):
        rng = np.random.default_rng(case)
        truth = np.roll(drawn[case % DRAWN], rng.integers(-40, 40, 2), (0, 1))
        truth = np.ascontiguousarray(truth[:, :: rng.choice([-1, 1])])
        small = resize_mask(truth, size)
        moved = ndimage.shift(small.astype(np.float32), rng.uniform(-1.5, 1.5, 2), order=1)
        noise = ndimage.gaussian_filter(rng.normal(size=small.shape), 6).astype(np.float32)
        yield truth, small, np.clip(ndimage.gaussian_filter(moved, 2) + 2 * noise, 0, 1)


def score(cases: Iterator[Case]) -> tuple[dict[str, object], Counter[str]]:
    """Score every case at both sizes; return the summary at native size, and seconds by step."""
    rows, seconds = [], Counter()

    def timed(step: str, work: object, *args: object, **options: object) -> object:
        began = time.perf_counter()
        result = work(*args, **options)
        seconds[step] += time.perf_counter() - began
        return result

    for truth, small, probabilities in cases:
        mask = probabilities >= 0.5
        row = timed("score at the network's size", scoring.score_case, small, mask)
        large = timed("enlarge", resize_probabilities, probabilities, *truth.shape)
        native = timed(
            "score at native size",
            scoring.score_case,
            truth,
            large >= 0.5,
            tolerance=scoring.Scoring().native_tolerance,
            prefix=scoring.NATIVE,
        )
        timed("calibration", scoring.score_calibration, [probabilities], [small])
        timed("threshold", scoring.choose_threshold, [probabilities], [small])
        rows.append(row | native)
    timed("sum up", scoring.summarise_cases, rows)
    summary = timed("sum up", scoring.summarise_cases, rows, prefix=scoring.NATIVE)
    return summary, seconds


def measure(options: argparse.Namespace) -> None:
    """Score so many cases and print seconds and peak memory."""
    summary, seconds = score(made_cases(options.cases, options.width, options.size))
    each = {step: 1000 * spent / options.cases for step, spent in seconds.items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    total = sum(each.values())
    print(
        f"{options.cases} cases, {options.width} px wide: {total:.0f} ms a case "
        f"({', '.join(f'{step} {spent:.0f}' for step, spent in each.items())}); "
        f"peak {peak:.0f} MB; {CASES_WANTED} cases one after the other "
        f"{total * CASES_WANTED / 60_000:.1f} min, on {CORES} cores from "
        f"{total * CASES_WANTED / 60_000 / CORES:.1f} min; native Dice "
        f"{summary['dice']['mean']:.3f}, HD95 {summary['hd95']['mean']:.1f} px, "
        f"NSD {summary['nsd']['mean']:.3f}",
        flush=True,
    )


def main() -> None:
    """Measure N cases and 4 N cases, each in a process of its own, for the sake of the peak."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=24)
    parser.add_argument("--width", type=int, default=2900)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--once", action="store_true", help="measure these cases, in this process")
    options = parser.parse_args()
    if options.once:
        measure(options)
        return
    for cases in (options.cases, 4 * options.cases):
        sizes = ["--width", str(options.width), "--size", str(options.size)]
        command = [sys.executable, __file__, "--once", "--cases", str(cases), *sizes]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
