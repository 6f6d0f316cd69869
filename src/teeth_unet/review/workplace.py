"""All cases that a page shows: listed, opened, edited, and proposed ahead in the background."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from teeth_unet.case_names import natural_key
from teeth_unet.errors import InputError
from teeth_unet.inference import Inference, open_xray
from teeth_unet.intake import LazyXray
from teeth_unet.quality import Quality
from teeth_unet.review.cases import Case, Summary
from teeth_unet.review.corrections import Corrected, CorrectionFolder, checksum
from teeth_unet.review.known_teeth import Edit
from teeth_unet.review.proposing import Proposer
from teeth_unet.review.xrays import MOST_PIXELS, XrayFile, keep

log = logging.getLogger(__name__)

OPENED = 3
"""X-rays that stay in memory: the one on the page, and its neighbours in the list."""

STEP = 0.01
"""Of the page's threshold."""


class ConflictError(Exception):
    """A case has another revision than the one that an edit was made on."""


@dataclass(frozen=True)
class _Opened:
    xray: NDArray[np.uint8]
    checksum: str
    warnings: tuple[str, ...]


class Workplace:
    """The cases of a page, for any number of threads."""

    def __init__(
        self,
        files: Mapping[str, XrayFile],
        proposer: Proposer,
        corrections: CorrectionFolder,
        person: str = "",
    ) -> None:
        """Set up the cases.

        Args:
            files: The X-rays by key.
            proposer: The network.
            corrections: Where corrections are kept.
            person: Who corrects, as the history names them.
        """
        self.proposer = proposer
        self._first = proposer
        self._proposers = {proposer.fingerprint: proposer}
        self.corrections = corrections
        self._person = person
        self._files = dict(files)
        self._summaries = dict.fromkeys(files, Summary())
        self._opened: OrderedDict[str, _Opened] = OrderedDict()
        self._lock = threading.RLock()  # of all that is in memory, and of every edit
        self.when_idle: Callable[[], bool] = lambda: False
        self._stopped = threading.Event()
        self._ahead: threading.Thread | None = None
        self._tried: set[str] = set()  # of those that wait

    def summaries(self) -> list[tuple[XrayFile, Summary]]:
        """Return all cases, first what needs a look most."""
        with self._lock:
            listed = [(self._files[key], summary) for key, summary in self._summaries.items()]
        return sorted(listed, key=lambda each: (each[1].urgency, natural_key(each[0].case)))

    def xray(self, key: str) -> NDArray[np.uint8]:
        """Return the (h, w) grey levels of a case.

        Raises:
            KeyError: There is no such case.
            InputError: It is no intact X-ray, or too large for a page.
        """
        return self._open(key).xray

    def case(self, key: str, threshold: float | None = None) -> Case:
        """Return a case.

        Args:
            key: Its key.
            threshold: Of the proposal; None for the network's own.

        Raises:
            KeyError: There is no such case.
            InputError: It is no intact X-ray, or what is kept of it is of another X-ray.
        """
        file, opened = self._files[key], self._open(key)
        corrected = self._corrected(file, opened)
        proposer = self.proposer
        proposal = proposer.propose(opened.xray, threshold)
        case = Case(file, proposal, corrected, opened.warnings, proposer.fingerprint)
        with self._lock:
            before = self._summaries[key]
            is_newest = before.revision <= case.revision and proposer is self.proposer
            if is_newest and (threshold is None or corrected):
                self._summaries[key] = Summary.of(case.mouth, case.revision, opened.warnings)
        return case

    def edit(self, key: str, revision: int, edit: Edit) -> Corrected:
        """Change a case, and write it before anything else is said of it.

        Args:
            key: Its key.
            revision: The one that the edit was made on.
            edit: What is to change. One that is there already changes nothing: a page that got
                no answer sends it again.

        Raises:
            KeyError: There is no such case.
            ConflictError: It has another revision, or was opened with a network that is gone.
            ValueError: The edit does not fit the X-ray.
            OSError: The disk is full, or cannot be written.
        """
        file, opened = self._files[key], self._open(key)
        with self._lock:
            kept = self._corrected(file, opened)
            if kept is not None and kept.last_edit == edit.id:
                return kept
            if revision != (kept.revision if kept else 0):
                raise ConflictError
            before = kept or self._begun(file, opened, edit)
            after = before.edited(edit, self._person)
            self.corrections.write(file.case, after)
            self._summaries[key] = Summary.of(after.mouth, after.revision, opened.warnings)
        return after

    def _begun(self, file: XrayFile, opened: _Opened, edit: Edit) -> Corrected:
        """Keep what the network says of a case that is about to be changed.

        Another network may be in use since the case was opened: what was on the page counts.
        """
        proposer = self.proposer if edit.network is None else self._proposers.get(edit.network)
        if proposer is None:
            raise ConflictError
        proposal = proposer.propose(opened.xray, edit.threshold)
        self.corrections.write_network(file.case, proposal)
        return Corrected.of(proposal, opened.checksum, proposer.fingerprint)

    def use(self, proposer: Proposer) -> None:
        """Take another network into use; what a person has changed stays as it is."""
        with self._lock:
            # What is open on a page is of the network before; a network takes much memory.
            opened = {each.fingerprint: each for each in (self._first, self.proposer, proposer)}
            self.proposer, self._proposers = proposer, opened
            for key, summary in self._summaries.items():
                if summary.revision == 0 and summary.state != "failed":
                    self._summaries[key] = Summary()
                    self._tried.discard(key)

    def looked_at(self) -> list[str]:
        """Return the keys of the cases that a person is done with, as the list shows them."""
        return [file.key for file, summary in self.summaries() if summary.state == "looked at"]

    def corrected(self, key: str) -> tuple[XrayFile, NDArray[np.uint8], Corrected]:
        """Return an X-ray and what a person has left of its teeth.

        Raises:
            KeyError: There is no such case, or nobody has changed it.
            InputError: It is no intact X-ray, or what is kept of it is of another X-ray.
        """
        file, opened = self._files[key], self._open(key)
        corrected = self._corrected(file, opened)
        if corrected is None:
            raise KeyError(key)
        return file, opened.xray, corrected

    def is_as_proposed(self, file: XrayFile, corrected: Corrected) -> bool:
        """Tell whether a mask is as a network had proposed it, at the threshold of its own."""
        network, proposer = corrected.network, self.proposer
        is_known = network["fingerprint"] == proposer.fingerprint
        if is_known and abs(network["threshold"] - proposer.threshold) >= STEP:
            return False
        return self.corrections.is_as_proposed(file.case, corrected)

    def seen_by(self, key: str, proposer: Proposer) -> Case:
        """Return a case as a network sees it, whatever a person has made of it.

        Raises:
            KeyError: There is no such case.
            InputError: It is no intact X-ray.
        """
        file, opened = self._files[key], self._open(key)
        proposal = proposer.propose(opened.xray)
        return Case(file, proposal, None, opened.warnings, proposer.fingerprint)

    def add(self, content: bytes, name: str) -> str:
        """Take in an X-ray that was dropped onto the page, and return its key.

        Raises:
            InputError: It is no intact X-ray.
            OSError: It cannot be written.
        """
        with self._lock:
            file = keep(content, name, self._files, self.corrections.path)
            self._files[file.key] = file
            self._summaries[file.key] = Summary()
        return file.key

    def look_ahead(self) -> None:
        """Let the network see all cases, in a thread of its own until `stop` is called."""
        self._ahead = threading.Thread(target=self._look_ahead, name="look-ahead", daemon=True)
        self._ahead.start()

    def stop(self) -> None:
        """End what goes on in the background."""
        self._stopped.set()
        if self._ahead is not None:
            self._ahead.join()  # a network that is torn down while it works brings Python down

    def _look_ahead(self) -> None:
        while not self._stopped.is_set():
            with self._lock:
                waiting = [
                    key
                    for key, summary in self._summaries.items()
                    if summary.state == "waiting" and key not in self._tried
                ]
            if not waiting:
                if not self._do_other_work():
                    self._stopped.wait(1)
                continue
            self._tried.add(waiting[0])
            self._look_at(waiting[0])

    def _do_other_work(self) -> bool:
        try:
            return self.when_idle()
        except Exception as failure:  # a case that has gone, for example
            log.info("Two networks cannot be compared: %s", type(failure).__name__)
            return False

    def _look_at(self, key: str) -> None:
        """Have one case proposed; what is wrong with it is said in the list."""
        try:
            self.corrections.mend(self._files[key].case)
            self.case(key)
        except Exception as failure:
            self.leave_out(key, failure)

    def leave_out(self, key: str, failure: Exception) -> None:
        """Say in the list that a case cannot be opened."""
        reason = str(failure) if isinstance(failure, InputError) else "It cannot be opened."
        log.info("An X-ray cannot be looked at: %s", type(failure).__name__)
        with self._lock:
            self._summaries[key] = Summary("failed", review=(reason,))

    def _corrected(self, file: XrayFile, opened: _Opened) -> Corrected | None:
        corrected = self.corrections.read(file.case)
        if corrected is not None and corrected.xray != opened.checksum:
            raise InputError(
                file.case,
                "the X-ray that the corrections kept under this name are of",
                "another one",
                "Rename it, or give another folder of corrections.",
            )
        return corrected

    def _open(self, key: str) -> _Opened:
        file = self._files[key]
        with self._lock, suppress(KeyError):
            self._opened.move_to_end(key)
            return self._opened[key]
        opened = _opened(file, self.proposer)
        with self._lock:
            self._opened[key] = opened
            while len(self._opened) > OPENED:
                self._opened.popitem(last=False)
        return opened


def _opened(file: XrayFile, proposer: Proposer) -> _Opened:
    load: LazyXray = replace(file.load, pixel_limit=MOST_PIXELS)
    settings = proposer.segmenter.settings
    opened = open_xray(file.case, load, settings, Inference(), Quality())
    known = [file.warnings] if file.warnings else []
    warnings = tuple(dict.fromkeys([*known, *opened.warnings]))
    return _Opened(opened.xray, checksum(opened.xray), warnings)
