"""What can be wrong with single cases, by themselves or compared with the rest of the set."""

from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from teeth_unet.imaging import correlate
from teeth_unet.quality.findings import LISTED, Finding, case_names, measured_finding, named
from teeth_unet.quality.inspection import CaseRecord

PLAUSIBLE_ASPECT = (1.2, 3.5)
"""Width / height of panoramic X-rays; of 105 real ones from 1.9 to 2.9."""

ODD_ASPECT = 1.5
"""So many times wider or narrower than the median aspect is odd; of 105 real ones 1.25 at most."""

MOST_CASES = 0.9
"""From this share of the cases on, something is said of the set, not of each case."""


def mask_findings(records: Sequence[CaseRecord], most_tooth: float) -> Iterator[Finding]:
    """Look for masks that are empty, too full or grey.

    Args:
        records: One a case.
        most_tooth: Share of the pixels above which a mask is too full.
    """
    empty = [record for record in records if not record.tooth_share]
    if records and len(empty) == len(records):
        yield Finding(
            "all_masks_empty",
            case_names(records),
            f"all {len(records)} masks empty (black)",
            "Look at the masks; teeth have to be white on black.",
        )
    elif empty:
        yield Finding(
            "empty_mask",
            case_names(empty),
            f"no tooth in the mask of {named(case_names(empty))}",
            "Right for patients without teeth; otherwise draw the teeth.",
        )
    yield from measured_finding(
        "full_mask",
        [(one, f"{one.tooth_share:.0%}") for one in records if one.tooth_share > most_tooth],
        "of the mask is tooth, where about 20 % is usual",
        "If the masks are inverted, turn them round: teeth have to be white, the rest black.",
    )
    grey = sorted((one for one in records if one.grey_share), key=lambda one: one.grey_share)
    if grey:
        shares = f"{grey[0].grey_share:.2%} to {grey[-1].grey_share:.2%} of the pixels"
        if len(grey) == 1:
            shares = f"{grey[0].grey_share:.2%} of the pixels"
        yield Finding(
            "grey_mask",
            tuple(one.case for one in records if one.grey_share),
            f"{len(grey)} of {len(records)} masks are not only black and white: {shares} lie "
            f"between, most in case {grey[-1].case}",
            "Nothing, if they are few: above half of the level of tooth they count as tooth, all "
            "others as background.",
        )


def level_findings(
    records: Sequence[CaseRecord], blank_span: int, dark_level: float, clipped_share: float
) -> Iterator[Finding]:
    """Look for X-rays that are blank, very dark or clipped.

    Args:
        records: One a case.
        blank_span: Grey levels between the darkest and the brightest 1 % below which there is
            nothing to see.
        dark_level: Mean grey level below which an X-ray is very dark.
        clipped_share: Share of pixels at 0 or 255 above which an X-ray has lost detail.
    """
    blank = [record for record in records if record.level_span < blank_span]
    others = [record for record in records if record.level_span >= blank_span]
    yield from measured_finding(
        "blank_xray",
        [(record, f"{record.level_span}") for record in blank],
        "grey levels of 256 between dark and bright: an X-ray without content",
        "Export the X-ray again, or take the case away.",
    )
    yield from measured_finding(
        "dark_xray",
        [(one, f"{one.mean_level:.0f}") for one in others if one.mean_level < dark_level],
        "of 255 is the mean grey level: very dark, where about 100 is usual",
        "Look at it; export it with a better exposure window if there is one.",
    )
    yield from measured_finding(
        "clipped_xray",
        [(one, f"{one.clipped_share:.0%}") for one in others if one.clipped_share > clipped_share],
        "of the pixels are fully black or white: detail is lost",
        "Export the X-ray with a wider window of grey levels.",
    )


def inverted_findings(
    records: Sequence[CaseRecord], xrays: NDArray[np.uint8], most_tooth: float
) -> Iterator[Finding]:
    """Look for negatives: teeth darker than the rest, or the opposite of the set's median picture.

    The second is asked of X-rays without teeth. Of 105 real X-rays teeth were brighter by 13
    levels and more, and the correlation with the median picture .72 and more.

    Args:
        records: One a case.
        xrays: (n, size, size, 1) grey levels, in the order of the records.
        most_tooth: Share above which a mask is too full to tell teeth from the rest.
    """
    negative = [
        (record, f"teeth darker than the rest by {-record.tooth_contrast:.0f} levels")
        for record in records
        if record.tooth_contrast < 0 and record.tooth_share <= most_tooth
    ]
    toothless = [row for row, record in enumerate(records) if not record.tooth_share]
    if toothless and len(records) > len(toothless):
        # A sixteenth of the rows and columns is enough to see dark and bright.
        step = max(1, xrays.shape[1] // 32)
        coarse = xrays[:, step // 2 :: step, step // 2 :: step, 0].astype(np.float32)
        usual = np.median(coarse, axis=0)
        for row in toothless:
            alike = correlate(coarse[row], usual)
            if alike < -0.3:
                told = f"correlation {alike:.2f} with the set's median picture"
                negative.append((records[row], told))
    if negative:
        listed = "; ".join(f"{record.case}: {told}" for record, told in negative[:LISTED])
        cases = case_names([record for record, _ in negative])
        yield Finding(
            "inverted_xray",
            cases,
            f"{named(cases)} seem to be negatives ({listed})"
            if len(cases) > 1
            else f"{named(cases)} seems to be a negative ({negative[0][1]})",
            "Invert them: bone and teeth have to be bright, air dark.",
        )


def size_findings(records: Sequence[CaseRecord], size_ratio: float) -> Iterator[Finding]:
    """Look for odd sizes and aspect ratios, by themselves and compared with the set's medians.

    Args:
        records: One a case.
        size_ratio: So many times larger or smaller than the median width or height is odd.
    """
    if not records:
        return
    width = median(record.width for record in records)
    height = median(record.height for record in records)
    aspect = median(record.width / record.height for record in records)
    low, high = PLAUSIBLE_ASPECT
    sizes = [
        record
        for record in records
        if max(_ratio(record.width, width), _ratio(record.height, height)) > size_ratio
    ]
    aspects = [
        record
        for record in records
        if record not in sizes
        and (
            not low <= record.width / record.height <= high
            or _ratio(record.width / record.height, aspect) > ODD_ASPECT
        )
    ]
    remedy = "Look whether it is a whole panoramic X-ray, neither a detail nor a page around it."
    yield from measured_finding(
        "odd_size",
        [(record, f"{record.width}x{record.height}") for record in sizes],
        f"px, where {width:.0f}x{height:.0f} is the median: more than {size_ratio:g} times off",
        remedy,
    )
    beyond = [one for one in aspects if not low <= one.width / one.height <= high]
    if len(beyond) > LISTED and len(beyond) >= MOST_CASES * len(records):
        yield _odd_aspects(beyond, len(records), remedy)
        return
    yield from measured_finding(
        "odd_aspect",
        [(record, f"{record.width / record.height:.2f}") for record in aspects],
        f"is width / height, where {aspect:.2f} is the median and {low:g} to {high:g} usual",
        remedy,
    )


def _odd_aspects(odd: Sequence[CaseRecord], records: int, remedy: str) -> Finding:
    """Word an aspect that (nearly) all cases of a set have as one of the set."""
    low, high = PLAUSIBLE_ASPECT
    aspects = [f"{record.width / record.height:.2f}" for record in odd]
    least, most = min(aspects, key=float), max(aspects, key=float)
    measured = least if least == most else f"{least} to {most}"
    count = f"all {records}" if len(odd) == records else f"{len(odd)} of {records}"
    found = f"width / height of {count} X-rays is {measured}, where {low:g} to {high:g} is usual"
    if least == most == "1.00":
        found = f"{count} X-rays are square: width / height is 1.00, where {low:g} to {high:g} is "
        found += "usual; they were probably squeezed"
        remedy = "Give the X-rays with their own width and height, as the device made them."
    return Finding("odd_aspect", case_names(odd), found, remedy)


def orientation_findings(records: Sequence[CaseRecord]) -> Iterator[Finding]:
    """Tell which pictures were turned upright."""
    turned = [one for one in records if one.orientation != 1 or one.mask_orientation != 1]
    yield from measured_finding(
        "orientation",
        [(one, f"{one.orientation}, mask {one.mask_orientation}") for one in turned],
        "is the EXIF orientation: turned upright (1 is upright)",
        "Nothing, if X-ray and mask lie alike after that; other programs may ignore such tags.",
    )


def _ratio(value: float, usual: float) -> float:
    return max(value / usual, usual / value)
