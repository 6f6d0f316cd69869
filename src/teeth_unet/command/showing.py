"""What a person sees while it works: lines of the log, and a bar where a terminal shows one."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from teeth_unet.command.wording import of_this_command

if TYPE_CHECKING:
    from teeth_unet.inference import Progress


class _Lines(logging.Handler):
    """Prints lines on the error stream, above the bar if there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        level = f"{record.levelname}: " if record.levelno > logging.INFO else ""
        line = level + of_this_command(record.getMessage())
        if "tqdm" in sys.modules:
            from tqdm import tqdm

            tqdm.write(line, file=sys.stderr)
        else:
            click.echo(line, err=True)


@contextmanager
def shown_log() -> Iterator[None]:
    """Print what the rooms tell; keep back what libraries say to programmers."""
    ours, handler, nothing = logging.getLogger("teeth_unet"), _Lines(), logging.NullHandler()
    level = ours.level
    ours.setLevel(logging.INFO)
    ours.addHandler(handler)
    logging.root.addHandler(nothing)  # without any, Python prints warnings of every library
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logging.root.removeHandler(nothing)
        ours.removeHandler(handler)
        ours.setLevel(level)


@contextmanager
def shown_progress(total: int) -> Iterator["Progress"]:
    """Return what counts the X-rays: with a bar on a terminal, with a line now and then elsewhere.

    Args:
        total: Number of X-rays.
    """
    from teeth_unet.inference import Progress

    if not sys.stderr.isatty():
        yield Progress(total)
        return
    from tqdm import tqdm

    class Bar(Progress):
        """Shows every X-ray at once."""

        def tell(self) -> None:
            bar.update(self.done - bar.n)

    with tqdm(total=total, unit="X-ray", ncols=79, ascii=sys.platform == "win32") as bar:
        yield Bar(total)
