import io
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from teeth_unet.imaging import (
    NEAR_IDENTICAL_BITS,
    differing_bits,
    group_near_identical,
    perceptual_hash,
)
from teeth_unet.phantoms import PhantomSettings, draw_xray

SETTINGS = PhantomSettings(cases=6, width=(400, 460))
CASES = range(SETTINGS.cases)


@cache
def phantom(case):
    return draw_xray(SETTINGS, case)


def levels(values):
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def jpeg(xray):
    buffer = io.BytesIO()
    Image.fromarray(xray).save(buffer, "JPEG", quality=20)
    return np.asarray(Image.open(buffer))


def resized(xray, width, height):
    return np.asarray(Image.fromarray(xray).resize((width, height), Image.Resampling.BILINEAR))


@pytest.mark.parametrize(
    "change",
    [
        lambda xray: xray,
        lambda xray: levels(xray + 25.0),
        lambda xray: levels(xray - 25.0),
        lambda xray: levels(0.7 * xray + 30),
        lambda xray: levels(255 * (xray / 255) ** 0.7),
        lambda xray: levels(255 * (xray / 255) ** 1.4),
        jpeg,
        lambda xray: resized(xray, xray.shape[1] // 2, xray.shape[0] // 2),
        lambda xray: resized(xray, 512, 512),
        lambda xray: levels(xray + np.random.default_rng(0).normal(0, 8, xray.shape)),
        lambda xray: xray[2:-2, 4:-4],
    ],
)
@pytest.mark.parametrize("case", CASES)
def test_a_copy_has_a_near_hash(case, change):
    original = phantom(case)
    hashes = [perceptual_hash(original), perceptual_hash(change(original))]
    assert differing_bits(hashes)[0, 1] <= NEAR_IDENTICAL_BITS


def test_another_patient_has_a_far_hash():
    bits = differing_bits([perceptual_hash(phantom(case)) for case in CASES])
    assert bits[~np.eye(len(bits), dtype=bool)].min() > NEAR_IDENTICAL_BITS + 10


def test_a_negative_differs_in_almost_every_bit():
    hashes = [perceptual_hash(phantom(0)), perceptual_hash(255 - phantom(0))]
    assert differing_bits(hashes)[0, 1] > 240


def test_a_hash_has_64_hexadecimal_digits_and_half_of_its_bits_set():
    text = perceptual_hash(phantom(0))
    assert len(text) == 64
    assert int(text, 16).bit_count() == 128


def test_differing_bits_are_counted_by_hand():
    zero, three = "0" * 64, "7" + "0" * 63
    ones = "f" * 64
    assert differing_bits([zero, three, ones]).tolist() == [[0, 3, 256], [3, 0, 253], [256, 253, 0]]


def test_an_empty_hash_is_near_nothing():
    assert differing_bits(["", "0" * 64, ""]).tolist() == [
        [0, 256, 256],
        [256, 0, 256],
        [256] * 2 + [0],
    ]
    assert differing_bits([]).shape == (0, 0)


def bits_set(count):
    """A hash with so many leading bits set."""
    return f"{(1 << 256) - (1 << (256 - count)):064x}"


@pytest.mark.parametrize(
    ("contents", "bits", "groups"),
    [
        ("abcd", [0, 100, 200, 256], [0, 1, 2, 3]),
        ("abac", [0, 100, 0, 200], [0, 1, 0, 2]),
        ("abc", [0, 40, 100], [0, 0, 1]),  # 40 bits are near, 41 are not
        ("abc", [0, 41, 100], [0, 1, 2]),
        ("abcd", [0, 200, 80, 40], [0, 1, 0, 0]),  # a chain of near ones is one group
        ("", [], []),
    ],
)
def test_near_pictures_are_grouped(contents, bits, groups):
    assert group_near_identical(contents, [bits_set(count) for count in bits]) == groups


def test_blank_pictures_are_together_only_if_identical():
    assert group_near_identical("aba", ["", "", ""]) == [0, 1, 0]


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 256)), max_size=20))
def test_groups_are_the_same_in_any_order(pictures):
    def partition(pictures):
        numbers = group_near_identical(
            [content for content, _ in pictures], [bits_set(count) for _, count in pictures]
        )
        groups = {}
        for number, picture in zip(numbers, pictures, strict=True):
            groups.setdefault(number, []).append(picture)
        return sorted(sorted(group) for group in groups.values())

    assert partition(pictures) == partition(pictures[::-1])
