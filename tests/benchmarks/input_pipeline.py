"""How long the network waits for its pictures, and how long the first step takes.

python tests/benchmarks/input_pipeline.py [--env abdi] [--steps 60]
"""

import argparse
import statistics
import time

import numpy as np
from speed import pictures, settings

from teeth_unet import unet
from teeth_unet.unet import Network, Training


def main() -> None:
    """Train for some steps on made-up pictures and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--env", default="abdi")
    parser.add_argument("--steps", type=int, default=60)
    options = parser.parse_args()

    from teeth_unet.unet.input_pipeline import training_batches

    found = settings(options.env)
    training = Training(**found["training"])
    size = found["preparation"]["size"]
    cases = 3 * training.batch_size
    model = unet.compile_model(Network(**found["network"]), training, size=size, train_cases=cases)
    batches = iter(training_batches(*pictures(cases, size), training))
    waits, steps = [], []
    for _ in range(options.steps):
        began = time.perf_counter()
        batch = next(batches)
        fed = time.perf_counter()
        model.train_on_batch(*batch)
        waits.append(fed - began)
        steps.append(time.perf_counter() - fed)
    share = np.sum(waits[3:]) / (np.sum(waits[3:]) + np.sum(steps[3:]))
    print(
        f"{options.env}: first step {steps[0]:.1f} s; then {statistics.median(steps[3:]):.3f} s a "
        f"step of {training.batch_size}, of it waiting for data {100 * share:.2f} %"
    )


if __name__ == "__main__":
    main()
