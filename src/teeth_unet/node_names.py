"""Names of nodes on the command line, with or without the group that kedro-viz draws as a box."""

from collections.abc import Iterable, Mapping
from typing import Any

from kedro.framework.project import pipelines

OPTIONS = ("node_names", "from_nodes", "to_nodes")


def with_groups(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of `kedro run` with the full names of nodes.

    `--nodes fit_unet` stands for `--nodes data_science.fit_unet`. A name that no node has, or
    nodes of several groups, stays as it is: Kedro then refuses it, and names what there is.
    """
    given = {option: options[option] for option in OPTIONS if options.get(option)}
    if not given:
        return dict(options)
    asked_for = [options["pipeline"]] if options.get("pipeline") else options.get("pipelines")
    known = {
        node.name
        for name in asked_for or ["__default__"]
        if name in pipelines
        for node in pipelines[name].nodes
    }
    full = {option: [_full_name(name, known) for name in names] for option, names in given.items()}
    return {**options, **full}


def _full_name(name: str, known: Iterable[str]) -> str:
    fitting = [each for each in known if each == name or each.endswith(f".{name}")]
    return fitting[0] if len(fitting) == 1 else name
