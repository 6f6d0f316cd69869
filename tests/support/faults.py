"""What can go wrong on the way to an archive, each with what is to come of it."""

import gzip
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from archives import PAGE, picture, sha256, zipped
from loopback import Response

_NOISE = random.Random(0)
WHOLE = zipped({"1.png": picture(1), "2.png": picture(2), "noise": _NOISE.randbytes(150_000)})
NEW = zipped({"1.png": picture(3), "2.png": picture(4), "noise": _NOISE.randbytes(150_000)})
CUT = 60_000
LIMITS = {"timeout": 300, "retries": 2, "time_limit": 9000, "size_limit": 1_000_000}
SHORT = {"timeout": 0.2}  # only where time is the fault
PATIENT = {"timeout": 2}  # where a response comes in the end, from a busy machine perhaps


@dataclass
class Fault:
    """A misbehaving server.

    Attributes:
        name: What is wrong, in words.
        responses: What the server says, request by request.
        gives: The archive that is fetched in the end, or the words of the refusal.
        requests: How many requests are made of it.
        ranges: The Range headers of these requests, where it matters.
        checked: Whether the checksum of `WHOLE` is known.
        rules: Limits other than `LIMITS`.
        address: Makes another address of the server's.
    """

    name: str
    responses: list[Response]
    gives: bytes | str = WHOLE
    requests: int = 1
    ranges: list[str | None] | None = None
    checked: bool = False
    rules: dict[str, Any] = field(default_factory=dict)
    address: Callable[[str], str] = str


def good(**options: Any) -> Response:
    return Response(WHOLE, etag='"1"', **options)


def plain(**options: Any) -> Response:
    return Response(WHOLE, **options)


def packed(content: bytes, encoding: str = "gzip", **options: Any) -> Response:
    return Response(content, headers={"Content-Encoding": encoding}, **options)


def closed_port(_: str) -> str:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{bound.getsockname()[1]}/m.zip"


BUSY = Response(PAGE, status=503)
REST = [None, f"bytes={CUT}-"]
ONCE = {"retries": 0}

FAULTS = [
    Fault("none", [plain()]),
    Fault("none, checksum known", [plain()], checked=True),
    Fault("refused connection", [], "Connection refused, after 3 attempts", 0, address=closed_port),
    Fault(
        "no name server",
        [],
        "no name server, after 3 attempts",
        0,
        address=lambda _: "http://again.invalid/m.zip",
    ),
    Fault("unknown host", [], "unknown name", 0, address=lambda _: "http://never.invalid/m.zip"),
    Fault(
        "no TLS behind https",
        [],
        "after 3 attempts",
        0,
        address=lambda url: url.replace("http", "https"),
    ),
    Fault("HTTP 404", [Response(PAGE, status=404)], "HTTP 404 Not Found"),
    Fault("HTTP 403", [Response(PAGE, status=403)], "HTTP 403 Forbidden"),
    Fault("HTTP 401", [Response(PAGE, status=401)], "HTTP 401 Unauthorized"),
    Fault("HTTP 204", [Response(status=204)], "HTTP 204 No Content"),
    Fault("HTTP 500, then 200", [Response(PAGE, status=500), plain()], WHOLE, 2),
    Fault("HTTP 503 twice, then 200", [BUSY, BUSY, plain()], WHOLE, 3),
    Fault("HTTP 503 for ever", [BUSY], "HTTP 503 Service Unavailable, after 3 attempts", 3),
    Fault(
        "HTTP 429, then 200",
        [Response(status=429, headers={"Retry-After": "0"}), plain()],
        WHOLE,
        2,
    ),
    Fault(
        "HTTP 429, an hour's pause",
        [Response(status=429, headers={"Retry-After": "3600"}), plain()],
        "HTTP 429 Too Many Requests, to be asked again in 3600 s",
    ),
    Fault("a web page with status 200", [Response(PAGE)], "a web page: the file may have moved"),
    Fault("JSON with status 200", [Response(b'{"error": 1}')], "a JSON text"),
    Fault("a tar.gz", [Response(gzip.compress(b"-"))], "a gzip file, such as tar.gz"),
    Fault("nothing with status 200", [Response()], "no zip archive, but 0 bytes"),
    Fault(
        "endless redirects", [Response(status=302, headers={"Location": "/m.zip"})], "Exceeded", 31
    ),
    Fault(
        "redirect to another scheme",
        [Response(status=302, headers={"Location": "file:///etc/passwd"})],
        "No connection adapters",
    ),
    Fault(
        "slow drip",
        [good(drip=0.01)],
        "less than 1000 bytes a second, after 3 attempts",
        3,
        rules=SHORT,
    ),
    Fault("slow drip, then the rest", [good(drip=0.01), good()], WHOLE, 2, rules=PATIENT),
    Fault(
        "slow drip, total time",
        [good(drip=0.01)],
        "not complete within 0.3 s",
        rules={"time_limit": 0.3, "lowest_rate": 0},
    ),
    Fault(
        "slow drip of headers",
        [good(drip_head=0.1)],
        "no response in time",
        rules={**ONCE, "timeout": 0.15},
    ),
    Fault("a stall", [plain(stall=9)], "no response in time, after 3 attempts", 3, rules=SHORT),
    Fault(
        "a stall, then the rest",
        [good(stall=9), good()],
        WHOLE,
        2,
        [None, f"bytes={len(WHOLE) // 2}-"],
        rules=PATIENT,
    ),
    Fault("reset, ranges", [good(sent=CUT, reset=True), good()], WHOLE, 2),
    Fault("reset, no ranges", [plain(sent=CUT, reset=True), plain()], WHOLE, 2, [None, None]),
    Fault("reset for ever", [plain(sent=CUT, reset=True)], "after 3 attempts", 3),
    Fault(
        "reset before a word",
        [Response(status=200, announced=None, sent=0, reset=True, body=WHOLE), plain()],
        WHOLE,
        2,
    ),
    Fault("cut short, length right", [good(sent=CUT), good()], WHOLE, 2, REST),
    Fault(
        "cut short twice",
        [good(sent=CUT), good(sent=CUT), good()],
        WHOLE,
        3,
        [*REST, f"bytes={2 * CUT}-"],
    ),
    Fault("cut short, length wrong", [Response(WHOLE[:CUT])], "it may be cut short"),
    Fault("cut short, no length", [Response(WHOLE[:CUT], announced=None)], "it may be cut short"),
    Fault("no length", [plain(announced=None)]),
    Fault("a length that is no number", [plain(announced="many")]),
    Fault("a length too short", [plain(announced=CUT)], "it may be cut short"),
    Fault("chunks", [plain(chunked=True)]),
    Fault("chunks, cut short", [plain(chunked=True, sent=CUT), plain(chunked=True)], WHOLE, 2),
    Fault("ETag has changed", [good(sent=CUT), Response(NEW, etag='"2"')], NEW, 2, REST),
    Fault(
        "weak ETag",
        [Response(WHOLE, headers={"ETag": 'W/"1"'}, sent=CUT), plain()],
        WHOLE,
        2,
        [None, None],
    ),
    Fault(
        "Last-Modified",
        [plain(headers={"Last-Modified": "Mon, 02 Jan 2023 03:04:05 GMT"}, sent=CUT), plain()],
        WHOLE,
        2,
        REST,
    ),
    Fault(
        "other ETag, partial content all the same",
        [
            good(sent=CUT),
            Response(NEW, etag='"2"', span=f"bytes {CUT}-{len(NEW) - 1}/{len(NEW)}"),
            Response(NEW),
        ],
        NEW,
        3,
        [*REST, None],
    ),
    Fault(
        "other ETag, partial content, no more attempts",
        [good(sent=CUT), Response(NEW, etag='"2"', span=f"bytes {CUT}-{len(NEW) - 1}/{len(NEW)}")],
        "another part than the one asked for, after 2 attempts",
        2,
        rules={"retries": 1},
    ),
    Fault(
        "the rest of something longer",
        [good(sent=CUT), good(span=f"bytes {CUT}-{len(WHOLE) - 1}/{len(WHOLE) + 5}"), good()],
        WHOLE,
        3,
        [*REST, None],
    ),
    Fault(
        "gzip encoding with an ETag, cut short",
        [packed(gzip.compress(WHOLE), sent=CUT, etag='"1"'), good()],
        WHOLE,
        2,
        [None, None],
    ),
    Fault(
        "other content, same ETag",
        [good(sent=CUT), Response(NEW, etag='"1"')],
        NEW,
        3,
        [*REST, None],
    ),
    Fault(
        "other content, same ETag, checksum known",
        [Response(NEW, etag='"1"', sent=CUT), good()],
        WHOLE,
        3,
        [*REST, None],
        checked=True,
    ),
    Fault(
        "the wrong part",
        [good(sent=CUT), good(span=f"bytes 0-9/{len(WHOLE)}"), good()],
        WHOLE,
        3,
        [*REST, None],
    ),
    Fault(
        "content has become shorter",
        [good(sent=CUT), Response(NEW[:9], etag='"1"'), Response(NEW)],
        NEW,
        3,
        [*REST, None],
    ),
    Fault(
        "wrong checksum", [Response(NEW)], f"{sha256(NEW)} instead of {sha256(WHOLE)}", checked=True
    ),
    Fault(
        "a flipped bit, checksum unknown",
        [Response(WHOLE[:CUT] + bytes([WHOLE[CUT] ^ 1]) + WHOLE[CUT + 1 :])],
        "Bad CRC-32",
    ),
    Fault("gzip encoding", [packed(gzip.compress(WHOLE))], checked=True),
    Fault(
        "gzip encoding, cut short",
        [packed(gzip.compress(WHOLE), sent=CUT), plain()],
        WHOLE,
        2,
        [None, None],
    ),
    Fault(
        "gzip encoding, cut short unnoticed",
        [packed(gzip.compress(WHOLE)[:CUT]), plain()],
        WHOLE,
        2,
    ),
    Fault("gzip encoding in name only", [packed(WHOLE)], "not in the encoding 'gzip'"),
    Fault("an encoding not asked for", [packed(WHOLE, "br")], "in the encoding 'br', which nobody"),
    Fault(
        "larger than the limit, as announced",
        [Response(bytes(2_000_000))],
        "announces 2000000 bytes or more",
    ),
    Fault(
        "larger than the limit, unannounced",
        [Response(bytes(2_000_000), announced=None)],
        "sends 10",
    ),
    Fault(
        "larger than the limit, unpacked", [packed(gzip.compress(bytes(50_000_000)))], "sends 10"
    ),
]
