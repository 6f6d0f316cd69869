"""Which X-rays to mark first: Dice after ten that are chosen, and after ten at random.

    kedro run --pipeline data_processing --env abdi
    python tests/benchmarks/ranking.py --results ranking.jsonl
    python tests/benchmarks/ranking.py --data data/folder --env folder --test 53 --shuffled ...
    python tests/benchmarks/curve.py --cases 10 --starts package --draws 6 --results curve.jsonl
    python tests/benchmarks/ranking.py --results ranking.jsonl --table --curve curve.jsonl

The network of the package, which knows drawings alone, looks at the X-rays that are not held out
(those of `curve.py`), and each ranking chooses from what it sees. Then it is taught with the
chosen ones, with the recipe of the environment, once a seed, and scored on those held out.
Choosing at random is what `curve.py` does. Trainings that are in `--results` are not repeated. One
line of JSON a training.
"""

import argparse
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from curve import Cases, add_data_options, lines, opened, opened_start, point
from folds import dice
from numpy.typing import NDArray
from scipy.stats import spearmanr
from speed import configuration, settings

from teeth_unet import unet
from teeth_unet.datasets import PhantomDataset
from teeth_unet.imaging import resize_xray
from teeth_unet.inference import doubt_of
from teeth_unet.segmentation import Segmenter
from teeth_unet.unet import PACKAGE, Prediction
from teeth_unet.unet.levels import unit_levels

DRAWINGS = 60
"""Of those that the package's network was taught with; what is unlike them is new to it."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """What a network says of n X-rays, one value or row of features each.

    Attributes:
        doubt: See `inference.doubt_of`.
        features: (n, channels), the mean over the deepest level's places, standardised by drawings.
        difference: Distance of the features to those of the nearest drawing.
        dice: That of the network's own masks, which no ranking knows.
    """

    doubt: Values
    features: Values
    difference: Values
    dice: Values


def ranks(values: Values) -> NDArray[np.intp]:
    """Return the rank of each value, 0 for the highest; of equal ones the first comes first."""
    return np.argsort(np.argsort(-values, kind="stable"))


def by_doubt_and_difference(seen: Seen) -> list[int]:
    """Rank by the sum of both ranks."""
    return list(np.argsort(ranks(seen.doubt) + ranks(seen.difference), kind="stable"))


def by_doubt_spread(seen: Seen) -> list[int]:
    """Rank the half in most doubt: the first, then whichever is farthest from those before it."""
    doubtful = list(np.argsort(-seen.doubt, kind="stable")[: (len(seen.doubt) + 1) // 2])
    features = seen.features[doubtful]
    order, far = [0], np.full(len(doubtful), np.inf)
    while len(order) < len(doubtful):
        far = np.minimum(far, distances(features, features[order[-1:]])[:, 0])
        far[order] = -1
        order.append(int(far.argmax()))
    return [doubtful[place] for place in order]


def by_covering(seen: Seen) -> list[int]:
    """Rank so that every X-ray soon has one like it before it: the nearest is near, on average."""
    apart = distances(seen.features, seen.features)
    near = np.full(len(apart), apart.max())
    order: list[int] = []
    while len(order) < len(apart):
        gain = np.maximum(near[:, None] - apart, 0).sum(0)
        gain[order] = -1
        order.append(int(gain.argmax()))
        near = np.minimum(near, apart[:, order[-1]])
    return order


RANKINGS: dict[str, Callable[[Seen], Iterable[int]]] = {
    "doubt": lambda seen: np.argsort(-seen.doubt, kind="stable"),
    "doubt and difference": by_doubt_and_difference,
    "doubt, spread": by_doubt_spread,
    "covering": by_covering,
}


def distances(one: Values, other: Values) -> Values:
    """Return the distance of each row of one to each of the other."""
    return np.linalg.norm(one[:, None] - other[None], axis=2)


def deepest(model: keras.Model, x: np.ndarray) -> Values:
    """Return the mean over all places of what the deepest level of a network puts out."""
    above = next(layer for layer in model.layers if layer.name.startswith("up_"))
    network = keras.Model(model.input, keras.layers.GlobalAveragePooling2D()(above.input))
    return np.concatenate(
        [network.predict_on_batch(unit_levels(x[[row]])) for row in range(len(x))]
    )


def drawings(size: int) -> np.ndarray:
    """Draw some of the X-rays that the package's network was taught with."""
    known = configuration("base", "globals")["drawings"]
    drawn = PhantomDataset(content="xrays", **{**known, "cases": DRAWINGS}).load().values()
    return np.stack([resize_xray(np.array(draw()), size)[..., None] for draw in drawn])


def seen_by(segmenter: Segmenter, x: np.ndarray, y: np.ndarray) -> Seen:
    """Look at X-rays with masks, (n, size, size, 1)."""
    found = unet.predict(segmenter.model, x, Prediction(mirror=True))
    known = deepest(segmenter.model, drawings(x.shape[1]))
    features, drawn = (
        (each - known.mean(0)) / (known.std(0) + 1e-6)
        for each in (deepest(segmenter.model, x), known)
    )
    return Seen(
        np.array([doubt_of(one[..., 0], 0.5) for one in found]),
        features,
        distances(features, drawn).min(1),
        np.array(dice(y, found)),
    )


def agreement(values: Values, dice: Values, count: int) -> tuple[float, int]:
    """Return Spearman's rho of values with 1 - Dice, and how many of both extremes are shared."""
    highest = set(np.argsort(-values, kind="stable")[:count])
    worst = set(np.argsort(dice, kind="stable")[:count])
    return float(spearmanr(values, -dice).statistic), len(highest & worst)


def chosen(cases: Cases, seen: Seen, by: str, count: int) -> list[int]:
    """Return the rows that a ranking puts first."""
    return sorted(cases.pool[place] for place in list(RANKINGS[by](seen))[:count])


def print_table(points: list[dict[str, Any]], curve: list[dict[str, Any]], count: int) -> None:
    """Print the Dice after choosing at random and by each ranking.

    Args:
        points: Lines of results.
        curve: Those of `curve.py`: draws of as many X-rays count, begun with the package.
        count: X-rays that were chosen.
    """
    of_curve = {"start": PACKAGE, "cases": count, "changes": []}
    drawn = [{**each, "by": "random"} for each in curve if of_curve.items() <= {**each}.items()]
    found = [*drawn, *(each for each in points if each["count"] == count)]
    print(
        "| set | chosen by | Dice of each training | mean | lowest case, mean |\n"
        + "|---" * 5
        + "|"
    )
    for data, by in sorted({(each["data"], each["by"]) for each in found}):
        own = [each for each in found if (each["data"], each["by"]) == (data, by)]
        scores = [each["dice"] for each in own]
        lowest = np.mean([min(each["case_dice"].values()) for each in own])
        single = ", ".join(f"{one:.4f}" for one in scores)
        print(f"| {data} | {by} | {single} | {np.mean(scores):.4f} | {lowest:.3f} |")


def main() -> None:
    """Make the trainings that are missing, or print the table of those that are there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_options(parser)
    parser.add_argument("--by", nargs="*", default=list(RANKINGS), choices=RANKINGS)
    parser.add_argument("--count", type=int, default=10, help="X-rays that are chosen")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--results", type=Path, default=Path("ranking.jsonl"))
    parser.add_argument("--table", action="store_true", help="print those in --results alone")
    parser.add_argument("--curve", type=Path, help="results of curve.py, for the table")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if options.table:
        at_random = lines(options.curve) if options.curve else []
        print_table(lines(options.results), at_random, options.count)
        return

    found = settings(options.env)
    cases = opened(options.data, options.test, None, options.shuffled)
    start = opened_start(PACKAGE)
    seen = seen_by(start, cases.x[cases.pool], cases.y[cases.pool])
    for name in ("doubt", "difference"):
        rho, worst = agreement(getattr(seen, name), seen.dice, options.count)
        print(f"{name}: rho against 1 - Dice {rho:.2f}, {worst} of the {options.count} worst first")
    for seed in range(options.seeds):
        for by in options.by:
            key = {"data": options.data.name, "by": by, "count": options.count, "seed": seed}
            if any(key.items() <= {**line}.items() for line in lines(options.results)):
                continue
            rows = chosen(cases, seen, by, options.count)
            made = point(cases, start, rows, seed, found)
            print(json.dumps({**key, "dice": made["dice"]}), flush=True)
            with options.results.open("a", encoding="utf-8") as results:
                results.write(json.dumps({**key, **made}) + "\n")


if __name__ == "__main__":
    main()
