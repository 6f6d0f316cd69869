import io
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from teeth_unet import imaging
from teeth_unet.errors import InputError
from teeth_unet.imaging import decode_xray

PICTURES = hnp.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)))


def decode_mask(image):
    """How strongly a mask is marked."""
    return imaging.decode_mask(image).strength


BOTH = pytest.mark.parametrize("decode", [decode_xray, decode_mask])


def row(mode, *pixels):
    """A picture of one row of pixels."""
    image = Image.new(mode, (len(pixels), 1))
    image.putdata(pixels)
    return image


def wide(dtype, *values):
    return Image.fromarray(np.array([values], dtype=dtype))


def palette(mode, colours, *pixels):
    image = row(mode, *pixels)
    image.putpalette(colours)
    return image


def transparent(image, level):
    """A picture that declares one value or colour transparent, as PNG files may."""
    image.info["transparency"] = level
    return image


def through(image, kind, **options):
    """Store and read again."""
    stored = io.BytesIO()
    image.save(stored, kind, **options)
    read = Image.open(stored)
    read.load()
    return read


RED_GREEN_BLUE = [255, 0, 0, 0, 255, 0, 0, 0, 255]

# Luma is .299 R + .587 G + .114 B: 76.245, 149.685 and 29.07 for the pure colours.
TABLE = {
    # stored picture, levels as an X-ray, strength as a mask
    "1": (row("1", 0, 255), [0, 255], [0, 255]),
    "L": (row("L", 0, 3, 127, 255), [0, 3, 127, 255], [0, 3, 127, 255]),
    "L of zero and one": (row("L", 0, 1), [0, 1], [0, 1]),
    "L, white transparent": (transparent(row("L", 9, 255), 255), [9, 0], [9, 0]),
    "LA": (row("LA", (200, 255), (200, 0), (200, 51)), [200, 0, 40], [200, 0, 40]),
    "P": (palette("P", RED_GREEN_BLUE, 0, 1, 2), [76, 150, 29], [255, 255, 255]),
    "P, index 1 transparent": (
        transparent(palette("P", RED_GREEN_BLUE, 0, 1, 2), 1),
        [76, 0, 29],
        [255, 0, 255],
    ),
    "PA": (palette("PA", RED_GREEN_BLUE, (0, 255), (1, 0), (2, 255)), [76, 0, 29], [255, 0, 255]),
    "RGB": (
        row("RGB", (255, 0, 0), (0, 255, 0), (0, 0, 255), (7, 7, 7), (10, 200, 30)),
        [76, 150, 29, 7, 124],
        [255, 255, 255, 7, 200],
    ),
    "RGB of zero and one": (row("RGB", (0, 0, 0), (1, 1, 1)), [0, 1], [0, 1]),
    "RGB, black transparent": (
        transparent(row("RGB", (0, 0, 0), (9, 9, 9)), (0, 0, 0)),
        [0, 9],
        [0, 9],
    ),
    "RGBA": (
        row("RGBA", (255, 0, 0, 255), (255, 255, 255, 0), (200, 200, 200, 51)),
        [76, 0, 40],
        [255, 0, 40],
    ),
    "CMYK": (
        row("CMYK", (0, 0, 0, 0), (0, 0, 0, 255), (0, 255, 255, 0)),
        [255, 0, 76],
        [255, 0, 255],
    ),
    "I;16, 8 bits": (wide("<u2", 0, 3, 255), [0, 3, 255], [0, 3, 255]),
    "I;16, 12 bits": (wide("<u2", 0, 256, 2048, 4095), [0, 16, 128, 255], [0, 256, 2048, 4095]),
    "I;16, 16 bits": (
        wide("<u2", 0, 128, 129, 4096, 65535),
        [0, 0, 1, 16, 255],
        [0, 128, 129, 4096, 65535],
    ),
    "I;16, dark 8 bits times 257": (wide("<u2", 0, 257, 2570), [0, 1, 10], [0, 257, 2570]),
    "I;16B": (Image.frombytes("I;16B", (2, 1), b"\x00\x00\xff\xff"), [0, 255], [0, 65535]),
    "I, 8 bits": (wide("i4", 0, 1, 255), [0, 1, 255], [0, 1, 255]),
    "I, 12 bits": (wide("i4", 0, 2048, 4095), [0, 128, 255], [0, 2048, 4095]),
    "I, 16 bits": (wide("i4", 0, 32768, 65535), [0, 128, 255], [0, 32768, 65535]),
    "I of zero and one": (wide("i4", 0, 1), [0, 1], [0, 1]),
    "F up to 1": (wide("f4", 0, 0.1, 0.5, 1), [0, 26, 128, 255], [0, 26, 128, 255]),
    "F up to 255": (wide("f4", 0, 1.4, 1.6, 255), [0, 1, 2, 255], [0, 1, 2, 255]),
}


@pytest.mark.parametrize(("image", "xray", "mask"), TABLE.values(), ids=TABLE)
def test_every_mode_becomes_8_bit_grey(image, xray, mask):
    for decode, expected in ((decode_xray, xray), (decode_mask, mask)):
        levels = decode(image)
        assert levels.dtype == (np.uint8 if decode is decode_xray else np.uint16)
        assert levels.tolist() == [expected]


@BOTH
@pytest.mark.parametrize(
    ("image", "found"),
    [
        (wide("i4", 0, 65536), "0 to 65536"),
        (wide("f4", 0, np.nan), "not a number"),
        (wide("f4", 0, np.inf), "infinite"),
        (wide("f4", 0, 65536), "0 to 65536"),
    ],
)
def test_values_without_a_meaning_are_refused(decode, image, found):
    with pytest.raises(InputError, match=found):
        decode(image)


@pytest.mark.parametrize(
    ("image", "found"), [(wide("i4", -1, 5), "-1 to 5"), (wide("f4", -0.5, 1), "-0.5 to 1")]
)
def test_of_a_mask_no_value_is_below_0(image, found):
    with pytest.raises(InputError, match=found):
        decode_mask(image)


def test_an_error_names_the_file_that_the_picture_came_from():
    image = wide("i4", 0, 65536)
    image.filename = "xrays/7.tif"
    with pytest.raises(InputError, match=r"^xrays/7\.tif: expected"):
        decode_xray(image)


@given(levels=PICTURES)
def test_an_8_bit_picture_times_257_in_16_bits_is_the_same_picture(levels):
    sixteen_bits = Image.fromarray(levels.astype("<u2") * np.uint16(257))
    np.testing.assert_array_equal(decode_xray(sixteen_bits), levels)


@BOTH
@given(levels=PICTURES)
def test_grey_in_a_colour_container_keeps_its_level(decode, levels):
    grey = Image.fromarray(levels)
    expected = decode(grey)
    for mode in ("RGB", "RGBA", "LA"):
        np.testing.assert_array_equal(decode(grey.convert(mode)), expected)


@BOTH
@given(levels=PICTURES)
def test_lossless_files_of_one_picture_decode_alike(decode, levels):
    grey = Image.fromarray(levels)
    expected = decode(grey)
    for kind, options in (
        ("PNG", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
    ):
        np.testing.assert_array_equal(decode(through(grey, kind, **options)), expected)


@BOTH
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@given(values=hnp.arrays("<u2", (3, 4)))
def test_16_bit_files_decode_as_the_picture_in_memory(decode, kind, values):
    image = Image.fromarray(values)
    np.testing.assert_array_equal(decode(through(image, kind)), decode(image))


# Where the corners a b / c d of a stored picture belong, by EXIF orientation.
ORIENTATIONS = {
    1: ["ab", "cd"],
    2: ["ba", "dc"],
    3: ["dc", "ba"],
    4: ["cd", "ab"],
    5: ["ac", "bd"],
    6: ["ca", "db"],
    7: ["db", "ca"],
    8: ["bd", "ac"],
}


@BOTH
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_picture_is_turned_as_exif_says(decode, kind, orientation):
    levels = {"a": 0, "b": 80, "c": 160, "d": 240}
    stored = np.kron([[levels["a"], levels["b"]], [levels["c"], levels["d"]]], np.ones((8, 8)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = decode(through(Image.fromarray(stored.astype(np.uint8)), kind, exif=exif))
    corners = decoded[4::8, 4::8].astype(int)
    upright = [[levels[corner] for corner in line] for line in ORIENTATIONS[orientation]]
    assert np.abs(corners - upright).max() <= 2  # JPEG is lossy


@BOTH
def test_exif_data_that_cannot_be_read_are_ignored(decode):
    assert decode(through(row("L", 0, 255), "PNG", exif=b"garbage")).tolist() == [[0, 255]]


@BOTH
def test_the_picture_itself_stays_as_it_was(decode):
    image = row("RGBA", (255, 0, 0, 128), (1, 2, 3, 4))
    before = pickle.dumps(image)
    levels = decode(image)
    levels[:] = 99
    assert pickle.dumps(image) == before
