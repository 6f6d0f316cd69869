"""What the configuration models of all rooms have in common."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from teeth_unet.errors import InputError


def nearest_name(name: str, known: list[str]) -> str:
    """Return a hint for a name that is not known: the nearest known one, or all of them."""
    matches = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean {matches[0]!r}?" if matches else f"known are: {', '.join(sorted(known))}."


def known_name(kind: str, name: str, known: Iterable[str]) -> str:
    """Return a name that is known.

    Raises:
        ValueError: It is not.
    """
    if name not in known:
        raise ValueError(f"unknown {kind} {name!r}: {nearest_name(name, list(known))}")
    return name


def flatten(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield nested settings as `training.epochs` and the like.

    Example:
        >>> dict(flatten({"epochs": 2, "augmentation": {"flip": 0.5}}, "training."))
        {'training.epochs': 2, 'training.augmentation.flip': 0.5}
    """
    for key, value in settings.items():
        if isinstance(value, BaseModel):
            yield from flatten(value.model_dump(), f"{prefix}{key}.")
        elif isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _split_names(names: object) -> object:
    return names.split("+") if isinstance(names, str) else names


Names = Annotated[tuple[str, ...], BeforeValidator(_split_names)]
"""A list of names; on the command line, where a comma ends a value, one text with + between."""


def is_template(name: object) -> bool:
    """Tell whether a name in a file of conf/ is there for other values to refer to: `_rounds`."""
    return str(name).startswith("_")


def without_templates(values: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return what is no template."""
    return {name: value for name, value in values.items() if not is_template(name)}


class Settings(BaseModel):
    """Base of the configuration models: immutable, and strict about unknown names.

    Names that begin with an underscore are templates of the files in conf/ (`epochs: ${._rounds}`);
    they are left out.

    Raises:
        pydantic.ValidationError: A name is unknown (with the nearest known one), or a value is
            out of range.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    removed: ClassVar[Mapping[str, str]] = {}
    """Parameters of earlier versions, and what became of them."""

    without_effect: ClassVar[frozenset[str]] = frozenset()
    """Names of values that decide how something is made, and not what comes out."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_names(cls, values: Any) -> Any:  # noqa: ANN401 (pydantic hands over anything)
        if not isinstance(values, dict):
            return values
        known = list(cls.model_fields)
        given = without_templates(values)
        for name in given:
            if name in cls.removed:
                raise ValueError(f"there is no parameter {name!r} any more: {cls.removed[name]}")
            if name not in known:
                raise ValueError(f"unknown parameter {name!r}: {nearest_name(str(name), known)}")
        return given


Model = TypeVar("Model", bound=Settings)


def checked(settings: type[Model], values: Mapping[str, Any], prefix: str, place: str) -> Model:
    """Make settings of what a user has written.

    Args:
        settings: Their class.
        values: By name.
        prefix: What stands before their names: `network.` for example.
        place: Where they are written.

    Raises:
        InputError: A value is not usable, or a name is a template, which has no use here; it is
            called by its whole name.
    """
    for name in filter(is_template, values if isinstance(values, Mapping) else ()):
        raise InputError(f"{prefix}{name}", "an option", "a template", f"Take it out of {place}.")
    try:
        return settings.model_validate(values)
    except ValidationError as failure:
        wrong = failure.errors()[0]
    found = f"{wrong['input']!r} ({wrong['msg'].removeprefix('Value error, ')})"
    name = (prefix + ".".join(map(str, wrong["loc"]))).rstrip(". ")
    raise InputError(name, "a usable value", found, f"Put it right in {place}.")
