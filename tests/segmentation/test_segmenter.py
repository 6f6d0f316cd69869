import numpy as np
import pytest
from PIL import Image
from small_segmenters import SIZE, small_segmenter

from teeth_unet import imaging, unet
from teeth_unet.errors import InputError
from teeth_unet.unet import Network, Prediction

XRAY = np.random.default_rng(0).integers(0, 256, (45, 90), dtype=np.uint8)


@pytest.fixture(scope="module")
def segmenter():
    return small_segmenter(threshold=0.45, mirror=True)


def test_probabilities_are_those_of_the_network_for_the_prepared_xray(segmenter):
    x = imaging.resize_xray(XRAY, SIZE)[np.newaxis, ..., np.newaxis].astype(np.float32) / 255
    expected = unet.predict(segmenter.model, x, Prediction(mirror=True))[0, ..., 0]
    np.testing.assert_array_equal(segmenter.predict_probabilities(XRAY), expected)


def test_the_mask_is_enlarged_probability_from_the_threshold_on(segmenter):
    probabilities = segmenter.predict_probabilities(XRAY)
    expected = imaging.resize_probabilities(probabilities, 45, 90) >= 0.45
    mask = segmenter.predict(XRAY)
    assert mask.dtype == np.uint8
    np.testing.assert_array_equal(mask, expected)
    assert 0 < mask.mean() < 1


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "I;16"])
def test_a_picture_in_any_mode_gives_the_same_mask(segmenter, mode):
    image = Image.fromarray(XRAY)
    wide = Image.fromarray(XRAY.astype(np.uint16) * 257)
    picture = wide if mode == "I;16" else image.convert(mode)
    np.testing.assert_array_equal(segmenter.predict(picture), segmenter.predict(XRAY))


def test_the_mirror_image_gives_the_mirrored_mask(segmenter):
    probabilities = segmenter.predict_probabilities(XRAY)
    mirrored = segmenter.predict_probabilities(np.ascontiguousarray(XRAY[:, ::-1]))
    np.testing.assert_allclose(mirrored[:, ::-1], probabilities, atol=1e-6)


def test_the_maps_are_probabilities_and_the_distances_in_them(segmenter):
    maps = segmenter.predict_maps(XRAY)
    np.testing.assert_array_equal(maps.probabilities, segmenter.predict_probabilities(XRAY))
    assert maps.distances.shape == maps.probabilities.shape == (SIZE, SIZE)
    assert maps.distances.min() >= 0
    assert maps.distances.max() <= 1


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": 0.4},
        {"mirror": False},
        {"training": {"another": "training"}},
        {"scores": {}},
        {"seed": 1},
    ],
    ids=str,
)
def test_the_fingerprint_changes_with_everything_that_belongs_to_it(segmenter, changes):
    same = small_segmenter(threshold=0.45, mirror=True)
    other = small_segmenter(**{"threshold": 0.45, "mirror": True, **changes})
    assert same.fingerprint == segmenter.fingerprint
    assert other.fingerprint != segmenter.fingerprint


def test_a_segmenter_is_shown_in_one_line(segmenter):
    shown = repr(segmenter)
    assert shown.startswith(f"Segmenter({SIZE} px, threshold 0.45, taught on: ")
    assert segmenter.settings.data_note in shown
    assert "\n" not in shown


def test_a_network_of_another_size_is_refused():
    with pytest.raises(InputError, match=r"from \(None, 64, 64, 1\) to the same.*32"):
        small_segmenter(size=64)


def test_a_network_with_other_outputs_is_refused(segmenter):
    model = unet.build_unet(Network(filters=(2, 4), dropout=(0, 0)), SIZE)
    other = model.__class__(model.input, model.get_layer("logits").input)
    with pytest.raises(InputError, match="data_science"):
        segmenter.__class__(other, segmenter.settings)
