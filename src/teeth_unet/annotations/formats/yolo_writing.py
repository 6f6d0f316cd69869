"""Teeth as YOLO segmentation labels: a text file a picture, and the names of classes."""

from collections.abc import Mapping

import numpy as np
import yaml
from numpy.typing import NDArray

from teeth_unet.annotations.categories import TOOTH, category_names
from teeth_unet.annotations.single_rings import joined, part_rings


def yolo_file(
    labels: NDArray[np.uint16], names: Mapping[int, str], own_names: Mapping[int, str] | None = None
) -> str:
    """Return the label file of a picture: a line a tooth, its class and the corners of its outline.

    A line holds one outline: parts and holes are joined to it by cuts without width. Of a picture
    without teeth the file is empty.

    Args:
        labels: (h, w), one number a tooth, 0 where there is none.
        names: Category of each tooth by its number; others are called "tooth".
        own_names: Those of this picture, where they are others, all of them among `names`.

    See https://docs.ultralytics.com/datasets/segment/.
    """
    classes = {name: place for place, name in enumerate(category_names(names))}
    of_picture = {**names, **(own_names or {})}
    size = labels.shape[::-1]
    lines = []
    for tooth, rings in part_rings(labels):
        # Seven digits: a hundredth of a pixel in pictures of 100,000 px.
        corners = " ".join(f"{share:.7g}" for share in (joined(rings) / size).flat)
        lines.append(f"{classes[of_picture.get(tooth, TOOTH)]} {corners}\n")
    return "".join(lines)


def yolo_names(names: Mapping[int, str]) -> str:
    """Return `data.yaml`, which names the classes of the label files beside it."""
    classes = category_names(names)
    content = {"path": ".", "train": "images", "val": "images", "names": dict(enumerate(classes))}
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    return text
