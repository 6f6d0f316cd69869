from unittest.mock import Mock

import numpy as np
import pytest
import tensorflow as tf
from small_unets import RowsReadOnDemand, small_training

from teeth_unet.unet import input_pipeline
from teeth_unet.unet.input_pipeline import training_batches, validation_batches


def numbered(count):
    """Pictures (count, 4, 4, 1) that tell their number by their grey level."""
    return np.broadcast_to(
        np.arange(count, dtype=np.float32)[:, None, None, None] / count, (count, 4, 4, 1)
    )


def batches(count, **training):
    """The case numbers of every batch, having seen that X-rays and masks stay together."""
    pictures = numbered(count)
    found = []
    for xrays, masks in training_batches(pictures, pictures, small_training(**training)):
        np.testing.assert_array_equal(xrays, masks)
        found.append(np.rint(xrays.numpy()[:, 0, 0, 0] * count).astype(int).tolist())
    return found


def orders(count, **training):
    """The case numbers of every epoch."""
    numbers = [case for batch in batches(count, **training) for case in batch]
    return [tuple(numbers[start : start + count]) for start in range(0, len(numbers), count)]


@pytest.mark.parametrize(
    ("count", "batch_size", "sizes"),
    [(5, 2, [2, 2, 1]), (6, 2, [2, 2, 2]), (3, 8, [3]), (1, 1, [1])],
)
def test_every_case_comes_exactly_once_an_epoch(count, batch_size, sizes):
    options = {"batch_size": batch_size, "epochs": 3}
    assert [len(batch) for batch in batches(count, **options)] == sizes * 3
    assert [sorted(order) for order in orders(count, **options)] == [list(range(count))] * 3


@pytest.mark.parametrize(
    ("count", "epoch_cases", "passes"),
    [(5, 1, 1), (5, 5, 1), (5, 6, 2), (3, 8, 3), (1, 4, 4), (12, 8, 1)],
)
def test_few_cases_come_several_times_an_epoch_each_as_often_as_the_others(
    count, epoch_cases, passes
):
    found = orders(count, epochs=2, batch_size=2, epoch_cases=epoch_cases)
    assert len(found) == 2 * passes
    assert [sorted(order) for order in found] == [list(range(count))] * 2 * passes
    assert small_training(epoch_cases=epoch_cases).passes(count) == passes


def test_each_time_few_cases_come_in_another_order():
    assert len(set(orders(20, epochs=2, epoch_cases=60))) == 6


def test_the_order_differs_between_epochs_and_between_seeds():
    found = [order for seed in range(3) for order in orders(20, epochs=4, seed=seed)]
    assert len(set(found)) == 12


def test_the_order_is_that_of_the_seed_whatever_seed_tensorflow_has():
    first = orders(20, epochs=2, seed=5)
    tf.random.set_seed(99)
    assert orders(20, epochs=2, seed=5) == first


def test_a_longer_training_begins_like_a_shorter_one():
    assert orders(20, epochs=4)[:2] == orders(20, epochs=2)


def noisy(seed):
    pictures = np.full((1, 8, 8, 1), 0.5, np.float32)
    training = small_training(epochs=4, seed=seed, augmentation={"noise": 0.2})
    return [xrays.numpy() for xrays, _ in training_batches(pictures, pictures, training)]


def test_a_case_is_augmented_anew_in_every_epoch_and_alike_for_the_same_seed():
    one, again, other = noisy(1), noisy(1), noisy(2)
    np.testing.assert_array_equal(one, again)
    different = [*one, *other]
    assert len(np.unique(np.array(different), axis=0)) == len(different)


def test_batches_of_one_epoch_are_augmented_differently():
    pictures = np.full((4, 8, 8, 1), 0.5, np.float32)
    training = small_training(epochs=1, batch_size=2, augmentation={"noise": 0.2})
    first, second = (xrays for xrays, _ in training_batches(pictures, pictures, training))
    assert not np.array_equal(first, second)


def test_xrays_and_masks_are_augmented_together():
    pictures = np.random.default_rng(0).random((6, 8, 8, 1)).round().astype(np.float32)
    training = small_training(epochs=2, batch_size=4, augmentation={"flip": 0.5})
    for xrays, masks in training_batches(pictures, pictures, training):
        np.testing.assert_array_equal(xrays, masks)


def test_batches_prepared_at_the_same_time_for_a_gpu_are_those_prepared_one_by_one(monkeypatch):
    pictures = np.random.default_rng(0).random((9, 8, 8, 1)).astype(np.float32)
    augmentation = {"flip": 0.5, "rotation": 20, "noise": 0.2}
    training = small_training(epochs=6, batch_size=2, augmentation=augmentation)

    def made():
        return [
            [part.numpy() for part in b] for b in training_batches(pictures, pictures, training)
        ]

    one_by_one = made()
    monkeypatch.setattr(input_pipeline, "has_gpu", lambda: True)
    at_once = Mock(return_value=4)
    monkeypatch.setattr(input_pipeline, "available_processors", at_once)
    for one, other in zip(one_by_one, made(), strict=True):
        np.testing.assert_array_equal(one, other)
    at_once.assert_called()


def test_memory_mapped_arrays_can_be_read_only(tmp_path):
    np.save(tmp_path / "x.npy", numbered(5))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    training = small_training(epochs=1, batch_size=2)
    levels = [x.numpy()[:, 0, 0, 0] for x, _ in training_batches(mapped, mapped, training)]
    np.testing.assert_allclose(np.sort(np.concatenate(levels)), [0, 0.2, 0.4, 0.6, 0.8])


def test_rows_are_read_when_their_turn_comes():
    x, y = RowsReadOnDemand(numbered(100)), RowsReadOnDemand(numbered(100))
    batches = iter(training_batches(x, y, small_training(epochs=1, batch_size=4)))
    assert x.reads == y.reads == []
    next(batches)
    assert set(x.reads) == set(y.reads) == {4}
    assert len(x.reads) < 10


def test_shapes_are_known_before_the_first_batch_is_read():
    shapes = [
        spec.shape
        for spec in training_batches(numbered(5), numbered(5), small_training()).element_spec
    ]
    assert [tuple(shape) for shape in shapes] == [(None, 4, 4, 1)] * 2


def test_validation_cases_come_once_in_order_and_unchanged():
    x = np.arange(5 * 16, dtype=np.float32).reshape(5, 4, 4, 1) / 100
    y = (x > 0.4).astype(np.float32)
    batches = list(validation_batches(x, y, 2).as_numpy_iterator())
    assert [len(xrays) for xrays, _ in batches] == [2, 2, 1]
    for number, given in enumerate((x, y)):
        np.testing.assert_array_equal(np.concatenate([b[number] for b in batches]), given)


def test_no_thread_of_a_tuner_is_waited_for_at_the_end():
    x = np.zeros((2, 4, 4, 1), np.float32)
    for batches in (training_batches(x, x, small_training()), validation_batches(x, x, 2)):
        assert batches.options().autotune.enabled is False
