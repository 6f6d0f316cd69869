"""The report: what it says, read from its HTML. How it looks: tests/project/test_report_page.py."""

import pytest
from report_material import (
    DICE,
    HOSTILE,
    NAMES,
    history,
    material,
    record,
    without_numbers,
)
from report_reading import Page, rows, section, sections, words, written

from teeth_unet import splits
from teeth_unet.errors import InputError
from teeth_unet.pipelines.reporting.nodes import write_report
from teeth_unet.reporting import Report, numbers, tables
from teeth_unet.scoring import SCORES
from teeth_unet.splits import Split

OF_FEW = Split(order="random", seed=3, test_cases=0.2, cross_fit_below=25)


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
        "numbers",
        "charts",
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


def test_fewer_than_five_cases_have_no_interval_and_the_page_says_why():
    few = material([0.9, 0.8, 0.7], ["1", "2", "3"])
    for size in (few["scores"], few["scores"]["native"]):
        for name in SCORES:
            size[name]["interval"] = None
    read = written(**few)
    why = "3 cases, and fewer than 5 tell too little"
    assert f"0.800 mean Dice of 3 test cases No 95 % interval: {why}" in section(read, "result")
    (description,) = read.all("meta", name="description")
    assert description["attributes"]["content"] == (
        f"Mean Dice 0.800 (no interval: {why}) on 3 test cases."
    )
    assert "The 95 % interval is where" not in section(read, "result")
    assert "An interval is missing where there are fewer than 5 cases" in section(read, "scores")


@pytest.fixture(scope="module")
def few():
    """The page of five cases that were each tested by a network without them."""
    of_few = material([0.9, 0.8, 0.7, 0.85, 0.75], list("12345"))
    cases = of_few["cases"].query("split == 'test'").reset_index(drop=True)
    cases["split"] = splits.divide_cases(list("12345"), [0.2] * 5, OF_FEW)
    of_few["scores"]["networks"] = 5
    of_folds = {"chosen_on": "folds", "of_folds": [0.4, 0.4, 0.5, 0.4, 0.4]}
    of_few["decision_threshold"] |= of_folds
    return written(**of_few | {"cases": cases, "split": OF_FEW})


def test_of_few_cases_the_page_tells_which_networks_were_tested_and_how_little_it_says(few):
    text = section(few, "result")
    assert "0.800 mean Dice of 5 cases" in text
    assert "5 X-rays are too few to keep some of them for testing alone." in text
    assert "each was tested by one of 5 other networks, which had learned from the others" in text
    assert "The network that is kept has learned from all 5, and is not tested" in text
    assert (
        "5 X-rays tell little. Their Dice lies between 0.700 and 0.900, and the next may lie"
        in text
    )
    assert "test case" not in text
    assert "No case had a say in its own score: each was scored at the threshold that the" in text
    assert "cases of the other folds chose, or at .50 where those were too few to choose" in text
    assert "one: 0.40, 0.50." in text
    assert "Every case" in section(few, "every")
    (description,) = few.all("meta", name="description")
    assert description["attributes"]["content"].endswith("on 5 cases.")


def test_folds_of_few_cases_are_told_in_numbers(few):
    table = next(rows(t) for t in few.all("table") if "Toothless" in t["text"])
    assert [row[0][:6] for row in table] == ["Fold", *(f"fold {fold}" for fold in range(1, 6))]
    assert [row[1:] for row in table[1:]] == [["1", "20 %", "0"]] * 5
    assert "Dealt at random, with seed 3" in section(few, "data")
    assert "never lie in two folds" in section(few, "data")


def test_where_all_intervals_are_there_none_is_said_to_be_missing(read):
    assert "An interval is missing" not in section(read, "scores")


def test_missing_teeth_are_drawn_and_xrays_for_review_are_counted(read):
    text = section(read, "charts")
    assert "in 8 X-rays: how often each tooth (FDI number) is missing" in text
    assert "In 1 X-ray a person should look at the numbers" in text
    assert any("its tooth is missing" in image["attributes"]["alt"] for image in read.all("img"))


def test_without_xrays_for_review_nothing_is_said_of_them():
    charts = material()["tooth_charts"].assign(review="")
    assert "a person should look" not in section(written(tooth_charts=charts), "charts")


def score_of_numbers(read, label):
    """Mean and interval of a score in the table of the numbers of teeth."""
    (table,) = [t for t in read.all("table") if "Exact charts" in t["text"]]
    (row,) = [row for row in rows(table) if row[0].startswith(label)]
    return row[1:]


def test_scores_of_numbers_are_told_with_their_intervals(read):
    scores = material()["tooth_scores"]["numbers"]
    for label, score in {
        "Found": scores["found"],
        "Right number": scores["right_number"],
        "Dice a tooth": scores["dice"],
        "Dice of canines": scores["dice_by_group"]["canines"],
        "Presence, F1": scores["presence"]["f1"],
        "Gaps told": scores["missing"]["sensitivity"],
        "AP50": scores["average_precision_50"],
        "PQ": scores["panoptic_quality"],
    }.items():
        low, high = score["interval"]
        assert score_of_numbers(read, label) == [
            f"{score['mean']:.3f}",
            f"{low:.3f} to {high:.3f}",
        ]
    text = section(read, "numbers")
    assert f"In 8 X-rays the truth tells the FDI number: {scores['true_teeth']} teeth." in text
    wrong = sum(scores["confusions"].values())
    assert f"Of the teeth that were found {wrong} had a wrong number." in text


def test_every_number_has_its_row(read):
    (table,) = [t for t in read.all("table") if "Number" in rows(t)[0]]
    by_number = material()["tooth_scores"]["numbers"]["by_number"]
    assert [row[0] for row in rows(table)[1:]] == [str(row["number"]) for row in by_number]


def test_charts_of_the_best_and_the_worst_numbers_are_drawn(read):
    scores = material()["tooth_number_scores"].set_index("case")["dice"]
    titles = [words(e["text"]) for e in read.all("h3") if " numbers: " in e["text"]]
    assert titles == [f"Best numbers: {scores.idxmax()}", f"Worst numbers: {scores.idxmin()}"]


def test_the_best_chart_is_never_one_without_teeth():
    table = material()["tooth_number_scores"].copy()
    best = table["dice"].idxmax()
    table.loc[best, ["true_teeth", "dice"]] = 0, 1.0
    text = section(written(tooth_number_scores=table), "numbers")
    assert f"Best numbers: {table['case'][best]}" not in text
    table["true_teeth"] = 0
    assert "numbers: " not in section(written(tooth_number_scores=table), "numbers")


def test_cases_without_a_truth_of_numbers_have_dashes_that_can_be_sorted():
    some = material()["tooth_number_scores"].iloc[1:]
    (table,) = written(tooth_number_scores=some).all("table", class_="sortable")
    assert rows(table)[1][-4:] == ["-"] * 4
    (body,) = [each for each in table["children"] if each["tag"] == "tbody"]
    cells = body["children"][0]["children"][-4:]
    assert [cell["attributes"]["data-value"] for cell in cells] == [""] * 4


def test_without_a_truth_of_numbers_nothing_is_said_of_it():
    read = written(**without_numbers())
    assert "numbers" not in sections(read)
    assert "Teeth found" not in read.all("table", class_="sortable")[0]["text"]


@pytest.mark.parametrize("synthetic", [True, False])
def test_synthetic_xrays_are_not_compared_with_people(synthetic):
    read = written(report=Report(synthetic=synthetic))
    text = section(read, "result")
    assert ("only that the machinery works" in text) == synthetic
    assert ("0.914 to 0.935" in text) != synthetic


@pytest.mark.parametrize(
    ("threshold", "told"),
    [
        (
            {"threshold": 0.45, "chosen_on": "validation", "dice": 0.9123},
            "probability of 0.45 on. Of all values tried it gave the highest mean Dice on the "
            "validation cases with teeth (0.912); no test case had a say.",
        ),
        (
            {"threshold": 0.5, "chosen_on": "nothing", "dice": None},
            "probability of 0.50 on. That is the usual value; no better one could be chosen: there "
            "are no validation cases to choose one by.",  # as earlier versions wrote it
        ),
        (
            {"threshold": 0.5, "chosen_on": "nothing", "dice": None, "note": "none has teeth"},
            "That is the usual value; no better one could be chosen: none has teeth.",
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


@pytest.mark.parametrize(
    ("validation_dice", "why"),
    [
        (None, "there are no validation cases with teeth"),
        ([0.0] * 6, "in no epoch was a tooth of a validation case found"),
    ],
)
def test_the_last_epoch_is_never_called_the_best_where_none_could_be_chosen(validation_dice, why):
    history = material()["training_history"] | {"val_dice": validation_dice}
    history = {name: values for name, values in history.items() if values is not None}
    text = section(written(training_history=history), "recipe")
    assert f"It has the weights of the last epoch; no better one could be chosen: {why}." in text
    assert "the best on" not in text


def test_an_average_of_weights_is_called_so():
    record = material()["training_record"]
    averaged = record | {"training": record["training"] | {"average": 0.99}}
    text = section(written(training_record=averaged), "recipe")
    assert "It has the running average of the weights of epoch 5" in text


def test_the_recipe_is_told_with_every_setting(read):
    text = section(read, "recipe")
    assert (
        "A U-Net with 1,234,567 parameters for pictures of 32\u00d732 px, trained for 6 epochs in "
        "6 min 06 s. It has the weights of epoch 5, the best on the "
        "validation cases with teeth."
    ) in text
    settings = {row[0]: row[1] for table in read.all("table")[1:4] for row in rows(table)}
    assert settings == {
        "filters": "4, 8",
        "dropout": "0, 0.1",
        "patch": "1",
        "pooling": "max",
        "loss": "focal",
        "loss_options": "gamma: 3",
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
    assert "lie within 2 px (5 px at native size) of each other" in words(table["text"])
    text = section(read, "scores")
    assert "pooled Dice of 0.876" in text
    assert "Without teeth: 1 case; nothing marked: 2 cases; only one of both masks empty: 1" in text


def test_the_best_the_median_and_the_worst_case_are_shown(read):
    titles = [words(e["text"]) for e in read.all("h3") if "figcaption" in e["inside"]]
    assert titles[:3] == ["Best case: 10", "Median case: Zähne", f"Worst case: {HOSTILE[2]}"]
    assert "Dice 0.400. 39.0 % of the tooth pixels were found" in section(read, "cases")


def test_every_case_is_in_the_table_with_its_numbers(read):
    (table,) = read.all("table", class_="sortable")
    head, *body = rows(table)
    assert head[:2] == ["Case", "Dice"]
    assert [row[0] for row in body] == NAMES
    assert [row[1] for row in body] == [f"{dice:.3f}" for dice in DICE]
    assert head[-6:-4] == ["Missed, px", "False alarm, px"]
    assert body[0][-6:-4] == ["19", "9"]
    assert head[-4:] == ["Teeth found", "Right number", "Dice a tooth", "Presence, F1"]
    scores = material()["tooth_number_scores"].iloc[0]
    assert body[0][-4:] == [f"{scores[name]:.3f}" for name in numbers.LABELS]
    assert {len(row) for row in body} == {len(head)}


def test_seed_and_versions_are_told(read):
    text = section(read, "made")
    assert text.endswith("17. Software: python 3.11.9, keras 3.15.1, tensorflow 2.21.0")


# What may be absent ------------------------------------------------------------------------------


def test_without_validation_the_last_epoch_counts():
    short = {name: numbers for name, numbers in history().items() if "val_" not in name}
    read = written(training_history=short, training_record=record() | {"best_epoch": 6})
    assert "It has the weights of the last epoch" in section(read, "recipe")
    assert not any("validation." in e["attributes"]["alt"] for e in read.all("img"))


def test_a_single_test_case_is_enough():
    read = written(dice=[0.9], names=["only"])
    assert "mean Dice of 1 test case 95 %" in section(read, "result")
    assert "standard deviation" not in section(read, "scores")


def test_scores_of_other_cases_are_refused():
    changed = material()
    changed["case_scores"] = changed["case_scores"].assign(case=NAMES[::-1])
    with pytest.raises(InputError, match="run data_science from its beginning"):
        write_report(**changed)
