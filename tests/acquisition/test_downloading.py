import logging
import socket
import ssl
import sys
import threading
import time

import pytest
import requests
from archives import MASKS
from faults import CUT, FAULTS, LIMITS, NEW, WHOLE, good
from loopback import Response, loopback_server
from try_faults import name_servers, try_fault

from teeth_unet.acquisition import DownloadRules, Unavailable, downloading
from teeth_unet.acquisition.downloading import ResumingDownloader
from teeth_unet.acquisition.partial_files import PartialFile


@pytest.fixture(autouse=True)
def direct_and_without_long_pauses(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(downloading, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(socket, "getaddrinfo", name_servers)


@pytest.fixture
def server():
    with loopback_server() as server:
        yield server


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_what_comes_of_a_fault(fault, tmp_path):
    outcome = try_fault(fault, tmp_path)
    if isinstance(fault.gives, bytes):
        assert outcome.gave == fault.gives
        assert len(outcome.left) == 1
    else:
        assert isinstance(outcome.gave, str)
        assert fault.gives in outcome.gave
        assert ("attempts" in outcome.gave) == ("attempts" in fault.gives)
        assert all(".zip.part" in name for name in outcome.left)
    assert outcome.requests == fault.requests
    assert fault.ranges in (None, outcome.ranges)


def download(address, path, **rules):
    downloader = ResumingDownloader(DownloadRules(**(LIMITS | rules)))
    downloader.fill(PartialFile(path, kept=False), address)
    return path.read_bytes()


def test_a_file_is_whole_wherever_the_connection_broke(server, tmp_path):
    size = len(WHOLE)
    for place in (1, 2, 100, *range(0, size, size // 20), size - 1):
        again = place + (size - place) // 2
        cuts = [good(sent=place), good(sent=again - place), good()]
        assert download(server.serve(f"/{place}.zip", *cuts), tmp_path / str(place)) == WHOLE


def test_pauses_grow_and_vary(server, tmp_path, monkeypatch):
    pauses = []
    monkeypatch.setattr(downloading, "FIRST_PAUSE", 1.0)
    monkeypatch.setattr(time, "sleep", pauses.append)
    for name in "ab":
        with pytest.raises(Unavailable):
            download(server.serve(f"/{name}", Response(status=500)), tmp_path / name, retries=3)
    assert len(set(pauses)) == 6
    for place, pause in enumerate(pauses):
        assert 0.75 * 2 ** (place % 3) <= pause <= 1.25 * 2 ** (place % 3)


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        ("7", 7),
        ("0", 1),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1),  # long past
        ("soon", 1),
        ("", 1),
    ],
)
def test_the_server_may_ask_for_a_longer_pause(server, tmp_path, monkeypatch, asked, pause):
    pauses = []
    monkeypatch.setattr(downloading, "FIRST_PAUSE", 1.0)
    monkeypatch.setattr(time, "sleep", pauses.append)
    busy = Response(status=503, headers={"Retry-After": asked})
    assert download(server.serve("/m.zip", busy, MASKS), tmp_path / "m.zip") == MASKS
    assert 0.75 * pause <= pauses[0] <= 1.25 * pause


def test_no_pause_goes_beyond_the_total_time(server, tmp_path, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("slept"))
    busy = Response(status=503, headers={"Retry-After": "9000"})
    with pytest.raises(Unavailable, match="to be asked again in 9000 s"):
        download(server.serve("/m.zip", busy), tmp_path / "m.zip", time_limit=8000)


def test_a_name_server_that_never_responds_is_not_waited_for(tmp_path, monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait())
    with pytest.raises(Unavailable, match="no response in time"):
        download("http://slow.invalid/m.zip", tmp_path / "m.zip", timeout=0.05, retries=0)
    over.set()


def test_a_wrong_certificate_is_not_tried_again(tmp_path, monkeypatch):
    attempts = []

    def get(*_, **__):
        attempts.append("one")
        try:
            raise ssl.SSLCertVerificationError(1, "certificate verify failed")
        except ssl.SSLError as failure:
            raise requests.exceptions.SSLError("https://ann:s3cret@example.org") from failure

    monkeypatch.setattr(requests, "get", get)
    with pytest.raises(Unavailable, match="certificate verify failed") as error:
        download("https://example.org/m.zip", tmp_path / "m.zip")
    assert attempts == ["one"]
    assert error.value.__cause__ is error.value.__context__ is None


def test_the_server_is_asked_for_the_bytes_as_they_are(server, tmp_path):
    download(server.serve("/m.zip", MASKS), tmp_path / "m.zip")
    assert server.encodings == {"identity"}


def test_a_kept_part_is_gone_on_with_by_another_downloader(server, tmp_path):
    address = server.serve("/m.zip", good(sent=CUT), good())
    rules = DownloadRules(**(LIMITS | {"retries": 0}))
    part = PartialFile(tmp_path / "m.part", kept=True)
    with pytest.raises(Unavailable, match="a content that breaks off"):
        ResumingDownloader(rules).fill(part, address)
    later = ResumingDownloader(rules)
    later.fill(PartialFile(tmp_path / "m.part", kept=True), address)
    assert (tmp_path / "m.part").read_bytes() == WHOLE
    assert later.resumed
    assert server.ranges == [None, f"bytes={CUT}-"]


def test_a_part_that_is_all_there_is_not_asked_for_again(server, tmp_path):
    part = PartialFile(tmp_path / "m.part", kept=True)
    part.restart('"1"', len(WHOLE))
    part.path.write_bytes(WHOLE)
    ResumingDownloader().fill(PartialFile(part.path, kept=True), server.base)
    assert not server.requests


@pytest.mark.parametrize(
    "note", [None, "", "{", "[]", "{}", '{"version": 1, "total": 2}', '{"version": "1"}']
)
def test_a_part_whose_version_is_not_known_counts_as_nothing(server, tmp_path, note):
    (tmp_path / "m.part").write_bytes(NEW[:CUT])
    if note is not None:
        (tmp_path / "m.part.json").write_text(note)
    part = PartialFile(tmp_path / "m.part", kept=True)
    assert part.size == 0
    ResumingDownloader().fill(part, server.serve("/m.zip", good()))
    assert part.path.read_bytes() == WHOLE


def test_what_does_not_fit_on_the_disk_is_refused_before_it_is_sent(server, tmp_path, monkeypatch):
    monkeypatch.setattr(downloading, "free_space_beside", lambda _: 1000)
    with pytest.raises(OSError, match=f"{len(WHOLE)} bytes to come, 1000 bytes free") as error:
        download(server.serve("/m.zip", good()), tmp_path / "m.zip")
    assert error.value.filename == str(tmp_path / "m.zip")


def test_the_bar_is_shown_on_a_terminal_only(server, tmp_path, capfd, monkeypatch):
    address = server.serve("/m.zip", MASKS)

    def shown(progressbar):
        part = PartialFile(tmp_path / "m.zip", kept=False)
        ResumingDownloader(progressbar=progressbar).fill(part, address)
        return capfd.readouterr().err

    assert shown(True) == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert shown(False) == ""
    assert "100%" in shown(True)
    monkeypatch.setattr(sys, "stderr", None)  # closed, as of a service
    assert shown(True) == ""


def test_the_log_tells_of_every_attempt(server, tmp_path, caplog):
    caplog.set_level(logging.INFO, logger="teeth_unet")
    address = server.serve("/m.zip", Response(status=500), good(sent=CUT), good())
    download(address + "?token=s3cret", tmp_path / "m.zip")
    assert [record.getMessage() for record in caplog.records] == [
        f"{address}: HTTP 500 Internal Server Error. Trying again.",
        f"{address}: a content that breaks off. Trying again.",
        "Going on after 0.1 MB.",
    ]
