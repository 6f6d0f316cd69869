"""How `--params` is read: several times, lists, and what is wrongly written."""

import click
import pytest

from teeth_unet import cli, params_option


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["--params", "a=1"], ["--params", "a=1"]),
        (["--params", "a=1", "--params", "b=2"], ["--params", "a=1,b=2"]),
        (
            ["--params=a=1", "-p", "x", "--params", "b.c=2,d=3"],
            ["-p", "x", "--params", "a=1,b.c=2,d=3"],
        ),
        (["--env", "abdi"], ["--env", "abdi"]),
    ],
)
def test_of_several_params_none_is_forgotten(given, read):
    assert params_option.joined(given) == read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("a=1,b.c=x", {"a": 1, "b": {"c": "x"}}),
        ("network.filters=[8,16]", {"network": {"filters": [8, 16]}}),
        ("a=1,b.c=[0, .5],b.d=2", {"a": 1, "b": {"c": [0, 0.5], "d": 2}}),
        ("xrays=/of/[old]/x,masks=m", {"xrays": "/of/[old]/x", "masks": "m"}),
        ("xrays=/a[b,masks=c]d", {"xrays": "/a[b", "masks": "c]d"}),
        ("", {}),
    ],
)
def test_lists_are_read_beside_what_kedro_reads(given, read):
    context = cli.run.make_context("run", ["--params", given], resilient_parsing=False)
    assert context.params["params"] == read


def test_a_list_without_brackets_is_told_with_how_it_is_written():
    with pytest.raises(click.UsageError, match=r"\[8,16\]"):
        cli.run.make_context("run", ["--params", "network.filters=8,16"])
