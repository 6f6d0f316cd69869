"""What the configuration models of all rooms have in common."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from teeth_unet.errors import InputError


def nearest_name(name: str, known: list[str]) -> str:
    """Return a hint for a name that is not known: the nearest known one, or all of them."""
    matches = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean {matches[0]!r}?" if matches else f"known are: {', '.join(sorted(known))}."


class Settings(BaseModel):
    """Base of the configuration models: immutable, and strict about unknown names.

    Raises:
        pydantic.ValidationError: A name is unknown (with the nearest known one), or a value is
            out of range.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_names(cls, values: Any) -> Any:  # noqa: ANN401 (pydantic hands over anything)
        if isinstance(values, dict):
            known = list(cls.model_fields)
            for name in values:
                if name not in known:
                    raise ValueError(
                        f"unknown parameter {name!r}: {nearest_name(str(name), known)}"
                    )
        return values


Model = TypeVar("Model", bound=Settings)


def checked(settings: type[Model], values: Mapping[str, Any], prefix: str, place: str) -> Model:
    """Make settings of what a user has written.

    Args:
        settings: Their class.
        values: By name.
        prefix: What stands before their names: `network.` for example.
        place: Where they are written.

    Raises:
        InputError: A value is not usable; it is called by its whole name.
    """
    try:
        return settings.model_validate(values)
    except ValidationError as failure:
        wrong = failure.errors()[0]
    found = f"{wrong['input']!r} ({wrong['msg'].removeprefix('Value error, ')})"
    name = (prefix + ".".join(map(str, wrong["loc"]))).rstrip(". ")
    raise InputError(name, "a usable value", found, f"Put it right in {place}.")
