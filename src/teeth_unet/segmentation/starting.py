"""What a training begins with: the network of another segmenter."""

from collections.abc import Iterator

from pydantic import ValidationError

from teeth_unet.errors import InputError
from teeth_unet.segmentation.segmenter import Segmenter
from teeth_unet.segmentation.settings import SegmenterSettings
from teeth_unet.unet import SCRATCH, Network, StartRecord

OF_THE_TRAINING = frozenset({"dropout", "momentum"})
"""Settings of a network that its weights do not depend on."""


def record_start(start: Segmenter | None) -> StartRecord | None:
    """Return what the record of a training tells of its start; None if that was from scratch."""
    if start is None:
        return None
    return {
        "fingerprint": start.fingerprint,
        "taught_on": start.taught_on,
        "record": dict(start.settings.training),
    }


def refuse_other_network(
    start: SegmenterSettings, network: Network, size: int, block: str = ""
) -> None:
    """Refuse a start whose weights are of another network than the one to be trained.

    Args:
        start: Settings of the segmenter to begin with.
        network: The architecture to be trained.
        size: Height and width in px of what it sees.
        block: What stands before the names of the parameters in the message: `pretraining.`

    Raises:
        InputError: They differ; the message says what to set.
    """
    theirs = _network_of(start, block)
    differing = [*_differences(theirs, network)]
    if start.size != size:
        differing.append(("preparation.size", start.size, size))
    if differing:
        settings = ",".join(f"{block}{name}={_written(value)}" for name, value, _ in differing)
        raise InputError(
            f"{block}training.start",
            "a segmenter whose network and size are those of this training",
            "one with "
            + ", ".join(f"{name} {_written(value)}" for name, value, _ in differing)
            + " where this training has "
            + ", ".join(_written(own) for _, _, own in differing),
            f"Set --params '{settings}', or start from {SCRATCH}.",
        )


def _network_of(start: SegmenterSettings, block: str) -> Network:
    try:
        return Network.model_validate(start.training["network"])
    except (KeyError, ValidationError) as error:
        raise InputError(
            f"{block}training.start",
            "a segmenter that tells how its network is built",
            "one whose record does not",
            "Give one that a training of this program has made.",
        ) from error


def _differences(theirs: Network, own: Network) -> Iterator[tuple[str, object, object]]:
    told = [("network.filters", theirs.filters, own.filters)]
    for name in Network.model_fields.keys() - OF_THE_TRAINING - {"filters"}:
        told.append((f"network.{name}", getattr(theirs, name), getattr(own, name)))
    yield from sorted(each for each in told if each[1] != each[2])
    if len(theirs.filters) != len(own.filters):  # one dropout a level
        yield "network.dropout", theirs.dropout, own.dropout


def _written(value: object) -> str:
    return f"[{','.join(map(str, value))}]" if isinstance(value, tuple) else str(value)
