"""Where X-rays and masks come in: what lies in a folder, an archive or a file, by case name."""

from teeth_unet.intake.cases import Cases, Opener, Opening, XraySet
from teeth_unet.intake.listing import (
    FILE_LIMIT,
    LazyXray,
    ListedFile,
    list_archive,
    list_file,
    list_folder,
)
from teeth_unet.intake.masked import tooth_labels
from teeth_unet.intake.paired import collect_cases, pictures_of_archive, pictures_of_folder
from teeth_unet.intake.places import Place, open_place, state_of
from teeth_unet.intake.sets import open_set
from teeth_unet.intake.settings import SetForm
from teeth_unet.intake.xrays import xrays_at, xrays_at_several

__all__ = [
    "FILE_LIMIT",
    "Cases",
    "LazyXray",
    "ListedFile",
    "Opener",
    "Opening",
    "Place",
    "SetForm",
    "XraySet",
    "collect_cases",
    "list_archive",
    "list_file",
    "list_folder",
    "open_place",
    "open_set",
    "pictures_of_archive",
    "pictures_of_folder",
    "state_of",
    "tooth_labels",
    "xrays_at",
    "xrays_at_several",
]
