"""What the server says of a case: as JSON, and as PNG."""

import io
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import find_objects

from teeth_unet.numbering import code_of, draw_odontogram
from teeth_unet.review.cases import Case, Summary
from teeth_unet.review.known_teeth import KnownTeeth
from teeth_unet.review.proposing import chart_record
from teeth_unet.review.runs import pack
from teeth_unet.review.xrays import XrayFile

PNG_LEVEL = 1

Picture = Literal["labels", "mask", "chart"]
PICTURES: tuple[Picture, ...] = get_args(Picture)
"""What can be had as a picture."""


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a picture as the bytes of a PNG file."""
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "png", compress_level=PNG_LEVEL)
    return content.getvalue()


def picture(mouth: KnownTeeth, kind: Picture) -> bytes:
    """Return what is known of an X-ray's teeth as a PNG file."""
    if kind == "chart":
        return png(np.asarray(draw_odontogram(mouth.chart)))
    return png(mouth.label_map if kind == "labels" else mouth.mask)


def mouth_record(mouth: KnownTeeth) -> dict[str, Any]:
    """Return what is known of the teeth of an X-ray, but for their pixels."""
    height, width = mouth.objects.shape
    return {
        "width": width,
        "height": height,
        "teeth": _tooth_records(mouth),
        "chart": chart_record(mouth.chart),
        "looked_at": mouth.looked_at,
    }


def _tooth_records(mouth: KnownTeeth) -> list[dict[str, Any]]:
    boxes = find_objects(mouth.objects.astype(np.int32))
    areas = np.bincount(mouth.objects.ravel())
    records = []
    for label, tooth in mouth.teeth.items():
        rows, columns = boxes[label - 1] or (slice(0, 0), slice(0, 0))
        records.append(
            {
                "object": label,
                "code": code_of(tooth),
                "number": tooth.number,
                "kind": tooth.kind,
                "number_probability": round(tooth.number_probability, 3),
                "kind_probability": round(tooth.kind_probability, 3),
                "next_number": tooth.next_number,
                "by": "person" if label in mouth.of_person else "network",
                "area": int(areas[label]),
                "box": [
                    columns.start, rows.start,
                    columns.stop - columns.start, rows.stop - rows.start,
                ],
            }
        )  # fmt: skip
    return records


def case_record(case: Case) -> dict[str, Any]:
    """Return all that a page shows of a case."""
    kept = case.corrected
    return {
        "key": case.file.key,
        "name": case.file.case,
        "revision": case.revision,
        "last_edit": kept.last_edit if kept else "",
        "threshold": kept.network["threshold"] if kept else case.proposal.threshold,
        "network": case.network,
        "warnings": list(case.warnings),
        **mouth_record(case.mouth),
        "runs": pack(case.mouth.objects),
    }


def summary_record(file: XrayFile, summary: Summary) -> dict[str, Any]:
    """Return what the list says of a case."""
    return {
        "key": file.key,
        "name": file.case,
        "state": summary.state,
        "teeth": summary.teeth,
        "unsure": summary.unsure,
        "review": list(summary.review),
        "revision": summary.revision,
    }
