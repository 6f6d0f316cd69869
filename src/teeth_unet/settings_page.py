"""Write the tables of conf/README.md anew: `python -m teeth_unet.settings_page`.

What stands in the page above `LINE` is written by hand and stays. All below it is made of the
settings classes, their docstrings, and the files in conf/.
"""

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from teeth_unet.acquisition import DownloadRules
from teeth_unet.archives import ArchiveRules
from teeth_unet.config_loader import ConfigLoader
from teeth_unet.configuration import Settings, flatten
from teeth_unet.errors import InputError
from teeth_unet.exporting import Export
from teeth_unet.inference import Inference
from teeth_unet.intake import SetForm
from teeth_unet.numbering import NumberLearning
from teeth_unet.phantoms import PhantomSettings
from teeth_unet.pipelines.pretraining.settings import Pretraining
from teeth_unet.preparation import Preparation
from teeth_unet.quality import Quality
from teeth_unet.reporting import Plots, Report
from teeth_unet.scoring import Scoring
from teeth_unet.settings import CONFIG_LOADER_ARGS
from teeth_unet.splits import CrossValidation, Split
from teeth_unet.storage import atomic_write
from teeth_unet.unet import Network, Prediction, Training
from teeth_unet.unet.losses import LOSSES, options_model

CONF = Path(__file__).parents[2] / "conf"

LINE = "<!-- All below this line is written by `python -m teeth_unet.settings_page` -->\n"

BLOCKS: dict[str, type[BaseModel]] = {
    "preparation": Preparation,
    "quality": Quality,
    "split": Split,
    "network": Network,
    "training": Training,
    "numbering": NumberLearning,
    "prediction": Prediction,
    "scoring": Scoring,
    "plots": Plots,
    "report": Report,
    "inference": Inference,
    "export": Export,
    "cross_validation": CrossValidation,
    "pretraining": Pretraining,
}
"""The blocks of parameters in the order of conf/base, each with the class that checks it."""

OPTIONS: dict[str, tuple[str, type[BaseModel]]] = {
    "PhantomDataset": ("Under `_phantom` in `base/catalog_sources.yml`", PhantomSettings),
    "RemoteArchiveDataset": ("Under `_archive` in `base/catalog_sources.yml`", DownloadRules),
    "XraySetDataset": (
        "Under `set` in `globals.yml`, and for one run: `--params set.unmasked=negative`",
        SetForm,
    ),
    "archive": (
        "A block under `_archive`, and under `new_xrays` in `base/catalog_inference.yml`",
        ArchiveRules,
    ),
}
"""Options of catalog entries that a class checks: where they are written, and the class."""


KINDS = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "object": "block",
    "null": "`null`",
}
"""Types of JSON schemas in plain words."""


def main() -> None:
    """Write the lower part of conf/README.md anew, and keep the upper one."""
    page = CONF / "README.md"
    if not page.exists():
        raise SystemExit(f"{page} is not there: this command is for a clone of the project.")
    content = page_with_settings(page.read_text("utf-8"))
    with atomic_write(page) as temporary:
        temporary.write_text(content, "utf-8")


def page_with_settings(page: str) -> str:
    """Return the page with its lower part as it has to be.

    Raises:
        InputError: It has no lower part; what was written by hand may be lost.
    """
    by_hand, line, _ = page.partition(LINE)
    if not line:
        raise InputError(
            "conf/README.md",
            f"the line {LINE.strip()}",
            "none, as after > conf/README.md",
            "Put the page back (git checkout conf/README.md), and run the command without a >.",
        )
    return by_hand + line + "".join(_lower_part())


def _lower_part() -> Iterator[str]:
    parameters, catalog = _configuration("base")
    yield "\n## Every setting\n\n"
    yield "`conf/base` holds unless an environment says otherwise. The default is for a name "
    yield "that is in no file.\n"
    for name, settings in BLOCKS.items():
        if settings is Pretraining:
            yield from _same_blocks(name, settings, parameters[name], parameters, "outside")
            continue
        yield from _section(name, settings, parameters[name])
        if name == "training":
            yield from _losses()
    yield "\n## What environments change\n\n"
    yield "Beside the block `report`, which tells whose X-rays they are.\n\n"
    yield from _environments(parameters)
    yield "\n## Options of catalog entries\n\n"
    yield "Other options are in the docstrings of the classes, in `src/teeth_unet/datasets`.\n"
    drawn = catalog["raw_xrays"]
    for name, (place, settings) in OPTIONS.items():
        yield f"\n### `{name}`\n\n{place}. {_told(settings)}\n\n"
        values = drawn if drawn["type"].endswith(name) else {}
        yield from _table(settings, values)
        for key, block in _blocks_within(settings):
            yield from _section(f"{name}.{key}", block, values.get(key, {}))


def _section(name: str, settings: type[BaseModel], values: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n### `{name}`\n\n{_told(settings)}\n\n"
    yield from _table(settings, values)
    for key, block in _blocks_within(settings):
        yield from _section(f"{name}.{key}", block, values.get(key, {}))


def _same_blocks(
    name: str,
    settings: type[BaseModel],
    values: Mapping[str, Any],
    others: Mapping[str, Any],
    where: str,
) -> Iterator[str]:
    """Tell where blocks within a block have other values than those of the same names elsewhere.

    A block within it that has settings of its own holds such blocks itself: it is told in the same
    way.
    """
    yield f"\n### `{name}`\n\n{_told(settings)} What differs:\n\n"
    yield f"| setting | in `{name}` | {where} |\n|---|---|---|\n"
    elsewhere = dict(flatten(others))
    own = {
        key: block
        for key, block in _blocks_within(settings)
        if not dict(flatten({key: values[key]})).keys() <= elsewhere.keys()
    }
    for setting, value in flatten({key: each for key, each in values.items() if key not in own}):
        if value != elsewhere[setting]:
            yield _row(f"`{name}.{setting}`", _yaml(value), _yaml(elsewhere[setting]))
    for key, block in own.items():
        yield from _same_blocks(f"{name}.{key}", block, values[key], values, f"in `{name}`")


def _losses() -> Iterator[str]:
    yield "\n### `training.loss` with its `training.loss_options`\n\n"
    yield "| loss | what it is | option | values | default | meaning |\n|---|---|---|---|---|---|\n"
    for name, loss in LOSSES.items():
        told = _told(loss).removeprefix("Return ")
        cells, meanings = [f"`{name}`", told[0].upper() + told[1:]], _meanings(loss, "Args")
        options = options_model(name)
        for option, schema in options.model_json_schema()["properties"].items():
            default = _default(options, option)
            yield _row(*cells, f"`{option}`", _allowed(schema), default, meanings[option])
            cells = ["", ""]
        if not options.model_fields:
            yield _row(*cells, *[""] * 4)


def _table(settings: type[BaseModel], values: Mapping[str, Any]) -> Iterator[str]:
    meanings, within = _meanings_of_all(settings), dict(_blocks_within(settings))
    properties = settings.model_json_schema()["properties"]
    yield "| name | values | `conf/base` | default | meaning |\n|---|---|---|---|---|\n"
    for name, schema in properties.items():
        if name in within:
            cells = ["block, see below", "", ""]
        else:
            value = _yaml(values[name]) if name in values else ""
            cells = [_allowed(schema), value, _default(settings, name)]
        yield _row(f"`{name}`", *cells, meanings[name])


def _default(settings: type[BaseModel], name: str) -> str:
    field = settings.model_fields[name]
    if field.is_required():
        return "has to be given"
    return _yaml(field.get_default(call_default_factory=True))


def _environments(base: Mapping[str, Any]) -> Iterator[str]:
    others = sorted({path.parent.name for path in CONF.glob("*/globals.yml")} - {"base", "local"})
    columns = {name: dict(flatten(_configuration(name)[0])) for name in others}
    columns = {"base": dict(flatten(base)), **columns}
    yield _row("setting", *(f"`{name}`" for name in columns))
    yield "|---" * (len(columns) + 1) + "|\n"
    for setting in columns["base"]:
        values = [column[setting] for column in columns.values()]
        if any(value != values[0] for value in values) and not setting.startswith("report."):
            yield _row(f"`{setting}`", *map(_yaml, values))


def _configuration(environment: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return parameters and catalog, read at once: loaders share what resolves `${globals:…}`."""
    loader = ConfigLoader(str(CONF), environment, **CONFIG_LOADER_ARGS)
    return loader["parameters"], loader["catalog"]


def _blocks_within(settings: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield name, field.annotation


def _told(documented: object) -> str:
    """Return what a docstring says before its first section, as one paragraph."""
    text = re.split(r"\n(?:Attributes|Args|Raises):\n", inspect.getdoc(documented) or "")[0]
    return " ".join(text.split())


def _meanings(documented: object, section: str = "Attributes") -> dict[str, str]:
    """Return what a docstring says in one of its sections, by name."""
    _, _, text = (inspect.getdoc(documented) or "").partition(f"\n{section}:\n")
    entry = re.compile(r"^ {4}(\w+): ((?:.+\n?)(?: {8}.+\n?)*)", re.MULTILINE)
    entries = entry.findall(text.partition("\n\n")[0])
    return {name: " ".join(meaning.split()) for name, meaning in entries}


def _meanings_of_all(settings: type[BaseModel]) -> dict[str, str]:
    """Return the meanings of a class' settings, with those of the class that it is made from."""
    bases = [one for one in settings.__mro__[::-1] if issubclass(one, Settings)]
    return {name: told for one in bases for name, told in _meanings(one).items()}


def _allowed(schema: Mapping[str, Any]) -> str:
    """Say in words what values a JSON schema allows."""
    if "enum" in schema:
        return ", ".join(_yaml(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_allowed(one) for one in schema["anyOf"])
    if "prefixItems" in schema:
        kinds = {_allowed(one) for one in schema["prefixItems"]}
        return f"list of {len(schema['prefixItems'])}: {', '.join(sorted(kinds))}"
    kind = schema["type"]
    if kind == "array":
        least = schema.get("minItems", 0)
        return f"list{f' of {least} or more' if least else ''}: {_allowed(schema['items'])}"
    if kind == "boolean":
        return "`true`, `false`"
    return " ".join([KINDS[kind], *_bounds(schema)])


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    for key, words in (
        ("minimum", "from {}"),
        ("exclusiveMinimum", "above {}"),
        ("maximum", "to {}"),
        ("exclusiveMaximum", "to below {}"),
    ):
        if key in schema:
            yield words.format(_number(schema[key]))


def _yaml(value: Any) -> str:  # noqa: ANN401 (whatever a setting holds)
    """Return a value as a file in conf/ has it, or nothing for an empty text."""
    if isinstance(value, str):
        return f"`{value}`" if value else ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"`{_number(value)}`"
    return f"`{json.dumps(value)}`"


def _number(value: float) -> str:
    whole = isinstance(value, int) or value.is_integer()
    return f"{int(value):_}" if whole and abs(value) >= 10_000 else f"{value:g}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


if __name__ == "__main__":
    main()
