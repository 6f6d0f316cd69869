"""How the page has a network taught: by the pipeline of the project, with its settings."""

from importlib import metadata
from pathlib import Path

from teeth_unet.errors import InputError
from teeth_unet.review.lessons import Training

ENVIRONMENT = "folder"

RESULTS = "data/folder"
"""Where that environment keeps what it makes."""

OWN_PROJECT = """# Kedro writes where it finds a project, if need be in a folder above this one.
[tool.kedro]
"""
"""Makes the training's folder its project, also where corrections lie within another one."""

NAME_OF_PACKAGE = "teeth-unet"


def training_by_pipeline() -> Training:
    """Return how a network is taught: as kedro run --pipeline training --env folder does it."""
    return Training(
        command=_command,
        segmenter=f"{RESULTS}/06_models/segmenter.zip",
        scores=f"{RESULTS}/07_model_output/case_scores.csv",
        files={"pyproject.toml": OWN_PROJECT},
    )


def _command(start: str) -> tuple[str, ...]:
    # All cases teach, however many they are; each is scored by a network that has not seen it.
    values = ["split.cross_fit_below=1000000", f"training.start={start or 'package'}"]
    return (
        "teeth_unet",
        "run",
        f"--conf-source={configuration()}",
        f"--env={ENVIRONMENT}",
        "--pipeline=training",
        "--to-nodes=make_segmenter",
        f"--params={','.join(['xrays=xrays', 'masks=labels', *values])}",
    )


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
