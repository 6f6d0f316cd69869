"""conf/README.md says what the settings classes and the files in conf/ say."""

import re
import shutil

import pytest

from teeth_unet import settings_page
from teeth_unet.config_loader import ConfigLoader
from teeth_unet.configuration import Settings
from teeth_unet.errors import InputError
from teeth_unet.exporting import FORMATS
from teeth_unet.settings import CONFIG_LOADER_ARGS
from teeth_unet.settings_page import (
    BLOCKS,
    CONF,
    LINE,
    OPTIONS,
    _allowed,
    _meanings,
    _meanings_of_all,
    _table,
    page_with_settings,
)
from teeth_unet.unet import Augmentation
from teeth_unet.unet.losses import LOSSES, options_model
from teeth_unet.unet.settings import METRICS, OPTIMIZERS

PAGE = (CONF / "README.md").read_text("utf-8")
BY_HAND, _, BY_COMMAND = PAGE.partition(LINE)

CLASSES = [*BLOCKS.values(), *(settings for _, settings in OPTIONS.values()), Augmentation]


def test_the_page_is_as_the_command_writes_it():
    assert page_with_settings(PAGE) == PAGE, "run: python -m teeth_unet.settings_page"


def test_what_stands_above_the_line_stays():
    outdated = f"by hand\n{LINE}of last year"
    assert page_with_settings(outdated) == f"by hand\n{LINE}{BY_COMMAND}"


@pytest.mark.parametrize("page", ["", "by hand\n"])
def test_a_page_without_the_line_is_not_written_over(page):
    with pytest.raises(InputError, match="git checkout"):
        page_with_settings(page)


def test_every_block_of_parameters_has_its_section_in_the_order_of_the_page():
    loader = ConfigLoader(str(CONF), "base", **CONFIG_LOADER_ARGS)
    assert loader["parameters"].keys() == BLOCKS.keys()
    assert [name for name in re.findall(r"### `(\w+)`", BY_COMMAND) if name in BLOCKS] == [*BLOCKS]


@pytest.mark.parametrize("loss", LOSSES)
def test_every_number_of_a_loss_is_explained_where_it_is_defined(loss):
    arguments = ["truth", "probabilities", *options_model(loss).model_fields]
    assert list(_meanings(LOSSES[loss], "Args")) in (arguments, [])


@pytest.mark.parametrize("settings", CLASSES)
def test_every_setting_is_explained_where_it_is_defined(settings):
    assert list(_meanings_of_all(settings)) == list(settings.model_fields)


def test_every_choice_is_listed():
    for name in {*LOSSES, *OPTIMIZERS, *METRICS, *FORMATS}:
        assert f"`{name}`" in BY_COMMAND


def test_every_environment_is_described():
    environments = {path.name for path in CONF.iterdir() if path.is_dir()}
    assert {name for name in environments if f"`{name}/`" not in BY_HAND} == set()
    assert {name for name in environments if f"--env {name}" not in BY_HAND} == {"base", "local"}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1}, "whole number from 1"),
        ({"type": "number", "exclusiveMinimum": 0}, "number above 0"),
        ({"type": "number", "minimum": 0, "maximum": 0.5}, "number from 0 to 0.5"),
        ({"type": "number", "minimum": 0, "exclusiveMaximum": 1}, "number from 0 to below 1"),
        ({"type": "integer", "maximum": 2_000_000}, "whole number to 2_000_000"),
        ({"type": "boolean"}, "`true`, `false`"),
        ({"type": "string"}, "text"),
        ({"type": "object"}, "block"),
        ({"enum": ["max", 2], "type": "string"}, "`max`, `2`"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number or `null`"),
        ({"type": "array", "items": {"type": "string"}}, "list: text"),
        (
            {"type": "array", "minItems": 2, "items": {"type": "number"}},
            "list of 2 or more: number",
        ),
        ({"type": "array", "prefixItems": [{"type": "number"}] * 2}, "list of 2: number"),
    ],
)
def test_what_a_setting_may_be_is_said_in_words(schema, words):
    assert _allowed(schema) == words


def test_a_value_that_holds_a_bar_does_not_break_the_table():
    class Bars(Settings):
        """Of iron.

        Attributes:
            lengths: One | or
                several.
            name: What it is called.
        """

        lengths: tuple[int, ...] = (1,)
        name: str = "a|b"

    *_, lengths, name = _table(Bars, {"name": "c|d"})
    assert lengths == "| `lengths` | list: whole number |  | `[1]` | One \\| or several. |\n"
    assert name == "| `name` | text | `c\\|d` | `a\\|b` | What it is called. |\n"


@pytest.mark.parametrize("block", sorted(BLOCKS.keys() - {"split"}))  # of which one name decides
def test_base_names_every_setting_so_that_people_find_it(block):
    parameters = ConfigLoader(str(CONF), "base", **CONFIG_LOADER_ARGS)["parameters"]
    for name, field in BLOCKS[block].model_fields.items():
        assert name in parameters[block]
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Settings):
            given, known = parameters[block][name].keys(), inner.model_fields.keys()
            assert given <= known if name == "split" else given == known


def test_outside_of_a_clone_the_command_says_that_it_is_for_one(tmp_path, monkeypatch):
    monkeypatch.setattr(settings_page, "CONF", tmp_path)
    with pytest.raises(SystemExit, match="for a clone"):
        settings_page.main()


@pytest.mark.parametrize(("source", "synthetic"), [("folder", False), ("phantoms", True)])
def test_an_environment_of_ones_own_says_of_its_xrays_what_they_are(tmp_path, source, synthetic):
    conf = shutil.copytree(CONF, tmp_path / "conf")
    (conf / "hospital").mkdir()
    (conf / "hospital" / "globals.yml").write_text(f"data: data/hospital\nsource: {source}\n")
    report = ConfigLoader(str(conf), "hospital", **CONFIG_LOADER_ARGS)["parameters"]["report"]
    assert report["synthetic"] is synthetic
    assert ("Synthetic" in report["data_note"]) is synthetic
