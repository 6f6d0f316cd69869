"""How the truth is outlined: beyond the edge or within it, and short of the tip."""

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from teeth_unet.phantoms import Mouth, Outline, PhantomSettings, draw_labels, draw_truth
from teeth_unet.phantoms.mouth.outlining import moved_edges

SIZE = {"width": (600, 600), "aspect": (2, 2), "toothless_share": 0}


def drawn_with(case=0, **outline):
    return draw_truth(PhantomSettings(**SIZE, mouth=Mouth(outline=Outline(**outline))), case)


@pytest.mark.parametrize("beyond", [0.5, 1, 2.5, -1, -2.2, 8, -8])
def test_edges_move_by_as_many_pixels_of_the_squeezed_picture_as_asked(beyond):
    plain, moved = drawn_with(), drawn_with(beyond=(beyond, beyond))
    height, width = plain.layers.shape[1:]
    squeeze = (512 / height, 512 / width)
    for each in plain.table:
        whole = plain.whole(each.number)
        reference = whole if beyond > 0 else ~whole
        near = distance_transform_edt(~reference, sampling=squeeze) <= abs(beyond) + 1e-6
        np.testing.assert_array_equal(moved.whole(each.number), near if beyond > 0 else ~near)


def test_objects_that_come_to_overlap_stay_whole():
    layers = np.zeros((1, 40, 60), dtype=np.uint8)
    layers[0, 10:20, 10:20], layers[0, 10:20, 22:30] = 1, 2
    moved = moved_edges(layers, 30)
    assert len(moved) == 2
    assert (moved == 1).any(axis=0)[15, 22]
    assert (moved == 2).any(axis=0)[15, 19]


def test_an_object_at_the_edge_of_the_picture_grows_within_it_and_does_not_shrink_from_it():
    layers = np.zeros((1, 512, 512), dtype=np.uint8)
    layers[0, :10, :10] = 1
    assert (moved_edges(layers, 2)[0, :12, 0] == 1).all()
    shrunk = moved_edges(layers, -2)[0]
    assert (shrunk[:8, :8] == 1).all()
    assert shrunk.sum() == 64


def test_a_distance_below_a_pixel_moves_nothing():
    plain = drawn_with()
    np.testing.assert_array_equal(drawn_with(beyond=(0.1, 0.1)).layers, plain.layers)


def test_a_range_of_distances_gives_each_phantom_its_own():
    shares = []
    for case in range(6):
        plain, moved = drawn_with(case), drawn_with(case, beyond=(1, 4))
        shares.append((moved.layers > 0).sum() / (plain.layers > 0).sum())
    assert min(shares) > 1
    assert max(shares) > min(shares) + 0.05


def test_what_is_missing_of_a_tooth_is_its_tip():
    plain, cut = drawn_with(), drawn_with(tip=(0.8, 0.8))
    for each in plain.table:
        whole, left = plain.whole(each.number), cut.whole(each.number)
        assert not (left & ~whole).any()
        gone, kept = (np.nonzero(where)[0].mean() for where in (whole & ~left, left))
        assert gone < kept if each.upper else gone > kept
        if each.fdi % 10 < 4:  # those stand upright
            rows = [np.ptp(np.nonzero(where)[0]) + 1 for where in (whole, left)]
            assert rows[1] / rows[0] == pytest.approx(0.8, abs=0.035)


def test_the_mask_follows_the_outline():
    larger = Mouth(outline=Outline(beyond=(2, 2)))
    plain, grown = (
        draw_labels(PhantomSettings(**SIZE, mouth=mouth), 1) > 0 for mouth in (Mouth(), larger)
    )
    assert grown[plain].all()
    assert grown.sum() > 1.1 * plain.sum()
