"""`kedro lineage ENTRY`: where a number comes from, in a few lines."""

import textwrap
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import click
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession

from teeth_unet import lineage
from teeth_unet.configuration import flatten, nearest_name
from teeth_unet.errors import InputError
from teeth_unet.lineage import Making, Record
from teeth_unet.lineage.code import program_name
from teeth_unet.lineage_hooks.entries import Catalog, load_place, made_entries
from teeth_unet.storage import one_listing, with_addresses

_WIDTH = 100

_DIGITS = 12
"""Of a checksum that are shown."""


@click.command("lineage")
@click.argument("entry")
@click.option("--env", "-e", help="The environment whose results are meant.")
@click.option("--load-versions", "version", help="The version of the entry, if it has several.")
@click.pass_obj
def show_lineage(metadata: Any, entry: str, env: str | None, version: str | None) -> None:  # noqa: ANN401
    """Tell what ENTRY was made from: X-rays, settings, network, code, when.

    ENTRY is a name in the catalog, such as scores, report or segmenter.
    """
    project = getattr(metadata, "project_path", None) or Path.cwd()
    try:
        with KedroSession.create(project_path=project, env=env) as session:
            pipelines.set_requested(None)
            context: Any = cast("KedroSession", session).load_context()
            versions = {entry: version} if version else None
            catalog = context._get_catalog(load_versions=versions)
            with one_listing():
                for line in told(entry, catalog):
                    click.echo(line)
    except InputError as error:
        raise click.ClickException(str(error)) from error


def told(entry: str, catalog: Catalog) -> Iterator[str]:
    """Yield the lines that tell where an entry comes from.

    Raises:
        InputError: No pipeline makes an entry of that name, it is not there, or nothing is known.
    """
    record, path = _record(entry, catalog)
    making = record.making
    yield _line(entry, with_addresses(str(path)))
    yield _line("made", f"{_local(making)} by {making.node.rpartition('.')[2]}, run {making.run}")
    yield _line("program", program_name(making.version, making.code))
    if making.other_programs:
        yield _line("earlier by", f"{'; '.join(making.other_programs)}: what it was made from")
    for source, text in sorted(making.sources.items()):
        content = making.ancestors.get(source, "")
        yield _line(source, f"{text}; content {content[:_DIGITS]}" if content else text)
    if "fitted_unet" in making.ancestors:
        yield _line("weights", f"fitted_unet, content {making.ancestors['fitted_unet'][:_DIGITS]}")
    for name, values in sorted(making.parameters.items()):
        pairs = flatten(values) if isinstance(values, dict) else [("", values)]
        yield _line(name, ", ".join(f"{key}={value}" for key, value in pairs))
    yield _line("made from", ", ".join(sorted(making.read)) or "nothing but parameters")
    if making.unknown:
        yield _line("unknown", f"what these were made from: {', '.join(making.unknown)}")
    yield _line("today", _today(record, catalog))


def _record(entry: str, catalog: Catalog) -> tuple[Record, Path]:
    known = sorted(made_entries())
    if entry not in known:
        remedy = f"Correct it: {nearest_name(entry, known)} All entries: data/README.md"
        raise InputError("kedro lineage", "an entry that a pipeline makes", repr(entry), remedy)
    path = load_place(catalog, entry)
    if path is None:
        remedy = "Run the pipeline that makes it; with --env, if it is of another environment."
        raise InputError(entry, "an entry that has been made", "nothing there", remedy)
    record = lineage.known_record(path, entry)
    if record is None:
        remedy = "It is your own or of an earlier version; what a run makes from now on has one."
        raise InputError(str(path), "a file with a record of what it was made from", "none", remedy)
    return record, path


def _today(record: Record, catalog: Catalog) -> str:
    """Say whether what an entry was made from is still what lies there."""
    changed = []
    for name in sorted(record.contents.keys() & made_entries()):
        path = load_place(catalog, name)
        if path is not None and lineage.content_now(path) != record.contents[name]:
            changed.append(name)
    if changed:
        return f"of what it was made from, these have changed since: {', '.join(changed)}"
    return "all that it was made from is as it was"


def _local(making: Making) -> str:
    return datetime.fromisoformat(making.made).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _line(name: str, text: str) -> str:
    return textwrap.fill(
        f"{name:<14} {text}",
        _WIDTH,
        subsequent_indent=" " * 15,
        break_long_words=False,  # a path is there to be copied
        break_on_hyphens=False,
    )
