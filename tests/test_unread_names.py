"""What is written in conf/ and read by nothing is warned of."""

import shutil
from pathlib import Path

import pytest
from kedro.config import OmegaConfigLoader

from teeth_unet.settings import CONFIG_LOADER_ARGS
from teeth_unet.unread_names import unread_names

CONF = Path(__file__).parents[1] / "conf"
ENTRIES = ["raw_xrays", "raw_masks", "scores"]


def warnings_of(conf, environment):
    loader = OmegaConfigLoader(str(conf), environment, **CONFIG_LOADER_ARGS)
    return list(unread_names(loader, ENTRIES))


@pytest.mark.parametrize("environment", ["base", "abdi", "article", "folder", "local", None])
def test_nothing_is_said_of_the_files_that_come_with_the_project(environment):
    assert warnings_of(CONF, environment) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("globals.yml", "dta: data/clinic", ["'dta' in globals.yml", "did you mean 'data'?"]),
        ("globals.yml", "source: folder", ["writes to the results of conf/base"]),
        ("globals.yml", "data: data/c\nreal_xray: {}", ["'real_xray'", "mean 'real_xrays'?"]),
        ("parameter.yml", "a: 1", ["conf/clinic/parameter.yml is not read", "parameters*.yml"]),
        ("catalog.yml", "raw_xray: {}", ["'raw_xray' in the catalog", "mean 'raw_xrays'?"]),
    ],
)
def test_a_name_that_nothing_reads_is_told_of(tmp_path, name, content, said):
    conf = shutil.copytree(CONF, tmp_path / "conf")
    (conf / "clinic").mkdir()
    (conf / "clinic" / name).write_text(content)
    told = " ".join(warnings_of(conf, "clinic"))
    for words in said:
        assert words in told


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("globals.yml", "data: data/clinic\nsource: folder\nreal_xrays: {training: {epochs: 3}}"),
        ("globals.yml", "data: data/clinic\nrounds: 3"),
        ("catalog.yml", "my_notes: {}\n_raw_xray: {}\n'{name}.score': {}"),
    ],
)
def test_what_is_read_or_for_oneself_is_no_matter(tmp_path, name, content):
    conf = shutil.copytree(CONF, tmp_path / "conf")
    (conf / "clinic").mkdir()
    (conf / "clinic" / "parameters.yml").write_text("training: {epochs: '${globals:rounds}'}")
    (conf / "clinic" / "globals.yml").write_text("data: data/clinic\nrounds: 3")
    (conf / "clinic" / name).write_text(content)
    loader_of = warnings_of(conf, "clinic")
    assert loader_of == []
