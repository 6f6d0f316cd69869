"""A web server on this machine that gives scripted answers and counts the requests."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What the server says to one request.

    Attributes:
        body: The bytes announced in Content-Length.
        status: HTTP status.
        sent: How many bytes of the body really follow; all of them by default.
        stall: Seconds of silence before the rest of the body.
        headers: Further headers.
    """

    body: bytes = b""
    status: int = 200
    sent: int | None = None
    stall: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


class Loopback:
    """Scripted answers by path; the last answer of a path stands for all later requests."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.requests: Counter[str] = Counter()
        self.authorizations: list[str | None] = []
        self._answers: defaultdict[str, list[Answer]] = defaultdict(list)
        self.closing = threading.Event()

    def serve(self, path: str, *answers: Answer | bytes) -> str:
        """Script the answers of a path, in order, and return its address."""
        self._answers[path] = [
            answer if isinstance(answer, Answer) else Answer(answer) for answer in answers
        ]
        return self.base + path

    def answer(self, path: str) -> Answer:
        self.requests[path] += 1
        answers = self._answers[path] or [Answer(b"nothing here", status=404)]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@contextmanager
def loopback_server() -> Iterator[Loopback]:
    """Run the server until the block ends; from then on its port refuses connections."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
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
    def do_GET(self) -> None:
        loopback: Loopback = self.server.loopback
        loopback.authorizations.append(self.headers.get("Authorization"))
        answer = loopback.answer(self.path.partition("?")[0])
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        half = len(answer.body) // 2
        try:
            if answer.stall:
                self.wfile.write(answer.body[:half])
                self.wfile.flush()
                loopback.closing.wait(answer.stall)
                self.wfile.write(answer.body[half:])
            else:
                self.wfile.write(answer.body[: answer.sent])
        except ConnectionError:
            pass  # the client has given up, as it should

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""
