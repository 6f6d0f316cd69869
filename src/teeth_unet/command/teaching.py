"""How the page has a network taught: by the pipeline of the project, with its settings."""

import json
from importlib import metadata
from pathlib import Path

from teeth_unet.errors import InputError
from teeth_unet.review.lessons import Training

ENVIRONMENT = "teach"
"""Its own: what a project sets in another one, as where its results lie, is not for Teach."""

RESULTS = "data/folder"
"""Where it keeps what it makes, within the folder of the training."""

XRAYS, LABELS = "xrays", "labels"

OWN_PROJECT = """# Kedro writes where it finds a project, if need be in a folder above this one.
[tool.kedro]
"""
"""Makes the training's folder its project, also where corrections lie within another one."""

NAME_OF_PACKAGE = "teeth-unet"

OF_BASE = ("catalog.yml", "globals.yml", "parameters.yml", "parameters_*.yml")
"""What it needs of the configuration beside logging.yml. Other catalogs have names with braces, at
which Kedro refuses a folder with braces in its path."""

GLOBALS = {"data": RESULTS, "downloads": "data/01_raw", "source": "folder"}

PARAMETERS = {
    **{block: f"${{globals:real_xrays.{block}}}" for block in ("network", "training", "numbering")},
    # All cases teach, however many they are; each is scored by a network that has not seen it.
    "split": {
        "cross_fit_below": 1_000_000,
        "train_cases": None,
        "test_cases": 0.2,
        "validation_cases": 0,
    },
}

CATALOG = {
    f"raw_{content}": {
        "type": "teeth_unet.datasets.XraySetDataset",
        "content": content,
        "filepath": "data/01_raw",
        "form": {},
        "xrays": {"filepath": XRAYS},
        "masks": {"filepath": LABELS},
    }
    for content in ("xrays", "masks", "tooth_labels")
}


def training_by_pipeline() -> Training:
    """Return how a network is taught: as kedro run --pipeline training does it."""
    return Training(
        command=_command,
        segmenter=f"{RESULTS}/06_models/segmenter.zip",
        scores=f"{RESULTS}/07_model_output/case_scores.csv",
        files=_files,
    )


def _command(start: str) -> tuple[str, ...]:
    return (
        "teeth_unet",
        "run",
        "--conf-source=conf",
        f"--env={ENVIRONMENT}",
        "--pipeline=training",
        "--to-nodes=make_segmenter",
        f"--params=training.start={start or 'package'}",
    )


def _files() -> dict[str, str]:
    """Return a project of its own, with an environment that leaves nothing to others."""
    place = configuration()
    copied = [
        place / "logging.yml",
        *(each for name in OF_BASE for each in (place / "base").glob(name)),
    ]
    own = {"globals": GLOBALS, "parameters": PARAMETERS, "catalog": CATALOG}
    return {
        "pyproject.toml": OWN_PROJECT,
        **{
            f"conf/{each.relative_to(place).as_posix()}": each.read_text("utf-8") for each in copied
        },
        **{f"conf/{ENVIRONMENT}/{name}.yml": json.dumps(each) for name, each in own.items()},
    }


def configuration() -> Path:
    """Return the folder of the project's configuration: its own, or that which was installed.

    Raises:
        InputError: There is none.
    """
    known = "base/parameters.yml"
    places = [Path(__file__).parents[3] / "conf"]
    try:
        files = metadata.files(NAME_OF_PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    places += [
        Path(str(file.locate())).parents[1]
        for file in files
        if file.as_posix().endswith(f"/conf/{known}")
    ]
    for place in places:
        if (place / known).is_file():
            return place.resolve()
    raise InputError(
        NAME_OF_PACKAGE, "its configuration beside it", "none", f"Install {NAME_OF_PACKAGE} again."
    )
