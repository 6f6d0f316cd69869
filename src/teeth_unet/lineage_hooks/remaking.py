"""`--only-missing-outputs`: what is there but was made from other things counts as missing."""

import logging
from collections.abc import Iterator
from typing import Any

from kedro.io import DatasetError
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from teeth_unet import lineage
from teeth_unet.errors import InputError
from teeth_unet.lineage import Record
from teeth_unet.lineage_hooks.entries import (
    Catalog,
    content_of_input,
    is_parameter,
    is_store,
    load_place,
    made_entries,
    settled,
)

log = logging.getLogger(__name__)


def mark_outdated(pipeline: Pipeline, catalog: Catalog) -> None:
    """Let outputs that a run would make from other things count as missing, and tell of them.

    Kedro looks whether outputs are there, and at nothing else.
    """
    now = _Now(catalog)
    reasons: dict[str, str] = {}
    for node in pipeline.nodes:
        beginning = pipeline.to_nodes(node.name).inputs()
        reason = next(_reasons(node, beginning, now, reasons), None)
        if reason is not None:
            reasons |= dict.fromkeys(node.outputs, reason)
    for name in reasons:
        # On the entry itself: a run has its own catalog, which processes get as a copy.
        setattr(catalog.get(name), "_exists", _is_not_there)  # noqa: B010
    if reasons:
        log.warning(
            "Made again, since what is there was made from other things: %s",
            _told(reasons, pipeline),
        )


def _told(reasons: dict[str, str], pipeline: Pipeline) -> str:
    """Tell why entries are made again: what has changed, with the first that it has reached."""
    made = [node for node in pipeline.nodes if reasons.keys() & {*node.outputs}]
    parts = dict.fromkeys((node.namespace or node.name) for node in made)
    first = {reason: name for name, reason in reversed(reasons.items())}
    changes = [
        f"{reason} ({name})" for reason, name in first.items() if not reason.startswith("after ")
    ]
    told = "; ".join(reversed(changes))
    return f"{told}; in all {len(reasons)} entries of {', '.join(parts)}"


def _is_not_there() -> bool:
    return False


class _Now:
    """What the entries and parameters of a run are at its beginning, each looked at once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._made = made_entries()
        self._contents: dict[str, str | None] = {}
        self._parameters: dict[str, Any] = {}

    def parameter(self, name: str) -> Any:  # noqa: ANN401 (any parameter)
        if name not in self._parameters:
            self._parameters[name] = settled(self.catalog.load(name))
        return self._parameters[name]

    def content(self, name: str) -> str | None:
        """Return the content of an entry; None if it is not there, or nothing can be said."""
        if name not in self._contents:
            self._contents[name] = self._content(name)
        return self._contents[name]

    def _content(self, name: str) -> str | None:
        if is_store(self.catalog, name):
            return None
        path = load_place(self.catalog, name)
        if path is not None:
            record = self.record(name)
            return record.content if record else content_of_input(self.catalog, name, None)
        if name in self._made:
            return None
        try:
            return content_of_input(self.catalog, name, self.catalog.load(name))
        except DatasetError:  # the node that loads it tells what is wrong
            return None

    def record(self, name: str) -> Record | None:
        path = load_place(self.catalog, name)
        try:
            return lineage.known_record(path, name) if path else None
        except InputError:  # a run was stopped while it was written
            return None

    def was_stopped(self, name: str) -> bool:
        path = load_place(self.catalog, name)
        return path is not None and lineage.was_stopped(path)


def _reasons(node: Node, beginning: set[str], now: _Now, outdated: dict[str, str]) -> Iterator[str]:
    """Yield why what is there of a node's outputs has to be made again.

    Args:
        node: The node.
        beginning: What the run begins with on the way to it: what lies between may be missing.
        now: What there is.
        outdated: Entries before it that will be made again.
    """
    for name in node.outputs:
        if now.was_stopped(name):
            yield "a run was stopped while it was written"
        record = now.record(name)
        if record is not None:
            yield from (f"after {each}" for each in node.inputs if each in outdated)
            for each in sorted({*beginning, *node.inputs}):
                yield from _differences(each, record, now)


def _differences(name: str, record: Record, now: _Now) -> Iterator[str]:
    if is_parameter(name):
        bare = name.removeprefix("params:")
        if bare in record.making.parameters:
            before = record.making.parameters[bare]
            yield from lineage.differences(bare, before, now.parameter(name))
    elif now.content(name) not in (None, record.contents.get(name, now.content(name))):
        yield f"another {name}"
