"""What was found, as files of annotation tools, in which it can be corrected.

They are made of label maps with one number an object, kept as `instances` beside the masks, and of
the rows of the table of teeth, so that another format later on needs no network. DICOM
Segmentations take the file of the X-ray as well.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from teeth_unet.annotations import (
    LabelledPicture,
    coco_file,
    labelme_file,
    outlines,
    yolo_file,
    yolo_names,
)
from teeth_unet.errors import InputError
from teeth_unet.inference.code_version import code_fingerprint
from teeth_unet.inference.dicom_segmentations import segmentation_of
from teeth_unet.inference.finding import categories, category_of
from teeth_unet.inference.protocol import ResultStore
from teeth_unet.inference.settings import DICOM_SEGMENTATION, Inference
from teeth_unet.pictures.dicom import LazyDicom
from teeth_unet.teeth import ToothRow

OF_A_CASE = ("labelme", "yolo")
"""Formats with a file for each X-ray."""

OF_ALL = {"coco": "coco.json", "yolo": "yolo/data.yaml"}
"""Files of all X-rays of a run together, by format."""


def file_of(load: object, case: str) -> str:
    """Return the name of an X-ray's file inside its folder or archive; its case if it has none."""
    return str(getattr(load, "name", case))


def case_documents(
    file: str,
    labels: NDArray[np.uint16],
    rows: Sequence[ToothRow],
    inference: Inference,
    formats: Collection[str] | None = None,
) -> dict[str, str]:
    """Return the files of one X-ray.

    Args:
        file: Name of the X-ray's file.
        labels: (h, w), one number an object, 0 where there is none.
        rows: Those of the objects in the table of teeth.
        inference: What is asked for.
        formats: These alone.

    Returns:
        Texts by format, of those that have a file for each X-ray.
    """
    documents = {}
    names = _names(rows, inference)
    asked_for = inference.formats if formats is None else formats
    if "labelme" in asked_for:
        height, width = labels.shape
        own_name = PurePosixPath(file).name
        documents["labelme"] = labelme_file(own_name, width, height, outlines(labels), names)
    if "yolo" in asked_for:
        documents["yolo"] = yolo_file(labels, _categories(inference), names)
    return documents


def add_formats(
    case: str, load: object, inference: Inference, store: ResultStore
) -> dict[str, str]:
    """Write a case that is done in those formats that it is not there in.

    Args:
        case: Case name.
        load: Opens its X-ray.
        inference: What is asked for.
        store: Where the case is, and where the files go.

    Returns:
        What could not be written, and why.
    """
    formats = set(inference.formats)
    there = {name.partition("/")[0] for name in store.files(case)} if formats else set()
    if missing := formats & set(OF_A_CASE) - there:
        labels, rows = store.instances(case), store.rows(case)[1]
        documents = case_documents(file_of(load, case), labels, rows, inference, missing)
        store.add(case, documents)
    if DICOM_SEGMENTATION not in formats - there or not isinstance(load, LazyDicom):
        return {}
    try:
        content = segmentation_of(load, store.instances(case), store.rows(case)[1])
        store.add(case, {DICOM_SEGMENTATION: content})
    except (InputError, MemoryError) as failure:  # all else of the case is there
        why = str(failure) if isinstance(failure, InputError) else "not enough memory"
        return {f"{DICOM_SEGMENTATION}/{case}.dcm": why}
    return {}


def _categories(inference: Inference) -> dict[int, str]:
    """Return the categories of a run, whatever is in its X-rays; none where all are "tooth"."""
    return categories(inference.notation) if inference.gives_numbers else {}


def _names(rows: Sequence[ToothRow], inference: Inference) -> dict[int, str]:
    """Return the category of each object of an X-ray, by its label."""
    named = {row["tooth"]: category_of(row, inference.notation) for row in rows}
    return {label: name for label, name in named.items() if name is not None}


def write_of_all(
    files: Mapping[str, str], inference: Inference, store: ResultStore
) -> dict[str, str]:
    """Write the files that are of all X-rays together; what is as it was is not written again.

    Args:
        files: Names of the X-rays' files, by case, of those that are done.
        inference: What is asked for. Files in other formats, of earlier runs, are removed if those
            of other X-rays are.
        store: Where the label maps are, and where the files go.

    Returns:
        What could not be written, and why.
    """
    failures = {}
    for each, name in OF_ALL.items():
        if each not in inference.formats:
            if inference.remove_others:
                store.discard_of_all(name)
            continue
        try:
            if each == "coco":
                pieces = _coco(files, inference, store)
                store.write_of_all(name, _fingerprint(files, inference, store), pieces)
            else:
                text = yolo_names(_categories(inference))
                fingerprint = hashlib.sha256(text.encode()).hexdigest()
                store.write_of_all(name, fingerprint, [text])
        except InputError as failure:
            failures[name] = str(failure)
    return failures


def _coco(files: Mapping[str, str], inference: Inference, store: ResultStore) -> Iterator[str]:
    pictures = (
        LabelledPicture(file, store.instances(case), _names(store.rows(case)[1], inference))
        for case, file in files.items()
    )
    yield from coco_file(pictures, _categories(inference))


def _fingerprint(files: Mapping[str, str], inference: Inference, store: ResultStore) -> str:
    """Return a hash of all that a file of all X-rays is made from."""
    content = hashlib.sha256(code_fingerprint().encode())
    content.update(json.dumps(_categories(inference)).encode())
    for part in _parts(files, inference, store):
        content.update(json.dumps(part).encode())
    return content.hexdigest()


def _parts(
    files: Mapping[str, str], inference: Inference, store: ResultStore
) -> Iterable[tuple[str, str, list[str]]]:
    for case, file in files.items():
        names = _names(store.rows(case)[1], inference)
        yield file, store.instances_checksum(case), [f"{n} {names[n]}" for n in sorted(names)]
