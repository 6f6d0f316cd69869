import json

import pytest

from teeth_unet.imaging import CaseRecord, summarise_quality


def record(case, **changes):
    """A case like no other, with the changes given."""
    plain = {
        "case": case,
        "width": 2000,
        "height": 1000,
        "content_hash": f"X-ray {case}",
        "mask_hash": f"mask {case}",
        "tooth_share": 0.2,
        "grey_share": 0.0,
    }
    return CaseRecord(**(plain | changes))


def test_a_set_without_anything_remarkable():
    summary = summarise_quality([record("1"), record("2", tooth_share=0.3)])
    assert summary == {
        "cases": 2,
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
    summary = summarise_quality(records)
    assert summary["width"] == {"lowest": 2000, "median": 2470, "highest": 3100}
    assert summary["height"] == {"lowest": 900, "median": 1240, "highest": 1300}


def test_empty_masks_are_named_and_count_for_the_mean():
    summary = summarise_quality([record("1", tooth_share=0.0), record("2"), record("3")])
    assert summary["empty_masks"] == ["1"]
    assert summary["mean_tooth_share"] == pytest.approx(0.4 / 3)


def test_grey_masks_are_named_with_their_share():
    summary = summarise_quality([record("1"), record("2", grey_share=0.07123456789)])
    assert summary["grey_masks"] == {"2": 0.071235}


def test_identical_xrays_are_grouped_and_their_masks_compared():
    summary = summarise_quality(
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


def test_identical_masks_alone_are_nothing_remarkable():
    records = [record("1", mask_hash="m"), record("2", mask_hash="m")]
    assert summarise_quality(records)["identical_xrays"] == []


def test_a_summary_survives_json():
    summary = summarise_quality([record("1", tooth_share=0.0), record("2", content_hash="X-ray 1")])
    assert json.loads(json.dumps(summary)) == summary
