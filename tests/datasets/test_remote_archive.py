import base64
import inspect
import io
import logging
import pickle
import re
import socket
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import yaml
from archives import MASKS, OTHER, PAGE, names_in, picture, sha256, zipped
from kedro.config import OmegaConfigLoader
from kedro.io import DataCatalog, DatasetError
from loopback import Answer, loopback_server
from PIL import Image

from teeth_unet.datasets import downloading
from teeth_unet.datasets.remote_archive import RemoteArchiveDataset
from teeth_unet.errors import InputError


@pytest.fixture(autouse=True)
def direct_and_without_long_pauses(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(downloading, "FIRST_PAUSE", 0.01)


@pytest.fixture
def server():
    with loopback_server() as server:
        yield server


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "downloads" / "masks"


@pytest.fixture
def archive(cache):
    """A maker of datasets, for one catalog entry with other addresses each time."""

    def make(*addresses, **options):
        listed = addresses[0] if len(addresses) == 1 else list(addresses)
        options = {"timeout": 5, "retries": 0, **options}
        return RemoteArchiveDataset(filepath=str(cache), addresses=listed, **options)

    return make


@pytest.fixture
def refused():
    """An address that nobody listens at."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/m.zip"


def failure_of(dataset):
    """The message for the user, out of what Kedro wraps around it."""
    with pytest.raises(DatasetError) as error:
        dataset.load()
    assert isinstance(error.value.__cause__, InputError)
    return str(error.value.__cause__)


# --- fetching -----------------------------------------------------------------------------


def test_pictures_are_read_by_case_name_in_natural_order(archive, server):
    cases = archive(server.serve("/m.zip", MASKS)).load()
    assert list(cases) == ["2", "10"]
    assert [np.asarray(read()).max() for read in cases.values()] == [2, 10]


def test_the_next_address_stands_in_for_one_that_fails(archive, server, refused):
    missing, good = f"{server.base}/missing.zip", server.serve("/m.zip", MASKS)
    assert list(archive(missing, refused, good).load()) == ["2", "10"]
    assert server.requests == {"/missing.zip": 1, "/m.zip": 1}


def test_what_is_here_comes_before_the_network(archive, server):
    first, second = server.serve("/a.zip", OTHER), server.serve("/b.zip", MASKS)
    archive(second).load()
    server.requests.clear()
    assert list(archive(first, second).load()) == ["2", "10"]
    assert not server.requests


def no_name_server(host, *rest, known=socket.getaddrinfo, **options):
    if host.endswith(".invalid"):
        raise socket.gaierror(-2, "Name or service not known")
    return known(host, *rest, **options)


def test_if_all_addresses_fail_the_error_lists_each_and_the_ways_out(
    archive, server, cache, refused, tmp_path, monkeypatch
):
    monkeypatch.setattr(socket, "getaddrinfo", no_name_server)
    page = server.serve("/page", PAGE)
    nowhere = str(tmp_path / "nowhere.zip")
    unknown = "http://masks.invalid/m.zip"
    message = failure_of(archive(page, refused, unknown, nowhere, str(tmp_path)))
    assert f"{page}: no zip archive" in message
    assert re.search(rf"{refused}: .*Connection refused", message)
    assert f"{unknown}: [Errno -2] Name or service not known" in message
    assert f"{nowhere}: nothing at {nowhere}" in message
    assert f"{tmp_path}: a folder at {tmp_path}" in message
    assert "--params xrays=…,masks=…" in message
    assert re.search(rf"save it as {cache}/[0-9a-f]{{12}}-page\.", message)


def test_a_file_saved_by_hand_where_the_error_says_is_used(archive, cache, refused):
    message = failure_of(archive(refused))
    place = Path(re.search(r"save it as (\S+)\.$", message)[1])
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(MASKS)
    assert list(archive(refused).load()) == ["2", "10"]


def test_secrets_in_an_address_are_used_but_never_shown(archive, server, caplog, cache):
    caplog.set_level(logging.DEBUG, logger="teeth_unet")
    url = server.serve("/m.zip", Answer(PAGE, status=500))
    secret = url.replace("http://", "http://ann:pa@ss@") + "?token=s3cret"
    dataset = archive(secret, retries=1)
    with pytest.raises(DatasetError) as error:
        dataset.load()
    shown = [caplog.text, str(dataset), str(error.value), *chain_of(error.value)]
    assert not [text for text in shown if "pa@ss" in text or "ann:" in text or "s3cret" in text]
    assert url in str(error.value)
    server.serve("/m.zip", MASKS)
    archive(secret).load()
    assert server.authorizations[-1] == "Basic YW5uOnBhQHNz"  # ann:pa@ss
    other_password = secret.replace("pa@ss", "changed")
    assert archive(other_password).exists()


def chain_of(error):
    """The texts of an error and of all that it came from, as a traceback shows them."""
    while error := error.__cause__ or error.__context__:
        yield str(error)


def test_a_missing_archive_on_this_machine_is_an_error(archive, tmp_path):
    message = failure_of(archive("file:///nowhere/m.zip"))
    assert "nothing at /nowhere/m.zip" in message
    assert "--params" in message
    assert "save it as" not in message


def test_a_cache_that_cannot_be_written_is_an_error_that_names_it(archive, server, cache):
    cache.parent.mkdir()
    cache.write_bytes(b"a file in the way")
    assert str(cache) in failure_of(archive(server.serve("/m.zip", MASKS)))


# --- what is inside -----------------------------------------------------------------------


@pytest.fixture
def local(archive, tmp_path):
    """A maker of datasets for the bytes of an archive on this machine."""

    def make(content, name="m.zip"):
        (tmp_path / name).write_bytes(content)
        return archive(str(tmp_path / name))

    return make


def test_an_archive_inside_an_archive_stands_for_it(archive, server, cache):
    outer = zipped({"__MACOSX/._x.zip": b"-", "data/Dental Xrays.zip": MASKS, "README.txt": b"-"})
    address = server.serve("/hxt48yk462-1.zip", outer)
    assert list(archive(address).load()) == ["2", "10"]
    before = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert sorted(path.name.split("-", 1)[1] for path in before) == [
        f"{len(MASKS)}-Dental_Xrays.zip",
        "hxt48yk462-1.zip",
    ]
    cases = archive(address).load()
    assert np.asarray(cases["10"]()).max() == 10
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == before


def test_another_archive_inside_never_finds_the_older_copy(local):
    assert list(local(zipped({"inner.zip": MASKS})).load()) == ["2", "10"]
    assert list(local(zipped({"inner.zip": OTHER})).load()) == ["3"]


def test_a_damaged_archive_inside_leaves_nothing_behind(local, cache, tmp_path):
    outer = zipped({"inner.zip": MASKS})
    message = failure_of(local(damaged(outer, MASKS[:40])))
    assert f"inner.zip in {tmp_path / 'm.zip'}" in message
    assert names_in(cache) == []


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, "no files"),
        ({"a.txt": b"-"}, "a.txt"),
        ({"a.zip": MASKS, "b.zip": MASKS}, "a.zip, b.zip"),
        ({"a.zip": zipped({"b.zip": MASKS})}, "b.zip"),
    ],
)
def test_an_archive_without_pictures_is_an_error_that_says_what_is_there(local, files, found):
    assert found in failure_of(local(zipped(files)))


def test_two_pictures_of_one_case_are_refused(local):
    message = failure_of(local(zipped({"a/1.png": picture(), "b/1.tif": picture()})))
    assert "a/1.png and b/1.tif" in message


def test_litter_folders_and_windows_separators(local):
    files = {
        "Images/": b"",
        "Images\\1.png": picture(1),
        "__MACOSX/Images/._1.png": b"-",
        "Images/.DS_Store": b"-",
        "Images/Thumbs.db": b"-",
    }
    cases = local(zipped(files)).load()
    assert list(cases) == ["1"]
    assert np.asarray(cases["1"]()).max() == 1


def damaged(archive, inside):
    """Change a byte of a stored member, so that its checksum is wrong."""
    place = archive.index(inside) + len(inside) // 2
    return archive[:place] + bytes([archive[place] ^ 1]) + archive[place + 1 :]


def encrypted(archive):
    """Set the flag for encryption in the directory and in the header of the last member."""
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = archive.rindex(signature) + offset
        archive = archive[:place] + bytes([archive[place] | 1]) + archive[place + 1 :]
    return archive


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda content: damaged(content, picture(7)), "Bad CRC-32"),
        (encrypted, "encrypted"),
    ],
)
def test_a_member_that_cannot_be_read_is_an_error_that_names_it(local, tmp_path, spoil, said):
    content = zipped({"good.png": picture(1), "in/bad.png": picture(7)})
    cases = local(spoil(content)).load()
    assert np.asarray(cases["good"]()).max() == 1
    with pytest.raises(InputError, match=said) as error:
        cases["bad"]()
    assert str(error.value).startswith(f"in/bad.png in {tmp_path / 'm.zip'}: ")


def test_an_archive_with_a_damaged_directory_is_an_error_that_names_it(local, tmp_path):
    message = failure_of(local(MASKS.replace(b"PK\x01\x02", b"PK\x01\xff")))
    assert message.startswith(f"{tmp_path / 'm.zip'}: expected an intact zip archive")


def test_readers_work_in_threads_and_after_pickling(local):
    files = {f"{n}.png": picture(n) for n in range(60)}
    cases = local(zipped(files, zipfile.ZIP_DEFLATED)).load()
    readers = pickle.loads(pickle.dumps(list(cases.values())))
    with ThreadPoolExecutor(8) as threads:
        levels = [np.asarray(image).max() for image in threads.map(lambda read: read(), readers)]
    assert levels == list(range(60))


# --- in the catalog -----------------------------------------------------------------------


def test_saving_is_refused(archive, cache):
    with pytest.raises(DatasetError, match="is read-only"):
        archive("m.zip").save({})
    assert names_in(cache) == []


@pytest.mark.parametrize("addresses", [[], None, ["https://example.org/m.zip", ""]])
def test_wrong_addresses_are_refused_before_anything_runs(addresses):
    with pytest.raises(InputError, match=r"^addresses: "):
        RemoteArchiveDataset(filepath="cache", addresses=addresses)


def test_a_description_for_the_catalog_and_for_kedro_viz(archive, cache):
    described = archive("https://example.org/m.zip", "masks.zip")._describe()
    assert described["filepath"] == str(cache)
    assert described["addresses"] == ["https://example.org/m.zip", "masks.zip"]


def test_the_preview_never_fetches(archive, server):
    dataset = archive(server.serve("/m.zip", MASKS))
    assert dataset.preview() is None
    assert not server.requests
    dataset.load()
    strip = Image.open(io.BytesIO(base64.b64decode(dataset.preview())))
    assert {2, 10} <= set(np.asarray(strip).ravel().tolist())
    annotation = inspect.signature(RemoteArchiveDataset.preview).return_annotation
    assert annotation.__name__ == "ImagePreview"  # by which kedro-viz picks the display


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
        loader = OmegaConfigLoader(
            str(tmp_path / "conf"),
            base_env="base",
            default_run_env="local",
            runtime_params=params,
        )
        return DataCatalog.from_config(loader["catalog"])

    return make


def test_without_params_the_published_addresses_stand(catalog, server, tmp_path):
    entry = catalog()["raw_masks"]
    assert entry._addresses[0].sha256 == sha256(MASKS)
    assert str(entry._addresses[1]) == "https://example.org/mirror.zip"
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
