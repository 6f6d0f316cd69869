"""What the page's Teach does: from corrected cases to another network, and whether it is better."""

import logging
import threading
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from teeth_unet import imaging
from teeth_unet.errors import InputError
from teeth_unet.review.before_after import dice, difference, verdict
from teeth_unet.review.cases import Case
from teeth_unet.review.corrections import checksum
from teeth_unet.review.lessons import Lesson, Taught, Training
from teeth_unet.review.networks import Choice, NetworkFolder
from teeth_unet.review.proposing import Proposer
from teeth_unet.review.teaching import FEWEST, NETWORKS, Teaching
from teeth_unet.review.workplace import Workplace
from teeth_unet.review.xrays import XrayFile
from teeth_unet.splits import seen_by

log = logging.getLogger(__name__)

IMAGES, AN_EPOCH = 400, 20
"""That a network sees while it is taught, if it learns from so many cases or fewer."""

STEP = 4.0
"""A step of a training, an image at a time, in applications of the network."""


class School:
    """Teaches the network of a workplace, and compares it with the one in use."""

    def __init__(self, workplace: Workplace, training: Training, start: Path | None = None) -> None:
        """Set up what the page can do.

        Args:
            workplace: The cases, with the network that the page was started with.
            training: How one is taught.
            start: File of the network of the workplace, which trainings begin with; None if it is
                that of the package: then the one that was chosen last is in use at once.
        """
        self._work = workplace
        self._networks = NetworkFolder(workplace.corrections.path)
        self._in_use = ""
        self._first = workplace.proposer
        self._start = start
        self._seen_by_start = _seen(self._first) if start else frozenset()
        self._hashes: dict[str, str] = {}
        # A network that is given is for one start: what others use is as it was.
        self._otherwise = self._networks.choice().in_use if start else ""
        self._lock = threading.RLock()
        self._new: Proposer | None = None
        self._new_name = ""
        self._changes: dict[str, dict[str, Any]] = {}
        self._not_compared: set[str] = set()
        self.teaching = Teaching(workplace.corrections.path, training, self._taught)
        if start is None:
            self._use_chosen()
        self._load_new()
        workplace.when_idle = self._compare_next

    def _use_chosen(self) -> None:
        in_use = self._networks.choice().in_use
        if proposer := self._opened(in_use):
            self._work.use(proposer)
            self._in_use = in_use

    def go_on(self) -> None:
        """Go on with a training that was cut off with an earlier server."""
        self.teaching.go_on()

    def begin(self) -> None:
        """Begin to teach the network by all cases that a person is done with.

        Raises:
            InputError: One is being taught, there are too few cases or too little room, or a case
                cannot be opened.
            OSError: What it learns from cannot be written.
        """
        keys = self._work.looked_at()
        start = None if self._seen_before(keys) else self._start
        self.teaching.begin(self._lessons(keys), len(keys), start)

    def _seen_before(self, keys: list[str]) -> int:
        """Return how many cases the network given has learned from: it could not be tested."""
        if not self._seen_by_start:
            return 0
        return sum(self._content_hash(key) in self._seen_by_start for key in keys)

    def _content_hash(self, key: str) -> str:
        """Return what trainings know an X-ray by; nothing of one that cannot be opened."""
        if key not in self._hashes:
            try:
                self._hashes[key] = imaging.content_hash(self._work.xray(key))
            except (InputError, KeyError, OSError):  # Teach says what is wrong with it
                return ""
        return self._hashes[key]

    def _lessons(self, keys: list[str]) -> Iterator[Lesson]:
        for key in keys:
            file, xray, mouth = self._work.corrected(key)
            yield Lesson(file, xray, mouth.label_map)

    def use(self, name: str) -> None:
        """Take a network into use; proposals of cases that nobody has changed are made anew.

        Args:
            name: Of one that was taught; empty for the one that the page was started with.

        Raises:
            InputError: It is not there, or damaged.
            OSError: The choice cannot be written.
        """
        with self._lock:
            if name != self._in_use:
                self._work.use(self._networks.open(name) if name else self._first)
                self._in_use = name
            newest = next(iter(self._networks.names()), "")
            self._networks.choose(Choice(name or self._otherwise, newest))
            self._load_new()

    def compared(self, key: str) -> Case | None:
        """Return a case as the new network sees it; None if there is no new one.

        Raises:
            KeyError: There is no such case.
            InputError: It is no intact X-ray.
        """
        new = self._new
        return None if new is None else self._work.seen_by(key, new)

    def status(self) -> dict[str, Any]:
        """Return all that the page shows of it."""
        listed = self._work.summaries()
        marked = [file.key for file, summary in listed if summary.state == "looked at"]
        count = len(marked)
        return {
            "looked_at": count,
            "changed": sum(summary.state == "corrected" for _, summary in listed),
            "fewest": FEWEST,
            "minutes": max(1, round(self._seconds(count) / 60)),
            "start": self._start.name if self._start else "",
            "seen_by_start": self._seen_before(marked),
            "off": self.teaching.off,
            "progress": self.teaching.progress,
            "waiting": self.teaching.progress is None and self.teaching.is_waiting,
            "failed": self.teaching.failed,
            "result": self._result(),
            "in_use": self._in_use,
            "networks": [
                {"name": name, "cases": len(about.get("cases", [])), "after": about.get("after")}
                for name in self._networks.names()
                for about in [self._networks.about(name)]
            ],
        }

    def _result(self) -> dict[str, Any] | None:
        with self._lock:
            if self._new is None:
                return None
            untouched = {
                file.key
                for file, summary in self._work.summaries()
                if summary.revision == 0 and summary.state != "failed"
            }
            return {
                "name": self._new_name,
                **self._scores(),
                "others": sorted(self._changes.values(), key=lambda each: -each["changed"]),
                "waiting": len(untouched - self._changes.keys() - self._not_compared),
                "not_compared": len(self._not_compared),
            }

    def _scores(self) -> dict[str, Any]:
        """Return what the marked cases tell; of before nothing if that was another network."""
        about = self._networks.about(self._new_name)
        is_in_use = about.get("compared_with") == self._work.proposer.fingerprint
        cases = [each if is_in_use else {**each, "before": None} for each in about.get("cases", [])]
        return {"cases": cases, **verdict(cases)}

    def _seconds(self, cases: int) -> float:
        """Return about how long a training will take, as the last one did or by the network."""
        networks = min(NETWORKS, cases + 1)
        images = networks * IMAGES * max(1.0, cases / AN_EPOCH)
        known = (self._networks.about(name) for name in self._networks.names())
        an_image = next((each["an_image"] for each in known if "an_image" in each), None)
        return images * float(an_image or self._an_image)

    @cached_property
    def _an_image(self) -> float:
        """Seconds that a training takes for an X-ray, before there was one."""
        return STEP * self._first.seconds()

    def _taught(self, taught: Taught) -> bool:
        """Keep a network that was just taught, and compare it; tell whether it is kept."""
        in_use, proposer = self._networks.about(self._in_use), self._work.proposer
        known = {each["key"]: each for each in in_use.get("cases", [])}
        cases = []
        for case in taught.cases:
            if self.teaching.is_stopping:
                return False
            before = self._before(case, known, proposer)
            cases.append({**case, "before": before, "after": taught.dice.get(case["key"])})
        images = min(NETWORKS, len(cases) + 1) * IMAGES * max(1.0, len(cases) / AN_EPOCH)
        means = verdict(cases)
        about = {
            "cases": cases,
            "compared_with": proposer.fingerprint,
            "before": means["before"],
            "after": means["after"],
        }
        if taught.seconds is not None:
            about["an_image"] = taught.seconds / images
        with self._lock:
            if not self.teaching.may_keep():
                return False
            self._networks.add(taught.segmenter, about)
            self._load_new()
        return True

    def _before(
        self, case: dict[str, str], known: dict[str, dict[str, Any]], proposer: Proposer
    ) -> float | None:
        """Return the Dice of the network in use; of what it has learned from, that of its test."""
        then = known.get(case["key"])
        if then:
            return then["after"] if then["labels"] == case["labels"] else None
        try:
            _, xray, mouth = self._work.corrected(case["key"])
            if checksum(mouth.label_map) != case["labels"]:  # corrected again meanwhile
                return None
            if imaging.content_hash(xray) in _seen(proposer):
                return None
            return dice(mouth, self._work.seen_by(case["key"], proposer).proposal)
        except Exception as failure:  # the X-ray has gone, for example
            log.info("An X-ray cannot be compared: %s", type(failure).__name__)
            return None

    def _load_new(self) -> None:
        """Have the network at hand of which nobody has said yet whether it is used."""
        with self._lock:
            name = self._networks.undecided()
            if name != self._new_name:
                self._new, self._new_name = self._opened(name), name
                self._changes, self._not_compared = {}, set()

    def _opened(self, name: str) -> Proposer | None:
        try:
            return self._networks.open(name) if name else None
        except (InputError, OSError, MemoryError) as damage:
            log.warning("%s It is left out.", damage)
            return None

    def _compare_next(self) -> bool:
        """Compare what both networks say of one case; tell whether there was one."""
        with self._lock:
            new, done = self._new, {*self._changes, *self._not_compared}
        if new is None or self.teaching.progress is not None:
            return False
        for file, summary in self._work.summaries():
            if summary.revision == 0 and summary.state == "proposed" and file.key not in done:
                self._compare(file, new)
                return True
        return False

    def _compare(self, file: XrayFile, new: Proposer) -> None:
        """Compare what both networks say of a case; one that cannot be opened is left out."""
        change: dict[str, Any] | None = None
        try:
            before = self._work.seen_by(file.key, self._work.proposer).proposal
            after = self._work.seen_by(file.key, new).proposal
            change = {"key": file.key, "name": file.case, **difference(before, after)}
        except Exception as failure:
            log.info("An X-ray cannot be compared: %s", type(failure).__name__)
        with self._lock:
            if self._new is new and change:
                self._changes[file.key] = change
            elif self._new is new:
                self._not_compared.add(file.key)


def _seen(proposer: Proposer) -> frozenset[str]:
    return seen_by(proposer.segmenter.settings.training or {})
