"""The network for label maps: what it minimises, what it watches, how its targets are moved."""

import math

import keras
import numpy as np
import pytest
from small_unets import small_network

from teeth_unet import unet
from teeth_unet.unet import Augmentation, Channel, Fitting
from teeth_unet.unet.augmentation import augment
from teeth_unet.unet.labelling import LabelDice, LabelLoss

CLASSES = (3, 2)
CHANNELS = (Channel(mirrored=(0, 2, 1)), Channel(), Channel(smooth=True))
MOVEMENTS = {"rotation": 20, "zoom": 0.2, "shift": 0.1}


def one_pixel(*values):
    return np.array(values, np.float32).reshape(1, 1, 1, -1)


@pytest.mark.parametrize(
    ("target", "logits", "loss"),
    [
        # ln 3 + ln 2 + 2 ln 2: nothing is known.
        ((0, 0, 0), (0, 0, 0, 0, 0, 0), math.log(3) + 3 * math.log(2)),
        # Probabilities 1/2, 1/4, 1/4; 1/5, 4/5; 3/4.
        (
            (1, 1, 255),
            (math.log(2), 0, 0, 0, math.log(4), math.log(3)),
            -math.log(1 / 4) - math.log(4 / 5) - 2 * math.log(3 / 4),
        ),
        # A distance of 0.2 for a probability of 3/4.
        (
            (0, 0, 51),
            (0, 0, 0, 0, 0, math.log(3)),
            math.log(3) + math.log(2) - 2 * (0.2 * math.log(3 / 4) + 0.8 * math.log(1 / 4)),
        ),
    ],
)
def test_the_loss_of_a_pixel_is_two_cross_entropies_and_twice_that_of_the_distance(
    target, logits, loss
):
    found = LabelLoss(CLASSES).call(one_pixel(*target), one_pixel(*logits))
    assert found.shape == (1, 1, 1)
    assert float(found[0, 0, 0]) == pytest.approx(loss, abs=1e-6)


def test_the_loss_of_a_batch_is_the_mean_over_all_pixels():
    # Worth ln 3 + 3 ln 2 in the one pixel, and next to nothing in the three others.
    logits = np.full((2, 1, 2, 6), -50, np.float32)
    logits[..., [0, 3]] = 50
    logits[0, 0, 0] = 0
    found = LabelLoss(CLASSES)(np.zeros((2, 1, 2, 3), np.float32), logits)
    assert float(found) == pytest.approx((math.log(3) + 3 * math.log(2)) / 4, abs=1e-5)


def one_hot(labels):
    logits = np.zeros((*np.shape(labels), 6), np.float32)
    np.put_along_axis(logits, np.array(labels)[..., None], 5, axis=-1)
    return logits


@pytest.mark.parametrize(
    ("truth", "found", "dice"),
    [
        ([[1, 1, 2, 0]], [[1, 1, 2, 0]], 1.0),
        ([[1, 1, 2, 0]], [[1, 0, 2, 2]], (2 / 3 + 2 / 3) / 2),
        ([[1, 1, 0, 0]], [[1, 1, 2, 2]], 1.0),  # label 2 is not in the truth
        ([[1, 1, 2, 2]], [[2, 2, 1, 1]], 0.0),  # all found, all under the wrong number
        ([[0, 0, 0, 0]], [[0, 0, 0, 0]], 1.0),
        ([[0, 0, 0, 0]], [[0, 1, 0, 0]], 0.0),
    ],
)
def test_dice_is_the_mean_over_the_labels_of_an_image(truth, found, dice):
    metric = LabelDice(3)
    targets = np.stack([np.array([truth]), np.zeros((1, 1, 4)), np.zeros((1, 1, 4))], axis=-1)
    metric.update_state(targets.astype(np.float32), one_hot([found]))
    assert float(metric.result()) == pytest.approx(dice)


def test_dice_of_many_images_is_the_mean_of_theirs():
    metric = LabelDice(3)
    truth = np.array([[[1, 1, 1, 1]], [[2, 0, 0, 0]]])
    targets = np.stack([truth] * 3, axis=-1).astype(np.float32)
    metric.update_state(targets, one_hot([[[1, 1, 1, 1]], [[0, 0, 0, 0]]]))
    assert float(metric.result()) == pytest.approx(0.5)


def moved(x, targets, augmentation, seed=0):
    arrays = (np.asarray(each, np.float32) for each in (x, targets))
    parts = augment(*arrays, Augmentation(**augmentation), np.array([seed, 0]), CHANNELS)
    return [part.numpy() for part in parts]


def halves(batch=32, side=16):
    """X-rays that are bright on the left, and targets of half their size with one label a side."""
    columns = np.broadcast_to(np.arange(side), (batch, side // 2, side))[..., ::2]
    label = np.where(columns < side / 2, 1, 2)
    x = np.repeat(np.repeat(label == 1, 2, axis=1), 2, axis=2)[..., None]
    return x, np.stack([label, label - 1, 20 * columns], axis=-1)


def test_a_mirror_image_exchanges_the_numbers_of_left_and_right():
    x, targets = halves()
    turned, found = moved(x, targets, {"flip": 1})
    np.testing.assert_array_equal(turned, x[:, :, ::-1])
    # What was number 1 on the left is number 2 on the right: the picture's numbers look the same.
    np.testing.assert_array_equal(found[..., 0], targets[..., 0])
    # Kinds and distances know no sides: they are mirrored and nothing else.
    np.testing.assert_array_equal(found[..., 1:], targets[:, :, ::-1, 1:])


def test_numbers_are_exchanged_in_mirror_images_and_in_no_others():
    x, targets = halves()
    turned, found = moved(x, targets, {"flip": 0.5, **MOVEMENTS})
    mirrored = turned[:, 8, :8, 0].mean(axis=1) < turned[:, 8, 8:, 0].mean(axis=1)
    assert 4 < mirrored.sum() < 28
    # The second channel tells which side of the head a pixel is from; the first its number, which
    # is the side of the picture however it was turned.
    inside = found[..., 0] > 0
    from_the_right = found[..., 1] == 1
    expected = np.where(mirrored[:, None, None], 2 - from_the_right, 1 + from_the_right)
    np.testing.assert_array_equal(found[..., 0][inside], expected[inside])


def test_targets_of_half_the_size_move_with_their_xray():
    side = 64
    places = np.broadcast_to(np.arange(side) + 0.5, (16, side, side))
    rows, columns = (np.swapaxes(places, 1, 2) / side, places / side)
    half = (np.arange(side // 2) + 0.5) * 2 / side * 200
    half = np.broadcast_to(half, (16, side // 2, side // 2))
    for ramp, target in ((columns, half), (rows, np.swapaxes(half, 1, 2))):
        targets = np.stack([target > 100, target > 100, target], axis=-1)
        x, found = moved(ramp[..., None], targets, {"flip": 0.5, **MOVEMENTS})
        # A ramp tells where each pixel came from, the same place for both.
        source = x[..., 0].reshape(16, side // 2, 2, side // 2, 2).mean(axis=(2, 4))
        inside = np.zeros(source.shape, bool)
        inside[:, 10:-10, 10:-10] = True
        np.testing.assert_allclose(found[..., 2][inside], 200 * source[inside], atol=0.01)
        decided = inside & (abs(200 * source - 100) > 0.1)
        np.testing.assert_array_equal(found[..., 1][decided] == 1, source[decided] > 0.5)


def test_labels_stay_labels_and_what_moves_in_is_background():
    targets = np.broadcast_to([2, 1, 255], (32, 8, 8, 3))
    _, found = moved(np.ones((32, 16, 16, 1)), targets, {"shift": 0.4, "rotation": 20})
    assert set(np.unique(found[..., 0])) == {0, 2}
    assert set(np.unique(found[..., 1])) == {0, 1}
    assert ((found[..., 2] > 0) & (found[..., 2] < 255)).any()  # the rim of a smooth map is soft
    assert (found[..., 2] == 0).any(axis=(1, 2)).mean() > 0.9


def test_the_network_tells_at_the_size_of_its_patches():
    model = unet.build_label_unet(small_network(patch=2), 16, CLASSES, seed=3)
    assert model.output_shape == (None, 8, 8, 6)
    body = unet.build_unet(small_network(patch=2), 16, seed=3)
    for ours, theirs in zip(model.get_weights()[:-2], body.get_weights()[:-2], strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_its_last_convolution_is_no_kernel_for_muon():
    training = Fitting(optimizer="muon", precision="float32")
    model = unet.compile_label_unet(small_network(), training, CLASSES, size=16, train_cases=4)
    kernels = {model.trainable_variables[number].path for number in model.optimizer._kernels}
    assert "logits_numbers/kernel" not in kernels
    assert len(kernels) == sum(len(each.shape) == 4 for each in model.trainable_variables) - 1


def test_a_compiled_network_is_saved_and_loaded_whole(tmp_path):
    training = Fitting(precision="float32")
    model = unet.compile_label_unet(small_network(), training, CLASSES, size=16, train_cases=4)
    unet.save_model(model, tmp_path / "unet.keras")
    config = unet.load_model(tmp_path / "unet.keras").get_compile_config()
    assert keras.saving.deserialize_keras_object(config["loss"]).classes == CLASSES
    assert keras.saving.deserialize_keras_object(config["metrics"])[0].labels == 3
