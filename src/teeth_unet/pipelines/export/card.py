"""The model card, and the description that is within the models."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from teeth_unet.exporting import FORMATS
from teeth_unet.pipelines.export import comparison
from teeth_unet.pipelines.reporting import tables
from teeth_unet.pipelines.reporting.settings import Report
from teeth_unet.segmentation import Segmenter

CARD = "model_card.md"

NOTICE = "A research tool, not a medical device."


def describe(segmenter: Segmenter) -> dict[str, Any]:
    """Return what a program that uses the network has to know, JSON-able.

    Returns:
        `fingerprint` of the segmenter, `size` in px, `threshold`, `mirror`, `input` and `output`
        in words, and `notice`.
    """
    settings = segmenter.settings
    size = settings.size
    return {
        "fingerprint": segmenter.fingerprint,
        "size": size,
        "threshold": settings.threshold,
        "mirror": settings.mirror,
        "input": f"xray: float32 (1, {size}, {size}, 1), grey levels in [0, 1]",
        "output": f"probabilities: float32 (1, {size}, {size}, 1) in [0, 1], of tooth",
        "notice": NOTICE,
    }


def write(segmenter: Segmenter, compared: Mapping[str, Any], report: Report) -> str:
    """Write the model card.

    Args:
        segmenter: The network, the settings it was fitted with, and its scores.
        compared: The comparison of the exported formats.
        report: Whose X-rays the formats were compared on.

    Returns:
        Markdown.
    """
    environment = Environment(
        loader=PackageLoader("teeth_unet.pipelines.export"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"digits": tables.digits}
    settings = segmenter.settings
    return environment.get_template(f"{CARD}.j2").render(
        description=describe(segmenter),
        settings=settings,
        training=settings.training,
        recipe=_recipe(settings.training),
        scores=settings.scores,
        summary=tables.summary_rows(settings.scores) if settings.scores else [],
        report=report,
        formats={name: FORMATS[name] for name in compared["formats"] if name in FORMATS},
        compared=compared,
        table=list(comparison.as_rows(compared)),
        recommendation=comparison.told_recommendation(compared),
    )


def _recipe(record: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the settings of a training as texts, by block of parameters."""
    training = dict(record["training"])
    augmentation = training.pop("augmentation", {})
    blocks = {
        "preparation": record["preparation"],
        "network": record["network"],
        "training": training,
        "training.augmentation": augmentation,
    }
    return {name: tables.as_texts(values) for name, values in blocks.items() if values}
