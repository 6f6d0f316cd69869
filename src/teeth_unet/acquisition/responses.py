"""What servers say, read with suspicion."""

import http.client
import queue
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3

from teeth_unet.errors import without_secrets

BLOCK = 1 << 16  # bytes

_PASSING_STATUS = {408, 416, 425, 429, 500, 502, 503, 504}  # 416: the content has become shorter


class Unavailable(Exception):
    """An address gave no usable archive; the text says in a few words what it gave instead.

    Attributes:
        passing: Whether the same request may well succeed a little later.
        wait: Seconds after which the server wants to be asked again, if it says so.
    """

    def __init__(self, reason: str, *, passing: bool = False, wait: float = 0) -> None:
        super().__init__(reason)
        self.passing = passing
        self.wait = wait


def ask(url: str, longest: float, **options: Any) -> requests.Response:  # noqa: ANN401
    """Send a GET request and return the response as soon as its headers are there.

    Args:
        url: What to ask for.
        longest: Seconds for all of it. The request runs in a thread of its own, since neither
            the look-up of a name nor headers that come byte by byte keep to a time-out.
        options: Anything for `requests.get`.

    Raises:
        Unavailable: No response, or one that is not a content.
    """
    responses: queue.SimpleQueue[requests.Response | Unavailable] = queue.SimpleQueue()

    def send() -> None:
        try:
            responses.put(requests.get(url, stream=True, **options))
        except Exception as failure:
            responses.put(Unavailable(in_words(failure), passing=_may_pass(failure)))

    threading.Thread(target=send, daemon=True).start()
    try:
        response = responses.get(timeout=longest)
    except queue.Empty:
        response = Unavailable("no response in time", passing=True)
    # Raised out here, so that the cause, which shows the whole URL, is not chained to it.
    if isinstance(response, Unavailable):
        raise response
    status = response.status_code
    if status not in (200, 206):
        response.close()
        said = f"HTTP {status} {response.reason}"
        raise Unavailable(said, passing=status in _PASSING_STATUS, wait=_wait(response))
    return response


def read_blocks(response: requests.Response, lowest_rate: float, window: float) -> Iterator[bytes]:
    """Yield the body as it comes, undecoded.

    Args:
        response: A response whose body has not been read.
        lowest_rate: Bytes a second below which the server counts as stalled…
        window: …if that lasts for so many seconds.

    Raises:
        Unavailable: The body stalls, breaks off, or ends too early.
    """
    began, arrived = time.monotonic(), 0
    while block := _read(response):
        yield block
        arrived += len(block)
        passed = time.monotonic() - began
        if passed >= window:
            if arrived < lowest_rate * passed:
                raise Unavailable(f"less than {lowest_rate:g} bytes a second", passing=True)
            began, arrived = time.monotonic(), 0


def decoded(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Undo a Content-Encoding, in pieces of limited size.

    Raises:
        Unavailable: The encoding is unknown, or the bytes are not in it.
    """
    if encoding in ("", "identity"):
        yield from blocks
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Unavailable(f"a content in the encoding {encoding!r}, which nobody asked for")
    unpacker, problem = zlib.decompressobj(wbits=47), None  # 47: gzip or zlib, as it begins
    try:
        for block in blocks:
            while block:
                yield unpacker.decompress(block, BLOCK)
                block = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as failure:
        problem = str(failure)
    if problem:
        raise Unavailable(f"a content that is not in the encoding {encoding!r}: {problem}")
    if not unpacker.eof:
        raise Unavailable("a content that breaks off", passing=True)


def length_of(response: requests.Response) -> int | None:
    """Return how many bytes the body has as it is sent, if the server says so."""
    length = response.headers.get("Content-Length", "")
    return int(length) if re.fullmatch(r"\d{1,18}", length) else None


def encoding_of(response: requests.Response) -> str:
    """Return the Content-Encoding in lower case, "" for none."""
    return response.headers.get("Content-Encoding", "").strip().lower()


def version_of(response: requests.Response) -> str | None:
    """Return what names the version of the content in `If-Range`, if anything does.

    A weak ETag does not: it stands for contents that differ in bytes.
    """
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified")


def continues(
    response: requests.Response, start: int, version: str | None, total: int | None
) -> bool:
    """Tell whether a partial content begins where asked, and belongs to the same whole."""
    span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    return (
        span is not None
        and int(span[1]) == start
        and (total is None or span[2] in ("*", str(total)))
        and version_of(response) in (None, version)
        and encoding_of(response) in ("", "identity")
    )


def in_words(failure: BaseException) -> str:
    """Say what went wrong: the innermost reason, since the outer ones wrap it in URLs."""
    cause = failure
    while inner := cause.__cause__ or cause.__context__:
        cause = inner
    if isinstance(cause, http.client.IncompleteRead):  # less than announced, or half a chunk
        return "a content that breaks off"
    if isinstance(cause, TimeoutError) or isinstance(failure, requests.Timeout):
        return "no response in time"
    return without_secrets(str(cause)) or type(cause).__name__


def _read(response: requests.Response) -> bytes:
    """Return what has come, at least one byte unless it is the end."""
    try:
        # `read` and `iter_content` wait for a whole block, however slowly it comes.
        return response.raw.read1(BLOCK, decode_content=False)
    except urllib3.exceptions.ReadTimeoutError:
        problem = "no response in time"
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as failure:
        problem = in_words(failure)
    raise Unavailable(problem, passing=True)


def _may_pass(failure: Exception) -> bool:
    """Tell whether a request that got no response may get one a little later."""
    cause: BaseException | None = failure
    while cause:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return False
        if isinstance(cause, socket.gaierror):
            return cause.errno == socket.EAI_AGAIN
        cause = cause.__cause__ or cause.__context__
    return isinstance(failure, requests.ConnectionError | requests.Timeout)


def _wait(response: requests.Response) -> float:
    """Return the seconds of a Retry-After header, 0 without one that can be read."""
    text = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
