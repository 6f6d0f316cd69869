"""What was found, as files of annotation tools, in which it can be corrected.

They are made of label maps that are kept beside the masks, so that another format later on needs
no network.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
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
from teeth_unet.inference.protocol import ResultStore

NAMES: Mapping[int, str] = {}
"""Names of categories by tooth; nothing tells the numbers of new teeth: all of them are "tooth"."""

OF_A_CASE = ("labelme", "yolo")
"""Formats with a file for each X-ray."""

OF_ALL = {"coco": "coco.json", "yolo": "yolo/data.yaml"}
"""Files of all X-rays of a run together, by format."""


def file_of(load: object, case: str) -> str:
    """Return the name of an X-ray's file inside its folder or archive; its case if it has none."""
    return str(getattr(load, "name", case))


def case_documents(
    file: str, labels: NDArray[np.uint16], formats: Collection[str]
) -> dict[str, str]:
    """Return the files of one X-ray.

    Args:
        file: Name of the X-ray's file.
        labels: (h, w), one number a tooth, 0 where there is none.
        formats: What is asked for.

    Returns:
        Texts by format, of those that have a file for each X-ray.
    """
    documents = {}
    if "labelme" in formats:
        height, width = labels.shape
        found = outlines(labels)
        names = {**dict.fromkeys(found, "tooth"), **NAMES}
        own_name = PurePosixPath(file).name
        documents["labelme"] = labelme_file(own_name, width, height, found, names)
    if "yolo" in formats:
        documents["yolo"] = yolo_file(labels, NAMES)
    return documents


def write_of_all(
    files: Mapping[str, str], formats: Collection[str], store: ResultStore, *, remove_others: bool
) -> dict[str, str]:
    """Write the files that are of all X-rays together; what is as it was is not written again.

    Args:
        files: Names of the X-rays' files, by case, of those that are done.
        formats: What is asked for.
        store: Where the label maps are, and where the files go.
        remove_others: Whether those in other formats, of earlier runs, are removed.

    Returns:
        What could not be written, and why.
    """
    failures = {}
    for each, name in OF_ALL.items():
        if each not in formats:
            if remove_others:
                store.discard_of_all(name)
            continue
        try:
            if each == "coco":
                store.write_of_all(name, _fingerprint(files, store), _coco(files, store))
            else:
                text = yolo_names(NAMES)
                fingerprint = hashlib.sha256(text.encode()).hexdigest()
                store.write_of_all(name, fingerprint, [text])
        except InputError as failure:
            failures[name] = str(failure)
    return failures


def _coco(files: Mapping[str, str], store: ResultStore) -> Iterator[str]:
    pictures = (LabelledPicture(file, store.labels(case)) for case, file in files.items())
    yield from coco_file(pictures, NAMES)


def _fingerprint(files: Mapping[str, str], store: ResultStore) -> str:
    """Return a hash of all that a file of all X-rays is made from."""
    content = hashlib.sha256(code_fingerprint().encode())
    for part in _parts(files, store):
        content.update(json.dumps(part).encode())
    return content.hexdigest()


def _parts(files: Mapping[str, str], store: ResultStore) -> Iterable[tuple[str, str]]:
    for case, file in files.items():
        yield file, store.labels_checksum(case)
