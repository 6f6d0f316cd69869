"""What the files in conf/ promise each other: values that differ, entries and recipes once."""

import shutil

import pytest
from kedro.io import DataCatalog
from omegaconf.errors import OmegaConfBaseException
from project import CONF, ENVIRONMENTS, configuration

from teeth_unet.acquisition import DownloadRules
from teeth_unet.archives import ArchiveRules
from teeth_unet.cli import explain
from teeth_unet.config_loader import ConfigLoader
from teeth_unet.settings import CONFIG_LOADER_ARGS

RAW = ("raw_xrays", "raw_masks", "raw_tooth_labels")

TYPES = {
    "base": ("PhantomDataset", "PhantomDataset", "PhantomDataset"),
    "abdi": ("RemoteArchiveDataset", "RemoteArchiveDataset", "ImageFolderDataset"),
    "article": ("RemoteArchiveDataset", "RemoteArchiveDataset", "ImageFolderDataset"),
    "hitl": ("XraySetDataset", "XraySetDataset", "XraySetDataset"),
    "sts2d": ("XraySetDataset", "XraySetDataset", "XraySetDataset"),
    "folder": ("XraySetDataset", "XraySetDataset", "XraySetDataset"),
}

OWN = """
raw_xrays:
  type: teeth_unet.datasets.RemoteArchiveDataset
  filepath: data/01_raw/hospital
  addresses: https://data.example.org/xrays.zip
  credentials: hospital
"""

LOGIN = "hospital:\n  data.example.org: {username: ann, password: a-password}\n"


@pytest.fixture
def conf(tmp_path):
    """A copy of conf/ that a test may change."""
    return shutil.copytree(CONF, tmp_path / "conf")


def load(conf, environment, **given):
    """A loader to be used before the next one is made: they share what resolves ${globals:…}."""
    return ConfigLoader(str(conf), environment, runtime_params=given, **CONFIG_LOADER_ARGS)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_has_the_source_that_it_names(environment):
    entries = configuration(environment)["catalog"]
    found = tuple(entries[name]["type"].rpartition(".")[2] for name in RAW)
    assert found == TYPES[environment]


def test_the_catalog_is_written_once():
    assert {path.parent.name for path in CONF.rglob("catalog*")} == {"base"}


def test_limits_of_downloads_stand_in_their_classes_alone():
    entries = configuration("abdi")["catalog"]
    names = DownloadRules.model_fields.keys() | ArchiveRules.model_fields.keys() | {"archive"}
    for name in RAW:
        assert not names & entries[name].keys()


def test_the_recipe_for_real_xrays_is_the_same_for_those_of_the_user():
    abdi, folder = (configuration(environment)["parameters"] for environment in ("abdi", "folder"))
    assert abdi["network"] == folder["network"] != configuration("base")["parameters"]["network"]
    assert abdi["training"] == folder["training"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_one_value_can_be_changed_for_one_run(environment):
    given = {"training": {"epochs": 1, "augmentation": {"zoom": 0.9}}}
    before = configuration(environment)["parameters"]
    after = configuration(environment, given)["parameters"]
    before["training"]["epochs"] = 1
    before["training"]["augmentation"]["zoom"] = 0.9
    assert after == before


def test_an_environment_changes_one_value_of_the_recipe(conf):
    with (conf / "folder" / "globals.yml").open("a") as file:
        file.write("real_xrays: {training: {epochs: 30}}\n")
    before, after = load(CONF, "folder")["parameters"], load(conf, "folder")["parameters"]
    assert after["training"].pop("epochs") == 30
    assert before["training"].pop("epochs") == 20
    assert after == before
    assert load(conf, "abdi")["parameters"]["training"]["epochs"] == 20


def test_an_environment_of_the_user_is_a_folder_with_the_values_that_differ(conf):
    (conf / "hospital").mkdir()
    (conf / "hospital" / "globals.yml").write_text("data: data/hospital\nsource: folder\n")
    catalog = load(conf, "hospital")["catalog"]
    assert catalog["raw_xrays"]["type"].endswith("XraySetDataset")
    assert catalog["scores"]["filepath"].startswith("data/hospital/")
    parameters = load(conf, "hospital")["parameters"]
    report = parameters.pop("report")
    assert (report["data_note"], report["synthetic"]) == ("Your own X-rays and masks.", False)
    base = load(CONF, "base")["parameters"]
    base.pop("report")
    assert parameters == base


def catalog_of(conf, environment):
    loader = load(conf, environment)
    return DataCatalog.from_config(loader["catalog"], loader["credentials"])


def test_an_own_entry_of_an_environment_takes_the_place_of_the_source(conf):
    (conf / "abdi" / "catalog.yml").write_text(OWN)
    (conf / "abdi" / "credentials.yml").write_text(LOGIN)
    catalog = catalog_of(conf, "abdi")
    assert catalog["raw_xrays"]._describe()["addresses"] == ["https://data.example.org/xrays.zip"]
    assert catalog["raw_xrays"]._acquisition.logins.keys() == {"data.example.org"}
    for environment, name in (("abdi", "raw_masks"), ("article", "raw_xrays")):
        before, after = (load(place, environment)["catalog"][name] for place in (CONF, conf))
        assert after == before


def test_a_login_may_be_named_in_the_source(conf):
    sources = conf / "base" / "catalog_sources.yml"
    entry = "addresses: ${runtime_params:xrays,"
    named = sources.read_text("utf-8").replace(entry, f"credentials: hospital\n      {entry}")
    sources.write_text(named, "utf-8")
    (conf / "abdi" / "credentials.yml").write_text(LOGIN)
    catalog = catalog_of(conf, "abdi")
    assert catalog["raw_xrays"]._acquisition.logins.keys() == {"data.example.org"}
    assert not catalog["raw_masks"]._acquisition.logins
    assert load(conf, "folder")["catalog"] == load(CONF, "folder")["catalog"]


def test_a_source_that_does_not_exist_is_told_of_by_its_name(conf):
    (conf / "abdi" / "globals.yml").write_text("source: publisht")
    with pytest.raises(OmegaConfBaseException) as error:
        load(conf, "abdi")["catalog"]
    said = explain(error.value)
    assert "found 'publisht'" in said
    assert "phantoms, published, public_set, folder" in said
