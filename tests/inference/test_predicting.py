"""Maps and their uncertainty."""

import numpy as np
import pytest
from fake_segmenter import SIZE, FakeSegmenter, settings

from teeth_unet.errors import InputError
from teeth_unet.inference import Inference, make_predictor

RESIZED = np.random.default_rng(0).integers(0, 200, (SIZE, SIZE)).astype(np.uint8)


def predict(segmenter, kind, folds=()):
    return make_predictor(segmenter, folds, Inference(uncertainty=kind)).predict(RESIZED)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("kind", ["none", "flips", "folds"])
def test_the_maps_are_the_segmenters_own_whatever_else_is_asked_for(mirror, kind):
    segmenter = FakeSegmenter(settings(mirror=mirror), slant=0.3)
    maps, uncertainty = predict(segmenter, kind, [segmenter] * 2)
    own = segmenter.predict_maps(RESIZED)
    np.testing.assert_array_equal(maps.probabilities, own.probabilities)
    np.testing.assert_array_equal(maps.depths, own.depths)
    assert (uncertainty is None) == (kind == "none")


@pytest.mark.parametrize("mirror", [False, True])
def test_flips_differ_by_what_depends_on_the_side(mirror):
    # The slant adds x to a pixel and 0.2 - x to its mirror image; half the difference is told.
    _, uncertainty = predict(FakeSegmenter(settings(mirror=mirror), slant=0.2), "flips")
    slant = np.linspace(0, 0.2, SIZE)
    np.testing.assert_allclose(uncertainty[0], np.abs(2 * slant - 0.2) / 2, atol=1e-6)
    _, none = predict(FakeSegmenter(settings(mirror=mirror)), "flips")
    assert none.max() == 0


def test_a_network_with_one_output_has_no_depths_in_flips():
    maps, _ = predict(FakeSegmenter(settings(mirror=True, separation=False)), "flips")
    assert maps.depths is None


def test_folds_differ_by_their_standard_deviation():
    folds = [FakeSegmenter(slant=slant) for slant in (0.0, 0.1, 0.2)]
    _, uncertainty = predict(FakeSegmenter(), "folds", folds)
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
    plain = make_predictor(one, [one, two], Inference())
    with_folds = make_predictor(one, [one, two], Inference(uncertainty="folds"))
    assert plain.fingerprint == "1"
    assert with_folds.fingerprint == "1 1 2"
