"""The catalog's own datasets."""

from teeth_unet.datasets.arrays import ArrayDataset
from teeth_unet.datasets.checkpoints import CheckpointDataset
from teeth_unet.datasets.figures import FigureDataset, GalleryDataset
from teeth_unet.datasets.file_folders import FileFolderDataset
from teeth_unet.datasets.files import (
    HTMLDataset,
    WholeCSVDataset,
    WholeJSONDataset,
    WholeTextDataset,
)
from teeth_unet.datasets.fold_segmenters import FoldSegmentersDataset
from teeth_unet.datasets.image_folder import ImageFolderDataset
from teeth_unet.datasets.inference_results import InferenceResultsDataset
from teeth_unet.datasets.models import KerasModelDataset
from teeth_unet.datasets.new_xrays import NewXraysDataset
from teeth_unet.datasets.phantoms import PhantomDataset
from teeth_unet.datasets.remote_archive import RemoteArchiveDataset
from teeth_unet.datasets.segmenters import SegmenterDataset

__all__ = [
    "ArrayDataset",
    "CheckpointDataset",
    "FigureDataset",
    "FileFolderDataset",
    "FoldSegmentersDataset",
    "GalleryDataset",
    "HTMLDataset",
    "ImageFolderDataset",
    "InferenceResultsDataset",
    "KerasModelDataset",
    "NewXraysDataset",
    "PhantomDataset",
    "RemoteArchiveDataset",
    "SegmenterDataset",
    "WholeCSVDataset",
    "WholeJSONDataset",
    "WholeTextDataset",
]
