"""What counts as a finding in the data, and how serious it is."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from teeth_unet.configuration import Settings

Severity = Literal["error", "warning", "note", "ignore"]


class Severities(Settings):
    """How serious each finding is.

    `error` stops the run once all are written down, `warning` is shown in the log, `note` is
    in the report only, `ignore` nowhere. Of the first six a case cannot be used; if they do not
    stop the run, they leave it out.

    Attributes:
        missing_partner: An X-ray without mask or a mask without X-ray.
        undecodable: A file that is no intact picture.
        size_mismatch: X-ray and mask of different sizes.
        same_picture: One picture for both.
        unclear_masks: Masks whose levels leave in doubt what is tooth.
        odd_mask: A mask that is marked in another way than the others of its set, or an X-ray.
        all_masks_empty: No case has a tooth.
        blank_xray: An X-ray without content.
        misfitting_masks: Most masks of the set do not lie on the teeth of their X-rays, or all
            whose X-rays EXIF data turn.
        mask_of_another_case: A mask that fits another case's X-ray far better.
        shifted_mask: A mask that fits far better elsewhere on its X-ray.
        poor_alignment: A mask that hardly fits its X-ray, nor any other.
        empty_mask: A mask without tooth.
        full_mask: A mask with implausibly much tooth.
        identical_xrays: The same X-ray under several names.
        near_identical_xrays: X-rays that differ in brightness, size or compression only.
        identical_masks: The same mask for different X-rays.
        inverted_xray: A negative.
        clipped_xray: Much of the picture is fully black or white.
        dark_xray: A very dark picture.
        odd_size: A size far from the set's median.
        odd_aspect: A width / height that is implausible, or far from the set's median.
        unknown_number: In a label map of FDI numbers, one that no tooth has.
        number_twice: One FDI number in two places far from each other.
        swapped_sides: FDI numbers of the patient's left where the right is, and the other way.
        swapped_jaws: FDI numbers of the upper jaw below those of the lower one.
        grey_mask: A binary mask that is not only black and one level of tooth.
        orientation: A picture that was turned upright as its EXIF data say.
    """

    removed: ClassVar[Mapping[str, str]] = {
        "dark_mask": "odd_mask and unclear_masks are in its place"
    }

    missing_partner: Severity = "error"
    undecodable: Severity = "error"
    size_mismatch: Severity = "error"
    same_picture: Severity = "error"
    unclear_masks: Severity = "error"
    odd_mask: Severity = "error"
    all_masks_empty: Severity = "error"
    blank_xray: Severity = "error"
    misfitting_masks: Severity = "error"
    mask_of_another_case: Severity = "error"
    shifted_mask: Severity = "warning"
    poor_alignment: Severity = "warning"
    empty_mask: Severity = "warning"
    full_mask: Severity = "error"
    identical_xrays: Severity = "warning"
    near_identical_xrays: Severity = "warning"
    identical_masks: Severity = "warning"
    inverted_xray: Severity = "warning"
    clipped_xray: Severity = "warning"
    dark_xray: Severity = "warning"
    odd_size: Severity = "warning"
    odd_aspect: Severity = "warning"
    unknown_number: Severity = "warning"
    number_twice: Severity = "warning"
    swapped_sides: Severity = "warning"
    swapped_jaws: Severity = "warning"
    grey_mask: Severity = "note"
    orientation: Severity = "note"


class Quality(Settings):
    """What counts as a finding, and how serious it is.

    New X-rays are judged by `blank_span`, `dark_level` and `clipped_share` as well; what is found
    is a warning there, whatever its severity, unless that is `ignore`.

    Attributes:
        severity: By check: error, warning, note or ignore.
        most_tooth: Share of tooth pixels above which a mask is too full.
        blank_span: An X-ray is blank if its darkest and its brightest 1 % lie fewer grey levels
            apart than this.
        dark_level: Mean grey level below which an X-ray is very dark.
        clipped_share: Share of pixels at 0 or 255 above which an X-ray is clipped.
        size_ratio: So many times larger or smaller than the median width or height is odd.
    """

    severity: Severities = Severities()
    most_tooth: float = Field(default=0.5, gt=0, lt=1)
    blank_span: int = Field(default=10, ge=1, le=255)
    dark_level: float = Field(default=50.0, ge=0, le=255)
    clipped_share: float = Field(default=0.2, gt=0, lt=1)
    size_ratio: float = Field(default=2.0, gt=1)
