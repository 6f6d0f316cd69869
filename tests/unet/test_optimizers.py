import keras
import numpy as np
import pytest

from teeth_unet.unet.optimizers import KernelAdamW, KernelMuon, orthogonalise


def with_singular_values(shape, values, seed=0):
    left, _, right = np.linalg.svd(
        np.random.default_rng(seed).normal(size=shape), full_matrices=False
    )
    return ((left * values) @ right).astype(np.float32)


def newton_schulz(matrix):
    """The iteration as it is published, on the whole matrix, in double precision."""
    x = np.asarray(matrix, float)
    x = x if x.shape[0] <= x.shape[1] else x.T
    x = x / np.linalg.norm(x)
    for _ in range(5):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x if x.shape == matrix.shape else x.T


@pytest.mark.parametrize("shape", [(16, 144), (144, 16), (9, 9), (1, 36), (256, 300)])
@pytest.mark.parametrize("decades", [0, 1, 3, 6])
def test_it_is_the_published_iteration(shape, decades):
    matrix = with_singular_values(shape, np.logspace(0, -decades, min(shape)))
    found = np.asarray(orthogonalise(keras.ops.convert_to_tensor(matrix)))
    np.testing.assert_allclose(found, newton_schulz(matrix), atol=2e-3)


def test_singular_values_come_near_one_and_directions_are_kept():
    values = np.linspace(1, 0.05, 12)
    matrix = with_singular_values((12, 40), values)
    left, found, right = np.linalg.svd(
        np.asarray(orthogonalise(keras.ops.convert_to_tensor(matrix)))
    )
    assert found.min() > 0.6
    assert found.max() < 1.25
    directions = left.T @ matrix @ right.T[:, :12]
    np.testing.assert_allclose(directions, np.diag(np.diag(directions)), atol=2e-3)


def test_a_gradient_of_zeros_gives_no_update():
    assert not np.asarray(orthogonalise(keras.ops.zeros((4, 9)))).any()


@pytest.fixture
def model():
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, name="convolution")(inputs)
    return keras.Model(inputs, keras.layers.Conv2D(1, 1, name="logits")(x))


def stepped(model, optimizer, steps=1, seed=1):
    """The changes of all weights by the last of several steps with random gradients."""
    rng = np.random.default_rng(seed)
    optimizer.build(model.trainable_variables)
    for _ in range(steps):
        before = model.get_weights()
        gradients = [rng.normal(size=w.shape).astype(np.float32) for w in before]
        optimizer.apply([keras.ops.convert_to_tensor(gradient) for gradient in gradients])
    return [now - was for now, was in zip(model.get_weights(), before, strict=True)], gradients


def test_a_kernel_changes_by_a_nearly_orthogonal_matrix_of_the_size_of_adams_steps(model):
    changes, gradients = stepped(model, KernelMuon(0.01, weight_decay=0))
    # After one step momentum is the gradient, and Nesterov's look ahead 1.95 times it.
    expected = -0.01 * 0.2 * np.sqrt(27) * newton_schulz(gradients[0].reshape(27, 4))
    np.testing.assert_allclose(changes[0].reshape(27, 4), expected, atol=1e-5)
    assert np.sqrt(np.mean(changes[0] ** 2)) == pytest.approx(0.01 * 0.2, rel=0.3)


def test_momentum_gathers_gradients(model):
    rng = np.random.default_rng(1)
    first = [rng.normal(size=w.shape) for w in model.get_weights()]
    second = [rng.normal(size=w.shape) for w in model.get_weights()]
    changes, _ = stepped(model, KernelMuon(0.01, weight_decay=0), steps=2)
    momentum = 0.95 * first[0] + second[0]
    ahead = (second[0] + 0.95 * momentum).reshape(27, 4)
    expected = -0.01 * 0.2 * np.sqrt(27) * newton_schulz(ahead)
    np.testing.assert_allclose(changes[0].reshape(27, 4), expected, atol=1e-5)


def test_offsets_and_the_last_layer_change_as_under_adamw(model):
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    by_muon, _ = stepped(model, KernelMuon(0.01, weight_decay=0.1), steps=3)
    by_adamw, _ = stepped(twin, KernelAdamW(0.01, weight_decay=0.1), steps=3)
    kernel, *others = zip(by_muon, by_adamw, strict=True)
    assert not np.allclose(*kernel)
    for found, expected in others:
        np.testing.assert_array_equal(found, expected)
