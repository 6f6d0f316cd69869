"""The standard streams, and what C++ libraries say past Python's own logging and warnings."""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator


def open_closed_streams() -> None:
    """Let what is written to a standard stream that is closed, as a service's may be, go nowhere.

    Without one the next file that is opened gets its number, and in it all that C++ libraries write
    to that number. Python has None in place of such a stream, which not every library expects.
    """
    _fill_numbers()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (it stays)


def _fill_numbers() -> None:
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            # Takes the lowest number that is free; programs that are started from here have it too.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def show_any_letter() -> None:
    """Let a letter that the terminal does not have be no reason to leave a line out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Hold back what is written to the error stream; show it only if the block fails."""
    _fill_numbers()
    with contextlib.suppress(AttributeError, ValueError, OSError):
        sys.stderr.flush()
    with contextlib.ExitStack() as stack:
        try:
            written = stack.enter_context(tempfile.TemporaryFile())
        except OSError:  # nothing can be written anywhere: then it is shown at once
            yield
            return
        error_stream = os.dup(2)
        os.dup2(written.fileno(), 2)
        try:
            yield
        except BaseException:
            written.seek(0)
            with contextlib.suppress(OSError):  # nobody listens
                os.write(error_stream, written.read())
            raise
        finally:
            os.dup2(error_stream, 2)
            os.close(error_stream)
