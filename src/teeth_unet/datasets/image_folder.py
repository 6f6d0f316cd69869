"""The user's own X-rays or masks: a folder with one picture per case."""

from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro_datasets._typing import ImagePreview

from teeth_unet.datasets.image_cases import (
    LazyImage,
    collect_cases,
    expand_home,
    preview_cases,
    refuse_to_save,
)
from teeth_unet.datasets.pictures import PIXEL_LIMIT
from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.errors import InputError


class ImageFolderDataset(AbstractDataset[NoReturn, dict[str, LazyImage]]):
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
        self._filepath = expand_home(filepath)
        self._optional = optional
        self._pixel_limit = pixel_limit
        self.metadata = metadata

    def load(self) -> dict[str, LazyImage]:
        """List the pictures without reading them.

        Returns:
            A reader for every picture, by case name (the file's name without suffix), in
            natural order.

        Raises:
            InputError: The folder is missing or holds no pictures, or two of them have the same
                case name. (Kedro wraps it into a DatasetError.)
        """
        folder = self._filepath.resolve()
        if self._optional and not folder.exists():
            return {}
        if not folder.is_dir():
            raise InputError(
                str(folder),
                "a folder with one picture per case",
                "a file" if folder.exists() else "nothing there",
                "Give the two folders: kedro run --env folder --params xrays=…,masks=…",
            )
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        named = ((path.relative_to(folder).as_posix(), path.read_bytes) for path in files)
        return collect_cases(folder, named, self._pixel_limit)

    def save(self, data: NoReturn) -> NoReturn:
        """Refuse: the pictures are the user's."""
        refuse_to_save(str(self._filepath))

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show up to six pictures in kedro-viz; nothing while the folder does not exist."""
        return preview_cases(self.load())

    def _exists(self) -> bool:
        return self._filepath.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
