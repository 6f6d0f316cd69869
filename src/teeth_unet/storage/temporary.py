"""Files that are needed for a moment."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from teeth_unet.errors import InputError, in_short
from teeth_unet.storage.damage import OF_WRITING


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Offer a folder that goes with all that is in it when the block ends.

    Raises:
        InputError: There is no place for it.
        OSError: The disk is full; the error names the folder.
    """
    try:
        place = tempfile.gettempdir()
    except FileNotFoundError as failure:
        raise InputError(
            "TMPDIR",
            "a folder that can be written, for temporary files",
            in_short(failure),
            "Make room there, or set TMPDIR to another folder.",
        ) from failure
    with tempfile.TemporaryDirectory(dir=place) as folder:
        try:
            yield Path(folder)
        except OSError as failure:
            if failure.errno in OF_WRITING and failure.filename is None:
                failure.filename = folder
            raise
