"""What the labels of annotations mean."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from teeth_unet.annotations.notations import FDI
from teeth_unet.configuration import Settings

Meaning = int | Literal["tooth", "teeth", "none"]


def _with_text_keys(names: Any) -> Any:  # noqa: ANN401 (pydantic hands over anything)
    """Return names whose keys are text: in YAML, 11 is a number."""
    return {str(key): value for key, value in names.items()} if isinstance(names, dict) else names


class Annotations(Settings):
    """What the labels of annotations mean, where they do not say it themselves.

    Attributes:
        notation: How teeth are numbered: `fdi` (11 … 48, milk teeth 51 … 85), `universal`
            (1 … 32, milk teeth A … T), or `auto`, by the numbers of the whole set. Other
            notations, such as UR1, are told by their letters.
        names: Meaning of a label, whatever it looks like: a FDI number; `tooth`, a tooth without
            number; `teeth`, a region of several; `none`, what is no tooth.
        shapes: Whether shapes called "tooth" are single teeth (`teeth`) or regions of several
            (`regions`); `auto`: by how many there are in a picture.
        unannotated: X-rays without an annotation: `leave_out`, or `negative`, without teeth.
    """

    notation: Literal["auto", "fdi", "universal"] = "auto"
    names: Annotated[Mapping[str, Meaning], BeforeValidator(_with_text_keys)] = Field(
        default_factory=dict
    )
    shapes: Literal["auto", "teeth", "regions"] = "auto"
    unannotated: Literal["leave_out", "negative"] = "leave_out"

    @field_validator("names")
    @classmethod
    def _refuse_other_numbers(cls, names: Mapping[str, Meaning]) -> Mapping[str, Meaning]:
        for label, meaning in names.items():
            if isinstance(meaning, int) and meaning not in FDI:
                raise ValueError(f"{meaning}, for {label!r}, is no FDI number of a tooth")
        return names
