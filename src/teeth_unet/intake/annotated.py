"""Sets whose teeth are marked by an annotation tool."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from teeth_unet.annotations import (
    AnnotatedPicture,
    AnnotatedSet,
    Numbering,
    UnknownFormat,
    number_labels,
    open_annotations,
)
from teeth_unet.errors import InputError
from teeth_unet.intake.cases import Cases, XraySet, told_of_others
from teeth_unet.intake.listing import ListedFile
from teeth_unet.intake.masked import balanced, layout_of, opened_xrays
from teeth_unet.intake.matching import match, told_of_unmatched
from teeth_unet.intake.pairing import name_cases
from teeth_unet.intake.places import Place
from teeth_unet.intake.settings import SetForm
from teeth_unet.intake.teeth import Annotation, LazyTeeth

_FOR_CERTAIN = (".json", ".xml")
"""Suffixes of files that nobody has beside pictures for another purpose than annotations."""


def _as_parameter(setting: str) -> str:
    """Return how a value of `set` is given for one run: quoted for a shell where it has to be."""
    return f"--params {shlex.quote(f'set.{setting}')}"


def find_annotations(
    place: Place, pictures: Sequence[ListedFile] = (), *, asked: bool = False
) -> AnnotatedSet | None:
    """Read the annotations of a place, if there are any.

    Args:
        place: Where they are.
        pictures: Those that may belong to them: masks in colours, or one file a tooth. They are
            looked at only if no other file is an annotation.
        asked: Whether the user says that annotations are there, or nothing else is.

    Raises:
        InputError: A file that is an annotation is damaged. Where nobody asks, texts that look like
            annotations are none then.
    """
    others = place.others
    faults: list[InputError] = []
    empty = None
    for files in ([others] if others else []) + ([[*others, *pictures]] if pictures else []):
        try:
            with _named_by(place):
                found = open_annotations(files)
        except InputError as failure:
            faults.append(failure)
            continue
        if found.pictures:
            return found
        empty = empty or found
    damaged = [fault for fault in faults if not isinstance(fault, UnknownFormat)]
    if any(file.name.lower().endswith(_FOR_CERTAIN) for file in others):
        damaged += faults
        asked = True
    if damaged and asked:
        raise damaged[0]
    return empty


def with_annotations(
    xrays: Place, annotations: Place, found: AnnotatedSet, form: SetForm, pixel_limit: int
) -> XraySet:
    """Find the annotation of each X-ray.

    Args:
        xrays: Where the X-rays are.
        annotations: Where the annotations are, which may be the same place.
        found: They.
        form: What the files do not tell.
        pixel_limit: Most pixels of a picture.

    Raises:
        InputError: Labels or names of pictures are ambiguous, or no annotation is of any X-ray.
    """
    layout = layout_of(xrays, form)
    files = {case: file for file, case in name_cases(xrays.given, layout.xrays).items()}
    with _named_by(annotations):
        numbering = number_labels(found, form, _as_parameter)
    matched = match(annotations.given, files, found.pictures)
    shared = Annotation(
        numbering, tuple((annotations.origin, file.name) for file in annotations.files)
    )
    opened = opened_xrays(xrays, files, pixel_limit)
    marked = {case: one for case, one in matched.items() if _has_teeth(one, numbering)}
    masks = {case: LazyTeeth(opened[case], one, shared, False) for case, one in marked.items()}
    notes = [*found.notes, *numbering.notes, *told_of_unmatched(matched, found.pictures)]
    told = [f"{annotations.given}: {found.format}, {len(found.pictures)} picture(s)"]
    told += [f"{annotations.given}: {note}" for note in notes]
    if not xrays.is_same(annotations):
        told += told_of_others(xrays.given, [file.name for file in xrays.others])
    told += _told_of_unmarked(xrays, len(files) - len(masks), len(files), form)
    made = balanced(xrays, opened, masks, form.unannotated, told)
    if not numbering.single_teeth:
        return made
    labels = {case: LazyTeeth(opened[case], one, shared, True) for case, one in marked.items()}
    return XraySet(made.xrays, made.masks, Cases(labels))


def _told_of_unmarked(place: Place, lacking: int, xrays: int, form: SetForm) -> list[str]:
    """Say what becomes of X-rays that have no annotation of a tooth."""
    if not lacking:
        return []
    told = f"X-rays in which nobody marked a tooth: {lacking} of {xrays}, left out"
    if form.unannotated == "negative":
        told = f"X-rays without teeth, since nobody marked any: {lacking} of {xrays}"
    return [f"{place.given}: {told}"]


def _has_teeth(picture: AnnotatedPicture, numbering: Numbering) -> bool:
    return any(shape.label in numbering.numbers for shape in picture.read_shapes())


@contextmanager
def _named_by(place: Place) -> Iterator[None]:
    """Name the folder or archive in an error of the annotations in it."""
    try:
        yield
    except InputError as fault:
        subject, expected, found, remedy = fault.args
        whole = str(place.given) if subject == "annotations" else f"{subject} in {place.given}"
        raise type(fault)(whole, expected, found, remedy) from fault
