"""Compute losses, their gradients and a network's step on the backend in KERAS_BACKEND.

Run as a program: python other_backend.py INPUTS.npz OUTPUTS.npz
"""

import os
import subprocess
import sys

import numpy as np

from teeth_unet.unet.losses import LOSSES

PRECISIONS = ("float32", "mixed_bfloat16")


def compute(inputs):
    """Return everything by name, with the weights of the networks taken from the inputs."""
    import keras
    from small_unets import small_network, small_training

    from teeth_unet import unet
    from teeth_unet.unet.mask_loss import MaskLoss

    found = {}
    for name in LOSSES:
        loss = MaskLoss(name)(inputs["y"], inputs["probabilities"])
        found[f"loss {name}"] = keras.ops.convert_to_numpy(loss)
    for precision in PRECISIONS:
        training = small_training(
            precision=precision, optimizer="muon", weight_decay=0.01, learning_rate=0.001
        )
        network = small_network(patch=2, filters=(4, 8, 8), dropout=(0, 0, 0))
        model = unet.compile_model(network, training, size=16, train_cases=2)
        model.set_weights([inputs[f"w{n:03d}"] for n in range(len(model.get_weights()))])
        found[f"{precision} before"] = np.asarray(model.predict_on_batch(inputs["x"]))
        for step in range(3):
            found[f"{precision} step {step}"] = np.asarray(
                model.train_on_batch(inputs["x"], inputs["y"])
            )
        found[f"{precision} after"] = np.asarray(model.predict_on_batch(inputs["x"]))
    return found


def run(backend, inputs, outputs):
    """Compute in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, str(inputs), str(outputs)],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


if __name__ == "__main__":
    with np.load(sys.argv[1]) as given:
        np.savez(sys.argv[2], **compute(dict(given)))
