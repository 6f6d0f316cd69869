"""What the configuration models of all rooms have in common."""

from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


def nearest_name(name: str, known: list[str]) -> str:
    """Return a hint for a name that is not known: the nearest known one, or all of them."""
    matches = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean {matches[0]!r}?" if matches else f"known are: {', '.join(sorted(known))}."


def is_template(name: object) -> bool:
    """Tell whether a name in a file of conf/ is there for other values to refer to: `_rounds`."""
    return str(name).startswith("_")


class Settings(BaseModel):
    """Base of the configuration models: immutable, and strict about unknown names.

    Names that begin with an underscore are templates of the files in conf/ (`epochs: ${._rounds}`);
    they are left out.

    Raises:
        pydantic.ValidationError: A name is unknown (with the nearest known one), or a value is
            out of range.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_names(cls, values: Any) -> Any:  # noqa: ANN401 (pydantic hands over anything)
        if not isinstance(values, dict):
            return values
        known = list(cls.model_fields)
        given = {name: value for name, value in values.items() if not is_template(name)}
        for name in given:
            if name not in known:
                raise ValueError(f"unknown parameter {name!r}: {nearest_name(str(name), known)}")
        return given
