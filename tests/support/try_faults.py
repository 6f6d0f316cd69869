"""Fetching from a server with a fault, and what comes of it."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archives import sha256
from faults import LIMITS, WHOLE, Fault
from loopback import Loopback, loopback_server
from zip_fetching import fetch

from teeth_unet.acquisition import Address, DownloadRules, Unavailable


@dataclass
class Outcome:
    """What came of a fault: the bytes fetched or the words of the refusal, and the traces."""

    gave: bytes | str
    requests: int
    ranges: list[str | None]
    left: list[str]


def try_fault(fault: Fault, cache: Path) -> Outcome:
    """Fetch from a server with a fault."""
    with loopback_server() as server:
        url = fault.address(server.serve("/m.zip", *fault.responses))
        address = Address(url, sha256(WHOLE) if fault.checked else None)
        rules = DownloadRules(**(LIMITS | fault.rules))
        try:
            gave = fetch(address, cache, rules).read_bytes()
        except Unavailable as failure:
            gave = str(failure)
            assert not address.place(cache).exists()
        return _outcome(gave, server, cache)


def _outcome(gave: bytes | str, server: Loopback, cache: Path) -> Outcome:
    left = sorted(path.name for path in cache.iterdir())
    return Outcome(gave, server.requests["/m.zip"], server.ranges, left)


def name_servers(
    host: str, *rest: Any, known: Callable[..., Any] = socket.getaddrinfo, **options: Any
) -> Any:
    """Stand in for `socket.getaddrinfo`, so that no test asks a real name server."""
    if host == "again.invalid":
        raise socket.gaierror(socket.EAI_AGAIN, "no name server")
    if host == "never.invalid":
        raise socket.gaierror(socket.EAI_NONAME, "unknown name")
    return known(host, *rest, **options)
