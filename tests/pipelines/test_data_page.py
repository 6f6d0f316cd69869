"""data/README.md tells every entry of the catalog: where it is kept, and as what."""

import re
from pathlib import PurePosixPath

import pytest
from project import CONF, ENVIRONMENTS, catalog_entries, configuration

PAGE = (CONF.parent / "data" / "README.md").read_text("utf-8")

KINDS = {
    "ArrayDataset": "array",
    "AtomicCSVDataset": "table",
    "AtomicJSONDataset": "JSON",
    "AtomicTextDataset": "text",
    "CheckpointDataset": "store",
    "CheckpointFolderDataset": "store",
    "FigureDataset": "a PNG picture",
    "FileFolderDataset": "folder of files",
    "FoldSegmentersDataset": "fold → function",
    "GalleryDataset": "a PNG picture a case",
    "HTMLDataset": "HTML",
    "ImageFolderDataset": "case name → function",
    "InferenceResultsDataset": "store",
    "KerasModelDataset": "Keras model",
    "NewXraysDataset": "case name → function",
    "NumberingDataset": "`NumberingNetwork`",
    "PhantomDataset": "case name → function",
    "RemoteArchiveDataset": "case name → function",
    "SegmenterDataset": "`Segmenter`",
    "ShardsDataset": "store",
    "StartDataset": "`Segmenter`",
    "XraySetDataset": "case name → function",
}
"""How the page begins to say what a dataset of each type holds."""


def told_entries():
    """By entry: the heading it is under, as what it is kept, and its file."""
    told, heading = [], ""
    for line in PAGE.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) < 3 or not cells[0].startswith("`"):
            continue
        names, files = (re.findall(r"`([^`]+)`", cell) for cell in (cells[0], cells[-1]))
        told += [
            (name, (heading, cells[-2], file)) for name, file in zip(names, files, strict=True)
        ]
    assert len(dict(told)) == len(told)
    return dict(told)


TOLD = told_entries()
CATALOGS = {environment: catalog_entries(environment) for environment in ENVIRONMENTS}
PLACES = {
    environment: configuration(environment)["globals"]["data"] for environment in ENVIRONMENTS
}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_entry_is_told_and_nothing_else(environment):
    assert TOLD.keys() == CATALOGS[environment].keys()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("name", TOLD)
def test_an_entry_is_kept_where_the_page_says_and_as_it_says(name, environment):
    heading, kept_as, file = TOLD[name]
    entry = CATALOGS[environment][name]
    assert kept_as.startswith(KINDS[entry["type"].rpartition(".")[2]])
    assert entry.get("versioned", False) == kept_as.endswith("versions")
    folder = "data" if file.startswith("01_raw") else PLACES[environment]
    if entry["type"].endswith("StartDataset"):  # wherever it lies
        assert entry["filepath"] == entry["start"]
    elif entry["type"].endswith("XraySetDataset"):  # each is in a place of its own
        assert PurePosixPath(entry["filepath"]).is_relative_to("data/01_raw")
    elif "filepath" in entry:  # all but what is drawn
        assert PurePosixPath(entry["filepath"]) == PurePosixPath(folder, file)
    assert file.startswith(heading) or heading == "The folds of a cross-validation"


def test_the_page_is_the_one_file_in_data_that_git_keeps():
    ignored = (CONF.parent / ".gitignore").read_text("utf-8").splitlines()
    assert "!/data/README.md" in ignored
