"""A web server on this machine that misbehaves on purpose, as scripted, and counts the requests."""

import re
import socket
import struct
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Response:
    """What the server says to one request.

    Attributes:
        body: The whole content.
        status: HTTP status, and after a space its words if they are not the usual ones.
        etag: Name of the content's version; with one, ranges are served.
        span: The Content-Range of a partial content, if not the right one.
        announced: Content-Length, if not the body's; None for no such header.
        sent: How many bytes really follow; all of them by default.
        stall: Seconds of silence before the second half of the body.
        drip: Seconds between single bytes of the body.
        drip_head: Seconds between single bytes of the status line and headers.
        reset: Whether the connection is reset in the end, instead of being closed.
        chunked: Whether the body comes in chunks, without its length.
        headers: Further headers.
    """

    body: bytes = b""
    status: int | str = 200
    etag: str | None = None
    span: str | None = None
    announced: int | str | None = "right"
    sent: int | None = None
    stall: float = 0.0
    drip: float = 0.0
    drip_head: float = 0.0
    reset: bool = False
    chunked: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class Loopback:
    """Scripted responses by path; the last response of a path stands for all later requests."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.requests: Counter[str] = Counter()
        self.ranges: list[str | None] = []
        self.authorizations: list[str | None] = []
        self.encodings: set[str | None] = set()
        self._responses: defaultdict[str, list[Response]] = defaultdict(list)
        self._one_at_a_time = threading.Lock()
        self.closing = threading.Event()

    def serve(self, path: str, *responses: Response | bytes) -> str:
        """Script the responses of a path, in order, and return its address."""
        self._responses[path] = [
            each if isinstance(each, Response) else Response(each) for each in responses
        ]
        return self.base + path

    def response(self, path: str) -> Response:
        with self._one_at_a_time:
            self.requests[path] += 1
            responses = self._responses[path] or [Response(b"nothing here", status=404)]
            return responses.pop(0) if len(responses) > 1 else responses[0]


@contextmanager
def loopback_server() -> Iterator[Loopback]:
    """Run the server until the block ends; from then on its port refuses connections."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a client that has given up, as it should
    server.loopback = Loopback(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.loopback
    finally:
        server.loopback.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.send_response(self.server.loopback.response(self.path).status)
        self.end_headers()

    def do_GET(self) -> None:
        loopback: Loopback = self.server.loopback
        loopback.authorizations.append(self.headers.get("Authorization"))
        loopback.ranges.append(self.headers.get("Range"))
        loopback.encodings.add(self.headers.get("Accept-Encoding"))
        response = loopback.response(self.path.partition("?")[0])
        self._send(response, *self._part(response))
        if response.reset:
            # Closed at once and with nothing said: the other side reads "connection reset".
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.wfile.flush()
            self.connection.close()
        self.close_connection = True

    def _part(self, response: Response) -> tuple[int, bytes, str | None]:
        """Return what a request is told: status, body and Content-Range."""
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        same = self.headers.get("If-Range") in (None, response.etag)
        if not (wanted and (response.span or (response.etag and same)) and response.status == 200):
            return response.status, response.body, None
        first, size = int(wanted[1]), len(response.body)
        if first >= size:
            return 416, b"", f"bytes */{size}"
        span = response.span or f"bytes {first}-{size - 1}/{size}"
        return 206, response.body[first:], span

    def _send(self, response: Response, status: int | str, body: bytes, span: str | None) -> None:
        code, _, words = str(status).partition(" ")
        self.send_response(int(code), words or None)
        headers = {
            "Connection": "close",
            "ETag": response.etag,
            "Content-Range": span,
            **response.headers,
        }
        if response.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif response.announced is not None:
            headers["Content-Length"] = (
                len(body) if response.announced == "right" else (response.announced)
            )
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, str(value))
        head = b"".join(self._headers_buffer) + b"\r\n"
        self._headers_buffer.clear()
        self._write(head, response.drip_head)
        if response.stall:
            self._write(body[: len(body) // 2])
            self.server.loopback.closing.wait(response.stall)
            body = body[len(body) // 2 :]
        if response.chunked and body:
            half = len(body) // 2
            body = b"".join(b"%x\r\n%b\r\n" % (len(b), b) for b in (body[:half], body[half:]))
            body += b"0\r\n\r\n"
        self._write(body[: response.sent], response.drip)

    def _write(self, content: bytes, drip: float = 0.0) -> None:
        if not drip:
            self.wfile.write(content)
            return
        for byte in content:
            self.wfile.write(bytes([byte]))
            if self.server.loopback.closing.wait(drip):
                return

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""
