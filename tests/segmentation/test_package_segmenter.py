"""The network that comes with the package: which it is, what is said of it, and that it works."""

from pathlib import Path

import numpy as np
import pytest
from small_segmenters import small_segmenter

import teeth_unet
from teeth_unet import imaging
from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray
from teeth_unet.segmentation import packaged

LARGEST = 8 * 2**20  # bytes
PACKAGE = Path(teeth_unet.__file__).parent


@pytest.fixture(scope="module")
def segmenter():
    return teeth_unet.load_segmenter()


def test_it_is_small_enough_for_the_repository():
    assert packaged.packaged_segmenter() == PACKAGE / "segmentation" / "segmenter.zip"
    weights = [PACKAGE / "segmentation" / name for name in ("segmenter.zip", "separation.npz")]
    assert sum(path.stat().st_size for path in weights) < LARGEST


def test_the_figures_on_real_xrays_belong_to_this_network(segmenter):
    """Another one has to be measured again: tests/benchmarks/real_xrays.py, on two sets."""
    assert segmenter.fingerprint == packaged.MEASURED_FINGERPRINT
    assert len(packaged.MEASURED) == 2
    for each in packaged.MEASURED:
        assert 0 < each.lowest < each.interval[0] < each.dice < each.interval[1] < 1
        assert each.interval[0] - 0.02 < each.median < each.interval[1] + 0.02


def test_no_other_network_is_given_its_figures(segmenter):
    assert packaged.measured_of(segmenter.fingerprint) == packaged.MEASURED
    assert packaged.measured_of(small_segmenter(seed=1).fingerprint) == ()


def test_its_record_says_that_drawings_alone_have_taught_it_and_which(segmenter):
    settings = segmenter.settings
    assert segmenter.of_package
    assert settings.synthetic
    assert settings.data_note == "Drawings alone, made by this program; no real X-ray."
    drawings = settings.training["drawings"]
    assert drawings["version"]
    assert drawings["cases"] >= len(settings.training["trained_on"]) > 1000
    assert PhantomSettings(**drawings["settings"]).mouth.bridges > 0
    assert settings.scores["cases"] == 300


@pytest.mark.parametrize("case", range(3))
def test_it_finds_the_teeth_of_a_drawing_that_it_has_not_seen(segmenter, case):
    unseen = PhantomSettings(seed=4711, toothless_share=0)
    found = segmenter.predict(draw_xray(unseen, case))
    overlap = imaging.count_overlap(draw_labels(unseen, case) > 0, found > 0)
    assert overlap.dice > 0.9


def test_it_finds_next_to_nothing_where_there_are_no_teeth(segmenter):
    toothless = PhantomSettings(seed=4711, toothless_share=1)
    assert segmenter.predict(draw_xray(toothless, 0)).mean() < 0.01
    assert not segmenter.predict(np.zeros((600, 1200), np.uint8)).any()
