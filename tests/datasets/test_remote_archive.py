import base64
import inspect
import io
import pickle
import re
import socket
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from archives import MASKS, OTHER, PAGE, names_in, picture, sha256, zipped
from hostile import bomb, damaged
from kedro.io import DatasetError
from loopback import loopback_server
from PIL import Image

from teeth_unet.acquisition import downloading
from teeth_unet.datasets import RemoteArchiveDataset
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
        options = {"timeout": 300, "retries": 0, **options}
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
    assert f"{page}: no zip archive, but 35 bytes (a web page" in message
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


def test_a_missing_archive_on_this_machine_is_an_error(archive, tmp_path):
    message = failure_of(archive("file:///nowhere/m.zip"))
    assert "nothing at /nowhere/m.zip" in message
    assert "--params" in message
    assert "save it as" not in message


def test_a_file_saved_by_hand_is_checked_too(archive, server, cache):
    address = {"address": f"{server.base}/m.zip", "sha256": sha256(MASKS)}
    place = Path(re.search(r"save it as (\S+)\.$", failure_of(archive(address)))[1])
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(OTHER)
    message = failure_of(archive(address))
    assert f"{server.base}/m.zip: HTTP 404 Not Found" in message
    assert (
        f"{place}: a zip archive with sha256 {sha256(OTHER)} instead of {sha256(MASKS)}" in message
    )
    assert f"Or fetch {server.base}/m.zip, sha256 {sha256(MASKS)} by other means" in message
    assert not archive(address).exists()
    place.write_bytes(MASKS)
    assert list(archive(address).load()) == ["2", "10"]
    assert server.requests == {"/m.zip": 2}


@pytest.mark.parametrize("sha", [None, sha256(MASKS)], ids=["unknown checksum", "checksum"])
def test_what_has_been_damaged_in_the_cache_is_fetched_again(archive, server, cache, sha):
    dataset = archive({"address": server.serve("/m.zip", MASKS), "sha256": sha})
    dataset.load()
    (place,) = cache.iterdir()
    place.write_bytes(MASKS[:-30])
    assert not dataset.exists()
    assert dataset.preview() is None
    assert list(dataset.load()) == ["2", "10"]
    assert place.read_bytes() == MASKS
    assert server.requests == {"/m.zip": 2}


def test_a_single_flipped_bit_in_the_cache_is_noticed(archive, server, cache):
    dataset = archive({"address": server.serve("/m.zip", MASKS), "sha256": sha256(MASKS)})
    dataset.load()
    (place,) = cache.iterdir()
    place.write_bytes(damaged(MASKS, picture(10)))
    assert np.asarray(dataset.load()["10"]()).max() == 10
    assert server.requests == {"/m.zip": 2}


def test_what_is_on_this_machine_is_read_in_place(archive, tmp_path, monkeypatch, cache):
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "given masks.zip"
    path.write_bytes(MASKS)
    for address in (str(path), f"file://{path}", f"file://localhost{path}", "~/given masks.zip"):
        assert archive(address).exists()
        assert list(archive(address).load()) == ["2", "10"]
    assert names_in(cache) == []


def test_the_checksum_of_an_archive_on_this_machine_counts_too(archive, tmp_path):
    (tmp_path / "m.zip").write_bytes(MASKS)
    message = failure_of(archive({"address": str(tmp_path / "m.zip"), "sha256": sha256(OTHER)}))
    assert f"{sha256(MASKS)} instead of {sha256(OTHER)}" in message


def test_a_fetched_archive_that_breaks_the_rules_is_refused(archive, server):
    message = failure_of(archive(server.serve("/m.zip", bomb(65 << 20))))
    assert "1.png in " in message
    assert "at most 200 bytes for each packed one" in message


def test_the_error_of_a_download_says_what_the_limits_were(archive, server):
    dataset = archive(server.serve("/m.zip", MASKS), size_limit=100)
    assert f"announces {len(MASKS)} bytes or more, above size_limit 100" in failure_of(dataset)


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


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"timeout": 0},
            "option timeout: expected a usable value, found 0 (Input should be greater",
        ),
        ({"retries": "many"}, "option retries: "),
        ({"lowest_rate": -1}, "option lowest_rate: "),
        ({"archive": {"ratio": 0}}, "option archive.ratio: "),
        ({"archive": {"member": 1}}, "unknown parameter 'member'"),
        ({"archive": 7}, "option archive"),
    ],
)
def test_wrong_options_are_refused_before_anything_runs(archive, options, said):
    with pytest.raises(InputError) as error:
        archive("m.zip", **options)
    assert said in str(error.value)


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
