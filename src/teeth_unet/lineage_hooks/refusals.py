"""How a person is told that the inputs of a node do not belong together."""

from collections.abc import Collection, Iterable

from kedro.pipeline.node import Node

from teeth_unet.errors import InputError
from teeth_unet.lineage import Disagreement, Input, find_disagreement
from teeth_unet.lineage_hooks.entries import command_from


def refuse_disagreement(node: Node, known: Iterable[Input], chosen: Collection[str] = ()) -> None:
    """Refuse inputs that were made from different versions of one thing.

    Args:
        node: The node.
        known: What is known of its inputs.
        chosen: Those of which a version was asked for.

    Raises:
        InputError: With the command that makes the older one again.
    """
    found = find_disagreement(known)
    if found is not None:
        raise InputError(
            f"Node {node.name.rpartition('.')[2]}",
            f"inputs made {_with(found)}",
            _told(found),
            _remedy(found, chosen),
        )


def _with(found: Disagreement) -> str:
    if found.what.startswith("params:"):
        return f"with the same parameters ({found.what.removeprefix('params:')})"
    return f"from the same {found.what}"


def _told(found: Disagreement) -> str:
    older, newer = found.older.name, found.newer.name
    if found.values:
        by = "" if newer.startswith("params:") else f", other than {newer}"
        return f"{older}, which was made with others{by}: {found.values}"
    if found.what == newer:
        return f"{older}, which was made from an earlier {found.what}"
    if found.what == older:
        return f"{older}, other than the one that {newer} was made from"
    return f"{older}, which was made from an earlier {found.what} than {newer}"


def _remedy(found: Disagreement, chosen: Collection[str]) -> str:
    versions = sorted({found.older.name, found.newer.name} & set(chosen))
    if versions:
        return (
            f"Leave out --load-versions for {', '.join(versions)}, or give it for all that the "
            "same run has made."
        )
    command = command_from(found.what, found.older.name)
    if found.newer.name.startswith("params:"):
        return (
            f"Make it again, with the --env and --params of this run: {command} (or give the "
            "values that it was made with)"
        )
    return (
        f"Make it again, with the --env of this run and the --params that {found.newer.name} was "
        f"made with: {command}"
    )
