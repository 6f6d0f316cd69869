"""Plots in the catalog."""

from kedro_datasets._typing import ImagePreview
from kedro_datasets.matplotlib import MatplotlibDataset
from PIL import Image

from teeth_unet.datasets.atomic import AtomicSave
from teeth_unet.datasets.previews import contact_sheet, of_what_is_there
from teeth_unet.pictures import open_png


class FigureDataset(AtomicSave, MatplotlibDataset):
    """One plot: a Matplotlib figure goes in, a PIL image comes out."""

    def load(self) -> Image.Image:
        """Open the saved plot."""
        with self._fs.open(str(self._get_load_path()), "rb") as file:
            return open_png(file)

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show the plot in kedro-viz."""
        return contact_sheet([self.load()])
