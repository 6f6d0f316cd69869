"""What the page's Teach does: from corrected cases to another network, and whether it is better."""

import logging
import threading
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teeth_unet import imaging
from teeth_unet.errors import InputError
from teeth_unet.review.cases import Case
from teeth_unet.review.corrections import checksum
from teeth_unet.review.networks import Choice, NetworkFolder
from teeth_unet.review.proposing import Proposal, Proposer
from teeth_unet.review.teaching import FEWEST, NETWORKS, Lesson, Taught, Teaching, Training
from teeth_unet.review.workplace import Workplace

log = logging.getLogger(__name__)

IMAGES, AN_EPOCH = 400, 20
"""That a network sees while it is taught, if it learns from so many cases or fewer."""

STEP = 4.0
"""A step of a training, an image at a time, in applications of the network."""


class School:
    """Teaches the network of a workplace, and compares it with the one in use."""

    def __init__(self, workplace: Workplace, training: Training, *, as_chosen: bool = True) -> None:
        """Set up what the page can do.

        Args:
            workplace: The cases, with the network that the page was started with.
            training: How one is taught.
            as_chosen: Whether the network that was chosen last is taken into use at once.
        """
        self._work = workplace
        self._networks = NetworkFolder(workplace.corrections.path)
        self._in_use = ""
        self._first = workplace.proposer
        self._lock = threading.RLock()
        self._new: Proposer | None = None
        self._new_name = ""
        self._changes: dict[str, dict[str, Any]] = {}
        self.teaching = Teaching(workplace.corrections.path, training, self._taught)
        if as_chosen:
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
            InputError: One is being taught, or there are too few cases, or too little room.
            OSError: What it learns from cannot be written.
        """
        keys = self._work.looked_at()
        self.teaching.begin(self._lessons(keys), len(keys))

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
            self._networks.choose(Choice(name, next(iter(self._networks.names()), "")))
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
        states = [summary.state for _, summary in self._work.summaries()]
        count = states.count("looked at")
        return {
            "looked_at": count,
            "changed": states.count("corrected"),
            "fewest": FEWEST,
            "minutes": max(1, round(self._seconds(count) / 60)),
            "progress": self.teaching.progress,
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
            about = self._networks.about(self._new_name)
            others = sorted(self._changes.values(), key=lambda each: -each["changed"])
            untouched = sum(
                summary.revision == 0 and summary.state != "failed"
                for _, summary in self._work.summaries()
            )
            return {
                "name": self._new_name,
                **{part: about.get(part) for part in ("cases", "before", "after", "minutes")},
                "others": others,
                "waiting": max(0, untouched - len(others)),
            }

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

    def _taught(self, taught: Taught) -> None:
        """Keep a network that was just taught, and compare it with the one in use."""
        in_use = self._networks.about(self._in_use)
        known = {each["key"]: each for each in in_use.get("cases", [])}
        cases = []
        for case in taught.cases:
            before = self._before(case, known)
            cases.append({**case, "before": before, "after": taught.dice.get(case["key"])})
        both = [each for each in cases if None not in (each["before"], each["after"])]
        images = min(NETWORKS, len(cases) + 1) * IMAGES * max(1.0, len(cases) / AN_EPOCH)
        about = {
            "cases": cases,
            "minutes": round(taught.seconds / 60, 1),
            "an_image": taught.seconds / images,
            **{
                when: float(np.mean([each[when] for each in both])) if both else None
                for when in ("before", "after")
            },
        }
        with self._lock:
            self._networks.add(taught.segmenter, about)
            self._load_new()

    def _before(self, case: dict[str, str], known: dict[str, dict[str, Any]]) -> float | None:
        """Return the Dice of the network in use; of what it has learned from, that of its test."""
        then = known.get(case["key"])
        if then:
            return then["after"] if then["labels"] == case["labels"] else None
        try:
            return self._dice_in_use(case)
        except (InputError, KeyError, OSError) as failure:  # the X-ray has gone, for example
            log.info("An X-ray cannot be compared: %s", type(failure).__name__)
            return None

    def _dice_in_use(self, case: dict[str, str]) -> float | None:
        _, _, mouth = self._work.corrected(case["key"])
        if checksum(mouth.label_map) != case["labels"]:  # corrected again meanwhile
            return None
        seen = self._work.seen_by(case["key"], self._work.proposer).proposal
        mask, shape = mouth.objects > 0, mouth.objects.shape
        levels = seen.probabilities.astype(np.float32) / np.float32(255)
        found = imaging.enlarge_and_threshold(levels, shape[0], shape[1], seen.threshold)
        return imaging.count_overlap(mask, found > 0).dice

    def _load_new(self) -> None:
        """Have the network at hand of which nobody has said yet whether it is used."""
        with self._lock:
            name = self._networks.undecided()
            if name != self._new_name:
                self._changes, self._new, self._new_name = {}, self._opened(name), name

    def _opened(self, name: str) -> Proposer | None:
        try:
            return self._networks.open(name) if name else None
        except InputError as damage:
            log.warning("%s It is left out.", damage)
            return None

    def _compare_next(self) -> bool:
        """Compare what both networks say of one case; tell whether there was one."""
        with self._lock:
            new, done = self._new, set(self._changes)
        if new is None or self.teaching.progress is not None:
            return False
        for file, summary in self._work.summaries():
            if summary.revision == 0 and summary.state == "proposed" and file.key not in done:
                before = self._work.seen_by(file.key, self._work.proposer).proposal
                after = self._work.seen_by(file.key, new).proposal
                change = {"key": file.key, "name": file.case, **_change(before, after)}
                with self._lock:
                    if self._new is new:
                        self._changes[file.key] = change
                return True
        return False


def _change(before: Proposal, after: Proposal) -> dict[str, Any]:
    masks: list[NDArray[np.bool_]] = [each.mouth.objects > 0 for each in (before, after)]
    return {
        "changed": 1 - imaging.count_overlap(*masks).dice,
        "teeth": [len(each.mouth.teeth) for each in (before, after)],
    }
