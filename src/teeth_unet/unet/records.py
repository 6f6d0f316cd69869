"""What is recorded of a training: JSON in the catalog, plain dictionaries in the program."""

from typing import Any, NotRequired, TypedDict

TrainingHistory = dict[str, list[float]]
"""Lists with one number an epoch: `epoch`, `learning_rate`, `seconds`, `loss`, the metrics."""


class StartRecord(TypedDict):
    """The network whose weights a training began with.

    Attributes:
        fingerprint: Of the segmenter.
        taught_on: Whose X-rays it was taught on, in a few words.
        record: Of its own training; that one may have had a start as well, and so on.
    """

    fingerprint: str
    taught_on: str
    record: dict[str, Any]


class TrainingRecord(TypedDict):
    """What a network was fitted with.

    Attributes:
        epochs: The number gone through.
        best_epoch: The one whose weights the fitted network has.
        why_last_epoch: Why that is the last one, where none could be chosen; older records have
            no such reason.
        preparation: The settings of the parameter file, by name; so are the next two.
        network: The architecture.
        training: Loss, optimizer, seed and all the rest.
        versions: Of the software; older records have none.
        trained_on: Content hashes of the cases that the weights come from.
        validated_on: Content hashes of the cases that the best epoch comes from.
        folds: Where there were too few cases for parts: content hashes of those that the network of
            each fold was fitted on, which has tested the others. The network recorded here was
            fitted on all of them.
        start: What it began with; nothing if it began from scratch.
        drawings: Of a network that drawings alone have taught: their settings, how many there are,
            and the version and the code that drew them.
    """

    epochs: int
    best_epoch: int
    why_last_epoch: NotRequired[str]
    preparation: dict[str, Any]
    network: dict[str, Any]
    training: dict[str, Any]
    versions: NotRequired[dict[str, str]]
    trained_on: list[str]
    validated_on: list[str]
    folds: NotRequired[list[list[str]]]
    start: NotRequired[StartRecord]
    drawings: NotRequired[dict[str, Any]]
