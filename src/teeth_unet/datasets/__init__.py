"""The catalog's own datasets."""

from teeth_unet.datasets.arrays import ArrayDataset
from teeth_unet.datasets.checkpoints import CheckpointDataset
from teeth_unet.datasets.figures import FigureDataset, GalleryDataset
from teeth_unet.datasets.files import (
    HTMLDataset,
    WholeCSVDataset,
    WholeJSONDataset,
    WholeTextDataset,
)
from teeth_unet.datasets.image_folder import ImageFolderDataset
from teeth_unet.datasets.models import KerasModelDataset
from teeth_unet.datasets.phantoms import PhantomDataset
from teeth_unet.datasets.remote_archive import RemoteArchiveDataset
from teeth_unet.datasets.segmenters import SegmenterDataset

__all__ = [
    "ArrayDataset",
    "CheckpointDataset",
    "FigureDataset",
    "GalleryDataset",
    "HTMLDataset",
    "ImageFolderDataset",
    "KerasModelDataset",
    "PhantomDataset",
    "RemoteArchiveDataset",
    "SegmenterDataset",
    "WholeCSVDataset",
    "WholeJSONDataset",
    "WholeTextDataset",
]
