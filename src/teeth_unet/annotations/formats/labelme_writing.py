"""Label maps' outlines as LabelMe files, to be corrected there."""

import json
from collections.abc import Mapping, Sequence

import numpy as np
from skimage.measure import points_in_poly

from teeth_unet.annotations.categories import TOOTH
from teeth_unet.annotations.model import Polygons
from teeth_unet.annotations.single_rings import Ring, joined
from teeth_unet.errors import written

VERSION = "5.0.1"
"""The version of LabelMe whose form the files have; later ones read it too."""


def labelme_file(
    file: str,
    width: int,
    height: int,
    outlines: Mapping[int, Polygons],
    names: Mapping[int, str],
) -> str:
    """Return the text of a LabelMe file with the outlines of a picture's teeth.

    One polygon a part; parts of one tooth have the same group. LabelMe's polygons know no holes: a
    hole is joined to its outline by a cut without width, which a fill does not see. Read again, the
    same pixels come of it.

    Args:
        file: Name of the picture's file beside this one. Its pixels stay there.
        width: Width of the picture in px, upright.
        height: Its height. LabelMe opens no file with a size other than the picture's.
        outlines: By number.
        names: Category of each tooth by its number; others are called "tooth".

    Example:
        >>> square = np.array([(0, 0), (4, 0), (4, 4), (0, 4)], dtype=np.float32)
        >>> "polygon" in labelme_file("1.png", 8, 8, {11: Polygons((square,))}, {})
        True
    """
    shapes = [
        {
            "label": written(names.get(number, TOOTH)),
            "points": part.tolist(),
            "group_id": number if len(parts) > 1 else None,
            "shape_type": "polygon",
            "flags": {},
        }
        for number, outline in outlines.items()
        for parts in [_parts([ring.astype(np.float64) for ring in outline.rings])]
        for part in parts
    ]
    document: dict[str, object] = {
        "version": VERSION,
        "flags": {},
        "shapes": shapes,
        "imagePath": written(file),
        "imageData": None,
        "imageHeight": height,
        "imageWidth": width,
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _parts(rings: Sequence[Ring]) -> list[Ring]:
    """Return one ring a part, with the holes in it.

    Rings that lie in an even number of others are outlines, those in an odd number are holes, of
    the smallest ring around them.
    """
    around = [
        [place for place, outer in enumerate(rings) if _lies_in(ring, outer)] for ring in rings
    ]
    parts = []
    for place, ring in enumerate(rings):
        if len(around[place]) % 2 == 0:
            holes = [
                hole
                for other, hole in enumerate(rings)
                if len(around[other]) == len(around[place]) + 1 and place in around[other]
            ]
            parts.append(_cut_open([ring, *holes]))
    return parts


def _lies_in(ring: Ring, outer: Ring) -> bool:
    """Tell whether most corners of a ring lie in another one; outlines may touch each other."""
    return ring is not outer and bool(points_in_poly(ring, outer).mean() > 0.5)


def _cut_open(rings: Sequence[Ring]) -> Ring:
    """Return a ring that goes round a part and, by way of cuts, round its holes.

    It begins where it passes once: LabelMe takes a corner like the first one for the end.
    """
    path = joined(rings)
    _, first, times = np.unique(path, axis=0, return_index=True, return_counts=True)
    return np.roll(path, -int(first[times == 1].min()), axis=0)
