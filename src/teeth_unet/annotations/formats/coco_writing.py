"""Teeth as COCO JSON, which CVAT, Label Studio, FiftyOne and Roboflow import."""

import json
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from teeth_unet.annotations.categories import TOOTH, LabelledPicture, category_names
from teeth_unet.annotations.single_rings import Ring, part_rings


def coco_file(pictures: Iterable[LabelledPicture], names: Mapping[int, str]) -> Iterator[str]:
    """Yield the text of a COCO file, piece by piece: one picture is in memory at a time.

    Outlines are polygons, since not every tool reads run lengths: one a part, and holes are cut
    open. `area` is the number of pixels, `bbox` the rectangle around them. The same teeth give the
    same text.

    Args:
        pictures: X-rays and their teeth.
        names: Category of each tooth by its number; others are called "tooth". Every picture may
            have names of its own, all of them among these.

    See https://cocodataset.org/#format-data.
    """
    categories = {name: place for place, name in enumerate(category_names(names), start=1)}
    images = []
    annotations = 0
    yield '{"info": {"description": "Teeth"}, "licenses": [],\n"categories": '
    yield _json(
        [{"id": id_, "name": name, "supercategory": TOOTH} for name, id_ in categories.items()]
    )
    yield ',\n"annotations": ['
    for number, picture in enumerate(pictures, start=1):
        of_picture = {**names, **picture.names}
        height, width = picture.labels.shape
        images.append({"id": number, "file_name": picture.file, "width": width, "height": height})
        for tooth, rings in part_rings(picture.labels):
            annotations += 1
            category = categories[of_picture.get(tooth, TOOTH)]
            yield ",\n" if annotations > 1 else "\n"
            yield _json(
                {
                    "id": annotations,
                    "image_id": number,
                    "category_id": category,
                    "iscrowd": 0,
                    **_region(picture.labels == tooth, rings),
                }
            )
    yield '\n],\n"images": [' + ",".join(f"\n{_json(image)}" for image in images) + "\n]}\n"


def _region(inside: NDArray[np.bool_], rings: Iterable[Ring]) -> dict[str, object]:
    rows, columns = (np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0))
    left, top = int(columns[0]), int(rows[0])
    return {
        "area": int(inside.sum()),
        "bbox": [left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top],
        "segmentation": [[_short(value) for value in ring.flat] for ring in rings],
    }


def _short(value: float) -> float | int:
    """Return a number that is written without ".0"."""
    return int(value) if value == int(value) else float(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
