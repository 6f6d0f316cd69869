"""The user's own X-rays or masks: a folder with one picture per case."""

from typing import Any

from teeth_unet.datasets.read_only import PicturesDataset, telling
from teeth_unet.intake import Cases, LazyXray, pictures_of_folder
from teeth_unet.pictures import PIXEL_LIMIT
from teeth_unet.storage import fetched, is_there


class ImageFolderDataset(PicturesDataset[Cases[LazyXray]]):
    """Pictures of a folder and its subfolders, by case name; read-only.

    Args:
        filepath: The folder. "~" stands for the user's home folder.
        optional: Whether the folder may be missing: there are no pictures then.
        pixel_limit: Most pixels of a picture; a larger one is refused before it is decoded.
        metadata: Anything for other tools; kedro-viz reads its own part.
    """

    def __init__(
        self,
        *,
        filepath: str,
        optional: bool = False,
        pixel_limit: int = PIXEL_LIMIT,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, metadata=metadata)
        self._optional = optional
        self._pixel_limit = pixel_limit

    def load(self) -> Cases[LazyXray]:
        """List the pictures without decoding them, see `intake.collect_cases`.

        Raises:
            InputError: The folder is missing or holds no pictures, or two of them have the same
                case name. (Kedro wraps it into a DatasetError.)
        """
        folder = fetched(self._filepath.resolve())
        if self._optional and not folder.exists():
            return Cases({})
        return telling(pictures_of_folder(folder, self._pixel_limit))

    def _exists(self) -> bool:
        return is_there(self._filepath) and not self._filepath.is_file()
