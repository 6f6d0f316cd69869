from collections import Counter
from itertools import pairwise, product
from pathlib import Path

import keras
import numpy as np
import pytest
import yaml
from keras import layers
from small_unets import small_network, small_training

from teeth_unet import unet
from teeth_unet.errors import InputError
from teeth_unet.unet import Network

ARTICLE = Path(__file__).parents[2] / "conf" / "article" / "parameters.yml"
OPTIONS = {
    "patch": [1, 2, 4],
    "normalisation": ["none", "batch", "group"],
    "normalisation_place": ["after_block", "before_activation"],
    "pooling": ["max", "average"],
    "upsampling": ["transposed", "bilinear"],
}
COMBINATIONS = [dict(zip(OPTIONS, values, strict=True)) for values in product(*OPTIONS.values())]


@pytest.fixture(scope="module")
def article():
    parameters = yaml.safe_load(ARTICLE.read_text())
    return unet.build_unet(Network(**parameters["network"]), parameters["preparation"]["size"])


def of_kind(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


def sources(layer):
    """The layers whose outputs a layer takes in."""
    if isinstance(layer, layers.InputLayer):
        return []
    tensors = layer.input if isinstance(layer.input, list) else [layer.input]
    return [tensor._keras_history.operation for tensor in tensors]


def same_weights(one, other):
    return [np.array_equal(*pair) for pair in zip(one, other, strict=True)]


class TestArticle:
    """The network of the article, layer by layer."""

    def test_it_maps_one_channel_to_one_of_the_same_size(self, article):
        assert article.input_shape == article.output_shape == (None, 512, 512, 1)

    def test_it_has_exactly_as_many_parameters(self, article):
        assert article.count_params() == 13_423_361
        assert sum(variable.value.numpy().size for variable in article.trainable_variables) == (
            13_420_481
        )

    def test_it_has_the_same_layers(self, article):
        assert Counter(type(layer).__name__ for layer in article.layers) == {
            "InputLayer": 1,
            "Conv2D": 19,
            "Conv2DTranspose": 4,
            "BatchNormalization": 8,
            "Dropout": 9,
            "Activation": 19,
            "MaxPooling2D": 4,
            "Concatenate": 4,
        }

    def test_filters_double_on_the_way_down_and_halve_on_the_way_up(self, article):
        filters = [layer.filters for layer in of_kind(article, layers.Conv2D)]
        way_down = [32, 32, 64, 64, 128, 128, 256, 256, 512, 512]
        assert filters == [*way_down, *way_down[7::-1], 1]

    def test_dropout_lies_between_the_two_convolutions_of_every_block(self, article):
        shares = [layer.rate for layer in of_kind(article, layers.Dropout)]
        assert shares == [0.1, 0.2, 0.3, 0.4, 0.5, 0.4, 0.3, 0.2, 0.1]
        for dropout in of_kind(article, layers.Dropout):
            (before,) = sources(dropout)
            (after,) = [layer for layer in article.layers if dropout in sources(layer)]
            assert (type(before), type(after)) == (layers.Activation, layers.Conv2D)

    def test_skips_are_taken_before_the_normalisation_and_pooling_follows_it(self, article):
        for join in of_kind(article, layers.Concatenate):
            upsampled, skip = sources(join)
            assert isinstance(upsampled, layers.Conv2DTranspose)
            assert isinstance(skip, layers.Activation)
        for pooling in of_kind(article, layers.MaxPooling2D):
            (normalised,) = sources(pooling)
            assert isinstance(normalised, layers.BatchNormalization)

    def test_what_is_normalised_for_pooling_is_what_the_skip_hands_on(self, article):
        skips = [sources(join)[1] for join in of_kind(article, layers.Concatenate)]
        normalisations = [sources(pooling)[0] for pooling in of_kind(article, layers.MaxPooling2D)]
        assert [sources(layer)[0] for layer in normalisations] == skips[::-1]

    def test_upsampling_keeps_the_channels_of_its_input(self, article):
        for layer in of_kind(article, layers.Conv2DTranspose):
            assert layer.filters == layer.input.shape[-1]
            assert (layer.kernel_size, layer.strides, layer.padding) == ((4, 4), (2, 2), "same")
            assert layer.activation is keras.activations.relu

    def test_the_last_block_goes_into_the_head_without_normalisation(self, article):
        sigmoid = article.layers[-1]
        (head,) = sources(sigmoid)
        (last,) = sources(head)
        assert sigmoid.activation is keras.activations.sigmoid
        assert (head.filters, head.kernel_size) == (1, (1, 1))
        assert last.activation is keras.activations.relu

    def test_convolutions_are_3x3_with_relu(self, article):
        *convolutions, _ = of_kind(article, layers.Conv2D)
        *activations, _ = of_kind(article, layers.Activation)
        assert {(layer.kernel_size, layer.padding) for layer in convolutions} == {((3, 3), "same")}
        assert {layer.activation for layer in activations} == {keras.activations.relu}
        assert [sources(layer) for layer in activations] == [[layer] for layer in convolutions]

    def test_normalisations_have_the_usual_momentum(self, article):
        assert {layer.momentum for layer in of_kind(article, layers.BatchNormalization)} == {0.99}

    def test_initial_kernels_are_he_normal_and_offsets_zero(self, article):
        for layer in of_kind(article, (layers.Conv2D, layers.Conv2DTranspose)):
            assert isinstance(layer.kernel_initializer, keras.initializers.HeNormal)
            assert not layer.bias.numpy().any()
        kernel = of_kind(article, layers.Conv2D)[9].kernel.numpy()
        assert kernel.shape == (3, 3, 512, 512)
        assert kernel.std() == pytest.approx(np.sqrt(2 / (3 * 3 * 512)), rel=0.01)

    def test_its_summary_tells_the_parameters(self, article):
        summary = unet.layer_table(article)
        assert "Total params: 13,423,361 " in summary
        assert "Trainable params: 13,420,481 " in summary
        assert max(map(len, summary.splitlines())) <= 110


@pytest.mark.slow
@pytest.mark.parametrize(
    "options", COMBINATIONS, ids=lambda options: "-".join(map(str, options.values()))
)
def test_every_combination_gives_probabilities_of_the_size_of_its_input(options):
    network = Network(filters=(2, 4, 6), dropout=(0.1, 0, 0.2), **options)
    xrays = np.random.default_rng(0).random((2, 16, 16, 1), np.float32)
    probabilities = unet.build_unet(network, 16)(xrays, training=True).numpy()
    assert probabilities.shape == xrays.shape
    assert probabilities.dtype == np.float32
    assert (probabilities >= 0).all()
    assert (probabilities <= 1).all()
    assert probabilities.std() > 0


@pytest.mark.parametrize(
    ("normalisation", "place", "kind", "count"),
    [
        ("batch", "after_block", layers.BatchNormalization, 4),  # 5 blocks, all but the last
        ("group", "after_block", layers.GroupNormalization, 4),
        ("batch", "before_activation", layers.BatchNormalization, 10),  # 2 convolutions a block
        ("group", "before_activation", layers.GroupNormalization, 10),
    ],
)
def test_the_place_of_normalisation_decides_their_number(normalisation, place, kind, count):
    network = Network(
        filters=(2, 4, 6),
        dropout=(0, 0, 0),
        normalisation=normalisation,
        normalisation_place=place,
        momentum=0.8,
    )
    normalisations = of_kind(unet.build_unet(network, 8), kind)
    assert len(normalisations) == count
    if normalisation == "batch":
        assert {layer.momentum for layer in normalisations} == {0.8}


def test_normalisation_before_the_activation_replaces_the_offset_of_the_convolution():
    model = unet.build_unet(small_network(normalisation_place="before_activation"), 8)
    normalisations = of_kind(model, layers.BatchNormalization)
    assert [sources(layer)[0].use_bias for layer in normalisations] == [False] * 6
    activations = of_kind(model, layers.Activation)[:-1]
    assert all(isinstance(sources(layer)[0], layers.BatchNormalization) for layer in activations)


@pytest.mark.parametrize(("filters", "groups"), [(16, 8), (12, 4), (6, 2), (5, 1)])
def test_channels_fall_into_as_many_groups_of_one_size_as_possible_up_to_8(filters, groups):
    network = small_network(filters=(filters, filters), normalisation="group")
    normalisations = of_kind(unet.build_unet(network, 8), layers.GroupNormalization)
    assert {layer.groups for layer in normalisations} == {groups}


def test_no_dropout_layer_is_made_where_nothing_is_dropped():
    model = unet.build_unet(small_network(dropout=(0, 0.3)), 8)
    assert [layer.rate for layer in of_kind(model, layers.Dropout)] == [0.3]


@pytest.mark.parametrize(
    ("pooling", "kind"), [("max", layers.MaxPooling2D), ("average", layers.AveragePooling2D)]
)
def test_pooling_is_the_one_that_was_chosen(pooling, kind):
    assert len(of_kind(unet.build_unet(small_network(pooling=pooling), 8), kind)) == 1


def test_bilinear_upsampling_follows_a_1x1_convolution_to_the_filters_of_its_level():
    (upsampling,) = of_kind(unet.build_unet(small_network(), 8), layers.UpSampling2D)
    (convolution,) = sources(upsampling)
    assert (upsampling.size, upsampling.interpolation) == ((2, 2), "bilinear")
    assert (convolution.filters, convolution.kernel_size) == (4, (1, 1))


@pytest.mark.parametrize("patch", [2, 4])
def test_a_patch_makes_the_first_level_smaller_by_its_side(patch):
    model = unet.build_unet(small_network(patch=patch), 16)
    first = of_kind(model, layers.Conv2D)[0]
    assert first.input.shape == (None, 16 // patch, 16 // patch, patch**2)


@pytest.mark.parametrize(
    ("levels", "patch", "size", "factor", "nearest"),
    [
        (2, 1, 15, 2, 16),
        (5, 1, 500, 16, 496),
        (5, 1, 505, 16, 512),
        (4, 4, 500, 32, 512),
        (4, 4, 7, 32, 32),
    ],
)
def test_a_size_that_cannot_be_halved_is_refused_with_the_nearest_that_can(
    levels, patch, size, factor, nearest
):
    network = Network(filters=(2,) * levels, dropout=(0,) * levels, patch=patch)
    with pytest.raises(InputError) as error:
        unet.build_unet(network, size)
    assert str(error.value) == (
        f"preparation.size: expected a multiple of {factor} px, as the network halves the "
        f"picture {levels - 1} times after a patch of {patch}, found {size} px. "
        f"Use for example --params preparation.size={nearest}"
    )
    unet.check_size(network, nearest)


def test_the_same_seed_gives_the_same_weights_and_another_gives_others():
    one, again, other = (
        unet.build_unet(small_network(), 8, seed=seed).get_weights() for seed in (1, 1, 2)
    )
    assert all(same_weights(one, again))
    kernels = [weights.ndim == 4 for weights in one]
    assert [not same for same in same_weights(one, other)] == kernels


def test_the_same_seed_drops_the_same_activations():
    xrays = np.random.default_rng(0).random((1, 8, 8, 1), np.float32)
    network = small_network(dropout=(0.5, 0.5))
    one, again = (unet.build_unet(network, 8, seed=1) for _ in range(2))
    first = one(xrays, training=True).numpy()
    np.testing.assert_array_equal(again(xrays, training=True), first)
    assert not np.array_equal(one(xrays, training=True), first)


def test_no_two_layers_start_from_the_same_kernel():
    network = small_network(filters=(4, 4), upsampling="transposed")
    kernels = [
        kernel
        for kernel in unet.build_unet(network, 8).get_weights()
        if kernel.shape == (3, 3, 4, 4)
    ]
    assert len(kernels) == 4
    assert not any(np.array_equal(*pair) for pair in pairwise(kernels))


@pytest.mark.parametrize("seed", [2**32 - 1, 20_240_601])
def test_any_seed_that_is_accepted_builds(seed):
    training = small_training(seed=seed)
    assert unet.build_unet(small_network(), 8, seed=training.seed).count_params() > 0


def test_in_mixed_precision_weights_and_probabilities_stay_float32():
    xrays = np.random.default_rng(0).random((2, 16, 16, 1), np.float32)
    network = small_network(patch=2)
    mixed = unet.build_unet(network, 16, precision="mixed_bfloat16")
    assert {variable.dtype for variable in mixed.weights} == {"float32"}
    *inner, head = of_kind(mixed, layers.Conv2D)
    assert {layer.compute_dtype for layer in inner} == {"bfloat16"}
    assert {layer.compute_dtype for layer in (head, *mixed.layers[-2:])} == {"float32"}
    probabilities = mixed(xrays).numpy()
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities, unet.build_unet(network, 16)(xrays), atol=0.02)


def test_the_summary_of_a_compiled_network_counts_its_own_parameters_only():
    network = small_network()
    compiled = unet.compile_model(network, small_training(), size=8, train_cases=1)
    count = unet.build_unet(network, 8).count_params()
    summary = unet.layer_table(compiled)
    assert f"Total params: {count:,} " in summary
    assert "Optimizer" not in summary
