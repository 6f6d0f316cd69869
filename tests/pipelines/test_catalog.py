from pathlib import PurePosixPath

import pytest
from kedro.io import DataCatalog, DatasetError
from project import ENVIRONMENTS, PIPELINES, catalog_entries

from teeth_unet.datasets.atomic import AtomicSave

ENTRIES = [
    pytest.param(environment, name, entry, id=f"{environment}-{name}")
    for environment in ENVIRONMENTS
    for name, entry in catalog_entries(environment).items()
    if "{" not in name  # patterns, for the folds of a cross-validation
]

# They lie with the models, but in the graph behind what has been measured.
MADE_OF_SCORES = {"segmenter", "unchecked_models", "exported_models", "pretraining.numbering"}


# What a training begins with, wherever it lies: nothing is made there.
STARTS = {"start", "pretraining.start"}


def is_download(path):
    return PurePosixPath(path).is_relative_to("data/01_raw")


def entries_with_files(environment):
    entries = catalog_entries(environment)
    return [e for name, e in entries.items() if "filepath" in e and name not in STARTS]


def test_the_environments_are_all_found():
    assert {"base", "abdi", "article", "folder"} <= set(ENVIRONMENTS)


@pytest.mark.parametrize(("environment", "name", "entry"), ENTRIES)
def test_every_entry_is_saved_whole_or_not_at_all(environment, name, entry):
    dataset = DataCatalog.from_config({name: entry}).get(name)
    if not isinstance(dataset, AtomicSave):
        with pytest.raises(DatasetError, match=r"read-only|nothing can be saved"):
            dataset.save({})


@pytest.mark.parametrize(("environment", "name", "entry"), ENTRIES)
def test_every_entry_has_its_layer_in_kedro_viz(environment, name, entry):
    dataset = DataCatalog.from_config({name: entry}).get(name)
    layer = dataset.metadata["kedro-viz"]["layer"]
    folders = PurePosixPath(entry.get("filepath", "data/01_raw/drawn")).parts
    if name in MADE_OF_SCORES:
        assert ("06_models" in folders, layer) == (True, "model_output")
    elif name in STARTS:
        assert layer == "model_input"
    else:
        assert any(folder.endswith(layer) for folder in folders) or name.startswith("raw_")


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
    entries = catalog_entries(environment)
    del entries["candidate_case_scores"]  # the table of the last run, unless told otherwise
    views = [entry for entry in entries.values() if "content" in entry]  # of one set
    paths = [
        entry["filepath"]
        for name, entry in entries.items()
        if "filepath" in entry and entry not in views[1:] and name not in STARTS
    ]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_dataset_of_a_pipeline_is_an_entry(pipeline, environment):
    datasets = PIPELINES[pipeline].datasets()
    used = {name for name in datasets if not name.startswith("params:")}
    catalog = DataCatalog.from_config(catalog_entries(environment))
    assert all(name in catalog for name in used)  # by its name or by a pattern


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_folds_of_a_cross_validation_share_no_file(environment):
    catalog = DataCatalog.from_config(catalog_entries(environment))
    paths = {
        name: str(catalog.get(name)._describe()["filepath"])
        for name in PIPELINES["cross_validation"].all_outputs() | {"fold_01.checkpoints"}
    }
    assert len(set(paths.values())) == len(paths)


def test_an_entry_of_a_fold_is_kept_as_its_twin_in_data_science_is():
    catalog = DataCatalog.from_config(catalog_entries("base"))
    fold = PIPELINES["cross_validation"].only_nodes_with_namespaces(["fold_01"])
    for name in fold.datasets():
        if name.startswith("fold_01."):
            twin, own = catalog.get(name.removeprefix("fold_01.")), catalog.get(name)
            assert type(own) is type(twin)
            assert own.metadata == twin.metadata
            versions = [getattr(each, "_version", None) for each in (own, twin)]
            assert versions.count(None) in (0, 2)


def test_history_and_scores_keep_their_versions():
    entries = catalog_entries("base")
    versioned = {name for name, entry in entries.items() if entry.get("versioned")}
    of_folds = {"cross_validation_scores", "{namespace}.scores", "{namespace}.training_{what}"}
    of_folds |= {"cross_validation_tooth_scores"}
    of_numbers = {"pretraining.numbering_{what}", "{namespace}.numbering_{what}"}
    of_numbers |= {"numbering_history", "numbering_record", "cross_validation_tooth_scores"}
    of_one_training = {
        "training_history",
        "training_versions",
        "training_record",
        "scores",
        "tooth_scores",
    }
    assert versioned == of_one_training | of_folds | of_numbers


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_uncertainty_asks_the_table_of_folds_which_segmenters_take_part(environment):
    entries = catalog_entries(environment)
    assert entries["fold_segmenters"]["folds"]["filepath"] == entries["folds"]["filepath"]
