"""What commands in the pages name exists: pipelines, environments, nodes, settings, files."""

import importlib.util
import re
import tomllib

import pytest
from kedro.config import OmegaConfigLoader
from kedro.validation.parameter_validator import ParameterValidator
from pages import ROOT, all_pages, blocks, commands, option, read, spans

from teeth_unet import params_option
from teeth_unet.command import segment
from teeth_unet.pipeline_registry import register_pipelines
from teeth_unet.runtime_parameters import path_names, places_by_entry
from teeth_unet.settings import CONFIG_LOADER_ARGS

PAGES = all_pages()
PIPELINES = register_pipelines()
ENVIRONMENTS = {path.name for path in (ROOT / "conf").iterdir() if path.is_dir()} | {"tiny"}
ENTRIES = set().union(*(pipeline.datasets() for pipeline in PIPELINES.values()))
EXTRAS = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"].keys()
STAND_INS = {"NAME", "X"}

KEDRO = [
    (page, command) for page in PAGES for command in commands(read(page)) if command[0] == "kedro"
]
RUNS = [(page, command) for page, command in KEDRO if command[1] == "run"]
GIVEN = [(page, command) for page, command in RUNS if option(command, "--params")]


def loader(environment=None, given=None):
    return OmegaConfigLoader(
        conf_source=str(ROOT / "conf"), env=environment, runtime_params=given, **CONFIG_LOADER_ARGS
    )


PARAMETERS = loader("base")["parameters"]


def named(values):
    return [value for value in (values or "").split(",") if value]


def shown(cases):
    return [f"{page}: {' '.join(command)}" for page, command in cases]


@pytest.mark.parametrize(("page", "command"), RUNS, ids=shown(RUNS))
def test_a_run_names_what_there_is(page, command):
    asked_for = named(option(command, "--pipeline")) + named(option(command, "--pipelines"))
    assert set(asked_for) <= PIPELINES.keys() | STAND_INS
    assert {option(command, "--env") or "base"} <= ENVIRONMENTS | STAND_INS
    known = {node.name.rpartition(".")[2] for one in asked_for for node in PIPELINES[one].nodes}
    for words in ("--nodes", "--from-nodes", "--to-nodes"):
        assert set(named(option(command, words))) <= known


@pytest.mark.parametrize(("page", "command"), GIVEN, ids=shown(GIVEN))
def test_what_a_run_is_given_is_read_and_allowed(page, command):
    environment = option(command, "--env")
    environment = environment if environment in ENVIRONMENTS - {"tiny"} else "base"
    given = params_option.read(option(command, "--params"), path_names(loader(environment)))
    loaded = loader(environment, given)
    places = {name for names in places_by_entry(loaded).values() for name in names}
    assert given.keys() <= places | PARAMETERS.keys()
    raw = {name: value for name, value in loaded["parameters"].items() if name not in places}
    ParameterValidator(PIPELINES).validate_raw_params(raw)


SEGMENT = [
    (page, command)
    for page in PAGES
    for command in commands(read(page))
    if command[:2] == ["teeth-unet", "segment"]
]


@pytest.mark.parametrize(("page", "command"), SEGMENT, ids=shown(SEGMENT))
def test_what_is_segmented_without_a_project_is_given_as_it_is_taken(page, command):
    segment.make_context("segment", command[2:])


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_that_is_named_exists(page):
    for span in spans(read(page)):
        found = re.fullmatch(r"([a-z_]+(?:\.[a-z_]+)+)(?:=[^=]+)?", span)
        if found and found[1] in ENTRIES:  # such as `pretraining.segmenter`
            continue
        if found and found[1].partition(".")[0] in PARAMETERS and not span.endswith(".py"):
            node = PARAMETERS
            for name in found[1].split("."):
                assert name in node, span
                node = node[name]


@pytest.mark.parametrize("page", PAGES)
def test_programs_and_tests_that_are_run_are_there(page):
    for command in commands(read(page)):
        if command[0] == "python" and "-m" in command:
            assert importlib.util.find_spec(command[command.index("-m") + 1]), command
        elif command[0] in ("python", "pytest"):
            for word in command[1:]:
                path = word.partition("::")[0]
                assert not path.startswith("tests/") or (ROOT / path).exists(), command


@pytest.mark.parametrize("page", PAGES)
def test_extras_that_are_installed_exist(page):
    for command in commands(read(page)):
        if command[:2] == ["pip", "install"]:
            for names in re.findall(r"^\.\[(.*)\]$", "\n".join(command), re.MULTILINE):
                assert set(names.split(",")) <= EXTRAS


def test_commands_are_found_in_blocks_and_lines():
    text = "`kedro run --env a` and `no` ```\n"
    text += "```bash\nX=1 kedro run --pipeline a && pytest -k 'b c'  # d\npip \\\n  x\n```\n"
    assert commands(text) == [
        ["kedro", "run", "--pipeline", "a"],
        ["pytest", "-k", "b c"],
        ["pip", "x"],
        ["kedro", "run", "--env", "a"],
    ]
    assert [block.language for block in blocks(text)] == ["bash"]
    assert option(["--a=b", "--c", "d"], "--a") == "b"
    assert option(["--a=b", "--c", "d"], "--c") == "d"
    assert option([], "--a") is None
