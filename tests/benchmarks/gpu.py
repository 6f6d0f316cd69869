"""Seconds on a graphics card: the article's training, our recipe, pretraining, and inference.

    python tests/benchmarks/gpu.py [--backends tensorflow jax] [--parts article recipe ...]
    python tests/benchmarks/gpu.py --small    # a few small drawings, on any machine: does it run?

Synthetic X-rays are drawn once, by all processors. Each part on each backend is a process of its
own, and prints a line of JSON as soon as it is done (also added to `--results`), so that a machine
that is lent for minutes gives what it can: `seconds` from building the network to the last epoch,
`first` of these until the end of the first epoch, with what building the graphs takes, `each` for
every epoch after it, and `tflop_a_second` of these. A backend that is not installed is left out.

- article: `--env article`, 100 epochs of all X-rays, in the precision that the card multiplies in.
- recipe: the recipe of the sample, on all but `--test` X-rays, and the Dice of those.
- pretraining: three epochs of its network; `whole` is what all of its epochs would take.
- inference: X-rays a second at their own size, mask and numbers, by the package's networks.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from speed import configuration, settings

PARTS = ("article", "recipe", "pretraining", "inference")
BACKENDS = ("tensorflow", "jax")
PRETRAINED_EPOCHS = 3
SMALL = {"epochs": 2, "batch_size": 2, "warmup_epochs": 1}


def draw(drawn: Any, size: int, case: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return an X-ray as it is, and it and its mask at a size."""
    from teeth_unet import imaging
    from teeth_unet.phantoms import draw_truth, draw_xray

    xray = draw_xray(drawn, case)
    truth = draw_truth(drawn, case)
    mask = truth.in_front(truth.counted(drawn.mouth.mask)) > 0
    return (
        xray,
        imaging.resize_xray(xray, size),
        imaging.resize_mask(mask.astype(np.uint8), size),
    )


def draw_all(path: Path, cases: int, size: int, whole: int) -> None:
    """Draw X-rays and masks into one file, and some X-rays at their own size."""
    from teeth_unet.phantoms import PhantomSettings

    drawn = PhantomSettings(cases=cases, seed=3, width=(2900, 2900) if size > 64 else (600, 600))
    with ProcessPoolExecutor() as processes:
        made = list(processes.map(partial(draw, drawn, size), range(cases)))
    x, y = (np.stack([each[part] for each in made])[..., None] for part in (1, 2))
    np.savez(path, x=x, y=y, **{f"whole_{row}": made[row][0] for row in range(whole)})


def fit(
    found: dict[str, Any],
    x: np.ndarray,
    y: np.ndarray,
    small: bool,
    **changes: int | str,
) -> tuple[Any, dict[str, Any]]:
    """Fit the network of some parameters, with changes, and return it with what that took."""
    from teeth_unet import unet
    from teeth_unet.unet import Network, Training
    from teeth_unet.unet.estimating import count_flops

    network, training = dict(found["network"]), {**found["training"], **changes}
    if small:
        network["filters"] = [2] * len(network["filters"])
        training.update(SMALL)
    chosen = Training(**training)
    began = time.monotonic()
    compiled = unet.compile_model(
        Network(**network), chosen, size=x.shape[1], train_cases=len(x), start=None
    )
    model, history = unet.fit_model(compiled, x, y, x[:0], y[:0], chosen)
    seconds = time.monotonic() - began
    each = float(np.mean(history["seconds"][1:]))
    steps = chosen.passes(len(x)) * len(x)
    return model, {
        "seconds": round(seconds, 2),
        "first": round(seconds - each * (chosen.epochs - 1), 2),
        "each": round(each, 3),
        "image_steps": steps * chosen.epochs,
        "tflop_a_second": round(3 * count_flops(model) / 1e12 * steps / each, 2),
    }


def run_article(drawn: Any, options: argparse.Namespace) -> dict[str, Any]:
    """Train as the article does, all X-rays and epochs."""
    x, y = drawn["x"], drawn["y"]
    return fit(settings("article"), x, y, options.small, precision="auto")[1]


def run_recipe(drawn: Any, options: argparse.Namespace) -> dict[str, Any]:
    """Train by the recipe of the sample, and score what was held out."""
    from folds import dice

    from teeth_unet import unet
    from teeth_unet.unet import Prediction

    x, y, out = drawn["x"], drawn["y"], options.test
    model, took = fit(settings("base"), x[:-out], y[:-out], options.small)
    predicted = unet.predict(model, x[-out:], Prediction(mirror=True))
    return {**took, "dice": round(float(np.mean(dice(y[-out:], predicted))), 4)}


def run_pretraining(drawn: Any, options: argparse.Namespace) -> dict[str, Any]:
    """Train the network of the package for some epochs, and tell what all of them would take."""
    found = settings("base")["pretraining"]
    x, y = drawn["x"], drawn["y"]
    took = fit(found, x, y, options.small, epochs=PRETRAINED_EPOCHS)[1]
    cases = configuration("base", "globals")["drawings"]["cases"]
    taught = cases - found["split"]["validation_cases"] - found["split"]["test_cases"]
    epochs = found["training"]["epochs"]
    return {**took, "whole": round(took["each"] * epochs * taught / len(x))}


def run_inference(drawn: Any, options: argparse.Namespace) -> dict[str, Any]:
    """Segment X-rays at their own size, and number their teeth."""
    from teeth_unet import load_segmenter

    segmenter = load_segmenter()
    xrays = [drawn[name] for name in drawn if name.startswith("whole_")]
    took: dict[str, Any] = {"xrays": len(xrays)}
    for name, find in (("mask", segmenter.predict), ("numbers", segmenter.number_teeth)):
        find(xrays[0])  # builds the graph
        began = time.monotonic()
        for xray in xrays:
            find(xray)
        took[f"{name}_a_second"] = round(len(xrays) / (time.monotonic() - began), 2)
    return took


RUN: dict[str, Callable[[Any, argparse.Namespace], dict[str, Any]]] = {
    "article": run_article,
    "recipe": run_recipe,
    "pretraining": run_pretraining,
    "inference": run_inference,
}


def devices() -> str:
    """Say what the backend computes on."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        return ", ".join(each.device_kind for each in jax.devices())
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    named = (tf.config.experimental.get_device_details(each).get("device_name") for each in found)
    return ", ".join(str(name) for name in named) or "processor"


def main() -> None:
    """Draw, then run each part on each backend in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backends", nargs="+", choices=BACKENDS, default=BACKENDS)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--cases", type=int, default=105)
    parser.add_argument("--test", type=int, default=11)
    parser.add_argument("--xrays", type=int, default=32, help="for inference")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path("data/benchmark_gpu"))
    parser.add_argument("--results", type=Path, default=Path("gpu.jsonl"))
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    cases, size, xrays = (6, 64, 2) if options.small else (options.cases, 512, options.xrays)
    options.test = min(options.test, cases // 3)
    path = options.folder / f"drawn_{cases}_{size}.npz"
    if options.serve:
        with np.load(path) as drawn:
            took = RUN[options.serve](drawn, options)
        line = {"part": options.serve, "backend": os.environ["KERAS_BACKEND"], "on": devices()}
        print("\n" + json.dumps({**line, **took}), flush=True)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draw_all(path, cases, size, xrays)
    for part in options.parts:
        for backend in options.backends:
            if importlib.util.find_spec(backend):
                measure(part, backend, options.results)
            else:
                print(f"{backend} is not installed, and left out")


def measure(part: str, backend: str, results: Path) -> None:
    """Run one part on one backend in a process, and keep what it says."""
    ran = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--serve", part],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    if ran.returncode or not said:  # the others may do
        print(f"{part} on {backend} has failed:\n{ran.stderr[-2000:]}", flush=True)
        return
    print(said[-1], flush=True)
    with results.open("a", encoding="utf-8") as file:
        file.write(said[-1] + "\n")


if __name__ == "__main__":
    main()
