"""What a training consists of at the end of an epoch, and whether it may be resumed."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from platform import python_version
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teeth_unet.configuration import flatten
from teeth_unet.errors import InputError
from teeth_unet.unet.levels import Pictures
from teeth_unet.unet.settings import Fitting
from teeth_unet.version import VERSION

NOT_COMPARED = {"resume", "patience"}  # they decide when a training ends, not how it goes

EARLIER_COMPILED = "compilation"
"""A hash in checkpoints of versions that saved losses as other classes: no longer comparable.

Settings, versions and the network, from which it follows, are compared all the same.
"""

START_ANEW = (
    "start again with --params training.resume=false (once: with it nothing is ever resumed)."
)


def software_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide what a seed gives."""
    backend = keras.backend.backend()
    packages = dict.fromkeys(("tensorflow", "keras", "numpy", backend))
    found = {name: _version(name) for name in packages}
    return {
        "python": python_version(),
        "backend": backend,
        "teeth-unet": VERSION,
        **found,
    }


def _version(package: str) -> str:
    """Return the version of a package, which may be installed under another name.

    TensorFlow is, as `tensorflow-cpu` for example.
    """
    try:
        return version(package)
    except PackageNotFoundError:
        providers = packages_distributions().get(package, [])
        return version(providers[0]) if providers else "unknown"


def fingerprint(compiled: keras.Model, training: Fitting, **arrays: Pictures) -> dict[str, Any]:
    """Describe everything that decides how a training goes.

    Args:
        compiled: The network before training.
        training: The settings.
        **arrays: Training and validation cases by name, (n, h, w, 1).

    Returns:
        A JSON-able mapping: `training` with every setting, `versions`, and a SHA-256 of the
        `network` (architecture, precision, initial weights), of how it is `compiled`, and of
        each array.
    """
    network = _hash_json(compiled.get_config())
    for weights in compiled.get_weights():
        network.update(np.ascontiguousarray(weights).data)
    compilation = compiled.get_compile_config()
    compilation["optimizer"]["config"].pop("name")  # numbered by what the process made before
    compilation.pop("jit_compile")  # the machine's matter
    return {
        "training": training.model_dump(mode="json", exclude=NOT_COMPARED),
        "versions": software_versions(),
        "network": network.hexdigest(),
        **{name: _hash_rows(array) for name, array in arrays.items()},
        "compiled": _hash_json(compilation).hexdigest(),
    }


def _hash_json(described: dict[str, Any]) -> "hashlib._Hash":
    return hashlib.sha256(json.dumps(described, default=str).encode())


def _hash_rows(array: Pictures) -> str:
    content = hashlib.sha256(str(array.shape).encode())
    for row in range(len(array)):  # the array may be larger than memory
        content.update(np.ascontiguousarray(array[row : row + 1]).data)
    return content.hexdigest()


def refuse_other_training(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Refuse the checkpoint of a training that would have gone differently.

    Args:
        before: Fingerprint in the checkpoint.
        now: Fingerprint of the training that is about to begin.

    Raises:
        InputError: They differ; the message names the settings, or what else it is.
    """
    once_there_was_none = {"average": 0.0}
    before = {**before, "training": once_there_was_none | before.get("training", {})}
    if EARLIER_COMPILED in before:
        before = {**before, "compiled": now["compiled"]}
        del before[EARLIER_COMPILED]
    told = list(differences(before, now))
    # How it is compiled follows from the settings, unless the network was compiled before them.
    told = [each for each in told if "compiled" not in each] or told
    if told:
        raise InputError(
            "checkpoints",
            "a training with the same parameters and data",
            f"one that differs: {'; '.join(told)}",
            f"Put it back to resume that training, or {START_ANEW}",
        )


def differences(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Yield what differs between two fingerprints, in words."""
    was, is_now = dict(flatten(before)), dict(flatten(now))
    for name in was | is_now:  # what only one of them has differs too
        if was.get(name) != is_now.get(name):
            told = f" was {was.get(name)}, is {is_now.get(name)}" if "." in name else " has changed"
            yield f"{name}{told}"


def model_state(model: keras.Model) -> dict[str, NDArray[Any]]:
    """Copy all numbers that a step of training reads or changes, random streams included."""
    return dict(zip(_state_names(model), map(_copied, _state_variables(model)), strict=True))


def restore_model_state(model: keras.Model, state: dict[str, NDArray[Any]]) -> None:
    """Put the numbers of `model_state` back into a model of the same architecture."""
    for name, variable in zip(_state_names(model), _state_variables(model), strict=True):
        variable.assign(state[name])


def _state_variables(model: keras.Model) -> Iterable[keras.Variable]:
    # `variables`, other than `weights`, holds the states of dropout's random streams.
    return [*model.variables, *model.optimizer.variables]


def _state_names(model: keras.Model) -> list[str]:
    # By position: Keras numbers the names of random streams by what the process made before.
    parts = (("model", model.variables), ("optimizer", model.optimizer.variables))
    return [f"{part}_{number:04d}" for part, held in parts for number in range(len(held))]


def _copied(variable: keras.Variable) -> NDArray[Any]:
    return np.array(keras.ops.convert_to_numpy(variable))
