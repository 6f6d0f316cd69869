"""A text that is given for a path arrives in the catalog as it stands."""

import os
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kedro.framework.context.context import _convert_paths_to_absolute_posix
from omegaconf.errors import InterpolationKeyError
from test_params_option import PATH_TEXTS

from teeth_unet.config_loader import ConfigLoader
from teeth_unet.runtime_parameters import path_names
from teeth_unet.settings import CONFIG_LOADER_ARGS

CONF = Path(__file__).parents[1] / "conf"
CATALOGS = sorted(CONF.glob("*/catalog*.yml"))

CATALOG = """
xrays: {filepath: "${runtime_params:xrays,here}"}
table: {filepath: "${_results}/cases.csv", load_args: {sep: "${runtime_params:sep,x}"}}
own: {filepath: ~/mine, more: {path: "~"}, other: ~/mine}
start: {filepath: "${parameter:training.start}", given: "${parameter:training.start}"}
_results: ${runtime_params:results,there}
_sources: {net: {masks: {addresses: [{address: "${runtime_params:masks,none.zip}"}]}}}
"""

PARAMETERS = "_rounds: 3\ntraining: {epochs: '${_rounds}', name: a, start: none}\n"


@pytest.fixture(scope="module")
def conf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("conf")
    for name, content in {
        "base/catalog.yml": CATALOG,
        "base/parameters.yml": PARAMETERS,
        "local/globals.yml": "",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    return folder


def loader(conf, **given):
    return ConfigLoader(str(conf), runtime_params=given, **CONFIG_LOADER_ARGS)


def filepath(conf, name, entry, text):
    """Return what Kedro makes of a path in /project."""
    catalog = loader(conf, **{name: text})["catalog"]
    return _convert_paths_to_absolute_posix(conf / "project", catalog)[entry]["filepath"]


def expected(conf, text):
    """Return the same by the operating system, for which "//" at the beginning is one "/"."""
    if "://" in text:
        return text
    return os.path.join(conf / "project", re.sub("^//+", "/", os.path.expanduser(text)))


def test_names_of_paths_are_those_that_the_catalog_has_in_options_of_places(conf):
    assert path_names(loader(conf)) == {"xrays", "results", "masks", "training.start"}


def test_an_entry_reads_a_parameter_wherever_it_is_given(conf, tmp_path):
    assert loader(conf)["catalog"]["start"] == {"filepath": "none", "given": "none"}
    of_one_run = loader(conf, training={"start": "mine"})
    assert of_one_run["catalog"]["start"] == {"filepath": "mine", "given": "mine"}
    shutil.copytree(conf, tmp_path, dirs_exist_ok=True)
    (tmp_path / "local" / "parameters.yml").write_text("training: {start: ours}\n")
    assert loader(tmp_path)["catalog"]["start"] == {"filepath": "ours", "given": "ours"}


def test_an_entry_that_reads_a_parameter_which_there_is_not_says_which(conf, tmp_path):
    shutil.copytree(conf, tmp_path, dirs_exist_ok=True)
    (tmp_path / "base" / "parameters.yml").write_text("training: {epochs: 1}\n")
    with pytest.raises(InterpolationKeyError, match=r"training\.start: there is no such parameter"):
        loader(tmp_path)["catalog"]


def test_where_such_a_name_chooses_between_templates_all_count_as_paths(conf, tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "local").mkdir()
    chooses = "a: ${_kinds.${runtime_params:kind,one}}\n_kinds: {one: {filepath: x}}"
    (tmp_path / "base" / "catalog.yml").write_text(chooses)
    assert path_names(loader(tmp_path)) == {"kind"}


@pytest.mark.parametrize("text", PATH_TEXTS)
def test_a_path_arrives_as_it_stands(conf, text):
    found = filepath(conf, "xrays", "xrays", text)
    assert os.path.normpath(found) == os.path.normpath(expected(conf, text))
    within = filepath(conf, "results", "table", text)
    assert os.path.normpath(within) == os.path.normpath(f"{expected(conf, text)}/cases.csv")
    assert loader(conf, xrays=text)["parameters"]["xrays"] == text


@pytest.mark.parametrize("text", PATH_TEXTS)
def test_a_path_within_a_block_arrives_as_it_stands_beside_the_others_of_the_block(conf, text):
    given = loader(conf, training={"start": text, "name": "b"})
    assert given["parameters"]["training"] == {"epochs": 3, "name": "b", "start": text}
    assert given["catalog"]["start"]["given"] == text


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_path_arrives_as_it_stands(conf, text):
    found = filepath(conf, "xrays", "xrays", text)
    assert os.path.normpath(found) == os.path.normpath(expected(conf, text))


def test_other_parameters_refer_to_each_other_as_ever(conf):
    of_run = loader(conf, _rounds=5, xrays="${_rounds}", training={"name": "${_rounds}"})
    assert of_run["parameters"] == {
        "_rounds": 5,
        "training": {"epochs": 5, "name": 5, "start": "none"},
        "xrays": "${_rounds}",
    }
    assert of_run.runtime_params["xrays"] == "${_rounds}"


def test_the_home_folder_stands_at_the_beginning_of_a_path_alone(conf, monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    own = loader(conf)["catalog"]["own"]
    assert own == {"filepath": "/home/someone/mine", "more": {"path": "/home/someone"},
                   "other": "~/mine"}  # fmt: skip
    assert filepath(conf, "xrays", "xrays", "/data/~/x") == "/data/~/x"


@pytest.mark.parametrize("environment", ["base", "folder", "abdi"])
def test_paths_of_all_environments_are_known_in_each(environment):
    names = path_names(ConfigLoader(str(CONF), environment, **CONFIG_LOADER_ARGS))
    known = {"xrays", "masks", "tooth_labels", "results", "segmenter", "baseline", "candidate"}
    assert known <= names
    every = re.findall(
        r"\$\{(?:runtime_params|parameter):([\w.]+)", "".join(map(Path.read_text, CATALOGS))
    )
    assert names == set(every) - {"set"}  # a block of values
