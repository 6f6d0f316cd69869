"""What the form of a set of X-rays is, where that does not tell itself."""

from typing import Literal

from pydantic import Field, field_validator

from teeth_unet.configuration import Settings


class SetForm(Settings):
    """What the form of a set is, where its files do not tell.

    Attributes:
        within: Folder of the set outside of which nothing is looked at, as in a public set that
            has its X-rays twice.
        mask_name: How a mask is named after its X-ray, such as `{case}_teeth`, without the suffix;
            null for the same name, and for the usual additions (`_mask`, `-label`, `gt_` and so
            on).
        marks: What counts where a set has both: `masks` or `annotations`. null: it has one of them.
        unannotated: What becomes of X-rays without mask or annotation: `reported` as findings,
            which stop the run; `left_out`, with their number in the log; or `negative`, X-rays
            without teeth. null reports those without mask, and leaves out those without annotation.
    """

    within: str = ""
    mask_name: str | None = Field(default=None, min_length=1)
    marks: Literal["masks", "annotations"] | None = None
    unannotated: Literal["reported", "left_out", "negative"] | None = None

    @field_validator("mask_name")
    @classmethod
    def _holds_case(cls, pattern: str | None) -> str | None:
        if pattern is not None and pattern.count("{case}") != 1:
            raise ValueError("a pattern has {case} in it, once, in the place of the X-ray's name")
        return pattern
