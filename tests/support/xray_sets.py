"""Sets for a training: written to a folder or an archive, and opened as the catalog opens them."""

import zipfile

import pytest
from archives import zipped
from kedro.io import DatasetError

from teeth_unet.datasets import XraySetDataset
from teeth_unet.errors import InputError

GIVEN = ("xrays", "masks", "annotations", "tooth_labels")


def in_folder(folder, files):
    """Write files, by name, to a folder; return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def in_archive(folder, files):
    """Write files, by name, to an archive; return it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    path = folder.with_suffix(".zip")
    path.write_bytes(zipped(files, zipfile.ZIP_DEFLATED))
    return path


PLACES = pytest.mark.parametrize("place", [in_folder, in_archive])


def views(tmp_path, **options):
    """X-rays, masks and label maps of a set, as the catalog's three entries give them."""
    places = {name: {"filepath": str(options.pop(name))} for name in list(options) if name in GIVEN}
    return [
        XraySetDataset(content=content, filepath=str(tmp_path / "raw"), **places, **options).load()
        for content in ("xrays", "masks", "tooth_labels")
    ]


def refusal(tmp_path, **options):
    """What the user is told of a set that cannot be opened."""
    with pytest.raises(DatasetError) as error:
        views(tmp_path, **options)
    assert isinstance(error.value.__cause__, InputError)
    return str(error.value.__cause__)
