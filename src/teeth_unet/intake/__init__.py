"""Where X-rays and masks come in: what lies in a folder, an archive or a file, by case name."""

from teeth_unet.intake.listing import FILE_LIMIT, ListedFile, list_archive, list_file, list_folder
from teeth_unet.intake.paired import collect_cases, pictures_of_archive, pictures_of_folder
from teeth_unet.intake.xrays import LazyXray, xrays_at

__all__ = [
    "FILE_LIMIT",
    "LazyXray",
    "ListedFile",
    "collect_cases",
    "list_archive",
    "list_file",
    "list_folder",
    "pictures_of_archive",
    "pictures_of_folder",
    "xrays_at",
]
