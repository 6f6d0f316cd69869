"""A disk that is full, or that nothing may be written to: told clearly, with nothing lost."""

import os
import subprocess

import pytest
from archives import names_in, picture, sha256, zipped
from kedro.io import DatasetError
from loopback import Response, loopback_server

from teeth_unet.datasets import RemoteArchiveDataset

SIZE = 300_000
WHOLE = zipped({"1.png": picture(1), "noise": os.urandom(SIZE)})
NESTED = zipped({"inner.zip": WHOLE})


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with loopback_server() as server:
        yield server


def load(cache, address):
    """The cases' names, or the message for the user."""
    dataset = RemoteArchiveDataset(filepath=str(cache), addresses=address)
    try:
        return " ".join(["read", *dataset.load()])
    except DatasetError as error:
        return f"{type(error.__cause__).__name__} {error.__cause__}"


@pytest.fixture
def short_files():
    """Until the test ends this process cannot write files longer than half the archive."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE // 2, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def disk(tmp_path):
    """A maker of small file systems; the one that is mounted at last may be made read-only."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(*options):
        command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(place)]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as failure:
            pytest.skip(f"no file system can be mounted here: {failure}")
        return place

    yield mount
    while os.path.ismount(place):
        subprocess.run(["umount", str(place)], check=True)


def test_a_download_that_cannot_be_written_whole_leaves_nothing(server, tmp_path, short_files):
    cache = tmp_path / "cache"
    said = load(cache, server.serve("/m.zip", Response(WHOLE, etag='"1"')))
    assert said.startswith(f"InputError {cache}: expected a place that can be read and written, ")
    assert "File too large" in said
    assert names_in(cache) == []


def test_an_archive_inside_that_cannot_be_written_whole_leaves_nothing(tmp_path, request):
    cache = tmp_path / "cache"
    (tmp_path / "m.zip").write_bytes(NESTED)
    request.getfixturevalue("short_files")
    said = load(cache, str(tmp_path / "m.zip"))
    assert said.startswith(f"InputError {cache}/")
    assert "-inner.zip: expected a place that can be read and written, found File too large" in said
    assert names_in(cache) == []


def test_a_disk_without_room_is_told_before_the_download(server, disk):
    cache = disk("size=256k") / "cache"
    said = load(cache, server.serve("/m.zip", WHOLE))
    assert said.startswith(f"InputError {cache}")
    assert f"{len(WHOLE)} bytes to come" in said
    assert names_in(cache) == []


@pytest.mark.parametrize("content", [WHOLE, NESTED], ids=["download", "archive inside"])
def test_a_disk_that_fills_up_leaves_what_was_there(server, disk, tmp_path, content):
    cache = disk("size=256k") / "cache"
    cache.mkdir()
    (cache / "other.zip").write_bytes(b"as it was")
    address = server.serve("/m.zip", Response(content, announced=None, etag='"1"'))  # no length
    if content is NESTED:
        (tmp_path / "m.zip").write_bytes(content)
        address = str(tmp_path / "m.zip")
    said = load(cache, address)
    assert said.startswith(f"InputError {cache}")
    assert ": expected a place that can be read and written, found No space left on device" in said
    assert "Make room" in said
    assert names_in(cache) == ["other.zip"]
    assert (cache / "other.zip").read_bytes() == b"as it was"


def test_a_read_only_disk_is_told_and_can_be_read_from(server, disk, tmp_path):
    cache = disk("size=4m") / "cache"
    fetched = {"address": server.serve("/m.zip", NESTED), "sha256": sha256(NESTED)}
    assert load(cache, fetched) == "read 1"
    before = names_in(cache)
    disk("remount,ro")
    said = load(cache, server.serve("/other.zip", WHOLE))
    assert "Read-only file system" in said
    assert f"InputError {cache}/" in said
    assert load(cache, fetched) == "read 1"
    assert names_in(cache) == before
