"""The results of new X-rays in the catalog."""

from kedro_datasets._typing import ImagePreview

from teeth_unet.case_names import natural_key
from teeth_unet.datasets.previews import contact_sheet, of_what_is_there, pick
from teeth_unet.datasets.stores.base import StoreDataset
from teeth_unet.inference import SIGN, ResultFolder, ResultStore, is_result_folder
from teeth_unet.pictures import open_png
from teeth_unet.storage import fetched


class InferenceResultsDataset(StoreDataset[ResultStore]):
    """A store for the results of X-rays, in one folder, case by case."""

    def load(self) -> ResultFolder:
        """Return the store; the folder need not exist.

        Raises:
            InputError: The folder holds something else. (Kedro wraps it into a DatasetError.)
        """
        return ResultFolder.at(fetched(self.path))

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show a few overlays, or masks, in kedro-viz."""
        fetched(self.path)
        for kind in ("overlays", "masks"):
            paths = sorted(
                self.path.glob(f"{kind}/[!.]*.png"), key=lambda one: natural_key(one.stem)
            )
            if paths:
                return contact_sheet(open_png(path) for path in pick(paths))
        return contact_sheet([])

    def _exists(self) -> bool:
        fetched(self.path / SIGN)
        return is_result_folder(self.path)
