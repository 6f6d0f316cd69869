"""Logins for private addresses, and how secrets are kept out of what is shown."""

import base64
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from teeth_unet.errors import InputError, without_secrets

VARIABLES = ("TEETH_UNET_HOST", "TEETH_UNET_USERNAME", "TEETH_UNET_PASSWORD", "TEETH_UNET_TOKEN")

_SHORTEST_SECRET = 4  # characters; hiding shorter ones would take common words out of a text
_SHORTEST_QUERY_SECRET = 8
_FORM = "HOST: {username: …, password: …} or HOST: {token: …}"
_WHERE = "Put it right in conf/<env>/credentials.yml, or in the variables TEETH_UNET_…"


@dataclass(frozen=True, repr=False)
class Login(AuthBase):
    """A user name with its password, or a token; it never shows either.

    `requests` calls it to sign a request, and drops the signature if the server sends the request
    on to another host.

    Attributes:
        username: Name for HTTP's basic authentication.
        password: The password that belongs to it.
        token: Bearer token, in place of the two.
    """

    username: str = ""
    password: str = ""
    token: str = ""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign a request."""
        request.headers["Authorization"] = (
            f"Bearer {self.token}" if self.token else f"Basic {self._basic('utf-8')}"
        )
        return request

    def __repr__(self) -> str:
        return "Login(…)"

    def _basic(self, encoding: str) -> str:
        joined = f"{self.username}:{self.password}".encode(encoding, "replace")
        return base64.b64encode(joined).decode()

    @property
    def secrets(self) -> list[str]:
        """Everything that must not be shown."""
        return [self.token, self.password, self._basic("utf-8"), self._basic("latin-1")]


def parse_logins(credentials: Mapping[str, Any] | None) -> dict[str, Login]:
    """Read the logins of a catalog entry's `credentials`.

    Args:
        credentials: By host (with its port where the address has one), `{username, password}` or
            `{token}`.

    Raises:
        InputError: They have another form. The error shows no value.
    """
    if not isinstance(credentials or {}, Mapping):
        raise InputError("credentials", _FORM, "another form", _WHERE)
    return {
        str(host).lower(): _parse_login(str(host), fields)
        for host, fields in (credentials or {}).items()
    }


def login_for(location: str, logins: Mapping[str, Login]) -> Login | None:
    """Return the login for an address: from its catalog entry, else from the environment.

    The environment variables are TEETH_UNET_HOST, and TEETH_UNET_TOKEN or TEETH_UNET_USERNAME
    and TEETH_UNET_PASSWORD. No login is ever sent to a host other than its own.

    Raises:
        InputError: The environment variables are incomplete.
    """
    host = urlsplit(location).netloc.rpartition("@")[2].lower()
    if host in logins:
        return logins[host]
    own_host, username, password, token = (os.environ.get(name, "").strip() for name in VARIABLES)
    if not own_host or own_host.lower() != host:
        return None
    given = {"username": username, "password": password, "token": token}
    return _parse_login(host, {name: value for name, value in given.items() if value})


def _parse_login(host: str, fields: Any) -> Login:  # noqa: ANN401 (whatever the file holds)
    names = set(fields) if isinstance(fields, Mapping) else set()
    values = [str(value).strip() for value in fields.values()] if names else []
    if names not in ({"username", "password"}, {"token"}) or not all(values):
        # Where a value is in the wrong place, even a name may be a secret.
        raise InputError(f"credentials of {plain_host(host)}", _FORM, "another form", _WHERE)
    if not all(value.isprintable() for value in values):
        raise InputError(
            f"credentials of {plain_host(host)}",
            "printable characters",
            "others",
            _WHERE,
        )
    return Login(**dict(zip(fields, values, strict=True)))


def plain_host(host: str) -> str:
    """Return a host as it may be shown: one that looks like none is not."""
    return host if re.fullmatch(r"[\w.\[\]:-]+\.[\w.\[\]:-]+|localhost(:\d+)?", host) else "a host"


def hidden(text: str, location: str, login: Login | None) -> str:
    """Take the secrets of an address and of its login out of a text, wherever they are in it.

    A server may repeat in its response what it was asked.
    """
    parts = urlsplit(location)
    username, _, password = parts.netloc.rpartition("@")[0].partition(":")
    own = Login(unquote(username), unquote(password))
    secrets = {password, *own.secrets, *(login.secrets if login else [])}
    secrets |= {
        value for _, value in parse_qsl(parts.query) if len(value) >= _SHORTEST_QUERY_SECRET
    }
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "…")
    return without_secrets(text)


def _without_query(record: logging.LogRecord) -> bool:
    record.msg, record.args = without_secrets(record.getMessage()), None
    return True


# At level DEBUG urllib3 logs every request with its query.
for _name in ("urllib3.connectionpool", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_without_query)
