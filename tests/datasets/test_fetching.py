import logging
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from archives import MASKS, OTHER, PAGE, names_in, sha256
from loopback import Answer, loopback_server

from teeth_unet.datasets import fetching
from teeth_unet.datasets.fetching import Address, Unavailable, obtain
from teeth_unet.errors import InputError


@pytest.fixture(autouse=True)
def direct_and_without_long_pauses(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.01)


@pytest.fixture
def server():
    with loopback_server() as server:
        yield server


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "downloads" / "masks"


def fetch(address, cache, timeout=5, retries=0, progressbar=True):
    options = {"timeout": timeout, "retries": retries, "progressbar": progressbar}
    return obtain(Address.parse(address), cache, **options)


def test_an_archive_is_fetched_once_and_then_found_without_the_server(cache):
    with loopback_server() as server:
        address = server.serve("/Orig_Masks.zip", MASKS)
        assert not Address(address).is_here(cache)
        path = fetch(address, cache)
        assert fetch(address, cache) == path
        assert server.requests["/Orig_Masks.zip"] == 1
    assert Address(address).is_here(cache)
    assert fetch(address, cache).read_bytes() == MASKS
    (name,) = names_in(cache)
    assert re.fullmatch(r"[0-9a-f]{12}-Orig_Masks\.zip", name)


def test_another_address_or_checksum_never_finds_the_older_file(server, cache):
    first, second = server.serve("/a/m.zip", MASKS), server.serve("/b/m.zip", OTHER)
    with_query = f"{first}?version=2"
    with_checksum = {"address": first, "sha256": sha256(MASKS)}
    for address in (first, second, with_query, with_checksum):
        fetch(address, cache)
    assert server.requests == {"/a/m.zip": 3, "/b/m.zip": 1}
    assert len(names_in(cache)) == 4
    assert fetch(second, cache).read_bytes() == OTHER


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/Orig%20Masks%2Fall.zip", "all.zip"),
        ("/x/Ma%C3%9Fe (1).zip", "Ma_e_1_.zip"),
        ("/" + "n" * 300 + ".zip", "n" * 76 + ".zip"),
        ("/", "archive"),
    ],
)
def test_a_fetched_file_has_a_name_that_every_system_takes(tmp_path, path, name):
    place = Address(f"https://example.org{path}").place(tmp_path)
    assert place.name.split("-", 1)[1] == name


def test_a_damaged_file_in_the_cache_is_fetched_again(server, cache):
    address = server.serve("/m.zip", MASKS)
    fetch(address, cache).write_bytes(b"damaged")
    assert not Address(address).is_here(cache)
    assert fetch(address, cache).read_bytes() == MASKS
    assert server.requests["/m.zip"] == 2


def test_two_may_fetch_the_same_archive_at_once(server, cache):
    address = server.serve("/m.zip", Answer(MASKS, stall=0.3), MASKS)
    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(fetch, address, cache)
        while not server.requests["/m.zip"]:
            time.sleep(0.01)
        assert fetch(address, cache).read_bytes() == MASKS
        assert slow.result().read_bytes() == MASKS
    assert server.requests["/m.zip"] == 2
    assert len(names_in(cache)) == 1


def test_an_overloaded_server_is_asked_again(server, cache):
    busy = (Answer(PAGE, status=500), Answer(PAGE, status=503))
    assert fetch(server.serve("/m.zip", *busy, MASKS), cache, retries=2).exists()
    assert server.requests["/m.zip"] == 3


def test_a_connection_that_breaks_is_tried_again(server, cache):
    address = server.serve("/m.zip", Answer(MASKS, sent=50), MASKS)
    assert fetch(address, cache, retries=1).read_bytes() == MASKS


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_plain_no_is_not_asked_again(server, cache, status):
    with pytest.raises(Unavailable, match=f"HTTP {status} "):
        fetch(server.serve("/m.zip", Answer(PAGE, status=status)), cache, retries=3)
    assert server.requests["/m.zip"] == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(PAGE, status=500), "HTTP 500 Internal Server Error"),
        (Answer(PAGE), "no zip archive, but 35 bytes that begin with b'<!DOCTYPE html><titl'"),
        (Answer(b""), "no zip archive, but 0 bytes"),
        (Answer(MASKS[:-30]), "no zip archive"),
        (Answer(MASKS, sent=50), "IncompleteRead(50 bytes read"),
        (Answer(MASKS, stall=20), "no answer in time"),
    ],
)
def test_a_failure_is_told_in_a_few_words_and_leaves_no_file(server, cache, answer, said):
    with pytest.raises(Unavailable, match=re.escape(said)):
        fetch(server.serve("/m.zip", answer), cache, timeout=0.2)
    assert names_in(cache) == []


def test_a_right_checksum_is_accepted_in_any_case_of_letters(server, cache):
    address = {"address": server.serve("/m.zip", MASKS), "sha256": sha256(MASKS).upper()}
    assert fetch(address, cache).read_bytes() == MASKS


def test_a_wrong_checksum_is_refused_and_leaves_no_file(server, cache):
    address = {"address": server.serve("/m.zip", MASKS), "sha256": sha256(OTHER)}
    with pytest.raises(Unavailable, match=f"{sha256(MASKS)} instead of {sha256(OTHER)}"):
        fetch(address, cache, retries=3)
    assert names_in(cache) == []
    assert server.requests["/m.zip"] == 1


def test_a_file_is_not_hashed_again_once_it_is_there(server, cache, monkeypatch):
    address = {"address": server.serve("/m.zip", MASKS), "sha256": sha256(MASKS)}
    fetch(address, cache)
    monkeypatch.setattr(fetching, "file_hash", lambda *_: pytest.fail("hashed again"))
    assert fetch(address, cache).exists()


def test_the_log_says_where_it_came_from_and_the_checksum_found(server, cache, caplog):
    caplog.set_level(logging.INFO)
    address = server.serve("/m.zip", MASKS)
    path = fetch(address, cache)
    fetch(address, cache)
    size = f"{len(MASKS)} bytes"
    assert [record.getMessage() for record in caplog.records] == [
        f"Fetching {address}.",
        f"Fetched {address} ({size}, sha256 {sha256(MASKS)}) to {path}.",
        f"Reading {path} ({size}), fetched earlier from {address}.",
    ]


def test_the_bar_is_shown_on_a_terminal_only(server, cache, capfd, monkeypatch):
    fetch(server.serve("/a.zip", MASKS), cache)
    assert capfd.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    fetch(server.serve("/b.zip", MASKS), cache, progressbar=False)
    assert capfd.readouterr().err == ""
    fetch(server.serve("/c.zip", MASKS), cache)
    assert "100%" in capfd.readouterr().err


@pytest.mark.parametrize(
    "address", ["{path}", "file://{path}", "file://localhost{path}", "~/given masks.zip"]
)
def test_an_archive_on_this_machine_is_read_in_place(cache, tmp_path, monkeypatch, address):
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "given masks.zip"
    path.write_bytes(MASKS)
    address = address.format(path=path)
    assert Address(address).is_here(cache)
    assert fetch(address, cache) == path
    assert names_in(cache) == []


def test_the_checksum_of_an_archive_on_this_machine_counts_too(cache, tmp_path):
    (tmp_path / "m.zip").write_bytes(MASKS)
    with pytest.raises(Unavailable, match=f"instead of {sha256(OTHER)}"):
        fetch({"address": str(tmp_path / "m.zip"), "sha256": sha256(OTHER)}, cache)


@pytest.mark.parametrize(
    "item",
    [
        [],
        "",
        None,
        "ftp://example.org/m.zip",
        {"adress": "https://example.org/m.zip"},
        {"address": "https://example.org/m.zip", "md5": "0" * 32},
    ],
)
def test_an_address_of_another_form_is_refused(item):
    with pytest.raises(InputError, match=r"expected http\(s\)://…"):
        Address.parse(item)


@pytest.mark.parametrize("sha", ["2b90", "g" * 64, 7, ""])
def test_a_checksum_of_another_form_is_refused(sha):
    with pytest.raises(InputError, match=r"^sha256 of https://example\.org/m\.zip: expected 64"):
        Address.parse({"address": "https://ann:secret@example.org/m.zip", "sha256": sha})


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://example.org/m.zip", "https://example.org/m.zip"),
        ("https://ann:p@ss@example.org/m.zip", "https://example.org/m.zip"),
        ("https://example.org/m.zip?signature=1&x=2", "https://example.org/m.zip"),
        ("/data/what@home?/m.zip", "/data/what@home?/m.zip"),
    ],
)
def test_an_address_is_shown_without_its_secrets(location, shown):
    assert str(Address(location)) == shown
