import keras
import numpy as np
import pytest
from small_unets import small_network, small_training

from teeth_unet import unet
from teeth_unet.errors import InputError
from teeth_unet.unet.losses import LOSSES
from teeth_unet.unet.mask_loss import MaskLoss
from teeth_unet.unet.optimizers import KernelAdamW, KernelMuon
from teeth_unet.unet.settings import OPTIMIZERS

OPTIMIZER_CLASSES = {
    "adam": keras.optimizers.Adam,
    "adamw": KernelAdamW,
    "muon": KernelMuon,
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
    "nadam": keras.optimizers.Nadam,
}


def compiled(train_cases=10, network=None, start=None, **training):
    settings = small_training(**training)
    network = network or small_network()
    return unet.compile_model(network, settings, size=8, train_cases=train_cases, start=start)


def rates(model, steps):
    found = []
    for step in steps:
        model.optimizer.iterations.assign(step)
        found.append(float(model.optimizer.learning_rate))
    return found


def test_it_begins_with_the_weights_of_another_and_leaves_that_one_alone():
    start = unet.build_unet(small_network(), 8, seed=9)
    before = [weights.copy() for weights in start.get_weights()]
    model = compiled(start=start)
    model.fit(np.ones((4, 8, 8, 1)), np.ones((4, 8, 8, 1)), shuffle=False, verbose=0)
    again = compiled(start=start)
    for ours, theirs, own in zip(again.get_weights(), start.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, own)
        np.testing.assert_array_equal(theirs, own)


def test_where_few_cases_come_several_times_an_epoch_the_schedule_counts_each():
    few = compiled(train_cases=3, epochs=2, epoch_cases=8, schedule="cosine", learning_rate=0.1)
    many = compiled(train_cases=9, epochs=2, schedule="cosine", learning_rate=0.1)
    assert rates(few, range(8)) == rates(many, range(8))


@pytest.mark.parametrize(
    ("schedule", "warmup_epochs", "expected"),
    [
        # 10 cases in batches of 4 are 3 steps an epoch, 12 in all.
        ("constant", 0, {0: 0.1, 6: 0.1, 12: 0.1}),
        ("exponential", 0, {0: 0.1, 6: 0.01, 12: 0.001}),
        ("cosine", 0, {0: 0.1, 4: 0.075, 6: 0.05, 8: 0.025, 12: 0, 13: 0}),
        ("cosine", 2, {0: 0, 3: 0.05, 6: 0.1, 8: 0.075, 9: 0.05, 12: 0, 13: 0}),
        ("cosine", 0.5, {0: 0, 1: 0.05, 2: 0.1, 7: 0.05, 12: 0}),
        ("cosine", 3.9, {0: 0, 6: 0.1, 12: 0}),  # not more than half of the steps
    ],
)
def test_learning_rates_by_hand(schedule, warmup_epochs, expected):
    model = compiled(
        schedule=schedule, warmup_epochs=warmup_epochs, learning_rate=0.1, batch_size=4, epochs=4
    )
    assert rates(model, expected) == pytest.approx(list(expected.values()), abs=1e-7)


@pytest.mark.parametrize(("train_cases", "steps"), [(8, 2), (9, 3), (1, 1)])
def test_a_part_of_a_batch_is_a_step(train_cases, steps):
    model = compiled(train_cases, schedule="exponential", learning_rate=1, batch_size=4, epochs=1)
    assert rates(model, [steps]) == pytest.approx([0.01])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_optimizer_is_the_one_that_was_chosen_and_complete(name):
    optimizer = compiled(optimizer=name, learning_rate=0.25).optimizer
    assert type(optimizer) is OPTIMIZER_CLASSES[name]
    assert optimizer.built
    assert float(optimizer.learning_rate) == 0.25


def test_gradient_descent_has_nesterov_momentum():
    optimizer = compiled(optimizer="sgd").optimizer
    assert (optimizer.momentum, optimizer.nesterov) == (0.9, True)


@pytest.mark.parametrize("name", sorted(set(OPTIMIZERS) - {"adamw", "muon"}))
def test_other_optimizers_have_no_weight_decay(name):
    assert not compiled(optimizer=name).optimizer.weight_decay


@pytest.fixture(params=["compiled", "saved", "cloned"])
def state(request):
    return request.param


@pytest.fixture(params=["adamw", "muon"])
def decaying(request, state, tmp_path):
    """A network whose weights are all 1, to be shrunk by 0.1 * 0.5 a step."""
    network = small_network(normalisation_place="after_block")
    model = compiled(network=network, optimizer=request.param, weight_decay=0.5, learning_rate=0.1)
    if state == "saved":
        model.save(tmp_path / "unet.keras")
        model = unet.load_model(tmp_path / "unet.keras")
    if state == "cloned":
        model = keras.models.clone_model(model)
    for variable in model.trainable_variables:
        variable.assign(np.ones(variable.shape))
    return model


def test_weight_decay_shrinks_kernels_but_neither_offsets_nor_scales(decaying):
    variables = decaying.trainable_variables
    decaying.optimizer.apply([np.zeros(variable.shape, np.float32) for variable in variables])
    values = {
        (variable.name, round(float(variable.value.numpy().mean()), 6)) for variable in variables
    }
    assert values == {("kernel", 0.95), ("bias", 1.0), ("gamma", 1.0), ("beta", 1.0)}


@pytest.mark.parametrize("loss", LOSSES)
def test_the_loss_is_the_one_that_was_chosen(loss):
    assert compiled(loss=loss).loss.get_config() == MaskLoss(loss).get_config()


def test_the_loss_has_the_options_that_were_chosen():
    chosen = compiled(loss="tversky", loss_options={"alpha": 0.2}).loss
    assert (chosen.name, chosen.options) == ("tversky", {"alpha": 0.2, "beta": 0.7})


@pytest.mark.parametrize(
    ("metrics", "watched"),
    [((), ["dice"]), (("accuracy",), ["dice", "accuracy"]), (("iou", "dice"), ["dice", "iou"])],
)
def test_dice_is_measured_always_and_first(metrics, watched):
    configurations = compiled(metrics=metrics).get_compile_config()["metrics"]
    assert [metric["config"]["name"] for metric in configurations] == watched


def test_it_is_not_compiled_just_in_time():
    assert compiled().jit_compile is False


def test_the_precision_is_the_one_that_was_chosen():
    for precision, computed_in in [("float32", "float32"), ("mixed_bfloat16", "bfloat16")]:
        assert compiled(precision=precision).layers[1].compute_dtype == computed_in


def test_the_seed_decides_about_the_weights():
    one, again, other = (compiled(seed=seed).get_weights()[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_size_that_does_not_suit_the_network_is_refused():
    with pytest.raises(InputError, match="a multiple of 2 px"):
        unet.compile_model(small_network(), small_training(), size=9, train_cases=1)
