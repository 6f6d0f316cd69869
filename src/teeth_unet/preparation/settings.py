"""How X-rays and masks are brought to one size, and what of a mask is tooth."""

from typing import Literal, Self

from pydantic import Field, model_validator

from teeth_unet.configuration import Settings


class Masks(Settings):
    """What of the masks is tooth.

    Attributes:
        kind: `auto` finds out what the masks of the whole set are, and stops where that is in
            doubt. `binary`: one level of tooth, on black; what lies between are rims. `classes`:
            every level and colour but black is tooth. `labels`: the same, and each level, colour
            or palette index of a mask is one tooth, which is what counting is compared with.
        threshold: Strength (grey level as it is stored, or largest channel of a colour) above
            which a pixel is tooth, for all masks; without it, half the usual level of a binary
            mask, and else 0, or what JPEG has left in the black. Not with `auto`.
    """

    kind: Literal["auto", "binary", "classes", "labels"] = "auto"
    threshold: int | None = Field(default=None, ge=0, le=65534)

    @model_validator(mode="after")
    def _refuse_a_threshold_of_nothing(self) -> Self:
        if self.threshold is not None and self.kind == "auto":
            raise ValueError(
                "a threshold needs a kind: give preparation.masks.kind=binary as well, or take "
                "the threshold out"
            )
        return self


class Preparation(Settings):
    """How X-rays and masks are brought to one size.

    Attributes:
        size: Height and width of the prepared pictures in px; a multiple of what the network
            needs (16 or 32 for the networks of this project).
        masks: What of the masks is tooth.
    """

    size: int = Field(default=512, ge=8, le=8192)
    masks: Masks = Masks()
