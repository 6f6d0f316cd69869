"""The same code on another Keras backend."""

import importlib.util
import signal

import interrupted
import numpy as np
import other_backend
import pytest
from small_unets import discs, small_network, small_training

from teeth_unet import unet

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("jax") is None,
        reason='JAX is not installed; it is an extra: pip install -e ".[jax]"',
    ),
]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What TensorFlow and JAX make of the same numbers."""
    folder = tmp_path_factory.mktemp("backends")
    x, y = discs(2)
    y[1] = 0  # one empty mask
    network = small_network(patch=2, filters=(4, 8, 8), dropout=(0, 0, 0))
    model = unet.compile_model(network, small_training(), size=16, train_cases=2)
    weights = {f"w{n:03d}": array for n, array in enumerate(model.get_weights())}
    probabilities = np.random.default_rng(0).random(y.shape, np.float32)
    np.savez(folder / "inputs.npz", x=x, y=y, probabilities=probabilities, **weights)
    found = []
    for backend in ("tensorflow", "jax"):
        other_backend.run(backend, folder / "inputs.npz", folder / f"{backend}.npz")
        with np.load(folder / f"{backend}.npz") as outputs:
            found.append(dict(outputs))
    return found


@pytest.mark.parametrize("name", other_backend.LOSSES)
def test_losses_are_the_same(both, name):
    tensorflow, jax = (found[f"loss {name}"] for found in both)
    np.testing.assert_allclose(jax, tensorflow, rtol=1e-5)


@pytest.mark.parametrize(("precision", "step"), [("float32", 1e-4), ("mixed_bfloat16", 0.03)])
def test_the_network_computes_and_learns_the_same(both, precision, step):
    tensorflow, jax = both
    names = [name for name in tensorflow if name.startswith(precision)]
    assert len(names) == 5
    for name in names:
        np.testing.assert_allclose(jax[name], tensorflow[name], rtol=step, atol=step)


def test_a_killed_training_goes_on_bit_for_bit_on_jax(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    results = tmp_path / "undisturbed.npz", tmp_path / "killed.npz"
    code, printed = interrupted.run(tmp_path / "1.npz", results[0])
    assert code == 0, printed
    code, printed = interrupted.run(tmp_path / "2.npz", results[1], kill_at=12)
    assert code == -signal.SIGKILL, printed
    code, printed = interrupted.run(tmp_path / "2.npz", results[1])
    assert code == 0, printed
    assert "Going on after epoch" in printed
    with np.load(results[0]) as undisturbed, np.load(results[1]) as killed:
        for name in set(undisturbed.files) - {"history"}:
            np.testing.assert_array_equal(killed[name], undisturbed[name])
