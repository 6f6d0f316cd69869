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


def xray_warnings(
    image: Image.Image,
    xray: NDArray[np.uint8],
    size: int,
    usual_levels: ArrayLike,
) -> list[str]:
    """Say what speaks against a picture, in words for the person who gave it.

    Args:
        image: The picture as it was opened.
        xray: (h, w) grey levels made of it, upright, in 0..255.
        size: Height and width in px of what the network sees.
        usual_levels: What `usual_levels` gave for the training X-rays.

    Returns:
        Nothing for an X-ray as it should be.
    """
    return list(_warnings(image, xray, size, np.asarray(usual_levels)))


def _warnings(
    image: Image.Image,
    xray: NDArray[np.uint8],
    size: int,
    usual: NDArray[np.uint8],
) -> Iterator[str]:
    height, width = xray.shape
    quality = Quality()
    low, high = PLAUSIBLE_ASPECT
    if (share := _coloured_share(image)) > COLOURED_SHARE:
        yield f"coloured on {share:.0%} of its pixels: a photograph rather than an X-ray"
    if width < size or height < size // 2:
        yield f"tiny: {width}x{height} px, where the network sees {size}x{size}"
    if not low <= width / height <= high:
        yield f"width / height is {width / height:.2f}, where {low:g} to {high:g} is usual"
    step = math.ceil(math.sqrt(xray.size / MEASURED))
    levels = measure_levels(xray[::step, ::step])
    if levels.span < quality.blank_span:
        yield f"blank: only {levels.span} grey levels between dark and bright"
        return
    if levels.mean < quality.dark_level:
        yield f"very dark: mean grey level {levels.mean:.0f} of 255"
    if levels.clipped_share > quality.clipped_share:
        yield f"clipped: {levels.clipped_share:.0%} of the pixels are fully black or white"
    alike = level_correlation(xray[::step, ::step], usual)
    if alike < NEGATIVE:
        yield f"a negative (correlation {alike:.2f} with the training X-rays): bone must be bright"
    elif alike < UNLIKE:
        yield f"unlike the X-rays that the network was trained on (correlation {alike:.2f})"


def _coloured_share(image: Image.Image) -> float:
    if image.mode in ("1", "L", "LA", "I", "F") or image.mode.startswith("I;16"):
        return 0.0
    # Single pixels, not means: of a palette there are none.
    size = (min(image.width, _SAMPLES), min(image.height, _SAMPLES))
    samples = np.asarray(image.resize(size, Image.Resampling.NEAREST).convert("RGB"))
    return float(np.mean(np.ptp(samples.astype(np.int16), axis=2) > COLOURFUL))
