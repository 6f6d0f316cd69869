"""Parameters after `--params` that no node of a run reads."""

from collections.abc import Mapping

from kedro.framework.project import pipelines
from kedro.pipeline import Pipeline

from teeth_unet.configuration import flatten, is_template
from teeth_unet.errors import InputError
from teeth_unet.quality import READ_FOR_NEW_XRAYS
from teeth_unet.splits import READ_FOR_FOLDS

PARTLY_READ: Mapping[str, Mapping[str, frozenset[str]]] = {
    "segment_xrays": {"quality": READ_FOR_NEW_XRAYS},
    "split_folds": {"split": READ_FOR_FOLDS},
}
"""By node and block of parameters: the values that the node reads, where it is not all of them."""


def refuse_unread(name: str, given: object, asked_for: list[str], pipeline: Pipeline) -> None:
    """Refuse a parameter without an effect: whoever gives it believes that it has one.

    Args:
        name: A block of parameters, such as `training`.
        given: What was given of it.
        asked_for: Names of the pipelines that were asked for.
        pipeline: What will run of them.

    Raises:
        InputError: No node reads it, or one of the values given.
    """
    values = dict(flatten(given)) if isinstance(given, Mapping) else {"": given}
    for value in values:
        if is_template(value.rpartition(".")[2]) or _is_read(name, value, pipeline):
            continue
        whole = f"{name}.{value}".rstrip(".")
        able = {one for one, each in pipelines.items() if _is_read(name, value, each)}
        remedy = f"Leave it out. It is for {', '.join(sorted(able - {'__default__'}))}."
        if able & set(asked_for):
            remedy = (
                "It is for other nodes than the chosen ones: leave it out, or run these as well."
            )
        raise InputError(
            f"--params {whole}",
            "a parameter that this run reads",
            f"one that no node of it reads ({', '.join(asked_for)})",
            remedy,
        )


def _is_read(name: str, value: str, pipeline: Pipeline) -> bool:
    for node in pipeline.nodes:
        inputs = {each.removeprefix("params:").partition(".")[0] for each in node.inputs}
        if name in inputs or "parameters" in inputs:
            partly = PARTLY_READ.get(node.name.rpartition(".")[2], {}).get(name)
            if partly is None or {value, value.partition(".")[0]} & partly:
                return True
    return False
