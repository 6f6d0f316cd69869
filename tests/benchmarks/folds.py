"""Dice of a recipe on held-out cases, to choose between recipes: one fold, or the last cases.

    kedro run --pipeline data_processing --env abdi
    python tests/benchmarks/folds.py --fold 0 --set training.epochs=80 network.patch=4
    python tests/benchmarks/folds.py --fold 0 --start other.keras    # begin with its weights
    python tests/benchmarks/folds.py --test          # once, when everything is chosen

The last 11 cases stay out of all four folds. Nothing is validated while training, so that no
epoch is chosen on the fold that it is scored on; the threshold is .5. One line of JSON is added to
`--results` for every run; two lines can be compared case by case.
"""

import argparse
import json
import logging
import resource
import time
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import yaml
from speed import settings

from teeth_unet import unet
from teeth_unet.scoring import score_case
from teeth_unet.unet import Network, Prediction, Training

TEST_CASES, FOLDS, SEED = 11, 4, 7


def held_out(cases: pd.DataFrame, fold: int) -> list[int]:
    """Return the rows of a fold: seeded, identical pictures never apart."""
    groups = [
        list(rows) for rows in cases.iloc[:-TEST_CASES].groupby("content_hash").indices.values()
    ]
    groups.sort(key=min)  # not in the order of their hashes
    np.random.default_rng(SEED).shuffle(groups)
    folds: list[list[int]] = [[] for _ in range(FOLDS)]
    for group in groups:
        min(folds, key=len).extend(group)
    return sorted(folds[fold])


def overridden(found: dict, changes: list[str]) -> dict:
    """Return parameters with changes such as `training.epochs=80`, the values in YAML."""
    for change in changes:
        path, value = change.split("=", 1)
        *blocks, name = path.split(".")
        block = found
        for key in blocks:
            block = block.setdefault(key, {})
        block[name] = yaml.safe_load(value)
    return found


def dice(y: np.ndarray, probabilities: np.ndarray) -> list[float]:
    """Return the Dice of every case at the threshold .5."""
    pairs = zip(y, probabilities >= 0.5, strict=True)
    return [round(float(score_case(*pair)["dice"]), 5) for pair in pairs]


def main() -> None:
    """Train once and score once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    part = parser.add_mutually_exclusive_group(required=True)
    part.add_argument("--fold", type=int, choices=range(FOLDS))
    part.add_argument("--test", action="store_true")
    parser.add_argument("--name", default="")
    parser.add_argument("--data", type=Path, default=Path("data/abdi"))
    parser.add_argument("--env", default="abdi")
    parser.add_argument("--start", type=Path, help="network to begin with")
    parser.add_argument("--keep", type=Path, help="where to save the network")
    parser.add_argument("--set", nargs="*", default=[], dest="changes")
    parser.add_argument("--results", type=Path, default=Path("folds.jsonl"))
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

    folder = options.data / "02_intermediate"
    cases = pd.read_csv(folder / "cases.csv", dtype={"case": str})
    x = np.load(folder / "prepared_xrays.npy").astype(np.float32) / 255
    y = np.load(folder / "prepared_masks.npy").astype(np.float32)
    last = list(range(len(cases) - TEST_CASES, len(cases)))
    out = last if options.test else held_out(cases, options.fold)
    learned = [row for row in range(len(cases)) if row not in {*out, *last}]

    found = overridden(settings(options.env), options.changes)
    network, training = Network(**found["network"]), Training(**found["training"])
    began = time.monotonic()
    compiled = unet.compile_model(network, training, size=x.shape[1], train_cases=len(learned))
    if options.start:
        compiled.set_weights(keras.models.load_model(options.start, compile=False).get_weights())
    fitted, history = unet.fit_model(compiled, x[learned], y[learned], x[:0], y[:0], training)
    minutes = (time.monotonic() - began) / 60
    if options.keep:
        fitted.save(options.keep)
    plain = dice(y[out], unet.predict(fitted, x[out]))
    mirrored = dice(y[out], unet.predict(fitted, x[out], Prediction(mirror=True)))
    line = {
        "name": options.name,
        "part": "test" if options.test else f"fold {options.fold}",
        "changes": options.changes + ([f"start={options.start}"] if options.start else []),
        "parameters": compiled.count_params(),
        "image_steps": training.epochs * len(learned),
        "minutes": round(minutes, 2),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "train_dice": round(history["dice"][-1], 4),
        "dice": round(float(np.mean(plain)), 4),
        "dice_mirrored": round(float(np.mean(mirrored)), 4),
        "cases": dict(zip(cases["case"].iloc[out], mirrored, strict=True)),
    }
    print(json.dumps(line))
    with options.results.open("a") as results:
        results.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
