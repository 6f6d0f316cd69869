"""The catalog's own datasets: thin classes of Kedro around what other rooms do."""

from teeth_unet.datasets import passed_on  # noqa: F401 (it registers how errors are pickled)
from teeth_unet.datasets.saved.arrays import ArrayDataset
from teeth_unet.datasets.saved.figures import FigureDataset
from teeth_unet.datasets.saved.file_folders import FileFolderDataset
from teeth_unet.datasets.saved.files import (
    AtomicCSVDataset,
    AtomicJSONDataset,
    AtomicTextDataset,
    HTMLDataset,
)
from teeth_unet.datasets.saved.galleries import GalleryDataset
from teeth_unet.datasets.saved.models import KerasModelDataset
from teeth_unet.datasets.saved.numbering import NumberingDataset
from teeth_unet.datasets.saved.segmenters import SegmenterDataset
from teeth_unet.datasets.sources.fold_segmenters import FoldSegmentersDataset
from teeth_unet.datasets.sources.image_folder import ImageFolderDataset
from teeth_unet.datasets.sources.new_xrays import NewXraysDataset
from teeth_unet.datasets.sources.phantoms import PhantomDataset
from teeth_unet.datasets.sources.remote_archive import RemoteArchiveDataset
from teeth_unet.datasets.sources.starts import StartDataset
from teeth_unet.datasets.sources.xray_sets import XraySetDataset
from teeth_unet.datasets.stores.checkpoints import CheckpointDataset, CheckpointFolderDataset
from teeth_unet.datasets.stores.inference_results import InferenceResultsDataset
from teeth_unet.datasets.stores.shards import ShardsDataset
from teeth_unet.datasets.worker_processes import introduce_project
from teeth_unet.errors import InputError

introduce_project()

__all__ = [
    "ArrayDataset",
    "AtomicCSVDataset",
    "AtomicJSONDataset",
    "AtomicTextDataset",
    "CheckpointDataset",
    "CheckpointFolderDataset",
    "FigureDataset",
    "FileFolderDataset",
    "FoldSegmentersDataset",
    "GalleryDataset",
    "HTMLDataset",
    "ImageFolderDataset",
    "InferenceResultsDataset",
    "KerasModelDataset",
    "NewXraysDataset",
    "NumberingDataset",
    "PhantomDataset",
    "RemoteArchiveDataset",
    "SegmenterDataset",
    "ShardsDataset",
    "StartDataset",
    "XraySetDataset",
]

_RENAMED = {
    "WholeCSVDataset": "AtomicCSVDataset",
    "WholeJSONDataset": "AtomicJSONDataset",
    "WholeTextDataset": "AtomicTextDataset",
}
"""Classes that catalogs of users may name, and what they are called now."""


def __getattr__(name: str) -> object:
    if name in _RENAMED:
        refusal = InputError(
            f"{__name__}.{name}",
            "a dataset by its present name",
            "the name that it had in an earlier version",
            f"Write {__name__}.{_RENAMED[name]} in the catalog.",
        )
        # Kedro takes any other error for a misspelt name, and says so without the new one.
        raise ImportError(str(refusal), name=__name__) from refusal
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
