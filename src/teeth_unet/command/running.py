"""From files to results: what may be refused comes before what takes long."""

import logging
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pandas as pd

from teeth_unet import inference
from teeth_unet.archives import ArchiveRules
from teeth_unet.command.showing import shown_progress
from teeth_unet.command.wording import in_words
from teeth_unet.configuration import checked
from teeth_unet.errors import InputError
from teeth_unet.inference import Inference, InferenceSummary, ResultFolder
from teeth_unet.intake import Cases, LazyXray, xrays_at_several
from teeth_unet.lineage import AtWork, Claim
from teeth_unet.quality import Quality
from teeth_unet.segmentation import Segmenter, packaged_segmenter, read_segmenter
from teeth_unet.text import listed

log = logging.getLogger(__name__)

NAME = "teeth-unet segment"

NEEDLESS = ("IPython", "matplotlib", "sklearn")
"""What Keras imports where it is installed, for uses of its own: a third of its time."""

_ONE = "the segmenter.zip that a training has left (data/06_models/segmenter.zip)"


def checked_settings(options: Mapping[str, Any]) -> Inference:
    """Return the settings of the pipeline `inference` from options of the same names.

    Raises:
        click.UsageError: A value is not usable.
    """
    if options["formats"] and not options["teeth"]:
        raise click.UsageError("--formats are of single teeth: leave out --no-teeth.")
    if "dicom_seg" in options["formats"].split("+") and not options["numbers"]:
        raise click.UsageError("--formats dicom_seg is of numbered teeth: leave out --no-numbers.")
    try:
        given = {**options, "formats": options["formats"] or ()}
        return checked(Inference, given, "--", "the command")
    except InputError as failure:
        raise click.UsageError(in_words(failure) or "") from failure


def segment_files(
    paths: Sequence[Path], results: Path, segmenter: Path | None, settings: Inference
) -> None:
    """Segment all X-rays at some paths, and tell at the end what there is.

    Args:
        paths: Pictures, DICOM files, folders and zip archives.
        results: The folder for the results.
        segmenter: The network's file; None for that of the package.
        settings: What is made of an X-ray.

    Raises:
        InputError: Something cannot be used. What could be used is done then, if it was an X-ray.
        OSError: The disk is full or cannot be written, or the place of the X-rays is lost.
    """
    xrays = xrays_at_several(paths, ArchiveRules.model_validate({}), inference.is_result_folder)
    store = ResultFolder.at(Path(os.path.realpath(results)))
    for sentence in xrays.told:
        log.info("%s", sentence)
    place = network_place(segmenter)
    store.begin()
    with _claimed(store.path):
        log.info("X-rays: %d.", len(xrays))
        network = open_network(place)
        summary = _segment(xrays, network, settings, store)
        cases, teeth, charts = inference.gather_tables(summary, store)
        inference.write_tables(store.path, summary, cases, teeth, charts)
    inference.tell_warnings(cases)
    _tell_end(summary, network, store.path, settings.threshold)
    if settings.teeth:
        _tell_teeth(cases, settings)
    inference.refuse_failures(cases, summary)


def network_place(path: Path | None) -> Path:
    """Return the network's file, for which its user may have given a path."""
    place = path or packaged_segmenter()
    if place is None:
        raise InputError(
            NAME,
            "a network in this package",
            "none",
            f"Give one: --segmenter FILE, {_ONE}.",
        )
    if not place.exists():
        raise InputError("--segmenter", "the path of a file", str(place), f"Give {_ONE}.")
    return place


def open_network(place: Path) -> Segmenter:
    """Read a network, without what makes that slow."""
    log.info("The network is loaded, which takes a few seconds.")
    with _left_out(NEEDLESS):
        return read_segmenter(place)


@contextmanager
def _left_out(packages: Iterable[str]) -> Iterator[None]:
    """Let packages that are not imported yet pass for such as are not installed."""
    hidden = {name: None for name in packages if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]  # Python's own way of saying so
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _segment(
    xrays: Cases[LazyXray], network: Segmenter, settings: Inference, store: ResultFolder
) -> InferenceSummary:
    predictor = inference.make_xray_predictor(network, [], settings)
    with shown_progress(len(xrays)) as progress:
        return inference.segment_all(xrays, predictor, settings, Quality(), store, progress)


@contextmanager
def _claimed(results: Path) -> Iterator[None]:
    """Keep other commands from the same folder: its tables are of one run.

    Raises:
        InputError: One is at work there.
    """
    since = datetime.now().strftime("%H:%M on %Y-%m-%d")
    try:
        claim = Claim(AtWork(NAME, {}, {str(results): "results"}, since), [results])
    except InputError as busy:
        _, _, found, _ = busy.args
        expected = "no other command that writes there"
        remedy = "Wait until it is done, or give another folder: --results FOLDER"
        raise InputError(str(results), expected, found, remedy) from busy
    try:
        yield
    finally:
        claim.release()


def _tell_end(
    summary: InferenceSummary, network: Segmenter, results: Path, threshold: float | None
) -> None:
    """Print what there is now, for people and for programs: on the standard output."""
    done, failed = summary["made"] + summary["found"], len(summary["failures"])
    before = f" ({summary['found']} of them before)" if summary["found"] else ""
    click.echo(
        f"{done} of {len(summary['cases'])} X-rays segmented{before}, {failed} failed. "
        f"Results: {results}"
    )
    told = f"Network, as every row of cases.csv and teeth.csv names it: {network.taught_on}"
    if network.settings.synthetic:
        told += " It was taught by drawings alone and has seen no real X-ray: look at the overlays."
    click.echo(told)
    if threshold is not None:
        own = network.settings.threshold
        click.echo(f"Threshold, as given: {threshold:g}. The network's own is {own:g}.")


def _tell_teeth(cases: pd.DataFrame, settings: Inference) -> None:
    """Print how many teeth there are, and of how many X-rays the numbers should be looked at."""
    done = cases[cases["status"] == "done"]
    told = f"Teeth: {int(done['teeth'].sum())} in {len(done)} X-rays."
    if settings.gives_numbers:
        names = inference.for_review(cases)
        told += f" Numbers to be looked at by a person: {len(names)} of {len(done)} X-rays"
        told += f", see the column review: {listed(names)}." if names else "."
    click.echo(told)
