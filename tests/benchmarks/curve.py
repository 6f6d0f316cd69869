"""Dice after a few X-rays and after many, begun with what is known and from scratch.

    kedro run --pipeline data_processing --env abdi
    python tests/benchmarks/curve.py --results curve.jsonl --plot curve.png
    python tests/benchmarks/curve.py --data data/folder --env folder --test 53 --shuffled ...
    python tests/benchmarks/curve.py --starts scratch --set training.learning_rate=0.004 ...
    python tests/benchmarks/curve.py --results curve.jsonl --cases --table --plot curve.png
    python tests/benchmarks/curve.py --fold 0 --cases 5 20 --set training.learning_rate=0.001

Each point is a training on X-rays that are drawn from those not held out: the last ones (`--test`;
of all in random order with `--shuffled`), or, to choose between recipes, a fold of the others
(`--fold`). Nothing is validated: the last epoch counts, and the threshold is .5. Points are made
from the cheap ones on, draw by draw; those in `--results` already, with the same settings, are not
made again, so that the command may be stopped and repeated. One line of JSON a point. With 0 cases
the network is scored as it is.
"""

import argparse
import io
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from folds import dice, held_out, overridden
from matplotlib.figure import Figure
from PIL import Image
from speed import settings

from teeth_unet import unet
from teeth_unet.segmentation import Segmenter, packaged_segmenter, read_segmenter
from teeth_unet.unet import PACKAGE, SCRATCH, Network, Prediction, Training
from teeth_unet.unet.estimating import count_flops

COLOURS = ("#0060a8", "#b04000", "#207040", "#606060")
STARTS = {PACKAGE: "begun with the package's network", SCRATCH: "from scratch"}


@dataclass(frozen=True)
class Cases:
    """Prepared X-rays and masks, (n, size, size, 1), and the rows of those held out."""

    x: np.ndarray
    y: np.ndarray
    names: list[str]
    out: list[int]
    pool: list[int]

    def drawn(self, count: int, draw: int) -> list[int]:
        """Return rows to train on: those of a smaller count are among those of a larger one."""
        order = np.random.default_rng(draw).permutation(self.pool)
        return sorted(int(row) for row in order[:count])


def opened(folder: Path, test: int, fold: int | None, shuffled: bool) -> Cases:
    """Read what data_processing has prepared."""
    prepared = folder / "02_intermediate"
    table = pd.read_csv(prepared / "cases.csv", dtype={"case": str})
    order = list(range(len(table)))
    if shuffled:
        np.random.default_rng(0).shuffle(order)
    last = sorted(order[-test:])
    out = last if fold is None else held_out(table, fold)
    return Cases(
        np.load(prepared / "prepared_xrays.npy", mmap_mode="r"),
        np.load(prepared / "prepared_masks.npy", mmap_mode="r"),
        table["case"].to_list(),
        out,
        [row for row in sorted(order) if row not in {*out, *last}],
    )


def opened_start(start: str) -> Segmenter | None:
    """Return the segmenter that trainings begin with; None from scratch."""
    if start == SCRATCH:
        return None
    place = packaged_segmenter() if start == PACKAGE else Path(start)
    assert place, "this package holds no segmenter"
    return read_segmenter(place)


def point(
    cases: Cases, start: Segmenter | None, rows: list[int], chance: int, found: dict[str, Any]
) -> dict[str, Any]:
    """Train once on some rows, and return what it has cost and given.

    Args:
        cases: With those to be scored.
        start: What the training begins with; None from scratch.
        rows: Which are trained on; none leaves the start as it is.
        chance: Added to the seed of the recipe.
        found: Parameters of an environment.
    """
    network, training = Network(**found["network"]), Training(**found["training"])
    training = training.model_copy(update={"seed": training.seed + chance})
    began = time.monotonic(), time.process_time()
    model = start.model if start else None
    if rows:
        x, y = cases.x[rows], cases.y[rows]
        size = x.shape[1]
        compiled = unet.compile_model(
            network, training, size=size, train_cases=len(rows), start=model
        )
        model, _ = unet.fit_model(compiled, x, y, x[:0], y[:0], training)
    minutes = [
        round((now - then) / 60, 3)
        for now, then in zip((time.monotonic(), time.process_time()), began, strict=True)
    ]
    found_at = unet.predict(model, cases.x[cases.out], Prediction(mirror=True))
    scores = dice(cases.y[cases.out], found_at)
    names = [cases.names[row] for row in cases.out]
    steps = training.epochs * training.passes(len(rows)) * len(rows) if rows else 0
    return {
        "dice": round(float(np.mean(scores)), 5),
        "image_steps": steps,
        "gflop": round(3 * count_flops(model) / 1e9 * steps),
        "minutes": minutes[0],
        "processor_minutes": minutes[1],
        "trained_on": [cases.names[row] for row in rows],
        "case_dice": dict(zip(names, scores, strict=True)),
    }


def wanted(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield what tells one point from another, the cheap ones first."""
    for count in sorted(options.cases):
        for draw in range(options.draws if count else 1):
            for start in options.starts:
                if count or start != SCRATCH:
                    yield {
                        "data": options.data.name,
                        "part": f"last {options.test}" if options.fold is None else options.fold,
                        "start": start,
                        "cases": count,
                        "draw": draw,
                        "changes": options.changes,
                    }


def lines(results: Path) -> list[dict[str, Any]]:
    """Return the points that are there."""
    if not results.exists():
        return []
    return [json.loads(line) for line in results.read_text("utf-8").splitlines()]


def series(points: list[dict[str, Any]]) -> dict[tuple[str, str], dict[int, list[float]]]:
    """Return the Dice of all draws by set and start, and in these by the count of X-rays."""
    found: dict[tuple[str, str], dict[int, list[float]]] = {}
    for each in sorted(points, key=lambda each: each["cases"]):
        by_count = found.setdefault((each["data"], each["start"]), {})
        by_count.setdefault(each["cases"], []).append(each["dice"])
    return dict(sorted(found.items()))


def draw_curve(points: list[dict[str, Any]], names: dict[str, str], path: Path) -> None:
    """Draw the mean Dice of the draws over the count of X-rays, with its range.

    A set has a colour, and a start its kind of line.

    Args:
        points: Lines of results.
        names: What sets are called, by the names of their folders.
        path: Of the PNG, which has few colours and so few bytes.
    """
    figure = Figure((6.4, 3.8), layout="constrained")
    axes = figure.subplots()
    found = series(points)
    colours = dict(zip(sorted({data for data, _ in found}), COLOURS, strict=False))
    for (data, start), by_count in found.items():
        counts, colour = list(by_count), colours[data]
        label = f"{names.get(data, data)}, {STARTS.get(start, start)}"
        style = "o--" if start == SCRATCH else "o-"
        means = [np.mean(dice) for dice in by_count.values()]
        axes.plot(counts, means, style, color=colour, label=label, markersize=4)
        ends = ([end(dice) for dice in by_count.values()] for end in (min, max))
        axes.fill_between(counts, *ends, color=colour, alpha=0.2, linewidth=0)
    # 0 has a place on an axis that is logarithmic from 3 on.
    axes.set_xscale("symlog", linthresh=3)
    ticks = sorted({each["cases"] for each in points})
    axes.set_xticks(ticks, labels=map(str, ticks))
    axes.minorticks_off()
    axes.set_xlabel("X-rays with masks that were trained on")
    axes.set_ylabel("Dice of X-rays held out")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=2, frameon=False, fontsize="small")
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=130)
    Image.open(drawn).convert("RGB").quantize(32).save(path, optimize=True)


def print_table(points: list[dict[str, Any]], names: dict[str, str]) -> None:
    """Print mean, range and cost of each count of X-rays."""
    print(
        "| set | begun with | X-rays | Dice, mean | range (draws) | image-steps | GFLOP | minutes |"
    )
    print("|---" * 8 + "|")
    for (data, start), by_count in series(points).items():
        for count, scores in by_count.items():
            key = {"data": data, "start": start, "cases": count}
            own = [each for each in points if key.items() <= {**each}.items()]
            minutes = np.mean([each["processor_minutes"] for each in own])
            spread = (
                f"{min(scores):.4f} to {max(scores):.4f} ({len(scores)})" if len(scores) > 1 else ""
            )
            print(
                f"| {names.get(data, data)} | {start} | {count} | {np.mean(scores):.4f} | {spread} "
                f"| {own[0]['image_steps']:,} | {own[0]['gflop']:,} | {minutes:.1f} |"
            )


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Add which X-rays there are, and which of them are held out."""
    parser.add_argument("--data", type=Path, default=Path("data/abdi"))
    parser.add_argument("--env", default="abdi")
    parser.add_argument("--test", type=int, default=11, help="X-rays held out, the last ones")
    parser.add_argument("--shuffled", action="store_true", help="draw them from all")


def main() -> None:
    """Make the points that are missing, and draw them all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_options(parser)
    parser.add_argument("--fold", type=int, help="one of four, of the others")
    parser.add_argument("--cases", type=int, nargs="*", default=[0, 3, 5, 10, 20, 40, 84])
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--starts", nargs="*", default=[PACKAGE, SCRATCH])
    parser.add_argument("--set", nargs="*", default=[], dest="changes")
    parser.add_argument("--results", type=Path, default=Path("curve.jsonl"))
    parser.add_argument("--plot", type=Path, help="draw all that is in --results")
    parser.add_argument("--table", action="store_true", help="print it")
    parser.add_argument("--names", nargs="*", default=[], help="what sets are called: folder=UFBA")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

    found = overridden(settings(options.env), options.changes)
    cases = opened(options.data, options.test, options.fold, options.shuffled)
    starts = {name: opened_start(name) for name in options.starts}
    for key in wanted(options):
        if any(key.items() <= {**line}.items() for line in lines(options.results)):
            continue
        rows = cases.drawn(key["cases"], key["draw"])
        # Draws of all are the same ones: they differ in chance alone.
        chance = key["draw"] if len(rows) == len(cases.pool) else 0
        made = point(cases, starts[key["start"]], rows, chance, found)
        print(json.dumps({**key, **made, "trained_on": "…", "case_dice": "…"}), flush=True)
        with options.results.open("a", encoding="utf-8") as results:
            results.write(json.dumps({**key, **made}) + "\n")
    names = dict(name.split("=", 1) for name in options.names)
    if options.plot:
        draw_curve(lines(options.results), names, options.plot)
    if options.table:
        print_table(lines(options.results), names)


if __name__ == "__main__":
    main()
