"""Plots and folders of pictures in the catalog."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from kedro.io import AbstractVersionedDataset, Version
from kedro_datasets._typing import ImagePreview
from kedro_datasets.matplotlib import MatplotlibDataset
from matplotlib.figure import Figure
from PIL import Image

from teeth_unet.datasets.previews import contact_sheet, of_what_is_there, pick
from teeth_unet.datasets.whole_files import SavedWhole
from teeth_unet.imaging import natural_key

Picture = Image.Image | Figure
PictureMaker = Callable[[], Picture]
PictureOpener = Callable[[], Image.Image]


class FigureDataset(SavedWhole, MatplotlibDataset):
    """One plot: a Matplotlib figure goes in, a PIL image comes out."""

    def load(self) -> Image.Image:
        """Open the saved plot."""
        with self._fs.open(str(self._get_load_path()), "rb") as file, Image.open(file) as picture:
            picture.load()
            return picture

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show the plot in kedro-viz."""
        return contact_sheet([self.load()])


class GalleryDataset(
    SavedWhole,
    AbstractVersionedDataset[Mapping[str, Picture | PictureMaker], dict[str, PictureOpener]],
):
    """A folder of PNG pictures, one a case.

    `save` takes a mapping from case name to a PIL image, a Matplotlib figure, or a function that
    makes one when its turn comes; the whole folder is replaced, so no picture of an earlier run
    stays behind. `load` gives a mapping from case name, in natural order, to a function that
    opens the picture.
    """

    def __init__(
        self,
        *,
        filepath: str,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(PurePosixPath(filepath), version)
        self.metadata = metadata

    def load(self) -> dict[str, PictureOpener]:
        """List the pictures, by case name in natural order."""
        folder = Path(self._get_load_path())
        if not folder.is_dir():
            raise FileNotFoundError(folder)
        paths = sorted(folder.glob("[!.]*.png"), key=lambda path: natural_key(path.stem))
        return {path.stem: partial(_open, path) for path in paths}

    def save(self, data: Mapping[str, Picture | PictureMaker]) -> None:
        """Draw and write all pictures."""
        folder = Path(self._get_save_path())
        folder.mkdir()
        for name, picture in data.items():
            drawn = picture() if callable(picture) else picture
            path = folder / f"{name}.png"
            if isinstance(drawn, Figure):
                drawn.savefig(path)
            else:
                drawn.save(path)

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show a few of the pictures, spread evenly."""
        return contact_sheet(open_picture() for open_picture in pick(list(self.load().values())))

    def _exists(self) -> bool:
        return Path(self._get_load_path()).is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "version": self._version}


def _open(path: Path) -> Image.Image:
    with Image.open(path, formats=["PNG"]) as picture:
        picture.load()
        return picture
