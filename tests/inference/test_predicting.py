"""Maps and their uncertainty."""

import numpy as np
import pytest
from fake_segmenter import SIZE, FakeSegmenter, FakeSeparationNetwork, settings

from teeth_unet.errors import InputError
from teeth_unet.inference import Inference, make_xray_predictor

pytestmark = pytest.mark.usefixtures("fake_separation_network")

RESIZED = np.random.default_rng(0).integers(0, 200, (SIZE, SIZE)).astype(np.uint8)


def predict(segmenter, kind, folds=()):
    return make_xray_predictor(segmenter, folds, Inference(uncertainty=kind)).predict(RESIZED)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("kind", ["none", "flips", "folds"])
def test_the_maps_are_the_segmenters_own_whatever_else_is_asked_for(mirror, kind):
    segmenter = FakeSegmenter(settings(mirror=mirror), slant=0.3)
    found = predict(segmenter, kind, [segmenter] * 2)
    own = segmenter.predict_probabilities(RESIZED)
    np.testing.assert_array_equal(found.probabilities, own)
    np.testing.assert_array_equal(found.distances, FakeSeparationNetwork().distances(own))
    assert (found.uncertainty is None) == (kind == "none")


@pytest.mark.parametrize("mirror", [False, True])
def test_flips_differ_by_what_depends_on_the_side(mirror):
    # The slant adds x to a pixel and 0.2 - x to its mirror image; half the difference is told.
    uncertainty = predict(FakeSegmenter(settings(mirror=mirror), slant=0.2), "flips").uncertainty
    slant = np.linspace(0, 0.2, SIZE)
    np.testing.assert_allclose(uncertainty[0], np.abs(2 * slant - 0.2) / 2, atol=1e-6)
    assert predict(FakeSegmenter(settings(mirror=mirror)), "flips").uncertainty.max() == 0


@pytest.mark.parametrize("inference", [Inference(teeth=False), Inference(method="erosion")])
def test_distances_are_predicted_only_where_teeth_are_told_apart_by_them(inference):
    assert make_xray_predictor(FakeSegmenter(), [], inference).predict(RESIZED).distances is None


def test_folds_differ_by_their_standard_deviation():
    folds = [FakeSegmenter(slant=slant) for slant in (0.0, 0.1, 0.2)]
    uncertainty = predict(FakeSegmenter(), "folds", folds).uncertainty
    # In the last column 0, .1 and .2 are added: standard deviation sqrt(2/3) * .1.
    np.testing.assert_allclose(uncertainty[:, -1], np.sqrt(2 / 3) * 0.1, atol=1e-6)
    np.testing.assert_allclose(uncertainty[:, 0], 0, atol=1e-6)
    assert uncertainty.dtype == np.float32


@pytest.mark.parametrize(
    ("folds", "found"),
    [
        ([], "found 0"),
        ([FakeSegmenter()], "found 1"),
        ([FakeSegmenter(), FakeSegmenter(settings(size=16))], "sizes of 16, 32 px"),
    ],
)
def test_folds_that_do_not_fit_are_refused(folds, found):
    with pytest.raises(InputError, match=found) as error:
        predict(FakeSegmenter(), "folds", folds)
    assert "kedro run --pipeline cross_validation" in str(error.value)


def test_the_fingerprint_is_of_all_that_is_used():
    one, two = FakeSegmenter(fingerprint="1"), FakeSegmenter(fingerprint="2")
    used = [
        make_xray_predictor(*arguments).fingerprint
        for arguments in (
            (one, [], Inference()),
            (two, [], Inference()),
            (one, [], Inference(teeth=False)),
            (one, [one, one], Inference(uncertainty="folds")),
            (one, [one, two], Inference(uncertainty="folds")),
        )
    ]
    assert len(set(used)) == len(used)
    # Folds that are not asked for change nothing.
    assert make_xray_predictor(one, [two, two], Inference()).fingerprint == used[0]
