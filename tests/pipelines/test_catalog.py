from pathlib import PurePosixPath

import pytest
from kedro.io import DataCatalog, DatasetError
from project import ENVIRONMENTS, PIPELINES, catalog_entries

from teeth_unet.datasets.whole_files import SavedWhole

ENTRIES = [
    pytest.param(environment, name, entry, id=f"{environment}-{name}")
    for environment in ENVIRONMENTS
    for name, entry in catalog_entries(environment).items()
]


def is_download(path):
    return PurePosixPath(path).is_relative_to("data/01_raw")


def entries_with_files(environment):
    return [entry for entry in catalog_entries(environment).values() if "filepath" in entry]


def test_the_environments_are_all_found():
    assert {"base", "abdi", "article", "folder"} <= set(ENVIRONMENTS)


@pytest.mark.parametrize(("environment", "name", "entry"), ENTRIES)
def test_every_entry_is_saved_whole_or_not_at_all(environment, name, entry):
    dataset = DataCatalog.from_config({name: entry}).get(name)
    if not isinstance(dataset, SavedWhole):
        with pytest.raises(DatasetError, match=r"read-only|nothing can be saved"):
            dataset.save({})


@pytest.mark.parametrize(("environment", "name", "entry"), ENTRIES)
def test_every_entry_has_its_layer_in_kedro_viz(environment, name, entry):
    dataset = DataCatalog.from_config({name: entry}).get(name)
    layer = dataset.metadata["kedro-viz"]["layer"]
    folder = PurePosixPath(entry.get("filepath", "data/01_raw/drawn")).parent.name
    assert folder.endswith(layer) or name.startswith("raw_")


def test_no_two_environments_share_a_result_file():
    seen = {}
    for environment in ENVIRONMENTS:
        for entry in entries_with_files(environment):
            if not is_download(entry["filepath"]):
                other = seen.setdefault(entry["filepath"], environment)
                assert other == environment, f"{entry['filepath']}: {other} and {environment}"
    assert len(set(seen.values())) == len(ENVIRONMENTS)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_no_two_entries_share_a_file(environment):
    paths = [entry["filepath"] for entry in entries_with_files(environment)]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_dataset_of_a_pipeline_is_an_entry(pipeline, environment):
    datasets = PIPELINES[pipeline].datasets()
    used = {name for name in datasets if not name.startswith("params:")}
    assert used <= catalog_entries(environment).keys()


def test_history_and_scores_keep_their_versions():
    entries = catalog_entries("base")
    versioned = {name for name, entry in entries.items() if entry.get("versioned")}
    assert versioned == {"training_history", "training_record", "scores"}
