"""Picture files of every format and mode that are opened, made by hand where Pillow cannot."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, PngImagePlugin

from teeth_unet.imaging import decode_mask, decode_xray
from teeth_unet.imaging.decoding import orientation
from teeth_unet.pictures import open_picture

SIZE = (13, 9)
LEVELS = np.random.default_rng(0).integers(0, 256, (SIZE[1], SIZE[0]), np.uint8)
GREY = Image.fromarray(LEVELS)
MASK = np.where(LEVELS > 127, 255, 0).astype(np.uint8)

LOSSLESS_TIFF = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "lzma", "zstd")


def stored(image, kind, **options):
    """The bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def wide(levels, dtype, factor=1):
    """Levels in a container of more bits."""
    return Image.fromarray(levels.astype(dtype) * np.dtype(dtype).type(factor))


def png_chunk(name, content):
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def png(size, depth, colour, rows, interlace=0):
    """A PNG file of packed rows, each without its filter byte."""
    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, interlace)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", packed)
        + png_chunk(b"IEND", b"")
    )


ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""First column, first row, and steps of the seven passes of an interlaced PNG."""


def interlaced(levels):
    """A grey PNG file in seven passes, which Pillow reads and does not write."""
    passes = [levels[y::dy, x::dx] for x, y, dx, dy in ADAM7]
    rows = [row.tobytes() for one in passes if one.size for row in one]
    return png(levels.shape[::-1], 8, 0, rows, interlace=1)


def tiff(size, tags, strip=b"", order="<"):
    """A TIFF file of one strip; tags are (number, type 3 or 4, value)."""
    count, offset = len(tags) + 2, 8
    place = offset + 2 + 12 * count + 4
    entries = [(256, 4, size[0]), (257, 4, size[1]), *tags]
    entries = [(t, k, place if t == 273 else v) for t, k, v in sorted(entries)]
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", offset)
    directory = struct.pack(order + "H", count)
    for tag, kind, value in entries:
        packed = struct.pack(order + ("H2x" if kind == 3 else "I"), value)
        directory += struct.pack(order + "HHI", tag, kind, 1) + packed
    return head + directory + struct.pack(order + "I", 0) + strip


def grey_tiff(values, photometric=1, sample_format=1, order="<"):
    """A TIFF file of grey values as they are, of any type."""
    height, width = values.shape
    strip = values.astype(values.dtype.newbyteorder(order)).tobytes()
    tags = [
        (258, 3, 8 * values.dtype.itemsize),
        (259, 3, 1),
        (262, 3, photometric),
        (273, 4, 0),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, len(strip)),
        (339, 3, sample_format),
    ]
    return tiff((width, height), tags, strip, order)


def animated():
    """Files with two pictures each, by name."""
    pair = {"save_all": True, "append_images": [Image.new("L", SIZE, 9)]}
    return {
        "TIFF of two pages": stored(GREY, "TIFF", **pair),
        "animated PNG": stored(GREY, "PNG", **pair),
        "JPEG with a second picture": stored(GREY, "MPO", **pair),
        "animated WebP": stored(GREY, "WEBP", **pair),
    }


def one_after_the_other():
    """Files with two pictures each, of formats that do not tell how many follow, by name."""
    two = stored(GREY, "GIF", save_all=True, append_images=[Image.new("L", SIZE, 9)])
    return {
        "animated GIF": two,
        "PBM": 2 * stored(GREY.convert("1"), "PPM"),
        "PGM": stored(GREY, "PPM") + b"\n" + stored(GREY, "PPM"),
        "PGM, 16 bits": 2 * stored(wide(LEVELS, "<u2", 257), "PPM"),
        "PGM, 12 bits": 2 * pgm(LEVELS.astype("u2") * np.uint16(16), 4095),
        "PPM": 2 * stored(GREY.convert("RGB"), "PPM"),
        "PPM, 12 bits": 2 * ppm(LEVELS.astype("u2") * np.uint16(16), 4095),
    }


def pgm(values, highest, words=False):
    """A PGM file that announces its highest value."""
    height, width = values.shape
    head = f"{'P2' if words else 'P5'}\n# made by hand\n{width} {height}\n{highest}\n".encode()
    if words:
        return head + b"\n".join(b" ".join(b"%d" % value for value in row) for row in values)
    return head + values.astype("u1" if highest < 256 else ">u2").tobytes()


def ppm(values, highest):
    """A PPM file of grey."""
    content = pgm(values, highest)
    start = content.index(b"\n", content.index(str(highest).encode() + b"\n")) + 1
    width = 1 if highest < 256 else 2
    pixels = np.frombuffer(content, f"V{width}", offset=start).repeat(3).tobytes()
    return content[:start].replace(b"P5", b"P6", 1) + pixels


def pages(number):
    """A TIFF file of many pages: the same directory again and again."""
    page = grey_tiff(LEVELS)
    end = 10 + 12 * int.from_bytes(page[8:10], "little")
    directory, content = page[8:end], bytearray(page)
    for _ in range(number - 1):
        content[end : end + 4] = struct.pack("<I", len(content))
        end = len(content) + len(directory)
        content += directory + bytes(4)
    return bytes(content)


def with_text():
    """A PNG file with the chunks that programs add."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "x" * 50, zip=True)
    info.add_itxt("Title", "Zähne", "de", "Titel")
    info.add(b"gAMA", struct.pack(">I", 100_000))
    exif = Image.Exif()
    exif[0x0112] = 6
    return stored(GREY, "PNG", pnginfo=info, icc_profile=b"p" * 64, exif=exif, dpi=(300, 300))


def lossless(levels):
    """One grey picture, or mask, in every lossless container, by name."""
    grey = Image.fromarray(levels)
    rgb = grey.convert("RGB")
    files = {
        "PNG": stored(grey, "PNG"),
        "PNG, interlaced": interlaced(levels),
        "PNG, palette": stored(grey.convert("P"), "PNG"),
        "PNG, grey and opaque": stored(grey.convert("LA"), "PNG"),
        "PNG, RGB": stored(rgb, "PNG"),
        "PNG, RGBA": stored(grey.convert("RGBA"), "PNG"),
        "PNG, 16 bits": stored(wide(levels, "<u2", 257), "PNG"),
        "PNG, 16-bit RGB": png(
            levels.shape[::-1], 16, 2, [row.repeat(6).tobytes() for row in levels]
        ),
        "PNG with a profile": stored(grey, "PNG", icc_profile=b"any"),
        "BMP": stored(grey, "BMP"),
        "BMP, RGB": stored(rgb, "BMP"),
        "BMP, RGBA": stored(grey.convert("RGBA"), "BMP"),
        "TIFF, RGB": stored(rgb, "TIFF", compression="tiff_lzw"),
        "TIFF, RGBX": stored(grey.convert("RGBX"), "TIFF"),
        "TIFF, palette": stored(grey.convert("P"), "TIFF"),
        "TIFF, 16 bits, little end first": grey_tiff(levels.astype("u2") * np.uint16(257)),
        "TIFF, 16 bits, big end first": grey_tiff(levels.astype("u2") * np.uint16(257), order=">"),
        "TIFF, 16 bits with a sign": grey_tiff(levels.astype("i2"), sample_format=2),
        "TIFF, 32 bits": stored(wide(levels, "i4"), "TIFF"),
        "TIFF, floats": stored(wide(levels, "f4"), "TIFF"),
        "TIFF, white is 0": grey_tiff(255 - levels, photometric=0),
        "BigTIFF": stored(grey, "TIFF", big_tiff=True),
        "WebP": stored(rgb, "WEBP", lossless=True),
        "WebP, RGBA": stored(grey.convert("RGBA"), "WEBP", lossless=True),
        "GIF": stored(grey, "GIF"),
        "GIF, palette": stored(grey.convert("P"), "GIF"),
        "GIF, interlaced": stored(grey, "GIF", interlace=1),
        "JPEG 2000": stored(grey, "JPEG2000"),
        "JPEG 2000, codestream": stored(grey, "JPEG2000", no_jp2=True),
        "JPEG 2000, RGB": stored(rgb, "JPEG2000"),
        "JPEG 2000, 16 bits": stored(wide(levels, "<u2", 257), "JPEG2000"),
        "PGM": stored(grey, "PPM"),
        "PGM, 16 bits": stored(wide(levels, "<u2", 257), "PPM"),
        "PGM as text": pgm(levels, 255, words=True),
        "PGM, 16 bits as text": pgm(levels.astype("u2") * np.uint16(257), 65535, words=True),
        "PPM": stored(rgb, "PPM"),
        "PPM, 16 bits": ppm(levels.astype("u2") * np.uint16(257), 65535),
    }
    for method in LOSSLESS_TIFF:
        files[f"TIFF, {method}"] = stored(grey, "TIFF", compression=method)
    return files


def two_levels(mask):
    """A mask of black and white in the containers of one bit."""
    bits = Image.fromarray(mask).convert("1", dither=Image.Dither.NONE)
    files = {"PNG, 1 bit": stored(bits, "PNG"), "BMP, 1 bit": stored(bits, "BMP")}
    files |= {"PBM": stored(bits, "PPM"), "GIF of two levels": stored(bits, "GIF")}
    files["PGM of 0 and 1"] = pgm(mask // 255, 1)
    for method in ("raw", "group3", "group4", "tiff_ccitt", "packbits"):
        files[f"TIFF, 1 bit, {method}"] = stored(bits, "TIFF", compression=method)
    return files


def every_kind():
    """A valid file of every format, mode and compression."""
    files = [*lossless(LEVELS).values(), *two_levels(MASK).values(), *animated().values()]
    files += [*one_after_the_other().values(), pgm(LEVELS // 3, 85), ppm(LEVELS // 3, 85)]
    files += [stored(GREY, "WEBP"), stored(GREY.convert("RGBA"), "WEBP", exif=b"Exif\0\0II*\0")]
    files += [stored(GREY.convert("P"), "GIF", transparency=3)]
    files += [stored(GREY.convert("LA"), "JPEG2000"), stored(GREY, "JPEG2000", irreversible=True)]
    files += [stored(GREY, "JPEG2000", tile_size=(8, 8), num_resolutions=2)]
    files.append(with_text())
    for mode in ("LA", "PA", "RGBA", "CMYK", "YCbCr", "LAB"):
        files.append(stored(Image.new(mode, SIZE, 7), "TIFF"))
    files.append(stored(GREY.convert("P"), "PNG", bits=8, transparency=3))
    colours = GREY.convert("RGB")
    for image in (GREY, colours, colours.convert("CMYK")):
        files.append(stored(image, "JPEG"))
        files.append(stored(image, "JPEG", progressive=True))
    files.append(stored(colours, "TIFF", compression="jpeg"))
    files.append(stored(GREY, "TIFF", compression="jpeg"))
    return files


def bomb(kind, width=100_000, height=100_000):
    """A small file that announces a huge picture."""
    if kind == "PNG":
        return png((width, height), 8, 0, [b""])
    if kind == "TIFF":
        tags = [(258, 3, 8), (259, 3, 8), (262, 3, 1), (273, 4, 0), (278, 4, height), (279, 4, 9)]
        return tiff((width, height), tags, bytes(9))
    if kind == "PPM":
        return b"P5 %d %d 255\n" % (width, height)
    if kind == "GIF":
        size = struct.pack("<HH", min(width, 65_500), min(height, 65_500))
        return b"GIF89a" + size + stored(GREY, "GIF")[10:]
    if kind == "WEBP":
        size = (min(width, 2**14) - 1) | (min(height, 2**14) - 1) << 14
        small = stored(GREY, "WEBP", lossless=True)
        return small[:21] + struct.pack("<I", size | 1 << 28) + small[25:]
    if kind == "JPEG2000":
        small = stored(GREY, "JPEG2000")
        place = small.index(b"ihdr") + 4
        return small[:place] + struct.pack(">II", height, width) + small[place + 8 :]
    if kind == "BMP":
        small = stored(GREY, "BMP")
        return small[:18] + struct.pack("<ii", width, height) + small[26:]
    small = stored(GREY, "JPEG")
    place = small.index(b"\xff\xc0") + 5
    size = struct.pack(">HH", min(height, 65_500), min(width, 65_500))
    return small[:place] + size + small[place + 4 :]


def with_right_checksums(content):
    """A damaged PNG file whose checksums say that all is well, so that its decoder has to cope."""
    repaired, place = bytearray(content), 8
    while content.startswith(b"\x89PNG") and place + 12 <= len(content):
        end = place + 8 + int.from_bytes(content[place : place + 4])
        repaired[end : end + 4] = struct.pack(">I", zlib.crc32(content[place + 4 : end]))
        place = end + 4
    return bytes(repaired)


def use(content, pixel_limit=10**6):
    """Do with a file what a run does; raises InputError where it cannot be used."""
    picture = open_picture(content, "fuzzed", pixel_limit)
    orientation(picture)
    return decode_xray(picture), decode_mask(picture).strength
