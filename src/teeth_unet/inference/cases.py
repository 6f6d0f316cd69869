"""One X-ray: opened, and made into a result once the network has seen it."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging, quality, teeth
from teeth_unet.inference.annotating import case_documents, file_of
from teeth_unet.inference.code_version import code_fingerprint
from teeth_unet.inference.implausible_teeth import MOST_TEETH, teeth_warnings
from teeth_unet.inference.millimetres import Spacing, in_millimetres, spacing_of
from teeth_unet.inference.predicting import MOST_UNCERTAIN, Predicted
from teeth_unet.inference.protocol import CaseResult, Source
from teeth_unet.inference.records import CaseRow, MeasuredToothRow, OptionalMeasures
from teeth_unet.inference.settings import Inference
from teeth_unet.pictures.dicom import LazyDicom
from teeth_unet.quality import Quality
from teeth_unet.segmentation import SegmenterSettings

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
        warnings: What speaks against the picture.
        spacing: The size of its pixels, if it is known.
        seconds: What opening it took.
    """

    case: str
    file: str
    xray: NDArray[np.uint8]
    resized: NDArray[np.uint8]
    warnings: list[str]
    spacing: Spacing | None
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
    without = {"remove_others", "formats"}
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
    return str(origin / name) if isinstance(origin, Path) and name else ""


def open_xray(
    case: str,
    load: Loader,
    settings: SegmenterSettings,
    inference: Inference,
    judged_by: Quality,
) -> OpenedXray:
    """Open and decode an X-ray.

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
    seconds = time.monotonic() - began
    return OpenedXray(case, file_of(load, case), xray, resized, warnings, spacing, seconds)


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
        predicted: What the network says of it, see `XrayPredictor.predict`.
        threshold: Probability from which on a pixel is tooth.
        inference: What is asked for.
        look: At the same X-ray.
        seconds: What opening and predicting took.
    """
    began = time.monotonic()
    height, width = opened.xray.shape
    mask = imaging.enlarge_and_threshold(predicted.probabilities, height, width, threshold)
    pictures = {"masks": Image.fromarray(mask * np.uint8(255))}
    measures: OptionalMeasures = {}
    warnings = list(opened.warnings)
    found, overlay, labels = _look_at_teeth(opened.xray, mask, predicted, inference)
    if overlay is not None:
        pictures["overlays"] = overlay
    documents: dict[str, str] = {}
    if inference.formats and labels is not None:
        labels = _numbered(labels, found, mask.shape)
        pictures["labels"] = teeth.label_picture(labels)
        documents = case_documents(opened.file, labels, inference.formats)
    if inference.teeth:
        measures["teeth"] = len(found)
        measures["gaps"] = len(teeth.find_gaps(found))
        warnings += teeth_warnings(found)
    if predicted.uncertainty is not None:
        levels = imaging.enlarge_to_levels(
            predicted.uncertainty, height, width, white=MOST_UNCERTAIN
        )
        pictures["uncertainty"] = Image.fromarray(levels)
        measures["uncertainty"] = round(float(predicted.uncertainty.mean()), 5)
    if opened.spacing is not None:
        measures["spacing_mm"] = round((opened.spacing.row * opened.spacing.column) ** 0.5, 5)
        measures["spacing_source"] = opened.spacing.source
    row: CaseRow = {
        "width": width,
        "height": height,
        "threshold": threshold,
        "tooth_share": round(float(mask.mean()), 4),
        **measures,
        "warnings": "; ".join(warnings),
        "seconds": round(seconds + time.monotonic() - began, 2),
    }
    rows = [_tooth_row(number, tooth, opened.spacing) for number, tooth in enumerate(found, 1)]
    return CaseResult(
        opened.case, look.fingerprint, row, rows, pictures, documents, source=look.source
    )


def _look_at_teeth(
    xray: NDArray[np.uint8], mask: NDArray[np.uint8], predicted: Predicted, inference: Inference
) -> tuple[list[teeth.Tooth], Image.Image | None, NDArray[np.integer] | None]:
    """Return the teeth, in pixels of the X-ray, the overlay, and the label map, if asked for.

    What the overlay says in figures is in pixels of the X-ray as well, also where it is smaller.
    """
    # Far beyond what the network sees, more pixels tell nothing more of the teeth.
    if not (inference.teeth or inference.overlay):
        return [], None, None
    shrink = min(1.0, (MOST_PIXELS / mask.size) ** 0.5)
    xray, mask = _shrunk(xray, shrink), _shrunk(mask, shrink)
    labels = _separate(mask, predicted, inference) if inference.teeth else None
    measured = [] if labels is None else teeth.measure_label_map(labels)
    overlay = None
    if inference.overlay and labels is not None and len(measured) <= MOST_TEETH:
        overlay = teeth.draw_measures(xray, labels, measured, enlarged=1 / shrink)
    elif inference.overlay:
        overlay = teeth.draw_contour(xray, mask)
    return [_enlarged(tooth, 1 / shrink) for tooth in measured], overlay, labels


def _numbered(
    labels: NDArray[np.integer], found: Sequence[teeth.Tooth], size: tuple[int, ...]
) -> NDArray[np.uint16]:
    """Return a label map of a size whose numbers are those of the table of teeth."""
    numbers = np.zeros(int(labels.max(initial=0)) + 1, np.uint16)
    for number, tooth in enumerate(found, 1):
        numbers[tooth.number] = number
    numbered: NDArray[np.uint16] = numbers[labels]
    if numbered.shape == size:
        return numbered
    rows, columns = (
        np.arange(wanted) * own // wanted for wanted, own in zip(size, labels.shape, strict=True)
    )
    return np.ascontiguousarray(numbered[np.ix_(rows, columns)])


def _shrunk(picture: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    if share == 1:
        return picture
    size = tuple(max(1, round(side * share)) for side in reversed(picture.shape))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.NEAREST))


def _enlarged(tooth: teeth.Tooth, factor: float) -> teeth.Tooth:
    """Return a tooth as it would have been measured in a picture so many times as large."""
    if factor == 1:
        return tooth
    first, second, third, fourth = ((x * factor, y * factor) for x, y in tooth.corners)
    return replace(
        tooth,
        centre=(tooth.centre[0] * factor, tooth.centre[1] * factor),
        area=round(tooth.area * factor**2),
        length=tooth.length * factor,
        width=tooth.width * factor,
        corners=(first, second, third, fourth),
    )


def _separate(
    mask: NDArray[np.uint8], predicted: Predicted, inference: Inference
) -> NDArray[np.integer]:
    if inference.method == "erosion":
        return teeth.separate_by_erosion(mask)
    assert predicted.distances is not None  # the predictor gives them for this method
    return teeth.separate_instances(mask, predicted.distances)


def _tooth_row(number: int, tooth: teeth.Tooth, spacing: Spacing | None) -> teeth.ToothRow:
    row = teeth.tooth_row(number, tooth)
    if spacing is None:
        return row
    measured: MeasuredToothRow = {**row, **in_millimetres(tooth, spacing)}
    return measured
