"""The report harms nobody who opens it, and nobody is shut out."""

import base64
import doctest
import io
import itertools
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from report_material import DICE, HOSTILE, NAMES, material
from report_reading import Page, written

from teeth_unet.numbering import charts_of, draw_missing_teeth
from teeth_unet.pipelines.reporting.nodes import write_report
from teeth_unet.reporting import embedding, figures, page, tables

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "src" / "teeth_unet" / "reporting"


@pytest.fixture(scope="module")
def html():
    return write_report(**material())


@pytest.fixture(scope="module")
def read(html):
    return Page(html)


# Whom it may harm --------------------------------------------------------------------------------


def test_names_and_texts_are_escaped(html, read):
    for name in HOSTILE:
        assert name in read.all("main")[0]["text"]
    assert "<script>alert" not in html
    assert len(read.all("script")) == 1
    assert read.text("h1") == read.text("title") == "Teeth <of> A & B"
    alts = [e["attributes"]["alt"] for e in read.all("img")]
    assert f"X-ray of case {HOSTILE[2]}." in alts


def test_an_attribute_cannot_be_broken_out_of():
    names = ['"><img src=x onerror=alert(1)>', *NAMES[1:]]
    read = written(names=names, dice=[0.99, *DICE[1:]])
    assert len(read.all("img")) == 15
    assert [e["text"] for e in read.all("th", scope="row", **{"data-value": names[0]})] == names[:1]


def test_nothing_is_loaded_from_anywhere(html, read):
    for element in read.elements:
        for name in ("src", "srcset", "href", "data", "action", "poster", "background"):
            assert element["attributes"].get(name, "data:").startswith("data:")
        assert element["tag"] not in ("link", "iframe", "object", "embed", "base")
        assert not any(name.startswith("on") for name in element["attributes"])
    styles = read.all("style")[0]["text"]
    assert "url(" not in styles
    assert "@import" not in styles
    (policy,) = read.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert policy["attributes"]["content"].startswith("default-src 'none'; img-src data:;")
    for image in read.all("img"):
        kind, data = image["attributes"]["src"].split(",", 1)
        if "svg" in kind:
            links = re.findall(rb'(?:href|url)[=(]"?([^")]+)', base64.b64decode(data))
            # A raster inside of a drawing travels as data, too.
            assert all(link.startswith((b"#", b"data:image/png;base64,")) for link in links)


def test_the_page_is_small(html):
    assert len(html) < 1_000_000


def test_the_same_material_gives_the_same_page(html):
    assert write_report(**material()) == html


# Who may read it ---------------------------------------------------------------------------------


def test_every_picture_can_be_decoded_and_is_described(read):
    images = read.all("img")
    assert (
        len(images) == 15
    )  # 3 curves, calibration, scores, 3 pairs, numbers, 2 charts, missing teeth
    for image in images:
        attributes = image["attributes"]
        assert len(attributes["alt"]) > 10
        kind, data = attributes["src"].split(";base64,")
        content = base64.b64decode(data, validate=True)
        if kind == "data:image/svg+xml":
            assert ElementTree.fromstring(content).tag.endswith("svg")
        else:
            picture = Image.open(io.BytesIO(content))
            assert picture.size == (int(attributes["width"]), int(attributes["height"]))
            if kind == "data:image/jpeg":
                assert picture.size == (200, 100)  # the native shape
            else:
                assert (kind, picture.width) == ("data:image/png", 1200)


def test_large_xrays_are_shown_in_their_shape_no_wider_than_needed():
    picture = embedding.embed_xray(np.zeros((8, 8)), (3000, 1250), "wide")
    assert (picture.width, picture.height) == (1200, 500)


def test_an_embedded_drawing_is_seen_as_it_was_drawn_and_small():
    drawing = draw_missing_teeth([*charts_of(material()["tooth_charts"]).values()])
    content = base64.b64decode(embedding.embed_drawing(drawing, "drawn").source.split(",")[1])
    shown = Image.open(io.BytesIO(content)).convert("RGB")
    difference = np.abs(np.asarray(shown).astype(int) - np.asarray(drawing))
    assert (difference > 40).mean() < 0.001
    assert len(content) < 100_000


def test_an_embedded_overlay_keeps_its_colours():
    truth, mask = np.zeros((64, 64)), np.zeros((64, 64))
    truth[:32], mask[32:] = 1, 1
    overlay = figures.overlay(np.full((64, 64), 0.5), truth, mask)
    embedded = embedding.embed_xray(overlay, (64, 64), "overlay")
    content = base64.b64decode(embedded.source.split(",")[1])
    shown = np.asarray(Image.open(io.BytesIO(content))) / 255
    for row in (8, 30, 34, 56):
        np.testing.assert_allclose(shown[row, 32], overlay[row, 32], atol=0.03)


def test_the_document_is_marked_up_for_screen_readers(read):
    assert read.all("html")[0]["attributes"] == {"lang": "en"}
    assert read.all("meta", name="viewport")
    levels = [int(e["tag"][1]) for e in read.elements if re.fullmatch("h[1-6]", e["tag"])]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = [e["attributes"]["id"] for e in read.elements if "id" in e["attributes"]]
    assert len(ids) == len(set(ids))
    for element in read.elements:
        for name in ("aria-labelledby", "aria-describedby"):
            assert element["attributes"].get(name, ids[0]) in ids
    assert all(e["attributes"].get("scope") in ("row", "col") for e in read.all("th"))
    for place in [e for e in read.all("div") if "scroll" in e["attributes"].get("class", "")]:
        assert {"tabindex": "0", "role": "region"}.items() <= place["attributes"].items()
        assert place["attributes"]["aria-label"]


def test_numbers_are_right_aligned(read):
    (table,) = read.all("table", class_="sortable")
    cells = [c for row in table["children"][1]["children"] for c in row["children"]]
    numbers = [c for c in cells if c["tag"] == "td"]
    assert {c["attributes"]["class"] for c in numbers} == {"number"}
    assert re.search(r"\.number \{[^}]*text-align: right", read.all("style")[0]["text"])


def test_all_of_the_page_is_in_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (pattern,) = project["tool"]["setuptools"]["package-data"]["teeth_unet.reporting"]
    needed = {path.name for path in (ROOM / "templates").iterdir()}
    assert {"report.html.j2", "report.css", "report.js"} < needed
    assert needed == {path.name for path in ROOM.glob(pattern)}


@pytest.mark.parametrize("module", [tables, page])
def test_the_examples_in_the_docstrings_hold(module):
    results = doctest.testmod(module)
    assert results.attempted
    assert not results.failed


def test_a_missing_number_is_a_dash():
    assert tables.digits(float("nan")) == tables.digits(None) == "-"


def test_the_inputs_are_left_alone():
    given, kept = material(), material()
    write_report(**given)
    for name, value in kept.items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(given[name], value)
        elif isinstance(value, np.ndarray):
            np.testing.assert_array_equal(given[name], value)
        else:
            assert given[name] == value
