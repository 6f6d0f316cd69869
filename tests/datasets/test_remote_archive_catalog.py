import pytest
import yaml
from archives import MASKS, OTHER, names_in, sha256
from kedro.io import DataCatalog
from loopback import loopback_server

from teeth_unet.config_loader import ConfigLoader


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with loopback_server() as server:
        yield server


CATALOG = """
_published_masks:
  - {published}
  - address: https://example.org/mirror.zip
    sha256: {sha256}
raw_masks:
  type: teeth_unet.datasets.RemoteArchiveDataset
  filepath: ${{globals:downloads}}/masks
  addresses: ${{runtime_params:masks,${{_published_masks}}}}
  metadata:
    kedro-viz:
      layer: 01_raw
"""


@pytest.fixture
def catalog(tmp_path, server):
    """A maker of catalogs from configuration files and what is given after --params."""
    published = yaml.safe_dump(
        {"address": server.serve("/published.zip", MASKS), "sha256": sha256(MASKS)},
        default_flow_style=True,
        width=1000,
    )
    base = tmp_path / "conf" / "base"
    base.mkdir(parents=True)
    (tmp_path / "conf" / "local").mkdir()
    text = CATALOG.format(published=published.strip(), sha256=sha256(MASKS))
    (base / "catalog.yml").write_text(text)
    (base / "globals.yml").write_text(f"downloads: {tmp_path / 'downloads'}\n")

    def make(**params):
        loader = ConfigLoader(
            str(tmp_path / "conf"),
            base_env="base",
            default_run_env="local",
            runtime_params=params,
        )
        return DataCatalog.from_config(loader["catalog"])

    return make


def test_without_params_the_published_addresses_stand(catalog, server, tmp_path):
    entry = catalog()["raw_masks"]
    assert entry._acquisition.addresses[0].sha256 == sha256(MASKS)
    assert str(entry._acquisition.addresses[1]) == "https://example.org/mirror.zip"
    assert entry.metadata == {"kedro-viz": {"layer": "01_raw"}}
    assert list(entry.load()) == ["2", "10"]
    assert server.requests == {"/published.zip": 1}
    assert len(names_in(tmp_path / "downloads" / "masks")) == 1


def test_an_address_given_on_the_command_line_replaces_them(catalog, server):
    entry = catalog(masks=server.serve("/mine.zip", OTHER))["raw_masks"]
    assert list(entry.load()) == ["3"]
    assert server.requests == {"/mine.zip": 1}


def test_a_path_given_on_the_command_line_may_be_a_number(catalog, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "2024").write_bytes(OTHER)
    assert list(catalog(masks=2024)["raw_masks"].load()) == ["3"]
