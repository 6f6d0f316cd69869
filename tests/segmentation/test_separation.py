import numpy as np
import pytest

from teeth_unet import imaging, teeth
from teeth_unet.phantoms import PhantomSettings, draw_labels
from teeth_unet.segmentation import load_separation_network
from teeth_unet.segmentation.separation import SIZE
from teeth_unet.segmentation.separation_training import PHANTOMS, close_bite, draw_example, roughen

HELD_OUT = PhantomSettings(cases=40, seed=4242)


@pytest.fixture(scope="module")
def network():
    return load_separation_network()


def with_teeth(count):
    maps = (imaging.resize_labels(draw_labels(HELD_OUT, case), 512) for case in range(count + 1))
    return [labels for labels in maps if labels.any()][:count]


@pytest.fixture(scope="module")
def label_maps():
    return with_teeth(8)


def test_the_teeth_of_masks_it_has_never_seen_are_counted(network, label_maps):
    assert HELD_OUT.seed != PHANTOMS.seed
    errors = []
    for labels in label_maps:
        mask = (labels > 0).astype(np.uint8)
        found = teeth.separate_instances(mask, network.distances(mask.astype(np.float32)))
        errors.append(found.max() - len(np.unique(labels[labels > 0])))
    assert np.count_nonzero(errors) <= 1
    assert np.abs(errors).max() <= 1


def test_components_of_the_same_masks_are_far_fewer(label_maps):
    from scipy.ndimage import label

    pieces = [label(labels > 0)[1] for labels in label_maps]
    truth = [len(np.unique(labels)) - 1 for labels in label_maps]
    assert np.mean(pieces) < 0.7 * np.mean(truth)


def test_distances_come_at_the_size_of_the_probabilities(network):
    for shape in ((256, 256), (100, 300)):
        distances = network.distances(np.zeros(shape, np.float32))
        assert distances.shape == shape
        assert distances.max() < 0.2  # no teeth, no middle of a tooth


def test_mirrored_probabilities_have_mirrored_distances(network, label_maps):
    mask = (label_maps[0] > 0).astype(np.float32)
    mirrored = network.distances(np.ascontiguousarray(mask[:, ::-1]))
    np.testing.assert_allclose(mirrored[:, ::-1], network.distances(mask), atol=1e-5)


def test_the_weights_are_small_and_hold_numbers_alone(network):
    assert sum(weights.size for weights in network.weights) < 1_000_000
    assert {weights.dtype.name for weights in network.weights} == {"float32"}
    assert all(np.isfinite(weights).all() for weights in network.weights)


def test_examples_are_the_same_at_every_drawing_and_differ_by_variant():
    (seen, distances), (again, _), (other, _) = draw_example(0), draw_example(0), draw_example(1)
    np.testing.assert_array_equal(seen, again)
    assert (seen != other).any()
    assert seen.shape == distances.shape == (SIZE, SIZE)
    for picture in (seen, distances):
        assert picture.min() >= 0
        assert picture.max() <= 1


def test_roughened_masks_cover_the_teeth_but_for_their_rims(label_maps):
    labels = label_maps[0]
    seen, covered = roughen(labels, np.random.default_rng(0))
    core = teeth.distance_map(labels) > 0.5
    assert (covered[core] == labels[core]).mean() > 0.99
    assert np.count_nonzero(seen > 0.5) == pytest.approx(np.count_nonzero(labels), rel=0.35)


def test_jaws_that_touch_are_told_apart(network, label_maps):
    errors = []
    for seed, labels in enumerate(label_maps):
        closed = close_bite(labels, np.random.default_rng(seed))
        mask = (closed > 0).astype(np.uint8)
        found = teeth.separate_instances(mask, network.distances(mask.astype(np.float32)))
        errors.append(found.max() - len(np.unique(closed[closed > 0])))
    assert np.abs(errors).mean() <= 0.5
