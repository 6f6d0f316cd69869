"""Datasets that bring X-rays, masks and networks in, and never anything out."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import ImagePreview
from PIL import Image

from teeth_unet.datasets.previews import contact_sheet, of_what_is_there, pick
from teeth_unet.imaging import decode_xray
from teeth_unet.intake import Cases, Opening
from teeth_unet.storage import is_there, place_of, with_addresses

log = logging.getLogger(__name__)

Loaded = TypeVar("Loaded")
Openers = Mapping[str, Callable[[], Image.Image]]

_told: set[str] = set()
"""What this process has said of sources: several nodes and hooks load the same one."""


class SourceDataset(AbstractDataset[NoReturn, Loaded]):
    """Something that is read and never written."""

    def save(self, data: NoReturn) -> NoReturn:
        """Refuse: what comes in stays as it is."""
        raise DatasetError(f"{self._subject()} is read-only: nothing can be saved there.")

    def _subject(self) -> str:
        """What an error calls this dataset."""
        return type(self).__name__


class ReadOnlyDataset(SourceDataset[Loaded]):
    """A file or a folder that is read and never written.

    Args:
        filepath: The file or folder, or its address on object storage. "~" stands for the user's
            home folder.
        metadata: Anything for other tools; kedro-viz reads its own part.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = place_of(filepath)
        self.metadata = metadata

    def _subject(self) -> str:
        return with_addresses(str(self._filepath))

    def _exists(self) -> bool:
        return is_there(self._filepath)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": with_addresses(str(self._filepath))}


class PicturesDataset(ReadOnlyDataset[Loaded]):
    """Pictures by case name, each opened when it is called for."""

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show up to six cases in grey, on one sheet, spread evenly, if there are any."""
        openers: Any = self.load()
        return contact_sheet(decode_xray(read()) for read in pick(list(openers.values())))


def telling(cases: Cases[Opening]) -> Cases[Opening]:
    """Log what was decided or left out where cases come from, once; return them."""
    for sentence in cases.told:
        if sentence not in _told:
            log.info("%s", sentence)
            _told.add(sentence)
    return cases
