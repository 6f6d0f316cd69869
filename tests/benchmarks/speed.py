"""Speed and memory of a training step and of a prediction, beside the same networks in PyTorch.

    python tests/benchmarks/speed.py [--networks abdi,article] [--rounds 5]

Every contender is a process of its own, which waits until it is asked for a step or a few
predictions; they are asked in turn, so that a machine that slows down slows all of them, and ratios
hold. Before each turn there is a pause: threads of OpenMP, which PyTorch uses, may go on spinning
for a while after their work and take a core from the next contender (seen: 25 ms became 32 ms).
Without PyTorch (pip install -e ".[benchmark]") its columns are left out.
"""

import argparse
import importlib.util
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from kedro.config import OmegaConfigLoader

from teeth_unet.settings import CONFIG_LOADER_ARGS

CONFIGURATION = Path(__file__).parents[2] / "conf"
BATCHES = {"article": 2}  # others: that of their own recipe
PRECISIONS = ("float32", "mixed_bfloat16")
PAUSE = 0.5  # s
AT_ONCE = {"step": 1, "predict": 20}  # of a turn; their mean counts


def settings(environment: str) -> dict:
    """Return an environment's parameters as `kedro run --env ENVIRONMENT` reads them."""
    return configuration(environment, "parameters")


def configuration(environment: str, of: str) -> dict:
    """Return a part of the configuration: `parameters`, `globals` or the like."""
    loader = OmegaConfigLoader(str(CONFIGURATION), env=environment, **CONFIG_LOADER_ARGS)
    return loader[of]


def pictures(batch: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return random X-rays and masks, (batch, size, size, 1)."""
    numbers = np.random.default_rng(0)
    x = numbers.random((batch, size, size, 1), np.float32)
    return x, (numbers.random(x.shape) > 0.8).astype(np.float32)


def keras_steps(environment: str, precision: str, batch: int) -> tuple[Callable, Callable, float]:
    """Return a training step, a prediction, and the GFLOP of one image forward."""
    from teeth_unet import unet
    from teeth_unet.unet import Network, Training
    from teeth_unet.unet.estimating import count_flops
    from teeth_unet.unet.folding import fold_normalisation

    found = settings(environment)
    training = Training(**{**found["training"], "precision": precision, "batch_size": batch})
    size = found["preparation"]["size"]
    model = unet.compile_model(Network(**found["network"]), training, size=size, train_cases=84)
    folded = fold_normalisation(model)
    x, y = pictures(batch, size)
    return (
        lambda: model.train_on_batch(x, y),
        lambda: folded.predict_on_batch(x[:1]),
        count_flops(model) / 1e9,
    )


def pytorch_steps(environment: str, precision: str, batch: int) -> tuple[Callable, Callable, float]:
    """Return the same for PyTorch, in its fastest memory layout for a CPU."""
    import torch
    from pytorch_unet import UNet, crossentropy_dice

    from teeth_unet.unet import Network

    found = settings(environment)
    model = UNet(Network(**found["network"])).to(memory_format=torch.channels_last)
    # PyTorch's own Muon takes no convolutions: it is spared the arithmetic that ours spends on it.
    adam = found["training"]["optimizer"] == "adam"
    kind = torch.optim.Adam if adam else torch.optim.AdamW
    optimizer = kind(model.parameters(), lr=1e-3)
    layout = {"memory_format": torch.channels_last}
    x, y = (
        torch.from_numpy(a).movedim(-1, 1).contiguous(**layout)
        for a in pictures(batch, found["preparation"]["size"])
    )
    mixed = {"device_type": "cpu", "dtype": torch.bfloat16, "enabled": precision != "float32"}

    def step() -> None:
        model.train()
        optimizer.zero_grad()
        with torch.autocast(**mixed):
            logits = model(x)
        crossentropy_dice(logits, y).backward()
        optimizer.step()

    def predict() -> None:
        model.eval()
        with torch.inference_mode(), torch.autocast(**mixed):
            torch.sigmoid(model(x[:1])).numpy()

    return step, predict, float("nan")


def matrix_products(environment: str, precision: str, batch: int) -> tuple[Callable, None, float]:
    """Return a product of two matrices of 4096 x 4096, and its GFLOP: the machine's ceiling."""
    import tensorflow as tf

    dtype = tf.float32 if precision == "float32" else tf.bfloat16
    one = tf.cast(tf.random.normal((4096, 4096)), dtype)
    return lambda: float(tf.cast(tf.matmul(one, one)[0, 0], tf.float32)), None, 2 * 4.096**3


KINDS = {"keras": keras_steps, "pytorch": pytorch_steps, "ceiling": matrix_products}


def serve(kind: str, environment: str, precision: str, batch: int) -> None:
    """Answer `step` and `predict` on standard input with the seconds they took."""
    step, predict, gflop = KINDS[kind](environment, precision, batch)
    print(json.dumps({"gflop": gflop}), flush=True)
    for line in sys.stdin:
        what = line.strip()
        work = {"step": step, "predict": predict}[what]
        began = time.perf_counter()
        for _ in range(AT_ONCE[what]):
            work()
        seconds = (time.perf_counter() - began) / AT_ONCE[what]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(json.dumps({"seconds": seconds, "peak": peak}), flush=True)


class Contender:
    """A process that makes steps when it is asked to."""

    def __init__(self, kind: str, environment: str, precision: str, batch: int) -> None:
        arguments = [__file__, "--serve", kind, environment, precision, str(batch)]
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.kind = kind
        self.gflop = self._answer()["gflop"]
        self.seconds: dict[str, list[float]] = {"step": [], "predict": []}
        self.peak = 0.0

    def _answer(self) -> dict:
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError(f"{self.kind} has ended")

    def ask(self, what: str) -> None:
        time.sleep(PAUSE)
        print(what, file=self.process.stdin, flush=True)
        answer = self._answer()
        self.seconds[what].append(answer["seconds"])
        self.peak = answer["peak"]

    def median(self, what: str) -> float:
        """Return the median without the first two, which build graphs."""
        return statistics.median(self.seconds[what][2:])

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def compare(environment: str, precision: str, rounds: int) -> None:
    """Measure one network in one precision, and print its rows."""
    batch = BATCHES.get(environment) or settings(environment)["training"]["batch_size"]
    kinds = ["ceiling", "keras"]
    if importlib.util.find_spec("torch"):
        kinds.append("pytorch")
    contenders = [Contender(kind, environment, precision, batch) for kind in kinds]
    for _ in range(rounds + 2):
        for contender in contenders:
            contender.ask("step")
    for _ in range(rounds + 2):
        for contender in contenders[1:]:
            contender.ask("predict")
    ceiling, ours, *others = contenders
    most = ceiling.gflop / ceiling.median("step")
    for what, images, passes in (("step", batch, 3), ("predict", 1, 1)):
        for contender in [ours, *others]:
            seconds = contender.median(what) / images
            speed = passes * ours.gflop / seconds
            ratios = [
                a / b
                for a, b in zip(ours.seconds[what][2:], contender.seconds[what][2:], strict=True)
            ]
            print(
                f"| {environment} | {precision} | {what} of {images} | {contender.kind} "
                f"| {seconds:.3f} | {speed:.0f} | {100 * speed / most:.0f} % "
                f"| {contender.peak:.2f} | {statistics.median(ratios):.2f} "
                f"| {contender.seconds[what][0]:.1f} |",
                flush=True,
            )
    for contender in contenders:
        contender.close()


def main() -> None:
    """Print one table."""
    if sys.argv[1:2] == ["--serve"]:
        kind, environment, precision, batch = sys.argv[2:]
        serve(kind, environment, precision, int(batch))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", default="base,abdi,article")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not importlib.util.find_spec("torch"):
        print('PyTorch is not installed and left out: pip install -e ".[benchmark]"\n')
    print(
        "| network | precision | what | by | s an image | GFLOP/s | of the ceiling "
        "| peak GB | ours / theirs | first s |\n" + "|---" * 10 + "|"
    )
    for environment in options.networks.split(","):
        for precision in PRECISIONS:
            compare(environment, precision, options.rounds)


if __name__ == "__main__":
    main()
