import json

import numpy as np
import pytest
from pydantic import ValidationError

from teeth_unet.errors import InputError
from teeth_unet.quality import CaseRecord, Quality, UnusableCase, refuse_errors, summarise_quality


def record(case, **changes):
    """A case like no other, with the changes given."""
    plain = {
        "case": case,
        "width": 2000,
        "height": 1000,
        "tooth_share": 0.2,
        "grey_share": 0.0,
        "mean_level": 100.0,
        "level_span": 200,
        "clipped_share": 0.0,
        "tooth_contrast": 40.0,
        "orientation": 1,
        "mask_orientation": 1,
        "content_hash": f"X-ray {case}",
        "mask_hash": f"mask {case}",
        "perceptual_hash": "",
        "group": hash(case),
    }
    return CaseRecord(**(plain | changes))


def summarise(records, unusable=(), quality=None):
    """The summary of cases whose pictures are too small to be compared."""
    stack = np.zeros((len(records), 8, 8, 1), np.uint8)
    return summarise_quality(records, unusable, stack, stack, quality or Quality())


def checks(summary):
    """The checks that found something, each with its cases."""
    return [(finding["check"], finding["cases"]) for finding in summary["findings"]]


def test_a_set_without_anything_remarkable():
    summary = summarise([record("1"), record("2", tooth_share=0.3)])
    assert summary == {
        "cases": 2,
        "masks": "",
        "left_out": [],
        "findings": [],
        "alignment": {"masks": 0, "lowest": None, "median": None},
        "width": {"lowest": 2000, "median": 2000, "highest": 2000},
        "height": {"lowest": 1000, "median": 1000, "highest": 1000},
        "mean_tooth_share": 0.25,
        "empty_masks": [],
        "grey_masks": {},
        "identical_xrays": [],
    }


def test_sizes_have_lowest_median_and_highest():
    sizes = [(3100, 1300), (2000, 900), (2440, 1280), (2500, 1200)]
    records = [record(str(i), width=w, height=h) for i, (w, h) in enumerate(sizes)]
    summary = summarise(records)
    assert summary["width"] == {"lowest": 2000, "median": 2470, "highest": 3100}
    assert summary["height"] == {"lowest": 900, "median": 1240, "highest": 1300}


def test_empty_masks_are_named_and_count_for_the_mean():
    summary = summarise([record("1", tooth_share=0.0), record("2"), record("3")])
    assert summary["empty_masks"] == ["1"]
    assert summary["mean_tooth_share"] == pytest.approx(0.4 / 3)


def test_grey_masks_are_named_with_their_share():
    summary = summarise([record("1"), record("2", grey_share=0.07123456789)])
    assert summary["grey_masks"] == {"2": 0.071235}


def test_identical_xrays_are_grouped_and_their_masks_compared():
    summary = summarise(
        [
            record("1", content_hash="p", mask_hash="m"),
            record("2", content_hash="q", mask_hash="m"),
            record("3", content_hash="p", mask_hash="m"),
            record("4", content_hash="q", mask_hash="n"),
            record("5", content_hash="q", mask_hash="m"),
            record("6"),
        ]
    )
    assert summary["identical_xrays"] == [
        {"cases": ["1", "3"], "masks_identical": True},
        {"cases": ["2", "4", "5"], "masks_identical": False},
    ]


def test_identical_masks_of_different_xrays_are_found_and_empty_ones_are_not():
    records = [record("1", mask_hash="m"), record("2", mask_hash="m"), record("3")]
    records += [record(case, mask_hash="e", tooth_share=0.0) for case in ("4", "5")]
    found = checks(summarise(records))
    assert found == [("empty_mask", ["4", "5"]), ("identical_masks", ["1", "2"])]


def test_identical_masks_of_near_identical_xrays_are_as_they_should_be():
    records = [record(case, mask_hash="m", group=0, perceptual_hash="0" * 64) for case in "12"]
    assert checks(summarise(records)) == [("near_identical_xrays", ["1", "2"])]


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"tooth_share": 0.5}, None),
        ({"tooth_share": 0.51}, "full_mask"),
        ({"level_span": 10}, None),
        ({"level_span": 9}, "blank_xray"),
        ({"level_span": 9, "mean_level": 3.0}, "blank_xray"),  # not very dark as well
        ({"mean_level": 50.0}, None),
        ({"mean_level": 49.0}, "dark_xray"),
        ({"clipped_share": 0.2}, None),
        ({"clipped_share": 0.21}, "clipped_xray"),
        ({"tooth_contrast": 0.0}, None),
        ({"tooth_contrast": -1.0}, "inverted_xray"),
        ({"tooth_contrast": -1.0, "tooth_share": 0.9}, "full_mask"),
        ({"width": 4000, "height": 2000}, None),
        ({"width": 4001, "height": 2000}, "odd_size"),
        ({"width": 999, "height": 500}, "odd_size"),
        ({"width": 1300, "height": 1000}, "odd_aspect"),  # less than two thirds of the median
        ({"width": 1600, "height": 1000}, None),
        ({"orientation": 6}, "orientation"),
    ],
)
def test_limits(changes, check):
    records = [record("1", **changes), *(record(case) for case in "234")]
    assert checks(summarise(records)) == ([(check, ["1"])] if check else [])


@pytest.mark.parametrize(
    ("widths", "told"),
    [
        ([512] * 20, "all 20 X-rays are square: width / height is 1.00, where 1.2 to 3.5 is usual"),
        ([512] * 19 + [1000], "19 of 20 X-rays are square: width / height is 1.00, where"),
        ([512, 563] * 10, "width / height of all 20 X-rays is 1.00 to 1.10, where 1.2 to 3.5"),
        ([512] * 5, "case 0: 1.00, case 1: 1.00, case 2: 1.00, case 3: 1.00, case 4: 1.00 is"),
        ([512] * 6 + [1000] * 14, "case 4: 1.00, and 1 more is width / height"),
    ],
)
def test_an_odd_aspect_of_nearly_all_cases_is_told_as_one_of_the_set(widths, told):
    records = [record(str(case), width=width, height=512) for case, width in enumerate(widths)]
    (finding,) = summarise(records)["findings"]
    assert finding["check"] == "odd_aspect"
    assert told in finding["found"]
    assert len(finding["cases"]) == sum(width < 600 for width in widths)


@pytest.mark.parametrize(
    ("settings", "changes"),
    [
        ({"most_tooth": 0.6}, {"tooth_share": 0.55}),
        ({"blank_span": 5}, {"level_span": 7}),
        ({"dark_level": 20}, {"mean_level": 30.0}),
        ({"clipped_share": 0.4}, {"clipped_share": 0.3}),
        ({"size_ratio": 4}, {"width": 6000, "height": 3000}),
    ],
)
def test_limits_are_parameters(settings, changes):
    records = [record("1", **changes), *(record(case) for case in "234")]
    assert len(checks(summarise(records))) == 1
    assert checks(summarise(records, quality=Quality(**settings))) == []


def test_errors_come_first_then_warnings_then_notes():
    records = [
        record("1", grey_share=0.1),
        record("2", tooth_share=0.0),
        record("3", level_span=0),
        record("4"),
    ]
    unusable = [UnusableCase("9", "undecodable", "9.png is no picture", "Replace it.")]
    findings = summarise(records, unusable)["findings"]
    assert [(one["severity"], one["check"]) for one in findings] == [
        ("error", "undecodable"),
        ("error", "blank_xray"),
        ("warning", "empty_mask"),
        ("note", "grey_mask"),
    ]


def test_findings_of_many_cases_name_five_and_list_all():
    records = [record(str(case), mean_level=10.0 + case) for case in range(1, 9)]
    (finding,) = summarise(records)["findings"]
    assert finding["cases"] == [str(case) for case in range(1, 9)]
    assert finding["found"].startswith(
        "case 1: 11, case 2: 12, case 3: 13, case 4: 14, case 5: 15, and 3 more of 255"
    )


def test_cases_without_partner_are_told_together():
    unusable = [
        UnusableCase("1", "missing_partner", "no mask", "Add it."),
        UnusableCase("3", "missing_partner", "no X-ray", "Add it."),
        UnusableCase("10", "missing_partner", "no mask", "Add it."),
    ]
    summary = summarise([record("2")], unusable)
    assert [finding["found"] for finding in summary["findings"]] == [
        "no mask for 1, 10",
        "no X-ray for 3",
    ]
    assert summary["left_out"] == ["1", "3", "10"]


def mismatch(case):
    found = f"a mask of {case}x1 px to an X-ray of 20x12 px"
    return UnusableCase(case, "size_mismatch", found, "Export the mask again.")


@pytest.mark.parametrize(("broken", "listed", "more"), [(1, 1, 0), (5, 5, 0), (7, 5, 2)])
def test_errors_stop_the_run_together_up_to_five(broken, listed, more):
    names = [str(case) for case in range(1, 13)]
    summary = summarise(
        [record(name) for name in names[broken:]], [mismatch(name) for name in names[:broken]]
    )
    with pytest.raises(InputError) as refusal:
        refuse_errors(summary)
    message = str(refusal.value)
    assert message.startswith(f"{broken} of 12 cases: expected X-rays and masks to train on, found")
    lines = [line.strip() for line in message.splitlines() if "size_mismatch: case" in line]
    assert [line.split(":")[1] for line in lines] == [f" case {name}" for name in names[:listed]]
    assert lines[0].startswith(
        "size_mismatch: case 1: a mask of 1x1 px to an X-ray of 20x12 px. Export the mask again"
    )
    assert ("and 2 more" in message) == bool(more)
    assert ".." not in message


def test_warnings_and_notes_do_not_stop_the_run():
    quality = Quality(severity={"size_mismatch": "warning"})
    summary = summarise([record("1", grey_share=0.1)], [mismatch("2")], quality)
    refuse_errors(summary)
    assert [one["severity"] for one in summary["findings"]] == ["warning", "note"]


@pytest.mark.parametrize("severity", ["error", "warning", "ignore"])
def test_without_any_case_the_run_stops_whatever_the_severity(severity):
    quality = Quality(severity={"size_mismatch": severity})
    summary = summarise([], [mismatch("1")], quality)
    assert (summary["cases"], summary["mean_tooth_share"]) == (0, None)
    assert summary["width"] == {"lowest": None, "median": None, "highest": None}
    with pytest.raises(InputError, match=r"^. of 1 cases: .*no case that can be used"):
        refuse_errors(summary)


def test_a_misspelt_check_is_refused_with_the_nearest_name():
    with pytest.raises(ValidationError, match="did you mean 'empty_mask'"):
        Quality(severity={"empty_maks": "note"})


@pytest.mark.parametrize(
    "wrong",
    [{"severity": {"empty_mask": "fatal"}}, {"most_tooth": 1}, {"size_ratio": 1}, {"blank": 3}],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValidationError):
        Quality(**wrong)


def test_a_summary_survives_json():
    records = [record("1", tooth_share=0.0, grey_share=0.1), record("2", content_hash="X-ray 1")]
    summary = summarise(records, [mismatch("3")])
    assert len(summary["findings"]) == 4
    assert json.loads(json.dumps(summary)) == summary


def test_a_check_of_earlier_versions_is_refused_with_the_names_of_the_new_ones():
    with pytest.raises(ValidationError, match="odd_mask and unclear_masks are in its place"):
        Quality(severity={"dark_mask": "warning"})
