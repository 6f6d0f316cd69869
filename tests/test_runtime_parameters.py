"""What of the configuration reads what is given after --params."""

import pytest
from kedro.config import OmegaConfigLoader

from teeth_unet.errors import InputError
from teeth_unet.runtime_parameters import places_by_entry, refuse_unread_templates
from teeth_unet.settings import CONFIG_LOADER_ARGS

BASE = """
straight: {filepath: "${runtime_params:xrays,here}"}
within: {filepath: "${runtime_params:results,there}/cases.csv", more: {folder: "${_deep}"}}
chosen: ${_sources.${globals:source}.xrays}
free: {filepath: fixed}     # ${runtime_params:masks} in a comment is read by nobody
replaced: {filepath: "${runtime_params:masks,here}"}
_deep: ${runtime_params:deep.name,default}
_sources:
  drawn: {xrays: {seed: 1}}
  folder: {xrays: {filepath: "${runtime_params:tooth_labels,here}"}}
"""

PARAMETERS = """
_rounds: 3
training: {_half: 2, epochs: "${_rounds}", warmup_epochs: "${._half}"}
"""


@pytest.fixture
def loader(tmp_path):
    """A maker of loaders of one small configuration, with what `--params` gives."""
    for name, content in {
        "base/catalog.yml": BASE,
        "base/globals.yml": "source: drawn",
        "base/parameters.yml": PARAMETERS,
        "local/globals.yml": "",
        "own/globals.yml": "source: folder",
        "own/catalog_more.yml": "replaced: {filepath: fixed}",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)

    def make(environment="local", **given):
        return OmegaConfigLoader(
            str(tmp_path), environment, runtime_params=given, **CONFIG_LOADER_ARGS
        )

    return make


ALWAYS = {"straight": {"xrays"}, "within": {"results", "deep"}, "free": set()}


@pytest.mark.parametrize(
    ("environment", "more"),
    [
        ("local", {"chosen": set(), "replaced": {"masks"}}),
        ("own", {"chosen": {"tooth_labels"}, "replaced": set()}),
    ],
)
def test_an_entry_reads_the_names_that_its_templates_read(loader, environment, more):
    assert places_by_entry(loader(environment)) == ALWAYS | more


def test_what_has_been_given_still_counts_in_the_run(loader):
    of_run = loader(xrays="mine", training={"epochs": 1})
    places_by_entry(of_run)
    refuse_unread_templates(of_run)
    assert of_run["catalog"]["straight"]["filepath"] == "mine"
    assert of_run["parameters"]["training"]["epochs"] == 1


def test_where_a_name_chooses_between_templates_every_entry_may_read_what_is_given(
    loader, tmp_path
):
    chooses = "chosen: ${_kinds.${runtime_params:kind,one}}\n_kinds: {one: {a: 1}, two: {a: 2}}"
    (tmp_path / "own" / "catalog_more.yml").write_text(chooses)
    places = places_by_entry(loader("own", kind="two"))
    assert places == {entry: {"kind"} for entry in (*ALWAYS, "chosen", "replaced")}


@pytest.mark.parametrize("given", [{}, {"_rounds": 5}, {"training": {"_half": 1, "epochs": 9}}])
def test_a_template_may_be_given_for_one_run(loader, given):
    refuse_unread_templates(loader(**given))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"_round": 5}, "--params _round: .* did you mean '_rounds'"),
        ({"training": {"_hlf": 1}}, "--params training._hlf: .* did you mean 'training._half'"),
        ({"_rounds": {"_rounds": 5}}, "--params _rounds._rounds: "),
    ],
)
def test_a_template_that_no_file_has_is_refused_with_the_nearest(loader, given, said):
    with pytest.raises(InputError, match=said):
        refuse_unread_templates(loader(**given))


def test_where_no_file_has_a_template_there_is_none_to_name(loader, tmp_path):
    (tmp_path / "base" / "parameters.yml").write_text("training: {epochs: 3}")
    with pytest.raises(InputError, match=r"found none of that name\. Leave it out"):
        refuse_unread_templates(loader(_rounds=5))
