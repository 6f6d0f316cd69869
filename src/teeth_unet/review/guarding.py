"""Who may speak to the server, how much they may send, and what it says of itself.

A server on this machine can be reached by every page that is open in a browser: a form of another
site can post to 127.0.0.1, and a name of another site can be made to lead there. So the name that a
browser asked for and the site that asks are checked before anything is read.
"""

import hmac
import ipaddress
import logging
import socket
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from teeth_unet.errors import InputError

log = logging.getLogger(__name__)

COOKIE = "teeth_unet_token"
SAFE = {"GET", "HEAD"}

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",  # no X-ray is left in the folder of a browser
}


@dataclass(frozen=True)
class Rules:
    """Who may speak to a server.

    Attributes:
        host: The address or name that it listens at.
        token: What a browser or program has to know; empty if it listens to this machine alone.
    """

    host: str
    token: str = ""

    @property
    def is_of_this_machine(self) -> bool:
        """Whether it listens to programs of this machine alone."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Tell whether an address leads to this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """Stands before an application, and answers in its place what it should not see."""

    def __init__(self, application: ASGIApp, rules: Rules) -> None:
        self._application = application
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
            return
        if scope["type"] != "http":  # no page here opens anything else
            await send({"type": "websocket.close", "code": 1008})
            return
        begun = False

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._refused(scope)
        try:
            await (refused or self._application)(scope, receive, with_headers)
        except Exception as failure:  # a traceback's text may name a patient's file
            _log_fault(failure)
            if not begun:
                said = {"error": "The program has a fault. Its log says where."}
                await JSONResponse(said, 500)(scope, receive, with_headers)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not _may_be_asked_for(host, self._rules):
            return _refusal(421, "This server is not called so. Open the address that it printed.")
        if _comes_from_elsewhere(headers, host, scope["method"]):
            return _refusal(403, "Other sites may not ask this server for anything.")
        return self._without_token(scope, headers) if self._rules.token else None

    def _without_token(self, scope: Scope, headers: Headers) -> Response | None:
        """Refuse who does not know the token; who brings it in the address gets a cookie."""
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if asked and scope["path"] == "/" and self._is_token(asked):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(COOKIE, asked, httponly=True, samesite="strict")
            return answer
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        # Other servers of this host may have set cookies that are not well-formed.
        known = cookie_parser(headers.get("cookie", "")).get(COOKIE, bearer)
        if self._is_token(known):
            return None
        return _refusal(401, "Open the whole address that the server printed, with its token.")

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._rules.token.encode())


def _may_be_asked_for(host: str, rules: Rules) -> bool:
    """Tell whether a request's `Host` is a name of this server.

    A number cannot be made to lead elsewhere, names can (DNS rebinding).
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if rules.is_of_this_machine:
        return is_loopback(name)
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in {"localhost", rules.host.lower(), socket.gethostname().lower()}
    return True


def _comes_from_elsewhere(headers: Headers, host: str, method: str) -> bool:
    """Tell of a request that another site has brought about; programs such as curl say nothing."""
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return True
    site = headers.get("sec-fetch-site", "none")
    # A link somewhere may lead to the page, but nothing there may use what it shows.
    is_visit = method in SAFE and headers.get("sec-fetch-mode") == "navigate"
    return site not in ("same-origin", "none") and not is_visit


def _refusal(status: int, said: str) -> Response:
    return JSONResponse({"error": said}, status)


def _log_fault(failure: Exception) -> None:
    """Log where the program failed, without the words of the error."""
    frames = extract_tb(failure.__traceback__)[-6:]
    places = " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in reversed(frames))
    log.error("A request failed: %s at %s", type(failure).__name__, places)


class TooMuchError(InputError):
    """A request that is larger than anything that is taken."""


async def read_body(receive: Receive, headers: Headers, most: int) -> bytes:
    """Return what a request sends, unless it is too much.

    Raises:
        InputError: It is more than so many bytes, whatever it says of itself.
    """
    declared = headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > most:
        raise _too_much(most)
    pieces: list[bytes] = []
    count, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise InputError("request", "all that was announced", "its end", "Send it again.")
        pieces.append(message.get("body", b""))
        count += len(pieces[-1])
        if count > most:
            raise _too_much(most)
        more = message.get("more_body", False)
    return b"".join(pieces)


def _too_much(most: int) -> TooMuchError:
    return TooMuchError(
        "request", f"at most {most // 1_000_000} MB", "more", "Export the X-ray as a PNG."
    )
