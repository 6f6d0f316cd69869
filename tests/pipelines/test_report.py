"""The report: what it says, read from its HTML. How it looks: tests/project/test_report_page.py."""

import base64
import doctest
import io
import itertools
import re
import tomllib
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from report_material import DICE, HOSTILE, NAMES, cases, history, material, record, summary

from teeth_unet.errors import InputError
from teeth_unet.pipelines.reporting import embedding, figures, page, report_figures, tables
from teeth_unet.pipelines.reporting.nodes import write_report
from teeth_unet.pipelines.reporting.page import Report
from teeth_unet.splits import Split

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "src" / "teeth_unet" / "pipelines" / "reporting"

VOID = {"meta", "img", "br", "hr", "input", "link"}


class Page(HTMLParser):
    """The elements of a page: each with its tag, attributes, text and what it lies in.

    Complains of a tag that is never closed, or closed in the wrong place.
    """

    def __init__(self, text):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        assert len(dict(attributes)) == len(attributes)
        element = {"tag": tag, "text": "", "inside": [e["tag"] for e in self.open]}
        element |= {"attributes": dict(attributes), "children": []}
        if self.open:
            self.open[-1]["children"].append(element)
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag, **attributes):
        """The elements of a kind, with these attributes."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}.items()
        return [e for e in self.elements if e["tag"] == tag and wanted <= e["attributes"].items()]

    def text(self, tag, **attributes):
        """The text of the only element of a kind, with single spaces."""
        (element,) = self.all(tag, **attributes)
        return words(element["text"])


def words(text):
    return " ".join(text.split())


def written(**changed):
    """A page whose figures are not drawn, for tests of its words."""
    with pytest.MonkeyPatch.context() as patch:
        blank = partial(embedding.Picture, "data:,", 1, 1)
        patch.setattr(page, "embed_figure", lambda figure, alt: blank(alt))
        return Page(write_report(**material(**changed)))


def section(read, name):
    (found,) = [e for e in read.all("section") if e["attributes"]["aria-labelledby"] == name]
    return words(found["text"])


def sections(read):
    return [e["attributes"]["aria-labelledby"] for e in read.all("section")]


def rows(table):
    """The texts of a table's cells, row by row."""
    found = []

    def walk(element):
        for child in element["children"]:
            if child["tag"] == "tr":
                found.append([words(cell["text"]) for cell in child["children"]])
            walk(child)

    walk(table)
    return found


@pytest.fixture(scope="module")
def html():
    return write_report(**material())


@pytest.fixture(scope="module")
def read(html):
    return Page(html)


# What it says ------------------------------------------------------------------------------------


def test_everything_is_told_in_this_order(read):
    assert sections(read) == [
        "result",
        "data",
        "recipe",
        "calibration",
        "scores",
        "cases",
        "every",
        "folds",
        "made",
    ]
    assert "not a medical device" in read.all("footer")[0]["text"]


def test_the_headline_is_the_mean_dice_with_its_interval_and_number_of_cases(read):
    text = section(read, "result")
    assert "0.850 mean Dice of 8 test cases 95 % interval: 0.840 to 0.860" in text
    (description,) = read.all("meta", name="description")
    assert description["attributes"]["content"] == (
        "Mean Dice 0.850 (95 % interval 0.840 to 0.860) on 8 test cases."
    )


@pytest.mark.parametrize("synthetic", [True, False])
def test_synthetic_xrays_are_not_compared_with_people(synthetic):
    read = written(report=Report(synthetic=synthetic))
    text = section(read, "result")
    assert ("only that the machinery works" in text) == synthetic
    assert ("0.914 and 0.935" in text) != synthetic


@pytest.mark.parametrize(
    ("threshold", "told"),
    [
        (
            {"threshold": 0.45, "chosen_on": "validation", "dice": 0.9123},
            "probability of 0.45 on. Of .05, .10, … .95 it gave the highest mean Dice on the "
            "validation cases (0.912); no test case had a say.",
        ),
        (
            {"threshold": 0.5, "chosen_on": "nothing", "dice": None},
            "probability of 0.50 on. That is the usual value: there were no validation cases",
        ),
    ],
)
def test_the_threshold_is_told_with_where_it_was_chosen(threshold, told):
    assert told in section(written(decision_threshold=threshold), "result")


def test_the_data_are_told_with_every_finding(read):
    text = section(read, "data")
    assert "20 cases; 190 to 210 px wide (median 200) and 95 to 105 px high (median 100)" in text
    assert "19.5 % of a picture is tooth; 1 has none." in text
    found = [words(e["text"]) for e in read.all("li") if "legend" not in str(e["attributes"])]
    error, warning, note = found[:3]
    assert error == (
        "✕ Error Partner No mask for 1 X-ray <here>. Case: <script>alert(1)</script> "
        "Add the mask & run again."
    )
    assert warning.startswith("! Warning Grey mask 40 masks have grey pixels")
    assert "40 cases1, 2, 3," in warning  # a fold and what it hides
    assert note.startswith("i Note Size 1 X-ray is 9000 px wide. Case: 10")


def test_many_names_are_folded_away(read):
    (folded,) = [e for e in read.all("details") if "40 cases" in e["text"]]
    assert "li" in folded["inside"]


def test_no_findings_are_told_as_such():
    data = material()["data_quality"] | {"findings": []}
    assert "Nothing was found that is wrong or odd." in section(written(data_quality=data), "data")


def test_the_split_is_told_in_numbers(read):
    table = next(rows(t) for t in read.all("table") if "Toothless" in t["text"])
    assert [row[0].split()[0] for row in table] == ["Part", "train", "validation", "test"]
    assert [row[1:] for row in table[1:]] == [
        ["9", "45 %", "1"],
        ["3", "15 %", "0"],
        ["8", "40 %", "0"],
    ]


@pytest.mark.parametrize(
    ("split", "told"),
    [
        (Split(validation_cases=3, test_cases=8), "In the order of the file names"),
        (Split(validation_cases=2, test_cases=8), "have been changed since it was made"),
        (Split(order="random", validation_cases=3, test_cases=8), "have been changed since"),
    ],
)
def test_settings_are_told_only_if_they_give_this_split(split, told):
    assert told in section(written(split=split), "data")


def test_nearly_identical_xrays_are_spoken_of_where_they_were_looked_for():
    table = cases().assign(group=range(20))
    assert "Identical and nearly identical X-rays never" in section(written(cases=table), "data")
    assert "Identical X-rays never" in section(written(), "data")


def test_the_recipe_is_told_with_every_setting(read):
    text = section(read, "recipe")
    assert (
        "A U-Net with 1,234,567 parameters for pictures of 32\u00d732 px, trained for 6 epochs in "
        "6 min 06 s. It has the weights of epoch 5, the best on the validation cases."
    ) in text
    settings = {row[0]: row[1] for table in read.all("table")[1:4] for row in rows(table)}
    assert settings == {
        "filters": "4, 8",
        "dropout": "0, 0.1",
        "patch": "1",
        "pooling": "max",
        "loss": "focal",
        "learning_rate": "0.002",
        "metrics": "none",
        "patience": "null",
        "resume": "true",
        "seed": "17",
        "flip": "0.5",
        "noise": "0.02",
    }


def test_every_measure_has_its_curve(read):
    alts = [e["attributes"]["alt"] for e in read.all("img") if "epochs" in e["attributes"]["alt"]]
    assert [alt.split(" over ")[0] for alt in alts] == ["Loss", "Dice", "Learning rate"]
    assert alts[1] == "Dice over 6 epochs; at the end 0.953 in training and 0.903 in validation."


def test_calibration_is_told(read):
    text = section(read, "calibration")
    assert "Expected calibration error 0.012" in text
    assert "Brier score 0.032" in text


def test_all_scores_are_told_at_both_sizes(read):
    (table,) = [t for t in read.all("table") if "Mean, native size" in words(t["text"])]
    by_name = {row[0].split()[0].rstrip(","): row[1:] for row in rows(table)[1:]}
    assert list(by_name) == [label.split(",")[0] for label in tables.LABELS.values()]
    assert by_name["Dice"] == [
        "0.850",
        "0.840 to 0.860",
        "0.905",
        "0.400",
        "0.849",
        "0.839 to 0.859",
    ]
    assert by_name["HD95"][3] == "12.0"  # the worst distance is the highest
    assert "lie within 2 px of each other" in words(table["text"])
    text = section(read, "scores")
    assert "pooled Dice of 0.876" in text
    assert "Without teeth: 1 case; nothing marked: 2 cases; only one of both masks empty: 1" in text


def test_the_best_the_median_and_the_worst_case_are_shown(read):
    titles = [words(e["text"]) for e in read.all("h3") if "figcaption" in e["inside"]]
    assert titles == ["Best case: 10", "Median case: Zähne", f"Worst case: {HOSTILE[2]}"]
    assert "Dice 0.400. 39.0 % of the tooth pixels were found" in section(read, "cases")


@pytest.mark.parametrize(
    ("dice", "toothless", "chosen"),
    [
        ([0.9], [0], [("Best case and median case and worst case", 0)]),
        ([0.8, 0.9], [0, 0], [("Best case", 1), ("Median case and worst case", 0)]),
        ([0.7, 0.9, 0.8], [0, 0, 0], [("Best case", 1), ("Median case", 2), ("Worst case", 0)]),
        (
            [1.0, 0.9, 0.5, 0.8],
            [1, 0, 0, 0],
            [("Best case with teeth", 1), ("Median case", 3), ("Worst case", 2)],
        ),
        ([1.0, 1.0], [1, 1], [("Best case", 0), ("Median case and worst case", 1)]),
        (
            [0.0, 0.9, 0.5],
            [1, 0, 0],
            [("Best case", 1), ("Median case", 2), ("Worst case", 0)],
        ),
    ],
)
def test_each_chosen_case_is_shown_once(dice, toothless, chosen):
    assert page.choose_cases(dice, toothless) == chosen


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((0, 0, 0), "There are no teeth, and none were marked."),
        ((0, 1200, 0), "There are no teeth; 1,200 px were marked all the same."),
        ((0, 0, 50), "There are teeth, and nothing was marked."),
        (
            (90, 30, 10),
            "90.0 % of the tooth pixels were found; 25.0 % of the marked pixels are false alarms.",
        ),
    ],
)
def test_agreement_is_told_in_words(counts, told):
    found, alarms, missed = counts
    case = {
        "true_positives": found,
        "false_positives": alarms,
        "false_negatives": missed,
        "sensitivity": found / max(found + missed, 1),
        "precision": found / max(found + alarms, 1),
    }
    assert tables.describe_agreement(case) == told


def test_every_case_is_in_the_table_with_its_numbers(read):
    (table,) = read.all("table", class_="sortable")
    head, *body = rows(table)
    assert head[:2] == ["Case", "Dice"]
    assert [row[0] for row in body] == NAMES
    assert [row[1] for row in body] == [f"{dice:.3f}" for dice in DICE]
    assert head[-2:] == ["Missed, px", "False alarm, px"]
    assert body[0][-2:] == ["19", "9"]
    assert {len(row) for row in body} == {len(head)}


def test_out_of_fold_scores_are_told(read):
    text = section(read, "folds")
    assert "Each of 3 networks was trained from scratch without one of 3 parts" in text
    assert "Over all 8 cases" in text
    (table,) = [t for t in read.all("table") if "Fold" in t["text"]]
    assert rows(table)[1:] == [
        ["0", "3", "0.883", "0.860"],
        ["1", "3", "0.927", "0.900"],
        ["2", "2", "0.685", "0.400"],
    ]


def test_seed_and_versions_are_told(read):
    text = section(read, "made")
    assert text.endswith("17. Software: python 3.11.9, keras 3.15.1, tensorflow 2.21.0")


# What may be absent ------------------------------------------------------------------------------


def test_without_cross_validation_nothing_is_said_of_it():
    read = written(cross_validation_scores=None, cross_validation_case_scores=None)
    assert "folds" not in sections(read)
    assert "fold" not in "".join(e["text"] for e in read.all("main"))


def test_without_validation_the_last_epoch_counts():
    short = {name: numbers for name, numbers in history().items() if "val_" not in name}
    read = written(training_history=short, training_record=record() | {"best_epoch": 6})
    assert "It has the weights of the last epoch" in section(read, "recipe")
    assert not any("validation." in e["attributes"]["alt"] for e in read.all("img"))


def test_scores_of_a_time_without_distances_and_calibration_are_reported():
    full = material()
    absent = ("native", "calibration", "hd95", "assd", "nsd", "one_empty", "empty_predictions")
    table = full["case_scores"].drop(
        columns=[c for c in full["case_scores"] if "native" in c or c in absent]
    )
    scores = {name: block for name, block in full["scores"].items() if name not in absent}
    scores["made_with"] = {"seed": 17, "versions": None}
    data = {name: found for name, found in full["data_quality"].items() if name != "findings"}
    read = written(case_scores=table, scores=scores, data_quality=data)
    assert "calibration" not in sections(read)
    assert "HD95" not in read.all("main")[0]["text"]
    assert "Nothing was found" not in section(read, "data")
    assert section(read, "made").endswith("17.")


def test_a_single_test_case_is_enough():
    read = written(dice=[0.9], names=["only"])
    assert "mean Dice of 1 test case 95 %" in section(read, "result")
    assert "standard deviation" not in section(read, "scores")


def test_many_cases_are_drawn_as_bars():
    few, many = (
        report_figures.score_distribution(list(np.linspace(0.5, 0.9, n)), 0.7, (0.6, 0.8))
        for n in (report_figures.SINGLE_DOTS, report_figures.SINGLE_DOTS + 1)
    )
    assert not few.axes[0].patches
    assert sum(bar.get_height() for bar in many.axes[0].patches) == report_figures.SINGLE_DOTS + 1


def test_every_dot_lies_at_the_dice_of_its_case():
    axes = report_figures.score_distribution(DICE, 0.85, (0.8, 0.9), (0.914, 0.935)).axes[0]
    (dots,) = (line for line in axes.get_lines() if line.get_marker() == "o")
    assert sorted(dots.get_xdata()) == sorted(DICE)
    low, high = axes.get_xlim()
    assert low < min(DICE)
    assert high > max(DICE)


def test_cases_of_nearly_the_same_dice_are_stacked():
    axes = report_figures.score_distribution([0.1, 0.5, 0.5, 0.501, 0.9], 0.5, (0.4, 0.6)).axes[0]
    (dots,) = (line for line in axes.get_lines() if line.get_marker() == "o")
    assert list(dots.get_ydata()) == [0.5, 0.5, 1.5, 2.5, 0.5]


def test_bins_without_pixels_are_no_points_of_the_curve():
    figure = report_figures.reliability(summary(material()["case_scores"])["calibration"]["bins"])
    _, line = figure.axes[0].get_lines()
    assert len(line.get_xdata()) == 9


def test_scores_of_other_cases_are_refused():
    changed = material()
    changed["case_scores"] = changed["case_scores"].assign(case=NAMES[::-1])
    with pytest.raises(InputError, match="run data_science again"):
        write_report(**changed)


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
    assert len(read.all("img")) == 12
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
            assert all(link.startswith(b"#") for link in links)


def test_the_page_is_small(html):
    assert len(html) < 1_000_000


def test_the_same_material_gives_the_same_page(html):
    assert write_report(**material()) == html


# Who may read it ---------------------------------------------------------------------------------


def test_every_picture_can_be_decoded_and_is_described(read):
    images = read.all("img")
    assert len(images) == 12  # 3 curves, calibration, scores, 3 pairs, folds
    for image in images:
        attributes = image["attributes"]
        assert len(attributes["alt"]) > 10
        kind, data = attributes["src"].split(";base64,")
        content = base64.b64decode(data, validate=True)
        if kind == "data:image/svg+xml":
            assert ElementTree.fromstring(content).tag.endswith("svg")
        else:
            picture = Image.open(io.BytesIO(content))
            assert kind == "data:image/jpeg"
            assert picture.size == (int(attributes["width"]), int(attributes["height"]))
            assert picture.size == (200, 100)  # the native shape


def test_large_xrays_are_shown_in_their_shape_no_wider_than_needed():
    picture = embedding.embed_xray(np.zeros((8, 8)), (3000, 1250), "wide")
    assert (picture.width, picture.height) == (1200, 500)


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
    (pattern,) = project["tool"]["setuptools"]["package-data"]["teeth_unet.pipelines.reporting"]
    needed = {path.name for path in ROOM.iterdir() if path.suffix in (".j2", ".css", ".js")}
    assert needed == {path.name for path in ROOM.glob(pattern)}
    assert needed == {"report.html.j2", "report.css", "report.js"}


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
