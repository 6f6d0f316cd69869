import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from teeth_unet.imaging import area_average, resize_mask, resize_probabilities, resize_xray

SIDES = st.integers(1, 40)
MASKS = hnp.arrays(np.uint8, st.tuples(SIDES, SIDES), elements=st.integers(0, 1))
XRAYS = hnp.arrays(np.uint8, st.tuples(SIDES, SIDES))
FLIPS = pytest.mark.parametrize("flip", [np.flipud, np.fliplr])


def rectangle(shape, rows, columns):
    mask = np.zeros(shape, dtype=np.uint8)
    mask[slice(*rows), slice(*columns)] = 1
    return mask


@pytest.mark.parametrize(
    ("mask", "size", "averages"),
    [
        ([[1, 0, 0]] * 3, 2, [[2 / 3, 0], [2 / 3, 0]]),
        ([[0, 1, 0]] * 3, 2, [[1 / 3, 1 / 3], [1 / 3, 1 / 3]]),
        ([[0, 0, 0], [0, 1, 0], [0, 0, 0]], 2, [[1 / 9, 1 / 9], [1 / 9, 1 / 9]]),
        ([[1, 0], [0, 0]], 3, [[1, 0.5, 0], [0.5, 0.25, 0], [0, 0, 0]]),
        ([[1, 0, 0, 1], [1, 1, 0, 0]], 1, [[0.5]]),
        ([[1, 0, 1, 1, 0]], 1, [[0.6]]),
    ],
)
def test_area_average_counts_fractions_of_pixels(mask, size, averages):
    result = area_average(np.array(mask, dtype=np.uint8), size)
    np.testing.assert_allclose(result, averages, rtol=1e-15)


@pytest.mark.parametrize(
    ("mask", "size", "expected"),
    [
        ([[1, 0, 0]] * 3, 2, [[1, 0], [1, 0]]),
        ([[0, 1, 0]] * 3, 2, [[0, 0], [0, 0]]),
        ([[1, 0], [0, 0]], 3, [[1, 1, 0], [1, 0, 0], [0, 0, 0]]),  # exactly half is tooth
        ([[1, 0], [0, 1]], 1, [[1]]),
        ([[1, 0], [0, 0]], 1, [[0]]),
    ],
)
def test_a_new_pixel_is_tooth_from_half_coverage_on(mask, size, expected):
    result = resize_mask(np.array(mask, dtype=np.uint8), size)
    assert result.dtype == np.uint8
    assert result.tolist() == expected


@given(MASKS, SIDES)
def test_area_average_keeps_the_mean(mask, size):
    assert area_average(mask, size).mean() == pytest.approx(mask.mean(), rel=1e-12, abs=1e-15)


@given(MASKS, st.integers(1, 4))
def test_area_average_by_whole_numbers_is_the_mean_of_blocks(mask, factor):
    size = 5
    enlarged = np.resize(mask, (size * factor, size * factor))
    blocks = enlarged.reshape(size, factor, size, factor).mean(axis=(1, 3))
    np.testing.assert_allclose(area_average(enlarged, size), blocks, rtol=1e-14)


@given(MASKS, SIDES)
def test_a_mask_stays_binary_and_square(mask, size):
    result = resize_mask(mask, size)
    assert result.shape == (size, size)
    assert set(np.unique(result)) <= {0, 1}


@FLIPS
@given(mask=MASKS, size=SIDES)
def test_a_flipped_mask_gives_exactly_the_flipped_result(flip, mask, size):
    np.testing.assert_array_equal(resize_mask(flip(mask), size), flip(resize_mask(mask, size)))


@given(MASKS, SIDES)
def test_a_transposed_mask_gives_exactly_the_transposed_result(mask, size):
    np.testing.assert_array_equal(resize_mask(mask.T, size), resize_mask(mask, size).T)


@given(MASKS)
def test_a_square_mask_of_the_right_size_stays_as_it_is(mask):
    square = np.resize(mask, (len(mask), len(mask)))
    np.testing.assert_array_equal(resize_mask(square, len(mask)), square)


def test_a_mask_of_native_size_keeps_its_place():
    # 2500 x 1250 onto 500: columns shrink by 5, rows by 2.5.
    mask = rectangle((1250, 2500), rows=(250, 500), columns=(1000, 1500))
    expected = rectangle((500, 500), rows=(100, 200), columns=(200, 300))
    np.testing.assert_array_equal(resize_mask(mask, 500), expected)


@FLIPS
@given(xray=XRAYS, size=SIDES)
def test_a_flipped_xray_gives_the_flipped_result(flip, xray, size):
    np.testing.assert_array_equal(resize_xray(flip(xray), size), flip(resize_xray(xray, size)))


@given(st.integers(0, 255), SIDES, SIDES, SIDES)
def test_an_even_xray_keeps_its_level(level, height, width, size):
    result = resize_xray(np.full((height, width), level, dtype=np.uint8), size)
    assert result.dtype == np.uint8
    assert result.shape == (size, size)
    assert (result == level).all()


def test_xray_and_mask_stay_aligned():
    mask = rectangle((1250, 2500), rows=(300, 700), columns=(900, 1400))
    xray = resize_xray(mask * np.uint8(255), 512)
    np.testing.assert_array_equal(xray > 127, resize_mask(mask, 512) == 1)


def test_upsampling_interpolates_between_pixel_centres():
    # The centres of the four new pixels lie at -1/4, 1/4, 3/4 and 5/4 between the two old ones.
    result = resize_probabilities(np.array([[0, 1]], dtype=np.float32), height=1, width=4)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, [[0, 0.25, 0.75, 1]], atol=1e-7)


@given(
    hnp.arrays(np.float32, st.tuples(SIDES, SIDES), elements=st.floats(0, 1, width=32)),
    SIDES,
    SIDES,
)
def test_probabilities_stay_probabilities(probabilities, height, width):
    result = resize_probabilities(probabilities, height, width)
    assert result.shape == (height, width)
    assert result.min() >= probabilities.min()
    assert result.max() <= probabilities.max()


def test_a_mask_survives_the_way_to_512_and_back():
    rows, columns = np.mgrid[0:1250, 0:2500]
    mask = ((rows - 600) / 350) ** 2 + ((columns - 1100) / 700) ** 2 < 1
    small = area_average(mask.astype(np.uint8), 512).astype(np.float32)
    restored = resize_probabilities(small, *mask.shape) > 0.5
    dice = 2 * (mask & restored).sum() / (mask.sum() + restored.sum())
    assert dice > 0.999


@pytest.mark.parametrize(
    "result",
    [
        resize_xray(np.zeros((3, 4), dtype=np.uint8), 2),
        resize_mask(np.zeros((3, 4), dtype=np.uint8), 2),
        resize_probabilities(np.zeros((3, 4), dtype=np.float32), 2, 2),
    ],
)
def test_results_can_be_written_to(result):
    result[:] = 1
    assert (result == 1).all()
