"""One X-ray: opened, and made into a result once the network has seen it."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging, numbering, quality, teeth
from teeth_unet.inference.annotating import case_documents, file_of
from teeth_unet.inference.code_version import code_fingerprint
from teeth_unet.inference.doubt import doubt_of
from teeth_unet.inference.finding import Found, find_teeth, shrunk
from teeth_unet.inference.implausible_teeth import MOST_TEETH, teeth_warnings
from teeth_unet.inference.lying import Lie, lie_of
from teeth_unet.inference.millimetres import Spacing, spacing_of
from teeth_unet.inference.predicting import MOST_UNCERTAIN, Predicted
from teeth_unet.inference.protocol import CaseResult, Source
from teeth_unet.inference.records import CaseRow
from teeth_unet.inference.rows import measures_of, tooth_rows
from teeth_unet.inference.settings import Inference
from teeth_unet.inference.side_markers import find_side_markers
from teeth_unet.pictures.dicom import LazyDicom
from teeth_unet.quality import Quality
from teeth_unet.segmentation import SegmenterSettings
from teeth_unet.storage import with_addresses

MOST_PIXELS = 30_000_000
"""Larger X-rays are shrunk to this size before teeth are told apart, measured and drawn."""

Loader = Callable[[], Image.Image]


@dataclass(frozen=True)
class Look:
    """What is known of an X-ray before it is decoded.

    Attributes:
        fingerprint: Hash of all that its result depends on.
        source: Which X-ray it is.
        pixels: About how many it has.
    """

    fingerprint: str
    source: Source
    pixels: int


@dataclass(frozen=True)
class OpenedXray:
    """An X-ray, ready for the network.

    Attributes:
        case: Case name.
        file: Name of its file, see `file_of`.
        xray: (h, w) grey levels in 0..255, upright.
        resized: (size, size) grey levels, as the network takes them.
        for_numbers: The same for the network of numbers, where that takes another size.
        warnings: What speaks against the picture.
        spacing: The size of its pixels, if it is known.
        lie: How it lies.
        seconds: What opening it took.
    """

    case: str
    file: str
    xray: NDArray[np.uint8]
    resized: NDArray[np.uint8]
    for_numbers: NDArray[np.uint8] | None
    warnings: list[str]
    spacing: Spacing | None
    lie: Lie
    seconds: float


def look_at(load: Loader, predictor: str, inference: Inference, judged_by: Quality) -> Look:
    """Read an X-ray, and tell what its result depends on.

    Args:
        load: Opens the X-ray. Of a file (with a method `read`) the bytes count, which is quick;
            of anything else the pixels. How many pixels the bytes stand for, a method
            `count_pixels` may tell; otherwise a pixel a byte is assumed.
        predictor: Fingerprint of what the maps come from.
        inference: What is made of them.
        judged_by: What speaks against a picture.
    """
    read = getattr(load, "read", None)
    content = read() if read else imaging.decode_xray(load()).tobytes()
    pixels = getattr(load, "count_pixels", len)(content)
    # What is nothing to this X-ray, and what is made of its result.
    without = {"remove_others", "formats", "shards"}
    if not isinstance(load, LazyDicom):
        without.add("window")
    made = inference.model_dump(exclude=without)
    judged = quality.settings_of_warnings(judged_by)
    code = code_fingerprint()
    source = Source(_place_of(load), hashlib.sha256(content).hexdigest())
    parts = [code, predictor, made, judged, source.content]
    fingerprint = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return Look(fingerprint, source, pixels)


def _place_of(load: Loader) -> str:
    """Return the path of an X-ray's file, through the archive if it is in one; empty if none."""
    origin, name = getattr(load, "origin", None), getattr(load, "name", None)
    return with_addresses(str(origin / name)) if isinstance(origin, Path) and name else ""


def open_xray(
    case: str,
    load: Loader,
    settings: SegmenterSettings,
    inference: Inference,
    judged_by: Quality,
    numbering_size: int | None = None,
) -> OpenedXray:
    """Open and decode an X-ray.

    Args:
        case: Case name.
        load: Opens the X-ray.
        settings: Of the segmenter.
        inference: What is asked for.
        judged_by: What speaks against a picture.
        numbering_size: Side in px of what the network of numbers takes; None if there is none.

    Raises:
        InputError: It is no intact picture.
    """
    began = time.monotonic()
    if isinstance(load, LazyDicom):
        load = replace(load, window=inference.window)
    image = load()
    xray = imaging.decode_xray(image)
    usual = settings.usual_levels
    warnings = quality.xray_warnings(image, xray, settings.size, usual, judged_by)
    spacing = spacing_of(image.info, inference)
    resized = imaging.resize_xray(xray, settings.size)
    other = numbering_size not in (None, settings.size)
    for_numbers = imaging.resize_xray(xray, numbering_size) if other and numbering_size else None
    markers = find_side_markers(xray) if numbering_size else ()
    lie, file = lie_of(image.info, inference, markers), file_of(load, case)
    seconds = time.monotonic() - began
    return OpenedXray(case, file, xray, resized, for_numbers, warnings, spacing, lie, seconds)


def make_result(
    opened: OpenedXray,
    predicted: Predicted,
    threshold: float,
    inference: Inference,
    look: Look,
    seconds: float,
) -> CaseResult:
    """Make mask, measures and pictures of an X-ray.

    Args:
        opened: The X-ray.
        predicted: What the networks say of it, see `XrayPredictor.predict`.
        threshold: Probability from which on a pixel is tooth.
        inference: What is asked for.
        look: At the same X-ray.
        seconds: What opening and predicting took.
    """
    began = time.monotonic()
    height, width = opened.xray.shape
    mask = imaging.enlarge_and_threshold(predicted.probabilities, height, width, threshold)
    # Far beyond what the networks see, more pixels tell nothing more of the teeth.
    shrink = min(1.0, (MOST_PIXELS / mask.size) ** 0.5)
    found = None
    if inference.teeth:
        small = shrunk(mask, shrink)
        found = find_teeth(small, predicted, threshold, inference, opened.lie)
    row: CaseRow = {
        "width": width,
        "height": height,
        "threshold": threshold,
        "tooth_share": round(float(mask.mean()), 4),
        "doubt": round(doubt_of(predicted.probabilities, threshold), 5),
        **measures_of(found, predicted, opened.spacing, inference),
        "warnings": "; ".join([*opened.warnings, *_teeth_warnings(found, inference)]),
        "seconds": 0,
    }
    pictures = _pictures(opened, mask, predicted, found, inference, shrink)
    rows = (
        [] if found is None else tooth_rows(found, 1 / shrink, opened.spacing, inference.notation)
    )
    documents: dict[str, str] = {}
    if inference.formats and found is not None:
        instances = found.at(mask.shape)
        pictures["instances"] = teeth.label_picture(instances)
        documents = case_documents(opened.file, instances, rows, inference)
    row["seconds"] = round(seconds + time.monotonic() - began, 2)
    return CaseResult(
        opened.case, look.fingerprint, row, rows, pictures, documents, source=look.source
    )


def _teeth_warnings(found: Found | None, inference: Inference) -> list[str]:
    if found is None:
        return []
    called = found.names(inference.notation) if found.numbered is not None else {}
    return teeth_warnings(found.counted, called)


def _pictures(
    opened: OpenedXray,
    mask: NDArray[np.uint8],
    predicted: Predicted,
    found: Found | None,
    inference: Inference,
    shrink: float,
) -> dict[str, Image.Image]:
    """Return the pictures by kind; the overlay alone is smaller than the X-ray, if that is huge."""
    pictures = {"masks": Image.fromarray(mask * np.uint8(255))}
    if inference.overlay:
        xray, small = shrunk(opened.xray, shrink), shrunk(mask, shrink)
        pictures["overlays"] = _overlay(xray, small, found, inference, 1 / shrink)
    if found is not None and found.chart is not None:
        pictures["labels"] = teeth.label_picture(found.label_map(mask.shape))
        pictures["odontograms"] = numbering.draw_odontogram(found.chart, inference.notation)
    if predicted.uncertainty is not None:
        height, width = mask.shape
        levels = imaging.enlarge_to_levels(
            predicted.uncertainty, height, width, white=MOST_UNCERTAIN
        )
        pictures["uncertainty"] = Image.fromarray(levels)
    return pictures


def _overlay(
    xray: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    found: Found | None,
    inference: Inference,
    times: float,
) -> Image.Image:
    """Draw what was found on an X-ray, or on a copy of it that is so many times smaller."""
    if found is None or len(found.measured) > MOST_TEETH:
        return teeth.draw_contour(xray, mask)
    if inference.measures:
        return teeth.draw_measures(xray, found.labels, found.measured, times, found.counted)
    return teeth.draw_teeth(xray, found.labels, found.names(inference.notation))
