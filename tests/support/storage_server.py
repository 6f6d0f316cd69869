"""A storage that speaks like Amazon's, on this machine, for tests; faults come with a proxy."""

import contextlib
import http.client
import logging
import os
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock
from urllib.parse import urlsplit

LOGIN = {
    "AWS_ACCESS_KEY_ID": "AKIASECRETKEYID",
    "AWS_SECRET_ACCESS_KEY": "secret/access/key",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}

BUCKET = "bucket"


@contextlib.contextmanager
def storage_server() -> Iterator[str]:
    """Serve an empty bucket; yield the address for AWS_ENDPOINT_URL."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def client(endpoint: str):
    """Return boto3's own client: what the storage has, seen past all that is tested."""
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def contents(endpoint: str, prefix: str = "") -> dict[str, bytes]:
    """Return all objects of the bucket, by name."""
    amazon = client(endpoint)
    pages = amazon.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
    return {key: amazon.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def environment(endpoint: str, copies: object) -> dict[str, str]:
    """Return the variables with which this storage is used."""
    return {**LOGIN, "AWS_ENDPOINT_URL": endpoint, "TEETH_UNET_COPIES": str(copies)}


@contextlib.contextmanager
def used(endpoint: str, copies: object) -> Iterator[None]:
    """Use this storage in this process; one error of the server's is got over, and no more."""
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()  # which knows another storage
    variables = {**environment(endpoint, copies), "AWS_MAX_ATTEMPTS": "2"}
    with mock.patch.dict(os.environ, variables):
        yield


class FaultyProxy:
    """Stands before a server and lets some requests go wrong, at random or as scripted.

    Attributes:
        kinds: What may go wrong, see `FAULTS`.
        share: Of requests that go wrong.
        left: How many more go wrong by chance.
        script: What becomes of the next requests, before chance decides again; "" is no fault.
        counts: What has gone wrong so far, by kind and method.
        requests: Method and path of all requests.
        slow: Seconds of a slow answer.
    """

    def __init__(self, behind: str) -> None:
        self.kinds: list[str] = list(FAULTS)
        self.share, self.left, self.slow = 0.0, 0, 1.0
        self.script: list[str] = []
        self.counts: Counter[str] = Counter()
        self.requests: list[str] = []
        self._behind = urlsplit(behind)
        self._random = random.Random(1)
        self._one_at_a_time = threading.Lock()

    def fault(self, request: str) -> str:
        """Decide what becomes of a request."""
        with self._one_at_a_time:
            self.requests.append(request)
            found = ""
            if self.script:
                found = self.script.pop(0)
            elif self.left and self._random.random() < self.share:
                found = self._random.choice(self.kinds)
                self.left -= 1
            if found:
                self.counts[f"{found} ({request.split()[0]})"] += 1
            return found

    def ask(self, method: str, path: str, body: bytes, headers: dict) -> http.client.HTTPResponse:
        """Ask the server."""
        server = http.client.HTTPConnection(self._behind.hostname, self._behind.port)
        server.request(method, path, body, headers)
        return server.getresponse()


FAULTS = (
    "500",
    "503",
    "500 once it is done",
    "slow",
    "cut before the request is read",
    "cut in the request",
    "cut once it is done",
    "cut in the answer",
)

_ERRORS = {"500": b"InternalError", "503": b"SlowDown", "403": b"AccessDenied"}
_ERROR = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b"<Error><Code>%s</Code><Message>Injected.</Message></Error>"
)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: FaultyProxy

    def log_message(self, *_) -> None:
        pass

    def _serve(self) -> None:
        fault = self.proxy.fault(f"{self.command} {self.path}")
        if fault == "cut before the request is read":
            return self._cut()
        body = self._body(half=fault == "cut in the request")
        if fault == "cut in the request":
            return self._cut()
        if fault in _ERRORS:
            return self._refuse(fault)
        if fault == "slow":
            time.sleep(self.proxy.slow)
        hop = ("connection", "transfer-encoding", "expect", "content-length")
        headers = {k: v for k, v in self.headers.items() if k.lower() not in hop}
        answer = self.proxy.ask(self.command, self.path, body, headers)
        content = answer.read()
        if fault == "500 once it is done":
            return self._refuse("500")
        if fault == "cut once it is done":
            return self._cut()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else len(content)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if fault == "cut in the answer":
            self.wfile.write(content[: len(content) // 2])
            return self._cut()
        self.wfile.write(content)
        return None

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _serve

    def _body(self, *, half: bool) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return b"".join(parts)
        length = int(self.headers.get("Content-Length") or 0)
        return self.rfile.read(length // 2 if half else length)

    def _refuse(self, status: str) -> None:
        content = _ERROR % _ERRORS[status]
        self.send_response(int(status))
        self.send_header("Content-Length", "0" if self.command == "HEAD" else str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _cut(self) -> None:
        """Reset the connection."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True


@contextlib.contextmanager
def faulty(behind: str) -> Iterator[tuple[FaultyProxy, str]]:
    """Put a proxy before a server; yield it with its address."""
    proxy = FaultyProxy(behind)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_) -> None:
        """Say nothing of clients that were killed."""
