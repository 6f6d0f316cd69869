"""What is in the mouth goes where the picture shows it, with all its pixels."""

import numpy as np
import pytest

from teeth_unet.phantoms import Mouth, PhantomSettings, Scene, draw_labels, draw_truth, draw_xray
from teeth_unet.phantoms.scene.positioning import draw_position, place_numbers

SIZE = {"width": (300, 340), "seed": 4}
VARIED = PhantomSettings(**SIZE, mouth=Mouth.varied(), scene=Scene.varied())
IN_PLACE = PhantomSettings(**SIZE, mouth=Mouth.varied())


@pytest.mark.parametrize("case", range(6))
def test_truth_labels_and_x_ray_have_one_shape(case):
    truth, labels = draw_truth(VARIED, case), draw_labels(VARIED, case)
    assert truth.layers.shape[1:] == labels.shape == draw_xray(VARIED, case).shape
    counted = truth.in_front(truth.counted(VARIED.mouth.mask))
    np.testing.assert_array_equal(labels > 0, counted > 0)


@pytest.mark.parametrize("case", range(6))
def test_every_object_goes_through_the_warp_of_the_x_ray(case):
    moved, still = draw_truth(VARIED, case), draw_truth(IN_PLACE, case)
    assert moved.table == still.table
    for layer, drawn in zip(moved.layers, still.layers, strict=True):
        np.testing.assert_array_equal(layer, place_numbers(VARIED, case, drawn))


def test_positions_are_the_same_with_and_without_what_is_in_the_mouth():
    plain = VARIED.model_copy(update={"mouth": Mouth()})
    for case in range(6):
        one, other = (draw_position(settings, case, (150, 300)) for settings in (VARIED, plain))
        np.testing.assert_array_equal(one.warp.mesh, other.warp.mesh)
        assert one.margins == other.margins
