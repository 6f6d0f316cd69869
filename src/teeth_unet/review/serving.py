"""The server at work: from what a command is given to a page."""

import errno
import logging
import os
import secrets
import socket
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from teeth_unet.errors import InputError
from teeth_unet.lineage import AtWork, Claim
from teeth_unet.review.application import make_application
from teeth_unet.review.corrections import CorrectionFolder
from teeth_unet.review.guarding import Rules
from teeth_unet.review.lessons import Training
from teeth_unet.review.proposing import Proposer
from teeth_unet.review.school import School
from teeth_unet.review.settings import Review
from teeth_unet.review.workplace import Workplace
from teeth_unet.review.xrays import find_xrays
from teeth_unet.segmentation import Segmenter

log = logging.getLogger(__name__)

PROPOSALS = ".proposals"
"""Folder of what the network said, beside the corrections: it may be removed at any time."""

NAME = "teeth-unet review"


def serve(
    paths: Sequence[Path],
    corrections: Path,
    segmenter: Segmenter,
    settings: Review,
    training: Training,
    start: Path | None = None,
) -> None:
    """Serve the page until the program is stopped.

    Args:
        paths: X-rays, or folders of results.
        corrections: Folder of corrections, which need not exist.
        segmenter: The network.
        settings: Where the page is, and who corrects.
        training: How another network is taught.
        start: File of the network; None for that of the package: then the one is used that was
            taught and chosen on the page before.

    Raises:
        InputError: What was given cannot be used.
        OSError: The port is taken, or the folder cannot be written.
    """
    import uvicorn  # only where the extra `review` is installed

    listening = _listening(settings)
    files, told = find_xrays(paths, corrections)
    for sentence in told:
        log.info("%s", sentence)
    with _claimed(corrections):
        proposer = Proposer(segmenter, corrections / PROPOSALS)
        workplace = Workplace(files, proposer, CorrectionFolder(corrections), settings.person)
        rules = Rules(settings.host, settings.token or _token_for(settings.host))
        school = School(workplace, training, start)
        application = make_application(workplace, school, rules)
        # No line a request: addresses and names of files are nothing for a log.
        config = uvicorn.Config(
            application, access_log=False, log_config=None, server_header=False, ws="none"
        )
        address = _address(settings, rules)
        log.info("X-rays: %d. Corrections: %s", len(files), corrections)
        log.info("Open %s (Ctrl+C ends the server, nothing is lost)", address)
        if settings.browser:
            webbrowser.open(address)
        workplace.look_ahead()
        school.go_on()
        try:
            with suppress(KeyboardInterrupt):  # how such a server ends
                uvicorn.Server(config).run(sockets=[listening])
        finally:
            school.teaching.leave()
            workplace.stop()


def _listening(settings: Review) -> socket.socket:
    """Return the socket of the server, before anything that takes long.

    Raises:
        InputError: Nobody can listen there.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    place = settings.host, settings.port
    try:
        return socket.create_server(place, family=family)
    except OSError as failure:
        taken = failure.errno == errno.EADDRINUSE
        raise InputError(
            f"{settings.host}, port {settings.port}",
            "a place where a page can be served",
            "another program there" if taken else str(failure.strerror or failure),
            "Give another port: --port NUMBER" if taken else "Give another one: --host ADDRESS",
        ) from failure


def _token_for(host: str) -> str:
    return "" if Rules(host).is_of_this_machine else secrets.token_urlsafe(24)


def _address(settings: Review, rules: Rules) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}/{f'?token={rules.token}' if rules.token else ''}"


@contextmanager
def _claimed(corrections: Path) -> Iterator[None]:
    """Keep a second server from the same folder: revisions are counted by one alone.

    Raises:
        InputError: One is at work there.
    """
    place = Path(os.path.realpath(corrections))
    place.mkdir(parents=True, exist_ok=True)
    since = datetime.now().strftime("%H:%M on %Y-%m-%d")
    try:
        claim = Claim(AtWork(NAME, {}, {str(place): "corrections"}, since), [place])
    except InputError as busy:
        _, _, found, _ = busy.args
        raise InputError(
            str(corrections),
            "no other server that corrects there",
            found,
            "Use the page that is open, or give another folder: --corrections FOLDER",
        ) from busy
    try:
        yield
    finally:
        claim.release()
