"""What the form of a set of X-rays is, where that does not tell itself."""

from typing import Literal

from pydantic import field_validator

from teeth_unet.annotations import Annotations


class SetForm(Annotations):
    """What the form of a set is, where its files do not tell.

    Attributes:
        within: Folder somewhere in the set outside of which nothing is looked at, where the set has
            its X-rays twice, for example.
        marks: What counts where a set has both: `masks` or `annotations`; null: it has one of them.
        mask_name: How a mask is named after its X-ray, such as `{case}_teeth`, without the suffix;
            null for the same name, and for the usual additions (`_mask`, `-label`, `gt_`).
        unmasked: X-rays without a mask: `reported` as findings, which stop the run; `leave_out`,
            with their number in the log; `negative`, without teeth.
    """

    within: str = ""
    marks: Literal["masks", "annotations"] | None = None
    mask_name: str | None = None
    unmasked: Literal["reported", "leave_out", "negative"] = "reported"

    @field_validator("mask_name")
    @classmethod
    def _holds_case(cls, pattern: str | None) -> str | None:
        if pattern is not None and pattern.count("{case}") != 1:
            raise ValueError("a pattern has {case} in it, once, in the place of the X-ray's name")
        return pattern
