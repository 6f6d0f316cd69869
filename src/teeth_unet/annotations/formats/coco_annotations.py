"""Single annotations of COCO, kept small: a file may have hundreds of thousands."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teeth_unet.annotations.model import UNKNOWN_SIZE, Bitmap, Polygons
from teeth_unet.annotations.run_lengths import bitmap_of, run_lengths

_MARK_AGAIN = "Mark the region again, or take the annotation away."


class Unusable(ValueError):
    """An annotation whose region cannot be used."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(found)
        self.expected = expected
        self.found = found
        self.remedy = _MARK_AGAIN


def key_of(id_: object) -> str:
    """Return an id as text, so that 7, 7.0 and "7" are the same; "" where there is none."""
    if id_ is None:
        return ""
    return str(int(id_)) if isinstance(id_, float) and id_ % 1 == 0 else str(id_)


def slim(entry: dict[str, Any]) -> object:
    """Return an annotation without what is not needed; other JSON objects as they are."""
    if "image_id" in entry:
        return Annotation(entry)
    counts = entry.get("counts")
    if isinstance(counts, list) and "size" in entry:
        entry["counts"] = _numbers(counts, np.float64)
    return entry


def _numbers(values: object, kind: type[np.floating]) -> object:
    """Return a list of numbers as an array, anything else as it is."""
    try:
        with np.errstate(over="ignore"):
            return np.asarray(values, dtype=kind)
    except (TypeError, ValueError, OverflowError):
        return values


class Annotation:
    """A marked region.

    Attributes:
        id: Its id.
        picture: Id of its picture.
        category: Id of its category.
        crowd: Whether it marks several objects.
        label: Name of its category, once it is known.
    """

    __slots__ = ("_region", "category", "crowd", "id", "label", "picture")

    def __init__(self, entry: dict[str, Any]) -> None:
        self.id = key_of(entry.get("id"))
        self.picture = key_of(entry.get("image_id"))
        self.category = key_of(entry.get("category_id"))
        self.crowd = key_of(entry.get("iscrowd")) in ("1", "True")
        self.label = ""
        given = entry.get("segmentation")
        self._region: Any = _as_rings(given) if isinstance(given, list) else given

    @property
    def is_empty(self) -> bool:
        """Whether no region is marked."""
        return self._region is None or (isinstance(self._region, list | dict) and not self._region)

    def check(self, size: tuple[int, int]) -> None:
        """Check the region, and bring it into the form that is kept.

        Args:
            size: Width and height of the picture in px, or `UNKNOWN_SIZE`.

        Raises:
            Unusable: It is none.
        """
        if isinstance(self._region, dict):
            self._region = _checked_runs(self._region, size)
        elif isinstance(self._region, list):
            self._region = _checked_rings(self._region, size)
        else:
            raise Unusable("polygons or run lengths", f"{str(self._region)[:80]}")

    def regions(self) -> Iterator[Polygons | Bitmap]:
        """Yield the parts of the region; what is degenerate stays one, for others to tell."""
        if isinstance(self._region, list):
            yield from (Polygons((ring,)) for ring in self._region)
        else:
            lengths, height = self._region
            yield bitmap_of(lengths, height) or Polygons(())


def _as_rings(given: list[Any]) -> list[Any]:
    """Return rings as small arrays; pairs of numbers alone are the corners of one ring."""
    if given and all(isinstance(each, int | float) for each in given):
        return [_numbers(given, np.float64)]
    if len(given) > 2 and all(isinstance(each, list) and len(each) == 2 for each in given):
        return [_numbers(given, np.float32)]
    return [_numbers(each, np.float32) for each in given]


def _checked_rings(rings: list[Any], size: tuple[int, int]) -> Any:  # noqa: ANN401 (of both kinds)
    """Return rings of corners (n, 2), or run lengths that somebody has written as a polygon."""
    if len(rings) == 1 and isinstance(rings[0], np.ndarray) and _are_runs(rings[0], size):
        return _checked_runs({"counts": rings[0], "size": size[::-1]}, size)
    return [_corners(ring) for ring in rings]


def _are_runs(numbers: NDArray[np.floating], size: tuple[int, int]) -> bool:
    """Tell whether numbers add up to the picture, and one is too large for a coordinate."""
    pixels = size[0] * size[1]
    return pixels > 0 and numbers.sum(dtype=np.float64) == pixels and numbers.max() > max(size)


def _corners(ring: object) -> NDArray[np.float32]:
    expected = "polygons of finite numbers, x and y in turn"
    if not isinstance(ring, np.ndarray) or not (ring.ndim == 1 or ring.shape[1:] == (2,)):
        raise Unusable(expected, f"{str(ring)[:80]}")
    if ring.size % 2:
        raise Unusable(expected, f"{ring.size:,} numbers")
    corners: NDArray[np.float32] = ring.reshape(-1, 2).astype(np.float32)
    if not np.isfinite(corners).all():
        raise Unusable(expected, "NaN or infinity")
    return corners


def _checked_runs(runs: dict[str, Any], size: tuple[int, int]) -> tuple[NDArray[np.uint32], int]:
    """Return run lengths and the height of the picture."""
    try:
        height, width = (int(side) for side in runs["size"])
    except (KeyError, TypeError, ValueError, OverflowError):
        found = f"the size {str(runs.get('size'))[:80]}"
        raise Unusable("run lengths with height and width", found) from None
    if size not in ((width, height), UNKNOWN_SIZE):
        expected = f"run lengths of a picture of {size[0]}x{size[1]} px"
        raise Unusable(expected, f"{width}x{height} px")
    try:
        return run_lengths(runs.get("counts"), width, height), height
    except ValueError as failure:
        raise Unusable("run lengths that add up to the picture", str(failure)) from None
