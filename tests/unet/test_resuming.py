"""Whether a checkpoint is one of this very training, and what is made of it."""

import copy
import json

import numpy as np
import pytest
from small_unets import discs, small_network, small_training

from teeth_unet import unet
from teeth_unet.errors import InputError
from teeth_unet.unet import resuming
from teeth_unet.unet.protocol import Checkpoint

pytestmark = pytest.mark.slow


class MemoryStore:
    def __init__(self):
        self.written = []

    def latest(self):
        return self.written[-1] if self.written else None

    def write(self, checkpoint):
        self.written.append(checkpoint)

    def clear(self):
        self.written.clear()


def fit(store, x=None, network=None, weights_of=None, **changes):
    training = small_training(**{"epochs": 3, "batch_size": 2, "learning_rate": 0.01, **changes})
    pictures, masks = discs(4)
    compiled = unet.compile_model(
        network or small_network(),
        training,
        size=16,
        train_cases=len(pictures),
        start=weights_of,
    )
    x = pictures if x is None else x
    return unet.fit_model(compiled, x, masks, *discs(2), training, store)


@pytest.fixture(scope="module")
def left_over():
    """The checkpoint that a training leaves when it is killed after its second epoch."""
    store = MemoryStore()
    fit(store)
    return store.written[1]


def store_with(checkpoint):
    store = MemoryStore()
    store.write(checkpoint)
    return store


def test_every_epoch_is_written():
    store = MemoryStore()
    _, history = fit(store)
    epochs = [checkpoint.state["history"]["epoch"] for checkpoint in store.written]
    assert epochs == [[1], [1, 2], [1, 2, 3]]
    assert store.written[-1].state["history"] == history


def test_a_checkpoint_survives_json(left_over):
    assert json.loads(json.dumps(left_over.state)) == left_over.state


def test_a_finished_training_is_not_trained_again():
    store = MemoryStore()
    fitted, history = fit(store)
    again, same_history = fit(store)
    assert len(store.written) == 3
    assert same_history == history
    for ours, theirs in zip(again.get_weights(), fitted.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"learning_rate": 0.02}, "training.learning_rate was 0.01, is 0.02"),
        ({"epochs": 4}, "training.epochs was 3, is 4"),
        ({"seed": 5}, "training.seed was 0, is 5"),
        (
            {"loss": "tversky", "loss_options": {"alpha": 0.2}},
            "training.loss was binary_crossentropy_dice, is tversky; "
            "training.loss_options.alpha was None, is 0.2",
        ),
        ({"augmentation": {"flip": 0.5}}, "training.augmentation.flip was 0.0, is 0.5"),
        ({"start": "package"}, "training.start was scratch, is package"),
        ({"weights_of": unet.build_unet(small_network(), 16, seed=9)}, "network has changed"),
        ({"network": small_network(filters=(4, 16))}, "network has changed"),
        ({"precision": "mixed_bfloat16"}, "training.precision was float32, is mixed_bfloat16"),
        ({"x": discs(4)[0] * 0.5}, "x_train has changed"),
    ],
)
def test_a_checkpoint_of_another_training_is_refused(left_over, changes, told):
    store = store_with(left_over)
    with pytest.raises(InputError) as error:
        fit(store, **changes)
    found = str(error.value).split("one that differs: ")[1].split(". Put it back")[0]
    assert told in found
    other = {"network", "weights_of", "seed", "precision"} & changes.keys()
    assert ("network" in found) == bool(other)
    assert "training.resume=false" in str(error.value)
    assert store.latest() is left_over


def test_a_checkpoint_of_other_versions_is_refused(left_over, monkeypatch):
    versions = {**resuming.software_versions(), "keras": "2.0"}
    monkeypatch.setattr(resuming, "software_versions", lambda: versions)
    with pytest.raises(InputError, match=r"versions\.keras was 3\S+, is 2\.0"):
        fit(store_with(left_over))


def of_an_earlier_version(checkpoint):
    """As checkpoints were when losses were other classes, and had no options."""
    state = copy.deepcopy(checkpoint.state)
    state["started_with"]["compilation"] = "the hash of another form"
    del state["started_with"]["compiled"], state["started_with"]["training"]["loss_options"]
    return Checkpoint(checkpoint.arrays, state)


def test_a_training_that_an_earlier_version_began_goes_on(left_over):
    store = store_with(of_an_earlier_version(left_over))
    fit(store)
    assert [c.state["history"]["epoch"][-1] for c in store.written] == [2, 3]


def test_a_training_that_an_earlier_version_began_otherwise_is_refused(left_over):
    store = store_with(of_an_earlier_version(left_over))
    with pytest.raises(InputError, match=r"differs: training\.learning_rate was 0\.01, is 0\.02\."):
        fit(store, learning_rate=0.02)


def test_a_network_that_was_compiled_otherwise_than_the_settings_say_is_refused(left_over):
    started = {**left_over.state["started_with"], "compiled": "another"}
    state = {**left_over.state, "started_with": started}
    with pytest.raises(InputError, match=r"one that differs: compiled has changed\."):
        fit(store_with(Checkpoint(left_over.arrays, state)))


def test_a_checkpoint_that_knows_more_is_refused(left_over):
    started = left_over.state["started_with"]
    other = {**started, "versions": {**started["versions"], "jax": "0.10"}}
    state = {**left_over.state, "started_with": other}
    with pytest.raises(InputError, match=r"versions\.jax was 0\.10, is None"):
        fit(store_with(Checkpoint(left_over.arrays, state)))


def test_patience_alone_may_change(left_over):
    store = store_with(left_over)
    fit(store, patience=50)
    assert len(store.written) == 2


def test_without_resume_a_training_starts_anew_whatever_lies_there(left_over):
    store = store_with(left_over)
    _, history = fit(store, resume=False, learning_rate=0.02)
    assert history["epoch"] == [1, 2, 3]
    # What lay there is replaced by the first epoch that is whole, and not a moment earlier.
    assert [c.state["history"]["epoch"][-1] for c in store.written] == [2, 1, 2, 3]


def test_a_training_goes_on_by_the_epochs_that_are_missing(left_over):
    store = store_with(left_over)
    fit(store)
    assert [c.state["history"]["epoch"][-1] for c in store.written] == [2, 3]


def test_the_fitted_network_has_the_weights_of_the_best_epoch():
    store = MemoryStore()
    fitted, history = fit(store, epochs=6, optimizer="sgd", learning_rate=0.9)
    best = unet.best_epoch(history)
    x, y = discs(2)
    masks = unet.predict(fitted, x) >= 0.5
    axes = (1, 2, 3)
    dice = np.mean(2 * (masks * y).sum(axes) / (masks.sum(axes) + y.sum(axes)))
    assert dice == pytest.approx(history["val_dice"][best - 1], abs=1e-5)
    assert dice == pytest.approx(max(history["val_dice"]), abs=1e-5)


def test_a_loss_that_is_no_number_stops_the_training_and_keeps_the_last_good_weights():
    store = MemoryStore()
    x, _ = discs(4)
    poisoned = x.copy()

    class PoisonedLater:
        shape = x.shape
        reads = 0

        def __len__(self):
            return len(x)

        def __getitem__(self, rows):
            if not isinstance(rows, slice):
                self.reads += 1
            return poisoned[rows] if self.reads <= 4 else poisoned[rows] * np.float32("nan")

    with pytest.raises(InputError) as error:
        fit(store, x=PoisonedLater())
    message = str(error.value)
    assert message.startswith("training, epoch 3, step 1: expected a finite loss, found loss nan")
    assert "learning rate 0.01" in message
    assert "The weights of epoch 2 stay in the checkpoint" in message
    assert "training.learning_rate" in message
    assert len(store.written) == 2
    arrays = store.latest().arrays.values()
    assert all(np.isfinite(array).all() for array in arrays if array.dtype.kind == "f")


def test_an_update_that_breaks_the_weights_is_never_a_checkpoint():
    store = MemoryStore()
    with pytest.raises(
        InputError, match=r"training, epoch 1(, step \d)?: expected a finite loss"
    ) as e:
        fit(store, learning_rate=1e38, optimizer="sgd")
    assert store.written == []
    assert "stay in the checkpoint" not in str(e.value)


def test_patience_without_validation_cases_is_refused():
    x, y = discs(4)
    training = small_training(patience=3)
    compiled = unet.compile_model(small_network(), training, size=16, train_cases=4)
    for xrays, masks, found in ((x[:0], y[:0], "none"), (x, 0 * y, "none in 4")):
        with pytest.raises(InputError, match=r"training\.patience: expected validation cases") as e:
            unet.fit_model(compiled, x, y, xrays, masks, training)
        assert f"found {found}. Set split.validation_cases to a count, such as 3" in str(e.value)


def test_the_state_of_a_model_holds_its_random_streams():
    training = small_training(batch_size=2)
    compiled = unet.compile_model(
        small_network(dropout=(0.2, 0.3)), training, size=16, train_cases=2
    )
    before = resuming.model_state(compiled)
    compiled.train_on_batch(*discs(2))
    after = resuming.model_state(compiled)
    streams = [name for name in before if before[name].dtype.kind in "iu"]
    changed = [name for name in streams if not np.array_equal(before[name], after[name])]
    assert len(changed) >= 4  # three dropouts and the optimizer's count of steps
    resuming.restore_model_state(compiled, before)
    for name, numbers in resuming.model_state(compiled).items():
        np.testing.assert_array_equal(numbers, before[name])


def test_the_state_is_a_copy():
    compiled = unet.compile_model(small_network(), small_training(), size=16, train_cases=2)
    state = resuming.model_state(compiled)
    kept = {name: numbers.copy() for name, numbers in state.items()}
    compiled.train_on_batch(*discs(2))
    for name in state:
        np.testing.assert_array_equal(state[name], kept[name])


def test_an_empty_checkpoint_is_refused_by_name(left_over):
    state = {**left_over.state, "started_with": {}}
    with pytest.raises(InputError, match="checkpoints: expected a training with the same"):
        fit(store_with(Checkpoint(left_over.arrays, state)))
