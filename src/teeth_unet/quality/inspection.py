"""What is measured in one case at its native size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.imaging.fingerprints import content_hash, perceptual_hash


@dataclass(frozen=True)
class CaseRecord:
    """What was found in one case.

    Attributes:
        case: Case name.
        width: Native width of X-ray and mask in px.
        height: Native height in px.
        tooth_share: Share of the mask's pixels that are tooth, at native size.
        grey_share: Share of a binary mask's pixels that were neither black nor the level of tooth.
        mean_level: Mean grey level of the X-ray, a frame of pure black or white left out.
        level_span: Grey levels between its darkest and its brightest 1 %, without the frame.
        clipped_share: Share of its pixels at 0 or 255, without the frame.
        tooth_contrast: By how many levels tooth is brighter than the rest, on average; 0 where
            there is only one of them.
        orientation: EXIF orientation of the X-ray's file, 1 to 8; 1 is upright.
        mask_orientation: The same of the mask's file.
        content_hash: SHA-256 of the X-ray's size and grey levels: equal for equal pictures,
            whatever file format they came in.
        mask_hash: The same of the binary mask.
        perceptual_hash: See `fingerprints.perceptual_hash`: near for near-identical X-rays.
        group: Number that identical and near-identical X-rays share; given once all are known.
    """

    case: str
    width: int
    height: int
    tooth_share: float
    grey_share: float
    mean_level: float
    level_span: int
    clipped_share: float
    tooth_contrast: float
    orientation: int
    mask_orientation: int
    content_hash: str
    mask_hash: str
    perceptual_hash: str
    group: int = -1


@dataclass(frozen=True)
class Levels:
    """How the grey levels of an X-ray are spread, a frame of pure black or white left out.

    Attributes:
        mean: Mean level.
        span: Levels between the darkest and the brightest 1 %.
        clipped_share: Share of pixels at 0 or 255.
    """

    mean: float
    span: int
    clipped_share: float


def measure_levels(xray: NDArray[np.uint8]) -> Levels:
    """Measure the grey levels of an X-ray, shape (height, width)."""
    counts = _histogram(_without_frame(xray))
    return Levels(
        mean=round(_mean(counts), 2),
        span=_quantile(counts, 0.99) - _quantile(counts, 0.01),
        clipped_share=float(counts[0] + counts[255]) / float(counts.sum()),
    )


def inspect_case(
    case: str,
    xray: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    grey_share: float = 0.0,
    orientations: tuple[int, int] = (1, 1),
) -> CaseRecord:
    """Measure one case.

    Args:
        case: Case name.
        xray: Grey levels in 0..255, shape (height, width).
        mask: Tooth (1) and background (0), of the same shape.
        grey_share: Share of the mask's pixels that were neither black nor the level of tooth.
        orientations: EXIF orientations that X-ray and mask had before they were turned upright.
    """
    spread = measure_levels(xray)
    return CaseRecord(
        case=case,
        width=xray.shape[1],
        height=xray.shape[0],
        tooth_share=float(mask.mean()),
        grey_share=grey_share,
        mean_level=spread.mean,
        level_span=spread.span,
        clipped_share=spread.clipped_share,
        tooth_contrast=round(_tooth_contrast(xray, mask), 2),
        orientation=orientations[0],
        mask_orientation=orientations[1],
        content_hash=content_hash(xray),
        mask_hash=content_hash(mask),
        perceptual_hash=perceptual_hash(xray),
    )


def _without_frame(xray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut off the rows and columns at the rim that are wholly black or white."""
    exposed = (xray > 0) & (xray < 255)
    rows = np.flatnonzero(exposed.any(axis=1))
    columns = np.flatnonzero(exposed.any(axis=0))
    if not len(rows):
        return xray
    return xray[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _histogram(
    picture: NDArray[np.uint8], mask: NDArray[np.uint8] | None = None
) -> NDArray[np.int64]:
    """Count the pixels of each of the 256 levels, where the mask is 1 if there is one."""
    where = None if mask is None else Image.fromarray(mask * np.uint8(255))
    return np.array(Image.fromarray(picture).histogram(where), dtype=np.int64)


def _mean(counts: NDArray[np.int64]) -> float:
    return float(counts @ np.arange(256)) / float(counts.sum())


def _quantile(counts: NDArray[np.int64], share: float) -> int:
    """Return the lowest level that at least this share of the pixels does not exceed."""
    return int(np.searchsorted(np.cumsum(counts), share * counts.sum()))


def _tooth_contrast(xray: NDArray[np.uint8], binary: NDArray[np.uint8]) -> float:
    everything, tooth = _histogram(xray), _histogram(xray, binary)
    rest = everything - tooth
    return _mean(tooth) - _mean(rest) if tooth.any() and rest.any() else 0.0
