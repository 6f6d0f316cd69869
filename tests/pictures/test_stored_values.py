"""Values as a file stores them: what Pillow scales, cuts or mixes up is undone, or refused."""

import io

import numpy as np
import picture_files
import pytest
import tifffile
from picture_files import LEVELS, SIZE

from teeth_unet.errors import InputError
from teeth_unet.imaging import decode_labels, decode_xray
from teeth_unet.pictures import open_picture


def rgb16(values):
    return picture_files.png(
        values.shape[::-1], 16, 2, [row.astype(">u2").repeat(3).tobytes() for row in values]
    )


def test_colours_of_16_bits_are_read_unless_most_of_their_bits_would_be_lost():
    deep = LEVELS.astype("u2") * np.uint16(257)
    np.testing.assert_array_equal(decode_xray(open_picture(rgb16(deep))), LEVELS)
    half = decode_xray(open_picture(rgb16(deep // 2)))
    np.testing.assert_array_equal(half, LEVELS // 2)
    for bits in (9, 12, 14):
        with pytest.raises(InputError, match=f"{bits} bits, of which Pillow reads {bits - 8}"):
            open_picture(rgb16(deep >> (16 - bits)))


def unknown_tiff(bits, sample_format=1, packing=1):
    """A TIFF file of numbers that Pillow does not read."""
    tags = [(258, 3, bits), (259, 3, packing), (262, 3, 1), (273, 4, 0), (277, 3, 1)]
    tags += [(278, 4, 9), (279, 4, 936), (339, 3, sample_format)]
    return picture_files.tiff(SIZE, tags, bytes(936))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (unknown_tiff(64, 3), "TIFF of floats of 64 bits"),
        (unknown_tiff(16, 3), "TIFF of floats of 16 bits"),
        (unknown_tiff(64), "TIFF of whole numbers of 64 bits"),
        (unknown_tiff(10), "TIFF of whole numbers of 10 bits"),
        (unknown_tiff(64, 6), "TIFF of numbers of some kind of 64 bits"),
        (unknown_tiff(8, packing=34887), r"TIFF of whole numbers of 8 bits \(an unknown"),
    ],
)
def test_an_intact_tiff_file_that_pillow_does_not_know_is_not_called_damaged(content, found):
    with pytest.raises(InputError, match=found) as error:
        open_picture(content)
    assert "damaged" not in str(error.value)
    assert "Export the picture again" in str(error.value)


def test_a_tiff_file_of_12_bits_without_gaps_between_them_is_read():
    values = np.array([[0, 256, 2048, 4095]])
    bits = "".join(f"{value:012b}" for value in values[0])
    strip = int(bits, 2).to_bytes(6)
    tags = [(258, 3, 12), (259, 3, 1), (262, 3, 1), (273, 4, 0), (277, 3, 1), (278, 4, 1)]
    content = picture_files.tiff((4, 1), [*tags, (279, 4, 6)], strip)
    assert decode_xray(open_picture(content)).tolist() == [[0, 16, 128, 255]]


def test_colours_in_planes_of_16_bits_which_pillow_mixes_up_are_refused():
    in_planes = io.BytesIO()
    planes = np.stack([LEVELS.astype("u2")] * 3)
    tifffile.imwrite(in_planes, planes, photometric="rgb", planarconfig="separate")
    with pytest.raises(InputError, match="a plane for each colour"):
        open_picture(in_planes.getvalue())


@pytest.mark.parametrize("highest", [1, 15, 100, 255, 1000, 4095, 65535])
@pytest.mark.parametrize("words", [False, True])
def test_the_highest_value_that_a_pgm_file_announces_is_white(highest, words):
    values = np.array([[0, highest // 2, highest]])
    image = open_picture(picture_files.pgm(values, highest, words))
    expected = [[0, int(highest // 2 * 255 / highest + 0.5), 255]]
    assert decode_xray(image).tolist() == expected
    np.testing.assert_array_equal(decode_labels(image), values)


@pytest.mark.parametrize("bits", [4, 8, 10, 12, 15, 16])
def test_jpeg_2000_of_any_depth_keeps_its_values(bits):
    codec = pytest.importorskip("openjpeg.utils", reason="needs the extra dicom")
    values = np.linspace(0, 2**bits - 1, 80 * 90).reshape(80, 90)
    values = values.astype("u1" if bits <= 8 else "u2")
    content = codec.encode_array(values, bits_stored=bits, use_mct=False)
    image = open_picture(content)
    np.testing.assert_array_equal(decode_labels(image), values)
    expected = np.rint(values * 255.0 / (2**bits - 1))
    assert np.abs(decode_xray(image) - expected).max() <= 1
