"""What lies in a data folder, reduced to what has to be the same in a clean run.

Left out is what two runs of the same command do not share: times.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py

PREPARED = ("prepared_xrays", "prepared_masks")
ARRAYS = tuple(f"{axis}_{part}" for part in ("train", "validation", "test") for axis in "xy")
FOLDS = ("fold_01", "fold_02")

TIMES = re.compile(r"\bin (\d+ h )?\d+ min( \d+ s)?")
RESUMED = re.compile(r'(>resume</th><td class="number">)(true|false)')
UNKNOWN_SPLIT = "The settings of the split have been changed since it was made."
SPLIT = re.compile(rf"{re.escape(UNKNOWN_SPLIT)}|Drawn at random, with seed \d+\.")


def latest(path: Path) -> Path:
    """Return a file, or of a versioned one the last version that has been written."""
    return max(path.glob(f"*/{path.name}"), default=path / "nothing") if path.is_dir() else path


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def _record(path: Path) -> bytes:
    return _json(without_habits(json.loads(latest(path).read_text())))


def without_habits(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record of a training without what decides nothing about its result."""
    training = {name: value for name, value in record["training"].items() if name != "resume"}
    return {**record, "training": training}


def _history(path: Path) -> bytes:
    history = json.loads(latest(path).read_text())
    return _json({name: values for name, values in history.items() if name != "seconds"})


def _scores(path: Path) -> bytes:
    return _json(json.loads(latest(path).read_text()))


def _segmenter(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        settings = json.loads(archive.read("segmenter.json"))["settings"]
        network = archive.read("model.keras")
    settings["training"] = without_habits(settings["training"])
    return _json(settings) + _weights(io.BytesIO(network))


def _weights(path: Path | io.BytesIO) -> bytes:
    with (
        zipfile.ZipFile(path) as archive,
        h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file,
    ):
        found: dict[str, bytes] = {}
        file.visititems(
            lambda name, each: (
                found.update({name: each[()].tobytes()}) if hasattr(each, "shape") else None
            )
        )
    return b"".join(found[name] for name in sorted(found))


def _page(path: Path) -> bytes:
    told = RESUMED.sub(r"\1", TIMES.sub("", path.read_text()))
    return SPLIT.sub("", told).encode()


def _folder(path: Path) -> bytes:
    return b"".join(
        file.name.encode() + hashlib.sha256(file.read_bytes()).digest()
        for file in sorted(path.iterdir())
        if not file.name.startswith(".") and file.is_file()
    )


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


Reader = Callable[[Path], bytes]
ENTRIES: dict[str, tuple[str, Reader]] = {
    **{name: (f"02_intermediate/{name}.npy", _bytes) for name in PREPARED},
    "cases": ("02_intermediate/cases.csv", _bytes),
    **{name: (f"05_model_input/{name}.npy", _bytes) for name in ARRAYS},
    "fitted_unet": ("06_models/fitted_unet.keras", _weights),
    "training_history": ("07_model_output/training_history.json", _history),
    "training_record": ("07_model_output/training_record.json", _record),
    "decision_threshold": ("07_model_output/decision_threshold.json", _bytes),
    "predicted_probabilities": ("07_model_output/predicted_probabilities.npy", _bytes),
    "predicted_masks": ("07_model_output/predicted_masks.npy", _bytes),
    "case_scores": ("07_model_output/case_scores.csv", _bytes),
    "scores": ("07_model_output/scores.json", _scores),
    "segmenter": ("06_models/segmenter.zip", _segmenter),
    "predicted_tooth_labels": ("07_model_output/predicted_tooth_labels", _folder),
    "predicted_tooth_numbers": ("07_model_output/predicted_tooth_numbers", _folder),
    "numbered_teeth": ("07_model_output/numbered_teeth.csv", _bytes),
    "tooth_charts": ("07_model_output/tooth_charts.csv", _bytes),
    "measured_teeth": ("07_model_output/measured_teeth.csv", _bytes),
    "tooth_scores": ("07_model_output/tooth_scores.json", _scores),
    "tooth_number_scores": ("07_model_output/tooth_number_scores.csv", _bytes),
    "report": ("08_reporting/report.html", _page),
    "folds": ("02_intermediate/folds.csv", _bytes),
    **{
        f"{fold}.{name}": (f"07_model_output/{fold}/{file}", read)
        for fold in FOLDS
        for name, file, read in (
            ("training_record", "training_record.json", _record),
            ("case_scores", "case_scores.csv", _bytes),
            ("scores", "scores.json", _scores),
        )
    },
    "cross_validation_case_scores": ("07_model_output/cross_validation_case_scores.csv", _bytes),
    "cross_validation_scores": ("07_model_output/cross_validation_scores.json", _scores),
    "cross_validation_report": ("08_reporting/cross_validation_report.html", _page),
}
"""Entries that are compared: where they lie, and how they are read."""

OF_NETWORK = ("fitted_unet", "training_history", "training_record", "decision_threshold")
OF_TEST = ("predicted_probabilities", "predicted_masks", "case_scores", "scores", "segmenter")
PIPELINES = {
    "data_processing": (*PREPARED, "cases", *ARRAYS),
    "data_science": (*OF_NETWORK, *OF_TEST),
    "teeth": (
        *("predicted_tooth_labels", "predicted_tooth_numbers", "numbered_teeth", "tooth_charts"),
        *("measured_teeth", "tooth_scores", "tooth_number_scores"),
    ),
    "reporting": ("report",),
    "cross_validation": tuple(name for name in ENTRIES if "fold" in name or "cross" in name),
}
"""Which pipeline makes them."""

PIPELINE_OF = {entry: pipeline for pipeline, made in PIPELINES.items() for entry in made}


def digest(content: bytes) -> str:
    """Return a short digest."""
    return hashlib.sha256(content).hexdigest()[:16]


def read(data: Path) -> dict[str, str]:
    """Return the digest of every entry that is there; of one that cannot be read, the reason."""
    found = {}
    for name, (place, reader) in ENTRIES.items():
        try:
            if is_there(data / place):
                found[name] = digest(reader(data / place))
        except Exception as error:  # whatever damage there may be: no clean run has this either
            found[name] = f"unreadable: {error}"
    return found


def is_there(path: Path) -> bool:
    """Tell whether an entry is there."""
    return latest(path).exists() if path.suffix else path.exists()


def marks(data: Path) -> dict[str, tuple[int, ...]]:
    """Return for each entry what changes when it is written."""
    return {name: tuple(_marks(data / place)) for name, (place, _) in ENTRIES.items()}


def _marks(path: Path) -> Iterator[int]:
    if is_there(path):
        found = (latest(path) if path.suffix else path).stat()
        yield from (found.st_ino, found.st_mtime_ns, found.st_size)
