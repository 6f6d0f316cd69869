from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from teeth_unet.unet import Augmentation, Network, Training
from teeth_unet.unet.losses import LOSSES, loss_options

CONF = Path(__file__).parents[2] / "conf"
REQUIRED = {Network: {"filters": [4, 8], "dropout": [0, 0]}, Training: {}, Augmentation: {}}


@pytest.mark.parametrize(
    ("model", "wrong", "message"),
    [
        (Network, {"filter": [4, 8]}, "unknown parameter 'filter': did you mean 'filters'"),
        (Network, {"normalization": "batch"}, "did you mean 'normalisation'"),
        (Training, {"epoch": 3}, "unknown parameter 'epoch': did you mean 'epochs'"),
        (Training, {"learn_rate": 0.1}, "did you mean 'learning_rate'"),
        (Training, {"augmentation": {"gama": 0.1}}, "did you mean 'gamma'"),
        (Augmentation, {"rotate": 5}, "did you mean 'rotation'"),
        (Augmentation, {"x": 1}, "known are: contrast, flip, gamma, noise, rotation, shift, zoom"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(model, wrong, message):
    with pytest.raises(ValidationError, match=message):
        model(**wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"loss": "dise"}, "unknown loss 'dise': did you mean 'dice'"),
        ({"loss": "crossentropy"}, "did you mean 'binary_crossentropy'"),
        (
            {"loss": "hinge"},
            f"known are: {', '.join(sorted(LOSSES))}",
        ),
        ({"optimizer": "Adam"}, "unknown optimizer 'Adam': did you mean 'adam'"),
        ({"optimizer": "lion"}, "known are: adam, adamw, muon, nadam, rmsprop, sgd"),
        ({"metrics": ["iou", "acuracy"]}, "unknown metric 'acuracy': did you mean 'accuracy'"),
        ({"metrics": ["recall"]}, "known are: accuracy, dice, iou, precision, sensitivity"),
    ],
)
def test_an_unknown_loss_optimizer_or_metric_is_refused_with_a_hint(wrong, message):
    with pytest.raises(ValidationError, match=message):
        Training(**wrong)


@pytest.mark.parametrize(
    ("loss", "options", "place", "message"),
    [
        ("tversky", {"alfa": 1}, (), "no option 'alfa': did you mean 'alpha'\\? It knows alpha, b"),
        ("tversky", {"gamma": 1}, (), "no option 'gamma': .*alpha.*beta"),
        ("focal", {"weight": 1}, (), "loss 'focal' has no option 'weight': known are: gamma"),
        ("dice", {"alpha": 1}, (), "loss 'dice' has no options, found 'alpha'"),
        ("tversky", {"alpha": 0}, ("alpha",), "greater than 0"),
        ("tversky", {"alpha": 0.2, "beta": "much"}, ("beta",), "valid number"),
        ("tversky", {"beta": float("nan")}, ("beta",), "finite number"),
        ("tversky", {"beta": float("inf")}, ("beta",), "finite number"),
        ("binary_crossentropy", {"label_smoothing": 1}, ("label_smoothing",), "less than 1"),
        ("tversky", 0.3, (), "valid dictionary"),
    ],
)
def test_an_option_that_a_loss_does_not_know_or_cannot_take_is_refused(
    loss, options, place, message
):
    with pytest.raises(ValidationError, match=message) as error:
        Training(loss=loss, loss_options=options)
    assert [problem["loc"] for problem in error.value.errors()] == [("loss_options", *place)]


def test_options_of_an_unknown_loss_are_not_told_as_wrong_too():
    with pytest.raises(ValidationError) as error:
        Training(loss="tverski", loss_options={"alpha": 1})
    assert [problem["loc"] for problem in error.value.errors()] == [("loss",)]


def test_a_template_among_the_options_is_left_out():
    options = {"_half": 0.5, "alpha": 0.5}
    assert Training(loss="tversky", loss_options=options).loss_options == {"alpha": 0.5}


def test_options_are_numbers_even_where_they_were_texts():
    assert Training(loss="tversky", loss_options={"alpha": "0.2"}).loss_options == {"alpha": 0.2}


@pytest.mark.parametrize("name", LOSSES)
def test_every_option_has_a_default_that_is_allowed(name):
    options = loss_options(name, {})
    assert loss_options(name, options) == options


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        (Training, "learning_rate", 0),
        (Training, "learning_rate", float("nan")),
        (Training, "schedule", "linear"),
        (Training, "warmup_epochs", -1),
        (Training, "weight_decay", -0.1),
        (Training, "batch_size", 0),
        (Training, "epochs", 0),
        (Training, "epochs", 1.5),
        (Training, "precision", "float16"),
        (Training, "seed", -1),
        (Training, "seed", 2**32),
        (Augmentation, "flip", 1.01),
        (Augmentation, "flip", -0.1),
        (Augmentation, "rotation", 181),
        (Augmentation, "zoom", 1),
        (Augmentation, "shift", 1),
        (Augmentation, "gamma", -0.1),
        (Augmentation, "contrast", 1),
        (Augmentation, "noise", 1),
        (Network, "filters", [8]),
        (Network, "filters", [0, 8]),
        (Network, "dropout", [0, 1]),
        (Network, "dropout", [0, -0.1]),
        (Network, "patch", 3),
        (Network, "normalisation", "layer"),
        (Network, "normalisation_place", "before_block"),
        (Network, "momentum", 1),
        (Network, "pooling", "mean"),
        (Network, "upsampling", "nearest"),
    ],
)
def test_a_value_out_of_range_is_refused_and_named(model, name, value):
    with pytest.raises(ValidationError) as error:
        model(**{**REQUIRED[model], name: value})
    assert {problem["loc"][0] for problem in error.value.errors()} == {name}


@pytest.mark.parametrize("dropout", [[], [0.1], [0.1, 0.1, 0.1]])
def test_every_level_has_one_number_of_filters_and_one_dropout(dropout):
    message = rf"one value a level each, found 2 and {len(dropout)}"
    with pytest.raises(ValidationError, match=message):
        Network(filters=[4, 8], dropout=dropout)


@pytest.mark.parametrize(
    ("metrics", "names"),
    [("iou", ("iou",)), ("iou+accuracy", ("iou", "accuracy")), (["iou"], ("iou",)), ([], ())],
)
def test_metrics_are_a_list_or_joined_by_a_plus(metrics, names):
    assert Training(metrics=metrics).metrics == names


@pytest.mark.parametrize(
    ("patch", "filters", "factor"),
    [(1, [4, 8], 2), (1, [32, 64, 128, 256, 512], 16), (2, [4, 8, 16], 8), (4, [4, 8, 16, 32], 32)],
)
def test_height_and_width_are_halved_between_levels_after_the_patch(patch, filters, factor):
    network = Network(filters=filters, dropout=[0] * len(filters), patch=patch)
    assert network.size_factor == factor


def test_parameters_cannot_be_changed_after_they_were_checked():
    with pytest.raises(ValidationError, match="frozen"):
        Training().epochs = 3


@pytest.mark.parametrize("environment", ["base", "article"])
def test_the_parameters_of_the_environments_are_accepted(environment):
    parameters = yaml.safe_load((CONF / environment / "parameters.yml").read_text())
    network, training = parameters["network"], parameters["training"]
    assert Network(**network).model_dump(include=set(network), mode="json") == network
    distribution = training.pop("distribution", "none")  # of which no record tells
    assert Training(**training).model_dump(include=set(training), mode="json") == training
    assert Training(distribution=distribution) == Training()
