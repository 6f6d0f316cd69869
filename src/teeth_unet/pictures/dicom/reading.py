"""X-rays as DICOM files, read with pydicom: `pip install -e ".[dicom]"`.

Only what it takes to show the picture and to measure in it is read. What a file says of its patient
is looked at for another DICOM object about the same patient alone (`LazyDicom.header`), and never
shown in an error: the words of pydicom, which may quote any value, are left out.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.errors import InputError
from teeth_unet.imaging import bits_needed
from teeth_unet.pictures.dicom.header import header_of
from teeth_unet.pictures.dicom.levels import Window, displayed_levels
from teeth_unet.pictures.dicom.orientation import patient_orientation
from teeth_unet.pictures.dicom.palettes import palette_levels
from teeth_unet.pictures.dicom.parsing import elements_of
from teeth_unet.pictures.dicom.spacing import pixel_spacing
from teeth_unet.pictures.dicom.suitability import is_in_colours, refuse_unsuitable
from teeth_unet.pictures.dicom.unpacking import stored_values
from teeth_unet.pictures.opening import PIXEL_LIMIT, read_content

if TYPE_CHECKING:
    from pydicom import Dataset, FileDataset

DICOM_SUFFIXES = (".dcm", ".dicom")

_INDEX = "dicomdir"  # of a disc: DICOM as well, and no picture


@dataclass(frozen=True, slots=True)
class LazyDicom:
    """A DICOM file whose picture is read and decoded at each call; safe in several threads.

    Attributes:
        name: Name of the file inside its folder or archive, with "/" between the parts.
        origin: The folder or the archive.
        read: Returns the bytes of the file.
        pixel_limit: Most pixels; a larger picture is refused before it is decoded.
        window: Which window is applied: the file's own ("file"), "none", or (centre, width).
    """

    name: str
    origin: Path
    read: Callable[[], bytes]
    pixel_limit: int = PIXEL_LIMIT
    window: Window = "file"

    def __str__(self) -> str:
        return f"{self.name} in {self.origin}"

    def count_pixels(self, content: bytes) -> int:
        """Return the pixels that the bytes of the file stand for, 0 if they are no picture."""
        return _count_pixels(content)

    def __call__(self) -> Image.Image:
        """Return the picture as a viewer would show it, bone bright.

        Returns:
            A picture of mode L, or RGB where it is stored in colours. Its `info` has
            `pixel_spacing_mm`, (row, column), and `pixel_spacing_source` where the file tells, and
            how the patient lies, see `patient_orientation`.

        Raises:
            InputError: The file cannot be read, is no intact DICOM file, or holds something else
                than one X-ray; or what is needed to read it is not installed.
            MemoryError: There is not enough for the picture.
        """
        self._refuse_without_pydicom()
        content = read_content(self.read, str(self))
        fault: InputError | MemoryError | ImportError
        try:
            return _open(content, str(self), self.pixel_limit, self.window)
        except (InputError, MemoryError, ImportError) as failure:
            fault = failure
        except Exception:  # damaged files fail in as many ways as there are elements
            fault = self._damaged()
        raise fault  # out here, so that pydicom's own error is not chained to it

    def header(self) -> "Dataset":
        """Return what the file says of its patient, study and series, see `header_of`.

        Raises:
            InputError: The file cannot be read, is no intact DICOM file, or has no UIDs; or what is
                needed to read it is not installed.
        """
        self._refuse_without_pydicom()
        return header_of(read_content(self.read, str(self)), str(self))

    def _refuse_without_pydicom(self) -> None:
        if find_spec("pydicom") is None:
            raise InputError(
                str(self),
                "pydicom to read DICOM files",
                "nothing of that name installed",
                'Install it: pip install -e ".[dicom]"',
            )

    def _damaged(self) -> InputError:
        return InputError(
            str(self),
            "an intact DICOM file with a picture",
            "a truncated or damaged file, or one of another kind",
            "Replace the file, or take it away.",
        )


def named_as_dicom(name: str) -> bool | None:
    """Tell by its name whether a file is DICOM; None where the name does not say.

    Discs and archives of clinics name files `IM000001` or `1.2.840.113619.2.5`.
    """
    last = name.rpartition("/")[2].lower()
    if last == _INDEX:
        return False
    suffix = Path(last).suffix
    if suffix in DICOM_SUFFIXES:
        return True
    return None if not suffix or suffix[1:].isdigit() else False


def _count_pixels(content: bytes) -> int:
    if find_spec("pydicom") is None:
        return 0
    with contextlib.suppress(Exception):  # opening it will tell what is wrong
        file = elements_of(content, "", ["Rows", "Columns"])
        return int(file.Rows) * int(file.Columns)
    return 0


def _open(content: bytes, subject: str, pixel_limit: int, window: Window) -> Image.Image:
    file = elements_of(content, subject)
    refuse_unsuitable(file, subject, pixel_limit)
    values = stored_values(file, subject)
    if is_in_colours(file):
        image = Image.fromarray(_eight_bits(values, file), "RGB")
    elif file.PhotometricInterpretation == "PALETTE COLOR":
        image = Image.fromarray(palette_levels(values, file, subject))
    else:
        image = Image.fromarray(displayed_levels(values, file, window))
    # What later errors call the picture; Pillow's own readers set it too.
    image.filename = subject  # type: ignore[attr-defined]
    image.info.update(pixel_spacing(file))
    image.info.update(patient_orientation(file))
    return image


def _eight_bits(values: NDArray[np.integer], file: "FileDataset") -> NDArray[np.uint8]:
    """Cut colours to 8 bits: the upper ones of those that are used."""
    bits = int(file.BitsStored)
    bits = min(bits, bits_needed(values)) if bits <= 16 else bits
    levels: NDArray[np.uint8] = np.minimum(values >> max(0, bits - 8), 255).astype(np.uint8)
    return levels
