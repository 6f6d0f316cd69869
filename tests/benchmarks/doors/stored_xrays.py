"""The same X-rays under other names, in other formats and at other depths."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))
from dicom_files import dicom

Levels = NDArray[np.uint8]
Encoder = Callable[[Levels], bytes]


def encoded(form: str, **how: object) -> Encoder:
    def encode(levels: Levels) -> bytes:
        stored = io.BytesIO()
        Image.fromarray(levels).save(stored, form, **how)
        return stored.getvalue()

    return encode


def deep(bits: int, form: str = "PNG", hot: int = 0) -> Encoder:
    """Return an encoder of 16-bit pictures of so many bits, with some pixels at 65535."""

    def encode(levels: Levels) -> bytes:
        values = np.rint(levels * ((2**bits - 1) / 255)).astype(np.uint16)
        places = np.random.default_rng(bits).integers(0, values.size, hot)
        values.flat[places] = 65535
        stored = io.BytesIO()
        Image.fromarray(values).save(stored, form)
        return stored.getvalue()

    return encode


def as_dicom(bits: int = 8, shift: int = 0, **elements: object) -> Encoder:
    def encode(levels: Levels) -> bytes:
        values = np.rint(levels * ((2**bits - 1) / 255)).astype(np.uint16) << shift
        stored = {"BitsStored": bits, "HighBit": bits + shift - 1, **elements}
        return dicom(values.astype(np.uint16), **stored)

    return encode


def inverse(levels: Levels) -> bytes:
    return as_dicom(12, PresentationLUTShape="INVERSE")(255 - levels)


def padded(levels: Levels) -> bytes:
    values = np.rint(levels * (4095 / 255)).astype(np.int16)
    values[:, :60] = values[:, -60:] = -2000
    return dicom(values, PixelPaddingValue=-2000)


def without_preamble(levels: Levels) -> bytes:
    return dicom(levels)[132:]


FILES: dict[str, Encoder] = {
    "a.png": encoded("PNG"),
    "b.jpg": encoded("JPEG", quality=95),
    "c.jfif": encoded("JPEG", quality=95),
    "d.jpe": encoded("JPEG", quality=95),
    "e": encoded("PNG"),
    "f.webp": encoded("WEBP", lossless=True),
    "g.gif": encoded("GIF"),
    "h.jp2": encoded("JPEG2000"),
    "i.pgm": encoded("PPM"),
    "j.IMA": dicom,
    "k.dic": dicom,
    "Smith John.v2": dicom,
    "1.2.840.113619.2.5.17": dicom,
    "l.png": dicom,
    "notes.txt": lambda levels: b"Panoramic X-rays of March.",
    "Thumbs.db": lambda levels: b"\xd0\xcf\x11\xe0" + bytes(600),
}
"""By name in one folder: what a clinic's folder holds; the last two are no X-rays."""

DEPTHS: dict[str, Encoder] = {
    **{f"{bits} bits, 16-bit PNG": deep(bits) for bits in range(8, 17)},
    **{f"{bits} bits, 16-bit TIFF": deep(bits, "TIFF") for bits in (9, 10, 13, 14)},
    "12 bits, PNG, one hot pixel": deep(12, hot=1),
    "10 bits, PNG, five hot pixels": deep(10, hot=5),
}

DICOM: dict[str, Encoder] = {
    "12 bits": as_dicom(12),
    "12 bits stored at the top (HighBit 15)": as_dicom(12, shift=4),
    "PresentationLUTShape INVERSE": inverse,
    "padding of -2000 around it": padded,
    "12 bits with a window of 8 (128, 256)": as_dicom(12, WindowCenter=128, WindowWidth=256),
    "without preamble": without_preamble,
}

PATHS = ("scan #2", "2024_01", "007", "1e3", "yes", "a: b", "@x", "a,b", "a=b", "Müller, Eva")
"""Names of folders, each beside another one whose name is what YAML could make of it."""
