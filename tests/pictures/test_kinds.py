"""What kind of file one is, by its content alone."""

import struct
from pathlib import Path

import numpy as np
import picture_files
import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_files import GREY, stored
from PIL import features

from teeth_unet.pictures import BEGINNING, LazyImage, open_lazily, recognise
from teeth_unet.pictures.dicom import LazyDicom

PICTURES = {
    **picture_files.lossless(picture_files.LEVELS),
    **picture_files.two_levels(picture_files.MASK),
    "BigTIFF": stored(GREY, "TIFF", big_tiff=True),
    "JPEG": stored(GREY, "JPEG"),
    "JPEG of a camera": stored(GREY.convert("RGB"), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
    "WebP": stored(GREY, "WEBP"),
    "GIF": stored(GREY, "GIF"),
    "JPEG 2000": stored(GREY, "JPEG2000"),
    "JPEG 2000, codestream": stored(GREY, "JPEG2000", no_jp2=True),
    "PGM": stored(GREY, "PPM"),
    "PGM with a comment": b"P5\n# of a camera\n1 1\n255\n\0",
    "PGM as text": b"P2 1 1 255 7",
    "PPM": stored(GREY.convert("RGB"), "PPM"),
    "PBM": stored(GREY.convert("1"), "PPM"),
}


def element(group, number, kind, value, order="<"):
    """An element of a DICOM file; without a kind it is implicit."""
    tag = struct.pack(order + "HH", group, number)
    if not kind:
        return tag + struct.pack(order + "I", len(value)) + value
    if kind in ("OB", "UT"):
        return tag + kind.encode() + struct.pack(order + "HI", 0, len(value)) + value
    return tag + kind.encode() + struct.pack(order + "H", len(value)) + value


def elements(order, explicit):
    """The first elements of a file without preamble and without a head of its own."""
    return b"".join(
        element(0x8, number, kind if explicit else "", value, order)
        for number, kind, value in (
            (0x05, "CS", b"ISO_IR 100"),
            (0x08, "CS", b"ORIGINAL\\PRIMARY\\" + b"A" * 80),
            (0x16, "UI", b"1.2.840.10008.5.1.4.1.1.1.1\0"),
        )
    )


HEAD = element(2, 0, "UL", struct.pack("<I", 100)) + element(2, 1, "OB", b"\0\1")
DICOM = {
    "with a preamble": bytes(128) + b"DICM" + HEAD,
    "with the head of a TIFF file in its preamble": b"II*\0".ljust(128, b"\0") + b"DICM" + HEAD,
    "without preamble": HEAD + elements("<", True),
    "without preamble, the head alone": HEAD,
    **{
        f"without preamble and head, {order} {kind}": elements(order, kind == "explicit")
        for order in "<>"
        for kind in ("explicit", "implicit")
    },
}
NEITHER = {
    "empty": b"",
    "text": b"BM and the like, and other words, P5 among them, and more of them, and more",
    "letters": b"P5 is a street",
    "zip": b"PK\3\4" + bytes(200),
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "sound": b"RIFF\x24\x08\0\0WAVEfmt ",
    "zeros": bytes(200),
    "an icon": b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0",
    "DICOM's letters elsewhere": b"DICM" + bytes(200),
    "an element longer than any at the beginning": element(8, 5, "", b"x" * 2000),
    "elements in no order": element(8, 8, "CS", b"AXIAL ") + element(8, 5, "CS", b"LATIN1"),
    "one tag alone": b"\x08\0\5\0",
}


def cases(table, kind):
    return [pytest.param(content, kind, id=f"{kind}: {name}") for name, content in table.items()]


@pytest.mark.parametrize(
    ("content", "kind"),
    [*cases(PICTURES, "picture"), *cases(DICOM, "dicom"), *cases(NEITHER, None)],
)
def test_the_beginning_tells_the_kind(content, kind):
    assert recognise(content[:BEGINNING]) == kind


def test_every_format_that_this_pillow_writes_is_there():
    for codec in ("webp", "jpg_2000"):
        assert features.check(codec)


@given(st.binary(max_size=BEGINNING))
def test_no_beginning_is_an_error(beginning):
    assert recognise(beginning) in ("picture", "dicom", None)


@pytest.mark.parametrize(
    ("name", "kind", "reader"),
    [
        ("a.png", "picture", LazyImage),
        ("a.dcm", "picture", LazyImage),
        ("a.png", "dicom", LazyDicom),
        ("Smith John.v2", "dicom", LazyDicom),
        ("a.dcm", None, LazyDicom),
        ("a.DICOM", None, LazyDicom),
        ("a.png", None, LazyImage),
        ("a", None, LazyImage),
    ],
)
def test_content_decides_who_reads_and_the_suffix_only_who_complains(name, kind, reader):
    lazy = open_lazily(name, Path("clinic"), bytes, kind, 77)
    assert type(lazy) is reader
    assert (lazy.name, lazy.origin, lazy.pixel_limit) == (name, Path("clinic"), 77)


def test_a_png_file_called_dcm_is_opened_as_what_it_is():
    content = stored(GREY, "PNG")
    lazy = open_lazily("a.dcm", Path("clinic"), lambda: content, recognise(content[:BEGINNING]))
    assert np.asarray(lazy()).tolist() == picture_files.LEVELS.tolist()
