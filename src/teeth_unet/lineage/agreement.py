"""Whether the inputs of a node belong together: all descend from the same of everything."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from teeth_unet.lineage.records import Record


@dataclass(frozen=True)
class Input:
    """What is known of one input of a node.

    Attributes:
        name: Of the entry, or of the parameters that the node reads itself.
        made: When it was made, as ISO 8601; later than all others if it is given now.
        contents: Content of it and of all that it was made from, by name.
        parameters: That decided about it, by name, with their values.
    """

    name: str
    made: str
    contents: Mapping[str, str]
    parameters: Mapping[str, Any]

    @classmethod
    def of(cls, record: Record, name: str) -> "Input":
        """Return what a record tells of an entry, which may have had another name."""
        contents = {**record.contents, name: record.content}
        return cls(name, record.making.made, contents, record.making.parameters)

    def alone(self) -> "Input":
        """Return it without what it was made from."""
        if self.name not in self.contents:
            return self
        return Input(self.name, self.made, {self.name: self.contents[self.name]}, {})


@dataclass(frozen=True)
class Disagreement:
    """Two inputs that were made from different versions of one thing.

    Attributes:
        what: The entry, or `params:NAME`, that they were made from.
        older: The input that was made first.
        newer: The other one.
        values: Of parameters, the values of each that differ, in words.
    """

    what: str
    older: Input
    newer: Input
    values: str = ""


def find_disagreement(inputs: Iterable[Input]) -> Disagreement | None:
    """Return the first disagreement among the inputs of a node, if there is one."""
    contents: dict[str, tuple[str, Input]] = {}
    parameters: dict[str, tuple[Any, Input]] = {}
    for given in inputs:
        for name, value in given.parameters.items():
            other, holder = parameters.setdefault(name, (value, given))
            if told := ", ".join(differences(name, *_in_order(other, holder, value, given))):
                return _between(holder, given, f"params:{name}", told)
        for name, content in given.contents.items():
            seen, holder = contents.setdefault(name, (content, given))
            if seen != content:
                return _between(holder, given, name)
    return None


def differences(name: str, before: Any, now: Any) -> Iterator[str]:  # noqa: ANN401 (any parameter)
    """Tell in words which values of a parameter differ, block by block.

    A name that only one of two blocks has is of another version of this program, in which it had
    its default: no difference.

    Example:
        >>> list(differences("split", {"seed": 1, "old": 0}, {"seed": 2, "new": 1}))
        ['split.seed was 1, is 2']
    """
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in before:
            if key in now and before[key] != now[key]:
                yield f"{name}.{key} was {before[key]}, is {now[key]}"
    elif before != now:
        yield f"{name} was {before}, is {now}"


def together(inputs: Iterable[Input]) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the contents and the parameters of inputs that agree."""
    contents: dict[str, str] = {}
    parameters: dict[str, Any] = {}
    for given in inputs:
        contents |= given.contents
        parameters |= given.parameters
    return contents, parameters


def _in_order(other: Any, holder: Input, value: Any, given: Input) -> tuple[Any, Any]:  # noqa: ANN401
    return (other, value) if holder.made <= given.made else (value, other)


def _between(one: Input, other: Input, what: str, values: str = "") -> Disagreement:
    older, newer = sorted((one, other), key=lambda each: each.made)
    return Disagreement(what, older, newer, values)
