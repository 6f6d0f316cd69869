"""A downloader that resumes where it was cut off, and does not wait for ever."""

import errno
import logging
import random
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NoReturn

import requests
from tqdm import tqdm

from teeth_unet.acquisition.credentials import Login, hidden
from teeth_unet.acquisition.partial_files import PartialFile
from teeth_unet.acquisition.responses import (
    Unavailable,
    ask,
    continues,
    decoded,
    encoding_of,
    length_of,
    read_blocks,
    version_of,
)
from teeth_unet.acquisition.settings import DownloadRules
from teeth_unet.errors import without_secrets
from teeth_unet.storage import free_space_beside

FIRST_PAUSE = 0.5  # seconds before the second attempt; every later pause is twice as long
LONGEST_PAUSE = 60.0  # seconds; whoever wants a longer one is not asked again

_HEADERS = 4  # time-outs until the headers are there: some hosts have several addresses

_logger = logging.getLogger(__name__)


class ResumingDownloader:
    """Downloads over HTTP(S), in several attempts if need be.

    An attempt resumes where the one before was cut off, if the server can do that and names the
    version of its content. Whether the whole is right is for the caller to check.

    Args:
        rules: Limits of time and size.
        login: Who asks; None for nobody in particular.
        progressbar: Whether to show a bar, on a terminal only.

    Attributes:
        resumed: Whether the last file was put together from several attempts or runs.
    """

    def __init__(
        self,
        rules: DownloadRules | None = None,
        *,
        login: Login | None = None,
        progressbar: bool = False,
    ) -> None:
        self.rules = rules or DownloadRules()
        self.resumed = False
        self._login = login
        self._bar = bool(progressbar and sys.stderr and sys.stderr.isatty())

    def fill(self, part: PartialFile, url: str) -> None:
        """Get what is missing of a file.

        Args:
            part: What has arrived so far.
            url: Where to get it.

        Raises:
            Unavailable: It cannot be had. What has arrived is kept if a later one may resume it.
            OSError: The file cannot be written.
        """
        self.resumed = False
        deadline = time.monotonic() + self.rules.time_limit
        for attempt in range(1 + self.rules.retries):
            try:
                self._attempt(url, part, deadline)
                return
            except Unavailable as failure:
                reason, passing, wait = str(failure), failure.passing, failure.wait
            if not passing or "HTTP 416" in reason:
                part.restart()
            pause = max(wait, FIRST_PAUSE * 2**attempt * random.uniform(0.75, 1.25))
            last = attempt == self.rules.retries or time.monotonic() + pause > deadline
            if last or not passing or pause > LONGEST_PAUSE:
                break
            shown = hidden(reason, url, self._login)
            _logger.warning("%s: %s. Trying again.", without_secrets(url), shown)
            time.sleep(pause)
        reason = hidden(reason, url, self._login)
        reason += f", after {attempt + 1} attempts" if attempt else ""
        reason += f", to be asked again in {wait:.0f} s" if wait else ""
        raise Unavailable(reason, passing=passing, wait=wait)

    def _attempt(self, url: str, part: PartialFile, deadline: float) -> None:
        if part.is_complete:
            self.resumed = True
            return
        start, headers = part.size, {"Accept-Encoding": "identity"}
        if start and part.version:  # nothing has arrived of a version that is not known
            headers |= {"Range": f"bytes={start}-", "If-Range": part.version}
        longest = min(_HEADERS * self.rules.timeout, max(deadline - time.monotonic(), 0.001))
        options = {"headers": headers, "auth": self._login, "timeout": self.rules.timeout}
        with closing(ask(url, longest, **options)) as response:
            self._begin(response, part, start)
            self._receive(response, part, deadline)

    def _begin(self, response: requests.Response, part: PartialFile, start: int) -> None:
        """Make ready for a whole content or for the rest of one."""
        if response.status_code == 206:
            if not (start and continues(response, start, part.version, part.total)):
                part.restart()
                raise Unavailable("another part than the one asked for", passing=bool(start))
            self.resumed = True
            _logger.info("Going on after %.1f MB.", start / 1e6)
        else:
            plain = encoding_of(response) in ("", "identity")
            part.restart(*((version_of(response), length_of(response)) if plain else ()))
            self.resumed = False
        to_come = length_of(response) or 0
        self._refuse_above_limit(part, part.size + to_come, "announces")
        if to_come > (free := free_space_beside(part.path)):
            raise OSError(
                errno.ENOSPC, f"{to_come} bytes to come, {free} bytes free", str(part.path)
            )

    def _receive(self, response: requests.Response, part: PartialFile, deadline: float) -> None:
        blocks = read_blocks(response, self.rules.lowest_rate, self.rules.timeout)
        with part.path.open("ab") as file, self._progress(part) as bar:
            for content in decoded(blocks, encoding_of(response)):
                self._refuse_above_limit(part, file.tell() + len(content), "sends")
                file.write(content)
                bar.update(len(content))
                if time.monotonic() > deadline:
                    limit = f"{self.rules.time_limit:g} s"
                    raise Unavailable(f"not complete within {limit}", passing=True)

    def _refuse_above_limit(self, part: PartialFile, size: int, says: str) -> None:
        limit = self.rules.size_limit
        if size > limit:
            raise Unavailable(f"{says} {size} bytes or more, above size_limit {limit}")

    @contextmanager
    def _progress(self, part: PartialFile) -> Iterator["tqdm[NoReturn]"]:
        with tqdm(
            total=part.total,
            initial=part.size,
            unit="B",
            unit_scale=True,
            ncols=79,
            ascii=sys.platform == "win32",
            disable=not self._bar,
        ) as bar:
            yield bar
