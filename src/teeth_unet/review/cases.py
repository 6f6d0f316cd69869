"""A case as the list and the page show it."""

from dataclasses import dataclass

from teeth_unet.review.corrections import Corrected
from teeth_unet.review.known_teeth import KnownTeeth
from teeth_unet.review.proposing import Proposal
from teeth_unet.review.xrays import XrayFile

UNSURE = 0.8
"""Probability of a number or kind below which the list counts a tooth as unsure."""


@dataclass(frozen=True)
class Summary:
    """What the list says of a case.

    Attributes:
        state: `waiting` until the network has seen it; `proposed`, `corrected` or `looked at`;
            `failed` if it cannot be opened.
        teeth: How many objects there are.
        unsure: How many of them the network is unsure of.
        review: Why a person should look.
        revision: How often it was edited.
    """

    state: str = "waiting"
    teeth: int = 0
    unsure: int = 0
    review: tuple[str, ...] = ()
    revision: int = 0

    @classmethod
    def of(cls, mouth: KnownTeeth, revision: int, warnings: tuple[str, ...]) -> "Summary":
        """Sum up a case."""
        state = "looked at" if mouth.looked_at else "corrected" if revision else "proposed"
        unsure = [
            number
            for number, tooth in mouth.teeth.items()
            if min(tooth.number_probability, tooth.kind_probability) < UNSURE
        ]
        count = 0 if mouth.looked_at else len(set(unsure) - mouth.of_person)
        return cls(state, len(mouth.teeth), count, (*mouth.chart.review, *warnings), revision)

    @property
    def urgency(self) -> tuple[int, float]:
        """Sorts cases: what needs a look first, what is done last."""
        order = {"failed": 0, "corrected": 1, "proposed": 1, "waiting": 2, "looked at": 3}
        return order[self.state], -(10 * len(self.review) + self.unsure)


@dataclass(frozen=True)
class Case:
    """A case as a page shows it.

    Attributes:
        file: Where it is from.
        proposal: What the network says.
        corrected: What a person has made of it; None if nobody has changed it.
        warnings: What speaks against the picture.
        network: Fingerprint of the network that says so.
    """

    file: XrayFile
    proposal: Proposal
    corrected: Corrected | None
    warnings: tuple[str, ...]
    network: str

    @property
    def mouth(self) -> KnownTeeth:
        """Its teeth now."""
        return self.corrected.mouth if self.corrected else self.proposal.mouth

    @property
    def revision(self) -> int:
        """How often it was edited."""
        return self.corrected.revision if self.corrected else 0
