import logging
import multiprocessing
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from archives import MASKS, OTHER, PAGE, names_in, sha256
from faults import CUT, LIMITS, NEW, WHOLE, good
from fetching_process import fetch_alone
from loopback import Response, loopback_server
from zip_fetching import ZIP, fetch

from teeth_unet.acquisition import Address, DownloadRules, Unavailable, downloading
from teeth_unet.acquisition.fetching import defect
from teeth_unet.acquisition.partial_files import claimed


@pytest.fixture(autouse=True)
def direct_and_without_long_pauses(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(downloading, "FIRST_PAUSE", 0.005)


@pytest.fixture
def server():
    with loopback_server() as server:
        yield server


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "downloads" / "masks"


def fetched(address, cache, **rules):
    rules = DownloadRules(**(LIMITS | {"retries": 0} | rules))
    return fetch(Address.parse(address), cache, rules)


def test_another_address_or_checksum_never_finds_the_older_file(server, cache):
    first, second = server.serve("/a/m.zip", MASKS), server.serve("/b/m.zip", OTHER)
    with_query = f"{first}?version=2"
    with_checksum = {"address": first, "sha256": sha256(MASKS)}
    places = {fetched(each, cache) for each in (first, second, with_query, with_checksum)}
    assert {place.name for place in places} == set(names_in(cache))
    assert len(places) == 4
    assert all(re.fullmatch(r"[0-9a-f]{12}-m\.zip", place.name) for place in places)


def test_whoever_asks_the_file_is_the_same(server, cache):
    address = server.serve("/m.zip", MASKS)
    place = fetched(address.replace("://", "://ann:secret@"), cache)
    assert Address(address).place(cache) == place


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (MASKS, None),
        (MASKS + b"-", "a zip archive with sha256"),
        (OTHER, f"a zip archive with sha256 {sha256(OTHER)} instead of {sha256(MASKS)}"),
        (b"", "no zip archive, but 0 bytes (of an unknown kind)"),
        (PAGE, "no zip archive, but 35 bytes (a web page"),
        (b"\xef\xbb\xbf  " + PAGE, "(a web page"),
        (MASKS[:-30], "(the beginning of a zip archive: it may be cut short)"),
        (b"Rar!\x1a\x07", "(a RAR archive)"),
        (b"\x00" * 200_000, "0.2 MB (of an unknown kind)"),
    ],
)
def test_a_file_is_told_from_the_right_one(tmp_path, content, said):
    (tmp_path / "m.zip").write_bytes(content)
    found = defect(tmp_path / "m.zip", sha256(MASKS), ZIP)
    assert found == said if said is None else said in found


def test_a_folder_or_nothing_is_told_from_a_file(tmp_path):
    assert defect(tmp_path, None, ZIP) == f"a folder at {tmp_path}"
    assert defect(tmp_path / "m.zip", None, ZIP) == f"nothing at {tmp_path / 'm.zip'}"


def test_the_log_says_where_it_came_from_and_the_checksum_found(server, cache, caplog):
    caplog.set_level(logging.INFO)
    address = server.serve("/m.zip", MASKS)
    path = fetched(address, cache)
    size = f"{len(MASKS)} bytes"
    assert [record.getMessage() for record in caplog.records] == [
        f"Fetching {address}.",
        f"Fetched {address} ({size}, sha256 {sha256(MASKS)}) to {path}.",
    ]


# --- the next run -------------------------------------------------------------------------


def test_the_next_run_goes_on_where_the_last_was_cut_off(server, cache):
    address = server.serve("/m.zip", good(sent=CUT), good())
    with pytest.raises(Unavailable):
        fetched(address, cache)
    place = Address(address).place(cache)
    assert names_in(cache) == [f".{place.name}.part", f".{place.name}.part.json"]
    assert fetched(address, cache).read_bytes() == WHOLE
    assert server.ranges == [None, f"bytes={CUT}-"]
    assert names_in(cache) == [place.name]


def test_the_next_run_notices_that_the_content_has_changed(server, cache):
    address = server.serve("/m.zip", good(sent=CUT), Response(NEW, etag='"2"'))
    with pytest.raises(Unavailable):
        fetched(address, cache)
    assert fetched(address, cache).read_bytes() == NEW


@pytest.mark.parametrize("size", [0, CUT - 7, CUT, CUT + 7, len(WHOLE), len(WHOLE) + 7])
def test_a_part_that_a_power_failure_has_spoilt_is_noticed(server, cache, size):
    address = server.serve("/m.zip", good(sent=CUT), good())
    with pytest.raises(Unavailable):
        fetched(address, cache)
    (part,) = cache.glob(".*.part")
    part.write_bytes(bytes(size))
    assert fetched(address, cache).read_bytes() == WHOLE
    assert len(names_in(cache)) == 1


@pytest.mark.parametrize(
    "response",
    [
        Response(PAGE),
        Response(MASKS[:-9], etag='"1"'),
        Response(status=404),
        Response(WHOLE, sent=9),
    ],
)
def test_what_nobody_can_go_on_with_is_not_kept(server, cache, response):
    with pytest.raises(Unavailable):
        fetched(server.serve("/m.zip", response), cache)
    assert names_in(cache) == []


# --- two at once --------------------------------------------------------------------------


def test_two_may_fetch_the_same_archive_at_once(server, cache):
    address = server.serve("/m.zip", Response(MASKS, stall=0.2), MASKS)
    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(fetched, address, cache)
        while not server.requests["/m.zip"]:
            time.sleep(0.01)
        assert fetched(address, cache).read_bytes() == MASKS
        assert slow.result().read_bytes() == MASKS
    assert server.requests["/m.zip"] == 2
    assert len(names_in(cache)) == 1


def test_an_unfinished_file_has_one_owner(tmp_path):
    place = tmp_path / "m.zip"
    with claimed(place) as first, claimed(place) as second:
        assert first.path != second.path
        first.path.write_bytes(b"first")
        second.path.write_bytes(b"second")
    assert place.read_bytes() == b"first"  # it ended last
    with claimed(place) as third:
        assert third.path == first.path
        third.path.write_bytes(b"third")
    assert place.read_bytes() == b"third"
    assert names_in(tmp_path) == ["m.zip"]


@pytest.mark.parametrize("meanwhile", ["moved", "removed", "replaced"])
def test_a_file_that_its_owner_has_just_finished_is_not_taken_for_unfinished(
    tmp_path, monkeypatch, meanwhile
):
    fcntl = pytest.importorskip("fcntl")
    shared, place, lock = tmp_path / ".m.zip.part", tmp_path / "m.zip", fcntl.flock

    def late_lock(*arguments):
        if meanwhile == "removed":
            shared.unlink()
        else:
            shared.replace(place)
        if meanwhile == "replaced":
            shared.write_bytes(b"of a third process")
        lock(*arguments)

    shared.write_bytes(b"finished")
    monkeypatch.setattr(fcntl, "flock", late_lock)
    with claimed(place) as part:
        assert part.path != shared
        assert meanwhile == "removed" or place.read_bytes() == b"finished"
        part.path.write_bytes(b"ours")
    assert place.read_bytes() == b"ours"


def test_systems_without_locks_never_share_an_unfinished_file(tmp_path, monkeypatch):
    monkeypatch.setattr("teeth_unet.acquisition.partial_files.fcntl", None)
    with claimed(tmp_path / "m.zip") as part:
        assert part.path.name != ".m.zip.part"
        part.path.write_bytes(b"-")
    assert names_in(tmp_path) == ["m.zip"]


@pytest.fixture(scope="module")
def processes():
    """Makes processes that share nothing but one import of what they need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["teeth_unet.acquisition.fetching"])
    return context


@pytest.fixture
def start(processes, cache):
    """A maker of processes that fetch, all at once."""
    started = []

    def start(address, count=1):
        new = [processes.Process(target=fetch_alone, args=(address, cache)) for _ in range(count)]
        started.extend(new)
        for each in new:
            each.start()
        return new

    yield start
    for each in started:
        each.kill()
        each.join()


@pytest.mark.parametrize("cuts", [0, 4, 12])
def test_processes_at_once_do_not_damage_each_others_files(server, cache, start, cuts):
    broken = [good(sent=CUT - 1000 * n) for n in range(cuts)]
    address = server.serve("/m.zip", *broken, good())
    for each in start(address, 4):
        each.join()
        assert each.exitcode == 0
    place = Address(address).place(cache)
    assert names_in(cache) == [place.name]
    assert place.read_bytes() == WHOLE


def test_after_a_kill_the_next_goes_on_at_once(server, cache, start):
    address = server.serve("/m.zip", good(stall=30), good(stall=30), good())
    (killed,) = start(address)
    (part,) = wait_for(lambda: [p for p in cache.glob(".*.part") if p.stat().st_size > CUT])
    start(address)  # while the first is at work: it may not touch its file
    wait_for(lambda: server.requests["/m.zip"] == 2)
    killed.kill()
    killed.join()
    arrived = part.stat().st_size
    assert fetched(address, cache).read_bytes() == WHOLE
    assert server.ranges == [None, None, f"bytes={arrived}-"]


def test_a_kill_at_any_moment_loses_nothing(server, cache, start):
    whole = 0
    for trial in range(20):
        responses = [good(drip=0.001) if trial % 4 == 3 else good(stall=0.05), good()]
        address = server.serve(f"/{trial}.zip", *responses)
        (killed,) = start(address)
        wait_for(lambda trial=trial: server.requests[f"/{trial}.zip"])
        time.sleep(trial * 0.005)
        killed.kill()
        killed.join()
        place = Address(address).place(cache)
        whole += place.exists()
        assert not place.exists() or place.read_bytes() == WHOLE
        assert fetched(address, cache).read_bytes() == WHOLE
        assert not [name for name in names_in(cache) if ".part" in name]
    assert whole < 20


def wait_for(condition):
    while not (value := condition()):
        time.sleep(0.01)
    return value
