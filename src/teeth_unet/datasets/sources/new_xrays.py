"""New X-rays in the catalog: one path to whatever the user has."""

from typing import Any

from teeth_unet.archives import ArchiveRules
from teeth_unet.configuration import checked
from teeth_unet.datasets.read_only import PicturesDataset, telling
from teeth_unet.inference import is_result_folder
from teeth_unet.intake import Cases, LazyXray, xrays_at
from teeth_unet.storage import fetched


class NewXraysDataset(PicturesDataset[Cases[LazyXray]]):
    """Pictures and DICOM files of a folder, of a zip archive, or one alone; read-only.

    Args:
        filepath: The folder (with its subfolders), archive or file. "~" stands for the user's
            home folder.
        archive: What an archive may contain, by the names of `ArchiveRules`.
        metadata: Anything for other tools; kedro-viz reads its own part.

    Raises:
        InputError: An option is out of range. (Kedro wraps it into a DatasetError.)
    """

    def __init__(
        self,
        *,
        filepath: str,
        archive: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, metadata=metadata)
        self._rules = checked(ArchiveRules, archive or {}, "option archive.", "the catalog")

    def load(self) -> Cases[LazyXray]:
        """List the X-rays without decoding them, see `intake.xrays_at`; log what is passed over.

        Raises:
            InputError: There are none, or not there. (Kedro wraps it into a DatasetError.)
        """
        return telling(xrays_at(fetched(self._filepath), self._rules, is_result_folder))
