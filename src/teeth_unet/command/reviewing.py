"""From files to a page on which a person corrects."""

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from teeth_unet.command.running import network_place, open_network
from teeth_unet.configuration import checked
from teeth_unet.errors import InputError
from teeth_unet.review import Review

NEEDED = ("starlette", "uvicorn")


def review_files(
    paths: Sequence[Path], corrections: Path, segmenter: Path | None, options: Mapping[str, Any]
) -> None:
    """Serve the page until its user ends it.

    Args:
        paths: X-rays, or folders of results; none if they are dropped onto the page.
        corrections: Folder of corrections.
        segmenter: The network's file; None for that of the package.
        options: Those of `Review`.

    Raises:
        InputError: Something cannot be used.
        OSError: The port is taken, or the folder cannot be written.
    """
    settings = checked(Review, options, "--", "the command")
    place = network_place(segmenter)
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        raise InputError(
            "teeth-unet review",
            "the packages that serve a page",
            f"no {' and no '.join(missing)}",
            'Install them: pip install "teeth-unet[review]"',
        )
    from teeth_unet.command.teaching import training_by_pipeline
    from teeth_unet.review.serving import serve

    network = open_network(place)
    serve(paths, corrections, network, settings, training_by_pipeline(), segmenter)
