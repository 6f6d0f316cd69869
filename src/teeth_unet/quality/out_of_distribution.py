"""What speaks against a single new picture being an X-ray of the kind a network knows."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from teeth_unet.imaging import level_correlation
from teeth_unet.quality.inspection import measure_levels
from teeth_unet.quality.settings import Quality
from teeth_unet.quality.single_cases import PLAUSIBLE_ASPECT

UNLIKE = 0.5
"""Correlation with the median training picture below which a picture is of another kind.

Of 105 real X-rays it is .76 and more; lying on their side they reach .44, upside down .13, and
central quarters of them .49.
"""

NEGATIVE = -0.6
"""Correlation below which it is a negative: real ones have -.76 and less.

Upside down they have -.37 at most.
"""

COLOURFUL = 40
"""Levels between the channels of a pixel that is seen as coloured; JPEG's errors stay below."""

COLOURED_SHARE = 0.1
"""Share of coloured pixels of a photograph; letters and arrows on an X-ray cover less."""

MEASURED = 4_000_000
"""Pixels that levels are measured from; of larger pictures every second or third row and column."""

_SAMPLES = 128

_MEASURES = {"blank_span", "dark_level", "clipped_share"}
_CHECKS = ("odd_aspect", "blank_xray", "dark_xray", "clipped_xray", "inverted_xray")
"""Of the settings of a set of cases, those that say something of a single picture."""

READ_FOR_NEW_XRAYS = frozenset({*_MEASURES, *(f"severity.{check}" for check in _CHECKS)})
"""Names of the settings that have an effect on the warnings of a new X-ray."""


def xray_warnings(
    image: Image.Image,
    xray: NDArray[np.uint8],
    size: int,
    usual_levels: ArrayLike,
    quality: Quality,
) -> list[str]:
    """Say what speaks against a picture, in words for the person who gave it.

    Args:
        image: The picture as it was opened.
        xray: (h, w) grey levels made of it, upright, in 0..255.
        size: Height and width in px of what the network sees.
        usual_levels: What `usual_levels` gave for the training X-rays.
        quality: What is blank, dark or clipped, and which checks are to be ignored.

    Returns:
        Nothing for an X-ray as it should be.
    """
    found = _findings(image, xray, size, np.asarray(usual_levels), quality)
    ignored = _ignored(quality)
    return [words for check, words in found if check not in ignored]


def settings_of_warnings(quality: Quality) -> dict[str, object]:
    """Return those of the settings that `xray_warnings` depends on, JSON-able."""
    return {"ignored": _ignored(quality), **quality.model_dump(include=_MEASURES)}


def _ignored(quality: Quality) -> list[str]:
    return [check for check in _CHECKS if getattr(quality.severity, check) == "ignore"]


def _findings(
    image: Image.Image,
    xray: NDArray[np.uint8],
    size: int,
    usual: NDArray[np.uint8],
    quality: Quality,
) -> Iterator[tuple[str, str]]:
    """Yield the name of a check, "" for those of new pictures alone, and what it has found."""
    height, width = xray.shape
    low, high = PLAUSIBLE_ASPECT
    if (share := _coloured_share(image)) > COLOURED_SHARE:
        yield "", f"coloured on {share:.0%} of its pixels: a photograph rather than an X-ray"
    if width < size or height < size // 2:
        yield "", f"tiny: {width}x{height} px, where the network sees {size}x{size}"
    if not low <= width / height <= high:
        shape = f"{width / height:.2f}, where {low:g} to {high:g} is usual"
        yield "odd_aspect", f"width / height is {shape}"
    step = math.ceil(math.sqrt(xray.size / MEASURED))
    levels = measure_levels(xray[::step, ::step])
    if levels.span < quality.blank_span:
        yield "blank_xray", f"blank: only {levels.span} grey levels between dark and bright"
        return
    if levels.mean < quality.dark_level:
        yield "dark_xray", f"very dark: mean grey level {levels.mean:.0f} of 255"
    if levels.clipped_share > quality.clipped_share:
        share = levels.clipped_share
        yield "clipped_xray", f"clipped: {share:.0%} of the pixels are fully black or white"
    alike = level_correlation(xray[::step, ::step], usual)
    if alike < NEGATIVE:
        told = f"(correlation {alike:.2f} with the training X-rays): bone must be bright"
        yield "inverted_xray", f"a negative {told}"
    elif alike < UNLIKE:
        yield "", f"unlike the X-rays that the network was trained on (correlation {alike:.2f})"


def _coloured_share(image: Image.Image) -> float:
    if image.mode in ("1", "L", "LA", "I", "F") or image.mode.startswith("I;16"):
        return 0.0
    # Single pixels, not means: of a palette there are none.
    size = (min(image.width, _SAMPLES), min(image.height, _SAMPLES))
    samples = np.asarray(image.resize(size, Image.Resampling.NEAREST).convert("RGB"))
    return float(np.mean(np.ptp(samples.astype(np.int16), axis=2) > COLOURFUL))
