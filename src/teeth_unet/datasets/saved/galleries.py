"""Folders of pictures in the catalog."""

from collections.abc import Callable, Mapping
from functools import partial

from kedro_datasets._typing import ImagePreview
from matplotlib.figure import Figure
from PIL import Image

from teeth_unet.case_names import natural_key
from teeth_unet.datasets.previews import contact_sheet, of_what_is_there, pick
from teeth_unet.datasets.versioned import FolderDataset
from teeth_unet.pictures import open_png

Picture = Image.Image | Figure
PictureMaker = Callable[[], Picture]
PictureOpener = Callable[[], Image.Image]


class GalleryDataset(FolderDataset[Mapping[str, Picture | PictureMaker], dict[str, PictureOpener]]):
    """A folder of PNG pictures, one a case.

    `save` takes a mapping from case name to a PIL image, a Matplotlib figure, or a function that
    makes one when its turn comes; the whole folder is replaced, so no picture of an earlier run
    stays behind. `load` gives a mapping from case name, in natural order, to a function that
    opens the picture.
    """

    def load(self) -> dict[str, PictureOpener]:
        """List the pictures, by case name in natural order."""
        paths = self._load_path().glob("[!.]*.png")
        ordered = sorted(paths, key=lambda path: natural_key(path.stem))
        return {path.stem: partial(open_png, path) for path in ordered}

    def save(self, data: Mapping[str, Picture | PictureMaker]) -> None:
        """Draw and write all pictures."""
        folder = self._save_path()
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
