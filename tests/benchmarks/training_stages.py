"""What a training step is made of, and how near it comes to the speed of its convolutions.

    ONEDNN_MAX_CPU_ISA=AVX2 python tests/benchmarks/training_stages.py --networks base,abdi

`ONEDNN_MAX_CPU_ISA=AVX2` keeps oneDNN to the instructions that older processors have. With
`TF_ENABLE_ONEDNN_OPTS=0` TensorFlow leaves it out, as it does by itself on Linux where a processor
has nothing newer. Operations run one after the other here (each on all threads), so that their
times add up to that of the step; oneDNN tells its own (ONEDNN_VERBOSE). Each network, in float32,
runs in a process of its own, `--rounds` times in turn. Augmentation, which works beside the step,
is timed alone.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict

from speed import BATCHES, keras_steps, pictures, settings

STAGES = {
    ("convolution", "forward_training"): "convolutions, forward",
    ("convolution", "backward_data"): "convolutions, gradients of inputs",
    ("convolution", "backward_weights"): "convolutions, gradients of weights",
    ("deconvolution", "forward_training"): "convolutions, forward",
    ("gemm_api", "undef"): "products of matrices",
    ("reorder", "undef"): "changes of layout",
    ("batch_normalization", "forward_training"): "batch normalisation",
    ("batch_normalization", "backward"): "batch normalisation",
    ("pooling", "forward_training"): "pooling",
    ("pooling", "backward_data"): "pooling",
}
REST = "everything else: losses, metrics, activations, sums of the optimizer"
WARM, STEPS = 3, 6
STEP, END, DATA = "STEP", "END", "DATA"


def serve(environment: str) -> None:
    """Make steps, and print when each begins, what a step and what a batch of pictures takes."""
    from teeth_unet.unet import Training
    from teeth_unet.unet.input_pipeline import training_batches

    found = settings(environment)
    batch = BATCHES.get(environment) or found["training"]["batch_size"]
    step, _, gflop = keras_steps(environment, "float32", batch)
    for _ in range(WARM):
        step()
    began = time.perf_counter()
    for _ in range(STEPS):
        print(f"\n{STEP}", flush=True)
        step()
    print(f"\n{END} {(time.perf_counter() - began) / STEPS} {3 * batch * gflop}", flush=True)
    training = Training(**{**found["training"], "batch_size": batch})
    made = iter(training_batches(*pictures(3 * batch, found["preparation"]["size"]), training))
    for _ in range(WARM):
        next(made)
    began = time.perf_counter()
    for _ in range(STEPS):
        next(made)
    print(f"\n{DATA} {(time.perf_counter() - began) / STEPS}", flush=True)


def measure(environment: str) -> tuple[dict[str, float], float, float, float]:
    """Return seconds of each stage of a step, of the step, of its pictures, and its GFLOP."""
    command = [sys.executable, __file__, "--serve", environment]
    told = {"ONEDNN_VERBOSE": "1", "TF_NUM_INTEROP_THREADS": "1"}
    finished = subprocess.run(
        command,
        env={**os.environ, **told},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    stages: dict[str, float] = defaultdict(float)
    counted = False
    whole = data = gflop = 0.0
    for line in finished.stdout.splitlines():
        first, *numbers = line.split(" ")
        if first == STEP:
            counted = True
        elif first == END:
            counted, (whole, gflop) = False, map(float, numbers)
        elif first == DATA:
            data = float(numbers[0])
        elif counted and line.startswith("onednn_verbose") and ",exec," in line:
            fields = line.split(",")
            at = fields.index("exec")
            stage = STAGES.get((fields[at + 2], fields[at + 4]), "others of oneDNN")
            stages[stage] += float(fields[-1]) / 1000 / STEPS
    stages[REST] = whole - sum(stages.values())
    return stages, whole, data, gflop


def show(environment: str, rounds: list[tuple[dict[str, float], float, float, float]]) -> None:
    """Print the rows of one network: each round, one after the other."""
    names = dict.fromkeys([*STAGES.values(), "others of oneDNN", REST])
    for name in names:
        if any(name in stages for stages, *_ in rounds):
            times = ", ".join(f"{1000 * stages.get(name, 0):.0f}" for stages, *_ in rounds)
            share = statistics.mean(stages.get(name, 0) / whole for stages, whole, *_ in rounds)
            print(f"| {environment} | {name} | {times} | {100 * share:.0f} % |")
    for at, words in ((1, "step"), (2, "its pictures")):
        print(f"| {environment} | {words} | {', '.join(f'{1000 * r[at]:.0f}' for r in rounds)} | |")
    for stages, whole, _, gflop in rounds:
        own = sum(seconds for name, seconds in stages.items() if name.startswith("convolutions"))
        if own:
            print(
                f"{environment}: {gflop / whole:.0f} GFLOP/s, {100 * own / whole:.0f} % of the "
                f"{gflop / own:.0f} that its convolutions reach by themselves"
            )
        else:
            print(f"{environment}: {gflop / whole:.0f} GFLOP/s, without oneDNN's convolutions")


def main() -> None:
    """Measure all networks in turn, and print the table."""
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", default="base,abdi")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    names = options.networks.split(",")
    found = {name: [] for name in names}
    for _ in range(options.rounds):
        for name in names:
            found[name].append(measure(name))
    print("| network | stage | ms a step | share |\n|---|---|---|---|")
    for name in names:
        show(name, found[name])


if __name__ == "__main__":
    main()
