"""Picture files of every kind, and what poses as one."""

import io
import random
import struct

import numpy as np
import picture_files
import pytest
from archives import zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutated
from picture_files import (
    GREY,
    LEVELS,
    MASK,
    SIZE,
    bomb,
    grey_tiff,
    stored,
    use,
    with_right_checksums,
)
from PIL import Image, ImageFile, TiffImagePlugin

from teeth_unet.archives import ArchiveRules
from teeth_unet.datasets import ImageFolderDataset
from teeth_unet.errors import InputError
from teeth_unet.imaging import decode_mask, decode_xray
from teeth_unet.intake import pictures_of_archive
from teeth_unet.pictures import FORMATS, count_pixels, open_picture
from teeth_unet.preparation import Masks, decide_encoding, prepare_case

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # of damaged tags

XRAYS = picture_files.lossless(LEVELS)
MASKS = {**picture_files.lossless(MASK), **picture_files.two_levels(MASK)}


@pytest.mark.parametrize("content", XRAYS.values(), ids=XRAYS)
def test_an_xray_is_the_same_in_every_lossless_container(content):
    np.testing.assert_array_equal(decode_xray(open_picture(content)), LEVELS)


@pytest.mark.parametrize("content", MASKS.values(), ids=MASKS)
def test_a_mask_is_the_same_in_every_lossless_container(content):
    np.testing.assert_array_equal(decode_mask(open_picture(content)).strength > 0, MASK > 0)


def test_a_transparent_level_is_black_in_8_and_in_16_bits():
    eight = stored(GREY, "PNG", transparency=int(LEVELS[0, 0]))
    sixteen = stored(
        picture_files.wide(LEVELS, "<u2", 257), "PNG", transparency=257 * int(LEVELS[0, 0])
    )
    expected = np.where(LEVELS[0, 0] == LEVELS, 0, LEVELS)
    for content in (eight, sixteen):
        np.testing.assert_array_equal(decode_xray(open_picture(content)), expected)


def test_a_picture_without_its_palette_is_refused():
    content = stored(GREY.convert("P"), "PNG")
    start = content.index(b"PLTE") - 4
    end = start + 12 + int.from_bytes(content[start : start + 4])
    with pytest.raises(InputError, match="without the palette"):
        open_picture(content[:start] + content[end:])


def test_a_progressive_jpeg_is_the_same_picture():
    plain, progressive = (use(stored(GREY, "JPEG", progressive=each)) for each in (False, True))
    np.testing.assert_array_equal(progressive, plain)
    assert np.abs(plain[0].astype(int) - LEVELS).mean() < 10


def test_grey_levels_are_those_stored_whatever_profile_is_beside_them():
    turned = decode_xray(open_picture(picture_files.with_text()))
    np.testing.assert_array_equal(turned, np.rot90(LEVELS, -1))


@pytest.mark.parametrize("name", picture_files.animated())
def test_several_pictures_in_one_file_are_refused(name):
    with pytest.raises(InputError, match="7: expected one picture, found 2 in one file"):
        open_picture(picture_files.animated()[name], "7")


@pytest.mark.parametrize("name", picture_files.one_after_the_other())
def test_what_follows_the_picture_in_its_file_is_no_second_one(name):
    with pytest.raises(InputError, match="7: expected one picture, found 2 or more in one file"):
        open_picture(picture_files.one_after_the_other()[name], "7")


@pytest.mark.parametrize("end", [b"", b"\n", b"# the end", bytes(5)])
def test_other_bytes_after_a_pgm_are_left_alone(end):
    np.testing.assert_array_equal(decode_xray(open_picture(stored(GREY, "PPM") + end)), LEVELS)


@pytest.mark.parametrize(
    ("number", "found"), [(2, "found 2 in"), (99, "found 99 in"), (100, "100 or more in")]
)
def test_pages_are_counted_up_to_a_number(number, found):
    with pytest.raises(InputError, match=found):
        open_picture(picture_files.pages(number))


def test_no_page_is_looked_at_beyond_that_number(monkeypatch):
    opened, seek = [], TiffImagePlugin.TiffImageFile.seek
    monkeypatch.setattr(
        TiffImagePlugin.TiffImageFile, "seek", lambda it, k: (opened.append(k), seek(it, k))
    )
    with pytest.raises(InputError, match="100 or more"):
        open_picture(picture_files.pages(5000))
    assert max(opened) < 100


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (grey_tiff(LEVELS.astype("u2"), photometric=0), "white stored as 0, in more than 8 bits"),
        (grey_tiff(LEVELS.astype("f4"), 0, 3), "white stored as 0, in more than 8 bits"),
        (grey_tiff(LEVELS.view("i1"), sample_format=2), "numbers from -128 to 127"),
        (grey_tiff(np.full((2, 2), np.nan, "f4"), sample_format=3), "not a number"),
        (grey_tiff(np.full((2, 2), np.inf, "f4"), sample_format=3), "infinite"),
    ],
)
def test_values_that_would_be_misread_are_refused(content, found):
    with pytest.raises(InputError, match=found):
        use(content)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_huge_picture_is_refused_before_it_is_decoded(kind, monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("decoded"))
    with pytest.raises(InputError, match=r"pixels") as error:
        open_picture(bomb(kind))
    assert "exceeds limit" in str(error.value) or "at most 200000000 pixels" in str(error.value)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_limit_is_ours_and_to_the_pixel(kind):
    content, pixels = stored(GREY, kind), SIZE[0] * SIZE[1]
    assert open_picture(content, pixel_limit=pixels).size == SIZE
    with pytest.raises(InputError, match=r"at most 116 pixels, found 13x9\. Make it smaller"):
        open_picture(content, pixel_limit=pixels - 1)


def test_the_limit_is_an_option_of_the_catalog(tmp_path):
    (tmp_path / "1.png").write_bytes(stored(GREY, "PNG"))
    (tmp_path / "m.zip").write_bytes(zipped({"1.png": stored(GREY, "PNG")}))
    folder = ImageFolderDataset(filepath=str(tmp_path), pixel_limit=100)
    rules = ArchiveRules(pixels=100)
    for cases in (folder.load(), pictures_of_archive(tmp_path / "m.zip", tmp_path, rules)):
        with pytest.raises(InputError, match=r"1\.png in .*: expected at most 100 pixels"):
            cases["1"]()


@pytest.mark.parametrize("limit", [89_000_000, 300_000_000])
def test_pillow_opens_what_our_limit_allows(monkeypatch, limit):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    open_picture(stored(GREY, "PNG"), pixel_limit=limit)
    assert limit == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize(
    "content",
    [
        picture_files.png((0, 0), 8, 0, []),
        picture_files.png((0, 5), 8, 0, []),
        grey_tiff(np.zeros((0, 5), "u1")),
        grey_tiff(np.zeros((5, 0), "u1")),
        bomb("BMP", 0, 0),
        bomb("JPEG", 0, 0),
    ],
)
def test_a_picture_without_pixels_is_refused(content):
    with pytest.raises(InputError):
        open_picture(content)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_of_one_pixel_is_a_picture(kind):
    dot = stored(Image.new("L", (1, 1), 255), kind)
    assert use(dot)[1].tolist() == [[255]]
    case = prepare_case("1", *2 * [lambda: open_picture(dot)], decide_encoding({}, Masks()), 32)
    assert case.xray.shape == case.mask.shape == (32, 32)
    assert case.mask.all()


# What Pillow can write, and heads of what it only reads: none is ours, whatever it is called.
OTHER_KINDS = ["AVIF", "ICO", "PCX", "TGA", "SGI", "DIB", "EPS", "PDF"]
HEADS = {
    "PSD": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 1, 9, 13, 8, 1) + bytes(40),
    "FLI": struct.pack("<IHHHHHH", 128, 0xAF12, 1, 13, 9, 8, 3) + bytes(112),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 13 9\n%%EndComments\nshowpage\n",
    "WMF": struct.pack("<IH4hHIH", 0x9AC6CDD7, 0, 0, 0, 13, 9, 72, 0, 0) + bytes(40),
    "FITS": b"SIMPLE  =                    T".ljust(80) + b" " * 2800,
}


@pytest.mark.parametrize("kind", [*OTHER_KINDS, *HEADS])
def test_other_kinds_of_files_reach_no_decoder(kind, monkeypatch):
    content = HEADS.get(kind) or stored(GREY.convert("RGB"), kind)
    Image.init()
    for name, (_, accept) in Image.OPEN.items():
        if name not in FORMATS:
            monkeypatch.setitem(Image.OPEN, name, (lambda *given: pytest.fail("reached"), accept))
    with pytest.raises(InputError, match="a damaged file or one of another kind"):
        open_picture(content)


SMOOTH = np.add.outer(np.arange(64), np.arange(64)).astype(np.uint8)


@pytest.mark.parametrize("factor", [1, 257])
def test_no_bit_of_a_png_file_can_change_unnoticed(factor):
    """Pillow by itself passes over the checksums of the pixels."""
    whole = stored(picture_files.wide(SMOOTH, "<u2", factor), "PNG")
    for place in range(8, len(whole) - 12):  # between the signature and the last chunk
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        with pytest.raises(InputError, match=r"an intact picture|at most"):
            open_picture(bytes(changed))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_that_was_cut_off_is_refused(kind):
    whole = stored(Image.fromarray(SMOOTH), kind)
    for length in range(0, len(whole) - 12, 1 + len(whole) // 50):
        with pytest.raises(InputError, match="an intact picture"):
            open_picture(whole[:length])


@given(st.binary(max_size=60))
def test_no_exif_data_stop_a_picture(exif):
    file = io.BytesIO()
    GREY.save(file, "PNG", exif=b"Exif\0\0II*\0\x08\0\0\0" + exif)
    xray, mask = use(file.getvalue())
    assert sorted(xray.shape) == sorted(mask.shape) == sorted(SIZE)


def test_no_mutation_of_a_picture_gives_another_error():
    chance, refused, valid = random.Random(6), 0, picture_files.every_kind()
    for trial in range(600):
        try:
            content = mutated(valid[trial % len(valid)], chance)
            use(content if trial % 2 else with_right_checksums(content))
        except InputError:
            refused += 1
    assert 100 < refused < 600


HEADS_OF_OURS = [
    *(b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0\x08\0\0\0", b"MM\0*", b"BM", b"GIF89a"),
    *(b"RIFF\x40\0\0\0WEBPVP8L", b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n", b"P5 9 9 "),
]


@settings(max_examples=200)
@given(st.sampled_from(HEADS_OF_OURS), st.binary(max_size=200))
def test_no_bytes_at_all_give_another_error(head, content):
    with pytest.raises(InputError):
        use(head + content)


@pytest.mark.parametrize("name", XRAYS)
def test_pixels_are_counted_before_a_picture_is_decoded(name):
    assert count_pixels(XRAYS[name]) == LEVELS.size


def test_pixels_are_counted_of_damaged_and_huge_pictures_and_of_none(recwarn):
    assert count_pixels(picture_files.png((19_000, 10_000), 8, 0, [])) == 190_000_000
    assert count_pixels(b"no picture") == count_pixels(b"") == 0
    assert not recwarn.list


def test_what_to_do_about_a_damaged_picture_fits_xrays_without_masks_too():
    with pytest.raises(InputError, match=r"Replace the file, or take it away\.$"):
        open_picture(b"no picture")
