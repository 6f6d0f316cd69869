"""The model card, and the description that is within the models."""

from teeth_unet.exporting import (
    FORMATS,
    ExportComparison,
    NetworkDescription,
    comparison_rows,
    told_recommendation,
)
from teeth_unet.reporting import tables
from teeth_unet.reporting.settings import Report
from teeth_unet.reporting.templating import fill
from teeth_unet.segmentation import Segmenter, measured_of
from teeth_unet.unet import start_in_words

CARD = "model_card.md"

NOTICE = "A research tool, not a medical device."


def describe_network(segmenter: Segmenter) -> NetworkDescription:
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


def write_model_card(segmenter: Segmenter, compared: ExportComparison, report: Report) -> str:
    """Write the model card.

    Args:
        segmenter: The network, the settings it was fitted with, and its scores.
        compared: The comparison of the exported formats.
        report: Whose X-rays the formats were compared on.

    Returns:
        Markdown.
    """
    settings = segmenter.settings
    told = {
        "description": describe_network(segmenter),
        "settings": settings,
        "taught_on": segmenter.taught_on,
        "training": settings.training,
        "start": start_in_words(settings.training),
        "why_last_epoch": settings.training.get("why_last_epoch"),
        "why_usual_threshold": settings.scores.get("decision_threshold", {}).get("note"),
        "recipe": tables.recipe(settings.training),
        "scores": settings.scores,
        "summary": tables.summary_rows(settings.scores) if settings.scores else [],
        "measured": measured_of(segmenter.fingerprint),
        "report": report,
        "formats": {name: FORMATS[name] for name in compared["formats"] if name in FORMATS},
        "compared": compared,
        "learned_from": compared.get("learned_from", False),
        "table": list(comparison_rows(compared)),
        "recommendation": told_recommendation(compared),
    }
    return fill(f"{CARD}.j2", told)
