"""The teeth that an annotation marks in an X-ray, as a picture; drawn when it is called for."""

import io
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from teeth_unet.annotations import (
    REGION,
    UNKNOWN_SIZE,
    AnnotatedPicture,
    Numbering,
    Polygons,
    rasterise,
)
from teeth_unet.imaging.decoding import orientation
from teeth_unet.intake.listing import LazyXray
from teeth_unet.pictures import FORMATS, LazyImage, read_content

log = logging.getLogger(__name__)

LOGGED = 5
"""So many remarks on single annotations are shown."""

Sources = tuple[tuple[Path, str], ...]


@dataclass(frozen=True)
class Annotation:
    """What all pictures of a set of annotations have in common.

    Attributes:
        numbering: What its labels mean.
        sources: All of its files: folder or archive, and name in it.
    """

    numbering: Numbering
    sources: Sources
    _remarks: list[str] = field(default_factory=list, compare=False)

    def tell(self, remark: str) -> None:
        """Log a remark on one of the pictures, unless there were many, or it was made before."""
        if remark in self._remarks:
            return
        self._remarks.append(remark)
        if len(self._remarks) <= LOGGED:
            log.warning("%s", remark)
        elif len(self._remarks) == LOGGED + 1:
            log.warning("There are more such remarks on annotations, which are not shown.")


@dataclass(frozen=True)
class LazyTeeth:
    """The teeth of an X-ray, drawn at each call; safe to call from several threads.

    Attributes:
        xray: The X-ray, of which only the size is read.
        picture: What was marked in it; None if that is nothing.
        annotation: The set that it belongs to.
        numbered: Whether a label map is drawn, one number a tooth; otherwise a mask.
    """

    xray: LazyXray
    picture: AnnotatedPicture | None
    annotation: Annotation
    numbered: bool

    @property
    def origin(self) -> Path:
        """Folder or archive of the X-ray."""
        return self.xray.origin

    @property
    def name(self) -> str:
        """The X-ray's name in it."""
        return self.xray.name

    @property
    def sources(self) -> Sources:
        """All files beside the X-ray that the picture is made from."""
        return self.annotation.sources

    @property
    def made_with(self) -> str:
        """All else that decides about the picture, as a text."""
        numbers = sorted(self.annotation.numbering.numbers.items())
        return repr((self.numbered, self.picture is not None, numbers))

    @property
    def read(self) -> Callable[[], bytes]:
        """What returns the bytes of the X-ray."""
        return self.xray.read

    def count_pixels(self, content: bytes) -> int:
        """Return the pixels of the X-ray, and so of the picture, 0 if the bytes are no X-ray."""
        return self.xray.count_pixels(content)

    def __str__(self) -> str:
        return f"annotation of {self.xray}"

    def __call__(self) -> Image.Image:
        """Draw the picture.

        Returns:
            A mask, mode L: 255 where a tooth is, and else 0. Or a label map, mode I;16: the number
            of the tooth, 0 elsewhere and where several teeth are not told apart. Of an annotation
            of the X-ray's stored pixels, it has the same EXIF orientation as the X-ray.

        Raises:
            InputError: The X-ray cannot be read, or the annotation does not fit it.
        """
        stored, turn = _stored_size(self.xray)
        upright = stored[::-1] if turn >= _TRANSPOSED else stored
        picture = self.picture and _as_shown(self.picture, stored, upright)
        of_stored = picture is not None and _is_of(picture.size, stored, upright)
        width, height = stored if of_stored else upright
        labels = np.zeros((height, width), np.uint16)
        if picture is not None:
            numbering, tell = self.annotation.numbering, self.annotation.tell
            labels = rasterise(picture, width, height, numbering, tell)
        if self.numbered:
            image = Image.fromarray(np.where(labels == REGION, 0, labels).astype(np.uint16))
        else:
            image = Image.fromarray(np.where(labels > 0, 255, 0).astype(np.uint8))
        if of_stored:
            image.getexif()[ExifTags.Base.Orientation] = turn
        # What later errors call the picture; Pillow's own readers set it too.
        image.filename = str(self)  # type: ignore[attr-defined]
        return image


_TRANSPOSED = 5
"""From this EXIF orientation on, width and height change places."""


def _is_of(size: tuple[int, int] | None, stored: tuple[int, int], upright: tuple[int, int]) -> bool:
    """Tell whether an annotation counts the pixels as they are stored, not as they are shown.

    The form of its own size tells, as the annotation may have been made on a smaller copy. Of a
    square nothing does, and of a picture upside down neither: tools show pictures upright.
    """
    if size in (None, UNKNOWN_SIZE, upright) or stored == upright:
        return False
    assert size is not None
    return (size[0] - size[1]) * (stored[0] - stored[1]) > 0


def _as_shown(
    picture: AnnotatedPicture, stored: tuple[int, int], upright: tuple[int, int]
) -> AnnotatedPicture:
    """Put the size of an annotation right that has the stored one, and corners as they are shown.

    Label Studio writes such files: https://github.com/HumanSignal/label-studio/issues/6608. Corners
    outside of the picture tell.
    """
    if stored == upright or picture.size != stored:
        return picture
    regions = [shape.region for shape in picture.read_shapes()]
    rings = [ring for one in regions if isinstance(one, Polygons) for ring in one.rings]
    if not rings:
        return picture
    farthest = np.concatenate(rings).max(axis=0)
    if (farthest > np.add(stored, 1)).any() and (farthest <= np.add(upright, 1)).all():
        return replace(picture, size=upright)
    return picture


def _stored_size(xray: LazyXray) -> tuple[tuple[int, int], int]:
    """Return width and height of an X-ray in px as it is stored, and its EXIF orientation."""
    if isinstance(xray, LazyImage):
        content = read_content(xray.read, str(xray))
        try:
            header = Image.open(io.BytesIO(content), formats=FORMATS)
            return header.size, orientation(header)
        except Exception:  # opening it tells what is wrong
            log.debug("The header of %s cannot be read", xray, exc_info=True)
    image = xray()
    return image.size, orientation(image)
