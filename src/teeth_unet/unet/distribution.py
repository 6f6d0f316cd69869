"""Where the processes of a training meet, and what Keras computes with. Imports no Keras."""

import os
import re
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import NamedTuple, NoReturn

from teeth_unet.errors import InputError
from teeth_unet.unet.settings import Distribution

BACKEND = "jax"

ENVIRONMENT = {
    "address": "KERAS_DISTRIBUTION_JOB_ADDRESSES",
    "processes": "KERAS_DISTRIBUTION_NUM_PROCESSES",
    "process": "KERAS_DISTRIBUTION_PROCESS_ID",
}
"""What is not given as a parameter is read from here, under the names that Keras reads."""

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/]+):(\d{1,5})")


class Meeting(NamedTuple):
    """Where the processes of one training meet.

    Attributes:
        host: Name or IP address of the first process.
        port: At which it listens.
        processes: How many there are.
        process: The number of this one, 0 for the first.
    """

    host: str
    port: int
    processes: int
    process: int

    @property
    def address(self) -> str:
        """The address as JAX takes it."""
        return f"{self.host}:{self.port}"


def meeting_of(
    distribution: Distribution, environment: Mapping[str, str] = os.environ
) -> Meeting | None:
    """Return where the processes of this training meet; None where this one is alone.

    Args:
        distribution: The settings of one of them.
        environment: Where to look for what is not given.

    Raises:
        InputError: One of address, number of processes and number of this one is missing or
            not usable.
    """
    if distribution.kind != "data_parallel":
        return None
    values = {name: _given(distribution, name, environment) for name in ENVIRONMENT}
    if not any(values.values()) or (values["processes"] == "1" and not values["address"]):
        return None
    for name, value in values.items():
        if not value:
            _refuse(name, "a value, since others are given", "none")
    host, port = _host_and_port(values["address"])
    processes, process = (_number(name, values[name]) for name in ("processes", "process"))
    if process >= processes:
        _refuse("process", f"0 to {processes - 1}, since there are {processes}", str(process))
    return Meeting(host, port, processes, process) if processes > 1 else None


def _given(distribution: Distribution, name: str, environment: Mapping[str, str]) -> str:
    value = getattr(distribution, name)
    return environment.get(ENVIRONMENT[name], "").strip() if value is None else str(value)


def _host_and_port(addresses: str) -> tuple[str, int]:
    first = addresses.split(",")[0].strip()  # Keras takes those of all processes, too
    found = _ADDRESS.fullmatch(first)
    if not found or not 0 < int(found[2]) < 2**16:
        _refuse("address", "name or IP address and port, such as 10.0.0.1:8476", repr(first))
    return found[1], int(found[2])


def _number(name: str, value: str) -> int:
    if not value.isdecimal():
        _refuse(name, "a whole number", repr(value))
    return int(value)


def _refuse(name: str, expected: str, found: str) -> NoReturn:
    raise InputError(
        f"training.distribution.{name}",
        expected,
        found,
        f"Give it as a parameter, or in the variable {ENVIRONMENT[name]}.",
    )


def choose_backend(distribution: Distribution) -> None:
    """Have Keras compute with JAX where a training needs it, which can be told once only.

    Raises:
        InputError: JAX is not installed, or Keras has been told to compute with something else.
    """
    if distribution.kind == "none":
        return
    if find_spec(BACKEND) is None:
        raise InputError(
            f"training.distribution={distribution.kind}",
            "JAX to be installed",
            "none",
            'pip install -e ".[jax]", and on GPUs: pip install "jax[cuda13]"',
        )
    chosen = os.environ.get("KERAS_BACKEND") or _imported_backend()
    if chosen not in ("", BACKEND):
        raise InputError(
            f"training.distribution={distribution.kind}",
            "Keras to compute with jax",
            f"{chosen}, which was chosen before",
            "Leave out KERAS_BACKEND; in a notebook, set it to jax before anything is imported.",
        )
    os.environ["KERAS_BACKEND"] = BACKEND


def _imported_backend() -> str:
    keras = sys.modules.get("keras")
    return str(keras.backend.backend()) if keras else ""
