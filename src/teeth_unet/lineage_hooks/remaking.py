"""`--only-missing-outputs`: what is there but was made from other things counts as missing."""

import logging
from collections.abc import Iterator

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
    reasons: dict[str, str] = {}
    for node in pipeline.nodes:
        reason = next(_reasons(node, catalog, reasons), None)
        if reason is not None:
            reasons |= dict.fromkeys(node.outputs, reason)
    for name in reasons:
        # On the entry itself: a run has its own catalog, which processes get as a copy.
        setattr(catalog.get(name), "_exists", _is_outdated)  # noqa: B010
    if reasons:
        told = "; ".join(f"{name} ({reason})" for name, reason in reasons.items())
        log.warning("Made again, since they were made from other things: %s", told)


def _is_outdated() -> bool:
    return False


def _reasons(node: Node, catalog: Catalog, outdated: dict[str, str]) -> Iterator[str]:
    """Yield why what is there of a node's outputs has to be made again."""
    for name in node.outputs:
        path = load_place(catalog, name)
        if path is None:
            continue
        try:
            record = lineage.known_record(path, name)
        except InputError:
            yield "a run was stopped while it was written"
            continue
        if record is not None:
            yield from (f"after {each}" for each in node.inputs if each in outdated)
            yield from _differences(node, record, catalog)


def _differences(node: Node, record: Record, catalog: Catalog) -> Iterator[str]:
    made = made_entries()
    for name in node.inputs:
        if is_parameter(name):
            bare = name.removeprefix("params:")
            before = record.making.parameters.get(bare)
            now = settled(catalog.load(name))
            yield from lineage.differences(bare, before, now) if before is not None else ()
        elif not is_store(catalog, name) and (before := record.making.read.get(name)):
            now = _content(name, catalog, of_source=name not in made)
            if now not in (None, before):
                yield f"another {name}"


def _content(name: str, catalog: Catalog, *, of_source: bool) -> str | None:
    path = load_place(catalog, name)
    if path is not None:
        record = lineage.read_record(path)
        known = record and lineage.known_record(path, name)
        return known.content if known else content_of_input(catalog, name, None)
    try:
        return content_of_input(catalog, name, catalog.load(name)) if of_source else None
    except DatasetError:  # the node that loads it tells what is wrong
        return None
