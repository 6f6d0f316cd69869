"""What Pillow and its libraries say while a picture is opened is not for the log of a run."""

import io
import logging
import threading
import warnings

import numpy as np
import pytest
from PIL import ExifTags, Image

from teeth_unet.errors import InputError
from teeth_unet.imaging import decode_mask, decode_xray
from teeth_unet.pictures import count_pixels, open_picture, open_png

LEVELS = np.random.default_rng(0).integers(0, 256, (60, 80), dtype=np.uint8)
GREY = Image.fromarray(LEVELS)


def stored(picture, kind, **options):
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def with_damaged_exif():
    """A JPEG file whose notes end before they say what they announce."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "A maker of X-ray machines"
    content = stored(GREY, "JPEG", exif=exif)
    at = content.index(b"A maker") - 4  # the entry ends, and the next one is none
    return content[: at - 2] + b"\xff\xff\xff\xff\xff\xff" + content[at + 4 :]


def with_a_tag_outside(tag):
    """A TIFF file in which the content of a tag lies beyond its end."""
    content = bytearray(stored(GREY, "TIFF"))
    at = content.index(tag.to_bytes(2, "little"), 8)
    content[at + 4 : at + 12] = b"\xff\xff\x00\x00\xff\xff\xff\x00"
    return bytes(content)


def changed(content, places):
    damaged = bytearray(content)
    for place in places:
        damaged[place] ^= 0x5A
    return bytes(damaged)


BLACK_AND_WHITE = GREY.convert("1")
FILES = {
    "damaged EXIF": with_damaged_exif(),
    "a tag that lies outside": with_a_tag_outside(262),
    "a palette with transparency": stored(
        GREY.convert("P"), "PNG", transparency=bytes([255, 0, 128])
    ),
    "fax": changed(stored(BLACK_AND_WHITE, "TIFF", compression="group4"), range(20, 60, 9)),
    "LZW": changed(stored(GREY, "TIFF", compression="tiff_lzw"), range(3000, 4000, 9)),
    "deflate": changed(stored(GREY, "TIFF", compression="tiff_deflate"), range(3000, 4000, 9)),
    "JPEG in TIFF": changed(stored(GREY, "TIFF", compression="jpeg"), range(300, 700, 9)),
}


def look_at(content):
    """Do all that is done with a picture; whether it can be used is not the matter here."""
    count_pixels(content)
    try:
        decode_xray(open_picture(content))
        decode_mask(open_picture(content))
        open_picture(content).convert("RGB")
    except InputError:
        pass


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_nothing_is_said_of_it_but_by_this_program(content, recwarn, capfd, caplog):
    caplog.set_level(logging.INFO)
    look_at(content)
    assert [str(each.message) for each in recwarn] == []
    assert capfd.readouterr() == ("", "")
    assert caplog.text == ""


@pytest.mark.filterwarnings("always:::PIL")
def test_pillow_would_warn_of_each_of_the_first_three(recwarn):
    for name in list(FILES)[:3]:
        recwarn.clear()
        with Image.open(io.BytesIO(FILES[name])) as picture:
            picture.getexif()
            picture.convert("RGB")
        assert len(recwarn) > 0, name


def test_threads_at_once_leave_the_one_filter_behind():
    with warnings.catch_warnings():
        before = list(warnings.filters)
        threads = [
            threading.Thread(target=look_at, args=[content]) for content in [*FILES.values()] * 3
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        left = [each for each in warnings.filters if each not in before]
        assert {each[3].pattern for each in left} <= {r"PIL\b"}


def test_a_picture_of_ours_is_opened_however_large_ours_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)  # of another part of the process
    GREY.save(tmp_path / "mask.png")
    assert open_png(tmp_path / "mask.png").size == GREY.size


@pytest.mark.parametrize("compression", ["group4", "tiff_ccitt", "tiff_lzw", "tiff_deflate"])
def test_a_tiff_file_whose_content_is_wrong_is_refused_where_libtiff_notices(compression):
    picture = Image.fromarray(np.random.default_rng(0).random((300, 400)) > 0.5)
    picture = picture if compression in ("group4", "tiff_ccitt") else picture.convert("L")
    content = stored(picture, "TIFF", compression=compression)
    assert open_picture(content).size == (400, 300)
    with pytest.raises(InputError, match=r"damaged content|decoder error"):
        open_picture(changed(content, range(600, 640)))
    assert open_picture(content).size == (400, 300)  # what was wrong before is forgotten
