"""Any number of X-rays, one after the other."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from teeth_unet.errors import InputError
from teeth_unet.inference.annotating import add_formats, file_of
from teeth_unet.inference.cases import Loader, Look, OpenedXray, look_at, make_result, open_xray
from teeth_unet.inference.predicting import Predicted, XrayPredictor
from teeth_unet.inference.progress import Progress
from teeth_unet.inference.protocol import ResultStore
from teeth_unet.inference.records import InferenceSummary
from teeth_unet.inference.settings import Inference
from teeth_unet.quality import Quality
from teeth_unet.storage import OF_ONE_FILE, is_out_of_memory, trouble_of_machine

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Value = TypeVar("Value")

WORKERS = 2
"""Threads that open X-rays and write results while the network is at work."""

AHEAD = 2
"""X-rays that are opened ahead, and as many whose results are still being written."""

LARGE = 30_000_000
"""Pixels from which on an X-ray is not opened ahead, so that memory holds one such at a time."""


@dataclass(frozen=True)
class _Work:
    """What is done with a case before and after the network sees it, in any thread."""

    xrays: Mapping[str, Loader]
    predictor: XrayPredictor
    fingerprint: str
    inference: Inference
    judged_by: Quality
    store: ResultStore

    @property
    def threshold(self) -> float:
        asked_for = self.inference.threshold
        return self.predictor.segmenter.settings.threshold if asked_for is None else asked_for

    def prepare(self, case: str) -> "_Failure | _Found | _Large | _Opened":
        load = self.xrays[case]
        differs = False
        try:
            look = look_at(load, self.fingerprint, self.inference, self.judged_by)
            formats = self.inference.formats
            if self.store.has(case, look.fingerprint, ["instances"] if formats else []):
                return _Found(case, add_formats(case, load, self.inference, self.store))
            self._keep_another(case, look)
            differs = True
            if look.pixels >= LARGE:
                return _Large(case, look)
            return self._open(case, look)
        except Exception as failure:  # a broken file breaks in any way, and is no reason to stop
            return _failed(case, failure, differs)

    def _keep_another(self, case: str, look: Look) -> None:
        """Refuse an X-ray whose result would replace that of another one of the same name."""
        kept = None if self.inference.remove_others else self.store.source(case)
        if kept and kept.is_of_another(look.source):
            raise InputError(
                look.source.place,
                "a name that no other X-ray with results there has",
                f"results of {kept.place}",
                "Give both at once, or another folder for the results.",
            )

    def open_large(self, large: "_Large") -> "_Failure | _Opened":
        try:
            return self._open(large.case, large.look)
        except Exception as failure:
            return _failed(large.case, failure, differs=True)

    def _open(self, case: str, look: Look) -> "_Opened":
        load = self.xrays[case]
        settings, size = self.predictor.segmenter.settings, self.predictor.numbering_size
        xray = open_xray(case, load, settings, self.inference, self.judged_by, size)
        return _Opened(xray, look)

    def finish(self, opened: "_Opened", predicted: Predicted, seconds: float) -> "_Outcome":
        try:
            result = make_result(
                opened.xray,
                predicted,
                self.threshold,
                self.inference,
                opened.look,
                opened.xray.seconds + seconds,
            )
            self.store.write(result)
            load = self.xrays[result.case]
            return _Made(result.case, add_formats(result.case, load, self.inference, self.store))
        except OSError as failure:
            if failure.errno is not None:  # a matter of the disk, and so of all cases
                raise
            return _Failure(opened.xray.case, _in_words(failure), outdated=True)
        except Exception as failure:
            log.debug("Case %s", opened.xray.case, exc_info=failure)
            return _Failure(opened.xray.case, _in_words(failure), outdated=True)


@dataclass(frozen=True)
class _Opened:
    xray: OpenedXray
    look: Look


@dataclass(frozen=True)
class _Large:
    case: str
    look: Look


@dataclass(frozen=True)
class _Failure:
    """A case that could not be done.

    Attributes:
        case: Case name.
        reason: In words.
        outdated: Whether a result of an earlier run is one of something else: the X-ray has been
            read, and is another by now.
    """

    case: str
    reason: str
    outdated: bool


@dataclass(frozen=True)
class _Found:
    case: str
    not_written: dict[str, str]


@dataclass(frozen=True)
class _Made:
    case: str
    not_written: dict[str, str]


_Outcome = _Failure | _Found | _Made


def segment_some(
    xrays: Mapping[str, Loader],
    predictor: XrayPredictor,
    inference: Inference,
    judged_by: Quality,
    store: ResultStore,
    progress: Progress | None = None,
) -> InferenceSummary:
    """Segment X-rays, and write each one's result as soon as it is there.

    What an earlier run has done with the same network, settings and X-ray is left as it is. One
    that has the name of another X-ray with results, which are to stay, fails. An X-ray that cannot
    be used is reported and left out. Memory does not grow with the number of X-rays.

    Args:
        xrays: Case name to a function that opens the X-ray.
        predictor: The network.
        inference: What is made of an X-ray.
        judged_by: What speaks against a picture.
        store: Where the results go.
        progress: Counts the cases, and tells how far it is; without it the log does.

    Returns:
        Their summary, without what is of all X-rays together.

    Raises:
        OSError: The disk is full or cannot be written, or the place of the X-rays is lost.
    """
    work = _Work(xrays, predictor, predictor.fingerprint, inference, judged_by, store)
    progress = progress or Progress(len(xrays))
    not_written: dict[str, str] = {}
    with ThreadPoolExecutor(WORKERS) as threads:
        for outcome in _outcomes(threads, work, predictor):
            if isinstance(outcome, _Failure):
                if outcome.outdated:
                    store.discard(outcome.case)
                progress.add_failure(outcome.case, outcome.reason)
                continue
            not_written |= outcome.not_written
            if isinstance(outcome, _Found):
                progress.add_found()
            else:
                progress.add_made()
    return {
        "cases": list(xrays),
        "failures": progress.failures,
        "made": progress.made,
        "found": progress.found,
        "removed": 0,
        "rate": round(progress.rate, 3),
        "network": predictor.segmenter.taught_on,
        "files": {case: file_of(load, case) for case, load in xrays.items()},
        "not_written": not_written,
        "passed_over": 0,
        "passed_over_first": [],
    }


def _outcomes(threads: Executor, work: _Work, predictor: XrayPredictor) -> Iterator[_Outcome]:
    """Yield what became of each case. The network works in this thread alone."""
    writing: deque[Future[_Outcome]] = deque()
    for prepared in _mapped_ahead(threads, work.prepare, work.xrays):
        if isinstance(prepared, _Large):
            while writing:
                yield writing.popleft().result()
            prepared = work.open_large(prepared)
        if not isinstance(prepared, _Opened):
            yield prepared
            continue
        began = time.monotonic()
        predicted = predictor.predict(prepared.xray.resized, prepared.xray.for_numbers)
        seconds = time.monotonic() - began
        writing.append(threads.submit(work.finish, prepared, predicted, seconds))
        is_large = prepared.xray.xray.size >= LARGE
        while writing and (is_large or len(writing) > AHEAD):
            yield writing.popleft().result()
    while writing:
        yield writing.popleft().result()


def _mapped_ahead(
    threads: Executor, function: Callable[[Item], Value], items: Iterable[Item]
) -> Iterator[Value]:
    """Yield `function` of every item in order, a few computed ahead."""
    waiting: deque[Future[Value]] = deque()
    for item in items:
        waiting.append(threads.submit(function, item))
        if len(waiting) > AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _failed(case: str, failure: Exception, differs: bool) -> _Failure:
    """Return what an error while a case is read or opened means for it.

    Raises:
        OSError: For all cases: the drive or network is lost.
    """
    unread = trouble_of_machine(failure)
    if not isinstance(unread, OSError):
        return _Failure(case, _in_words(failure), outdated=differs)
    if unread.errno not in OF_ONE_FILE:
        raise unread from None
    return _Failure(case, _in_words(failure), outdated=False)


def _in_words(failure: Exception) -> str:
    if isinstance(failure, InputError):
        return str(failure)
    if is_out_of_memory(failure):
        return "not enough memory for so large a picture"
    return f"{type(failure).__name__}: {failure}"
