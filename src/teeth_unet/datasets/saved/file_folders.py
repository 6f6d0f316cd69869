"""Folders of files of any kind in the catalog."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from kedro_datasets._typing import TablePreview

from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.versioned import FolderDataset


class FileFolderDataset(FolderDataset[Mapping[str, bytes], dict[str, bytes]]):
    """A folder of files: path within it, such as `saved_model/saved_model.pb`, -> content.

    The whole folder is replaced, so no file of an earlier run stays behind.
    """

    def load(self) -> dict[str, bytes]:
        """Read all files, in the order of their paths."""
        folder = self._load_path()
        return {name: (folder / name).read_bytes() for name in _names(folder)}

    def save(self, data: Mapping[str, bytes]) -> None:
        """Write all files.

        Raises:
            ValueError: A path leads out of the folder.
        """
        folder = self._save_path()
        folder.mkdir()
        for name, content in data.items():
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise ValueError(f"expected paths within the folder, received {name!r}")
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    @of_what_is_there
    def preview(self) -> TablePreview:
        """List the files with their sizes in kedro-viz."""
        folder = self._load_path()
        rows = [[name, (folder / name).stat().st_size] for name in _names(folder)]
        return TablePreview(
            {"columns": ["file", "bytes"], "index": list(range(len(rows))), "data": rows}
        )


def _names(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in paths)
