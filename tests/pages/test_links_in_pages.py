"""Links between pages lead somewhere, and what pages name is there."""

import ast
import importlib
import re
from importlib.util import find_spec

import pytest
from pages import ROOT, all_pages, anchors, blocks, links, prose, read, sections, spans

PAGES = all_pages()
OF_EXTRAS = {"mlflow"}  # which `dev` leaves out
MADE_BY_USERS = ("conf/arrays/", "conf/hospital/", "credentials.yml")
TOP_LEVEL = ("conf/", "src/", "tests/", "notebooks/", ".github/", ".images/")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(page):
    for link in links(read(page)):
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), link


@pytest.mark.parametrize("page", PAGES)
def test_every_file_of_the_project_that_is_named_is_there(page):
    for span in spans(read(page)):
        if span.startswith(TOP_LEVEL) and re.fullmatch(r"[\w./-]+", span):
            assert (ROOT / span).exists() or any(made in span for made in MADE_BY_USERS), span


@pytest.mark.parametrize("page", PAGES)
def test_the_python_of_a_page_is_python_and_imports_what_there_is(page):
    for block in blocks(read(page)):
        if block.language != "python":
            continue
        for node in ast.walk(ast.parse(block.text)):
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(node.module)
                assert all(hasattr(module, alias.name) for alias in node.names)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name not in OF_EXTRAS or find_spec(alias.name) is not None:
                        importlib.import_module(alias.name)


@pytest.mark.parametrize("page", PAGES)
def test_figures_have_the_command_that_they_come_from(page):
    for heading, text in sections(read(page)):
        if heading != "What it reaches":
            continue
        told = re.search(r"`(kedro run|python tests/benchmarks/)", text)
        elsewhere = [link for link in links(text) if link.endswith("#what-it-reaches")]
        assert told or elsewhere
        assert "|---" in text


def test_every_table_of_the_benchmarks_has_its_command():
    parts = re.split(r"^## ", read("tests/benchmarks/README.md"), flags=re.MULTILINE)[1:]
    tables = [part for part in parts if "|---" in part]
    assert len(tables) >= 7
    for part in tables:
        assert re.search(r"`(kedro run|python tests/benchmarks/)", part), part.splitlines()[0]


def test_every_page_is_linked_from_another():
    known = {
        ((ROOT / page).parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in links(read(page))
    }
    assert {page for page in PAGES if (ROOT / page).resolve() not in known} <= {"README.md"}


def test_every_module_that_tests_share_is_told_of():
    told = set(spans(read("tests/README.md")))
    assert {path.stem for path in (ROOT / "tests/support").glob("*.py")} - told == set()


def test_every_pipeline_has_a_page():
    folders = (ROOT / "src/teeth_unet/pipelines").glob("*/pipeline.py")
    assert [path.parent.name for path in folders if not path.with_name("README.md").exists()] == []


@pytest.mark.parametrize(
    ("title", "anchor"),
    [
        ("What it reaches", "what-it-reaches"),
        ("Where is …?", "where-is-"),
        ("data_science: training a network", "data_science-training-a-network"),
        ("The marker `slow`", "the-marker-slow"),
    ],
)
def test_headings_have_the_anchors_that_github_gives_them(title, anchor):
    assert anchors(f"# A\n\n## {title}\n\ntext\n") == {"a", anchor}


def test_code_holds_no_links_and_no_headings():
    text = (
        "[a](b.md#c) `[no](d)`\n```bash\n# no\n[no](e)\n```\n[![x](y.png)](z.md) [w](https://w)\n"
    )
    assert links(text) == ["b.md#c", "z.md"]
    assert anchors(text) == set()
    assert "no](e" not in prose(text)
