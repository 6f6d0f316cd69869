"""A few teeth, drawn as programs draw masks: every kind in every container that people have."""

import io

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 90, 200

WHITE = 255


def tooth_numbers(seed=0, teeth=12):
    """A label map of two rows of teeth, numbered 1 to n from left to right; neighbours touch."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    for number in range(1, teeth + 1):
        lower, place = divmod(number - 1, (teeth + 1) // 2)
        top, left = 8 + 40 * lower + int(rng.integers(0, 5)), 10 + 15 * place
        labels[top : top + 30, left : left + (15 if place % 2 else 12)] = number
    return labels


def through(image, kind="PNG", **options):
    """Store and read again."""
    stored = io.BytesIO()
    image.save(stored, kind, **options)
    read = Image.open(stored)
    read.load()
    return read


def voc_colours():
    """The colours of PASCAL VOC, (256, 3): bits of the number, highest first, over the channels."""
    colours = np.zeros((256, 3), np.uint8)
    for number in range(256):
        for bit in range(8):
            colours[number, bit % 3] |= (number >> bit & 1) << (7 - bit // 3)
    return colours


VOC = voc_colours()

FDI = np.array([0, *(10 * quadrant + place for quadrant in (1, 2, 3, 4) for place in range(1, 9))])


def coloured(labels):
    return VOC[labels]


def one_colour(labels, colour=(48, 112, 32)):
    return np.where(labels[..., np.newaxis] > 0, np.array(colour, np.uint8), np.uint8(0))


def white(labels):
    return np.where(labels > 0, WHITE, 0).astype(np.uint8)


def stretched(labels):
    return np.rint(labels * (WHITE / max(1, int(labels.max())))).astype(np.uint8)


def with_alpha(colours):
    return np.dstack([colours, np.full(colours.shape[:2], WHITE, np.uint8)])


def on_transparent(labels):
    return np.dstack([np.full((*labels.shape, 3), WHITE, np.uint8), white(labels)])


def palette(labels):
    picture = Image.fromarray(labels)
    picture.putpalette(VOC.ravel().tolist())
    return picture


def resampled(levels, method=Image.Resampling.BILINEAR):
    """Enlarged from half the size, as masks are that were drawn on a smaller X-ray."""
    image = Image.fromarray(levels)
    small = image.resize((image.width // 2, image.height // 2), Image.Resampling.BOX)
    return small.resize(image.size, method)


def as_picture(values, kind="PNG", **options):
    return through(Image.fromarray(values), kind, **options)


GREY_CONTAINERS = {
    "L in PNG": lambda grey: as_picture(grey),
    "L in TIFF": lambda grey: as_picture(grey, "TIFF", compression="tiff_lzw"),
    "L in BMP": lambda grey: as_picture(grey, "BMP"),
    "RGB": lambda grey: as_picture(np.dstack([grey] * 3)),
    "RGBA": lambda grey: as_picture(with_alpha(np.dstack([grey] * 3))),
    "LA": lambda grey: through(Image.fromarray(grey).convert("LA")),
    "16 bits in PNG": lambda grey: as_picture(grey.astype(np.uint16)),
    "16 bits in TIFF": lambda grey: as_picture(grey.astype(np.uint16), "TIFF"),
    "32 bits": lambda grey: as_picture(grey.astype(np.int32), "TIFF"),
    "floats": lambda grey: as_picture(grey.astype(np.float32), "TIFF"),
}

COLOUR_CONTAINERS = {
    "RGB in PNG": lambda colours: as_picture(colours),
    "RGB in BMP": lambda colours: as_picture(colours, "BMP"),
    "RGB in TIFF": lambda colours: as_picture(colours, "TIFF"),
    "RGBA": lambda colours: as_picture(with_alpha(colours)),
    "palette": lambda colours: through(Image.fromarray(colours).quantize(64)),
}

GREY_KINDS = {
    # what is stored, and what it is found to be
    "white": (white, "binary"),
    "0 and 1": (lambda labels: (labels > 0).astype(np.uint8), "binary"),
    "level 100": (lambda labels: 100 * (labels > 0).astype(np.uint8), "binary"),
    "numbers 1 to n": (lambda labels: labels, "labels"),
    "FDI numbers": (lambda labels: FDI[labels].astype(np.uint8), "labels"),
    "stretched numbers": (stretched, "labels"),
    "steps of 8": (lambda labels: 8 * labels, "labels"),
}

COLOUR_KINDS = {
    "a dark green": (one_colour, "binary"),
    "red": (lambda labels: one_colour(labels, (255, 0, 0)), "binary"),
    "a colour a tooth": (coloured, "labels"),
    "red and dark green": (
        lambda labels: np.where(
            (labels % 2)[..., np.newaxis] > 0,
            one_colour(labels, (255, 0, 0)),
            one_colour(labels, (0, 64, 0)),
        ),
        "classes",
    ),
}
