"""Where X-rays and masks come in: what lies in a folder, an archive or a file, by case name."""

from teeth_unet.intake.cases import Cases, Opener, Opening
from teeth_unet.intake.listing import (
    FILE_LIMIT,
    LazyXray,
    ListedFile,
    list_archive,
    list_file,
    list_folder,
)
from teeth_unet.intake.paired import collect_cases, pictures_of_archive, pictures_of_folder
from teeth_unet.intake.xrays import xrays_at

__all__ = [
    "FILE_LIMIT",
    "Cases",
    "LazyXray",
    "ListedFile",
    "Opener",
    "Opening",
    "collect_cases",
    "list_archive",
    "list_file",
    "list_folder",
    "pictures_of_archive",
    "pictures_of_folder",
    "xrays_at",
]
