"""How `--params` is read: several times, lists, paths as they stand, what is wrongly written."""

import re

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teeth_unet import params_option

PATHS = {"xrays", "masks", "results", "training.start"}

PATH_TEXTS = [
    "/a/scan #2", "# all", "007", "2024_01", "1e3", "1_000", "0x1F", "1:30", "yes", "no", "on",
    "true", "null", "~", "~/x", "a: b", "a:", "@x", "`x`", "%20", "%x", "-x", "--params", "- a",
    "? a", "!x", "!!str a", "&a", "*a", "*.png", "{a}", "{a: b}", "[a]", "[a, b]", "a]", "[",
    "'a'", '"a"', "it's", '6" scan', "a=b", "=", "==a", "epoch=9-step=8.ckpt", "a,b", "/a,", ",a",
    "a, b", "a,=", "${b}", "/a/${b}/c", "${oc.env:HOME}", "a$", "\\${x}", "???", "a???",
    r"C:\Users\x y", r"C:\new\table", r"\\server\share", "a\\", "/a\tb", "/a\nb", "/a ",
    "http://h/x.zip?a=b,c&d=e#f", "https://u:p@h:1/x%2Cy", "file:///a b", "é", "e\u0301",
    "\u0437\u0443\u0431\u044b", "\u6b6f", "\U0001f9b7", "\u202ea", "...", "/a/b/../c", "<a>|b;c",
    "//[x", "//a/b", "a//b",
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["--params", "a=1"], ["--params", "a=1"]),
        (["--params", "a=1", "--params", "b=2"], ["--params", "a=1\0b=2"]),
        (
            ["--params=a=1", "-p", "x", "--params", "b.c=2,d=3"],
            ["-p", "x", "--params", "a=1\0b.c=2,d=3"],
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
        ("a=1\0b=2", {"a": 1, "b": 2}),
        ("a=1,\0b=2,", {"a": 1, "b": 2}),
        ("a = 1 , b = 2", {"a": 1, "b": 2}),
        ("network.filters=[8,16]", {"network": {"filters": [8, 16]}}),
        ("a=1,b.c=[0, .5],b.d=2", {"a": 1, "b": {"c": [0, 0.5], "d": 2}}),
        ("a=007,b=yes,c=1e3,d=null", {"a": 7, "b": True, "c": 1000.0, "d": None}),
        ("a=x # y,b='x # y'", {"a": "x", "b": "x # y"}),
        ("", {}),
    ],
)
def test_what_is_no_path_is_read_as_kedro_reads_it(given, read):
    assert params_option.read(given, PATHS) == read


@pytest.mark.parametrize("path", PATH_TEXTS)
def test_a_path_is_taken_as_it_stands(path):
    assert params_option.read(f"xrays={path}", PATHS) == {"xrays": path}
    both = params_option.read(f"a=1,xrays={path},masks=/m", PATHS)
    assert both == {"a": 1, "xrays": path, "masks": "/m"}
    assert params_option.read(f"xrays={path}\0a=1", PATHS) == {"xrays": path, "a": 1}
    block = params_option.read(f"training.epochs=2,training.start={path},training.seed=3", PATHS)
    assert block == {"training": {"epochs": 2, "start": path, "seed": 3}}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("xrays=/a,b/c,masks=/d", {"xrays": "/a,b/c", "masks": "/d"}),
        ("xrays=/a, masks=/d", {"xrays": "/a", "masks": "/d"}),
        ("xrays=/of/[old]/x,masks=m", {"xrays": "/of/[old]/x", "masks": "m"}),
        ("xrays=/a[b,masks=c]d", {"xrays": "/a[b", "masks": "c]d"}),
        ("xrays=/a,b,inference.teeth=false", {"xrays": "/a,b", "inference": {"teeth": False}}),
        # A name that nothing reads: the run is refused, with the nearest that there is.
        ("xrays=/a,mask=/b", {"xrays": "/a", "mask": "/b"}),
        ("xrays=http://h/x?a=b,c=d", {"xrays": "http://h/x?a=b", "c": "d"}),
    ],
)
def test_a_comma_ends_a_path_where_another_name_follows_it(given, read):
    assert params_option.read(given, PATHS) == read


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("network.filters=8,16", r"found '16'.*\[8,16\]"),
        ("8,a=1", r"expected name=value, found '8'"),
        ("a", "expected name=value, found 'a'"),
        ("a=@x", "values that YAML can read.*in quotes"),
        ("a='", "values that YAML can read.*in quotes"),
        ("xrays=", "xrays: expected a path or an address, found nothing"),
        ("xrays=  ", "xrays: expected a path or an address, found nothing"),
        ("xrays=,masks=/d", "xrays: expected a path or an address, found nothing"),
        ("xrays= /a", r"a space before it.*'\./ /a'"),
        ("xrays=/a,xrays=/b", "two: '/a' and '/b'"),
        ("xrays=/a\0xrays=/b", "two: '/a' and '/b'"),
    ],
)
def test_what_cannot_be_is_refused_with_how_it_is_written(given, said):
    with pytest.raises(click.UsageError) as refused:
        params_option.read(given, PATHS)
    assert re.search(said, str(refused.value))


def test_a_path_that_may_end_later_is_refused(tmp_path):
    folder = tmp_path / "teeth,results=old"
    folder.mkdir()
    with pytest.raises(click.UsageError, match="which is there") as refused:
        params_option.read(f"xrays={folder}", PATHS)
    assert "--config FILE" in str(refused.value)
    other = params_option.read(f"xrays={tmp_path / 'teeth'},results=new", PATHS)
    assert other == {"xrays": str(tmp_path / "teeth"), "results": "new"}


@settings(max_examples=500)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_text_of_a_path_arrives_or_is_refused(path):
    try:
        read = params_option.read(f"xrays={path}", PATHS)
    except click.UsageError:
        assert not path.strip() or path[0].isspace() or re.search(r",\s*\w", path)
        return
    if len(read) == 1:
        assert read == {"xrays": path}
    else:  # what follows is a parameter of its own, which has to be known
        assert path.startswith(f"{read['xrays']},")


@pytest.mark.parametrize("path", [text for text in PATH_TEXTS if text.isprintable()])
def test_a_path_in_a_file_of_config_is_taken_as_it_stands(path, tmp_path):
    file = tmp_path / "run.yml"
    quoted = path.replace("'", "''")
    file.write_text(f"run:\n  params:\n    xrays: '{quoted}'\n    a: 007\n", "utf-8")
    read = params_option.read({"xrays": "of YAML", "a": 7}, PATHS, str(file))
    assert read == {"xrays": path, "a": 7}


@pytest.mark.parametrize("path", ["007", "2024_01", "1e3", "yes", "~", "null", "0x1F", "1:30"])
def test_no_quotes_are_needed_there(path, tmp_path):
    file = tmp_path / "run.yml"
    file.write_text(f"run: {{params: {{xrays: {path}}}}}", "utf-8")
    assert params_option.read({"xrays": 7}, PATHS, str(file)) == {"xrays": path}
    file.write_text(f"run: {{params: {{training: {{epochs: 2, start: {path}}}}}}}", "utf-8")
    block = params_option.read({"training": {"epochs": 2, "start": 7}}, PATHS, str(file))
    assert block == {"training": {"epochs": 2, "start": path}}


@pytest.mark.parametrize(
    ("value", "found"),
    [(["a", "b"], r"\['a', 'b'\]"), (None, "nothing"), ({"a": 1}, r"\{'a': 1\}")],
)
def test_what_is_no_text_there_is_refused(value, found):
    with pytest.raises(click.UsageError, match=f"xrays: expected a path .*, found {found}"):
        params_option.read({"xrays": value}, PATHS)
