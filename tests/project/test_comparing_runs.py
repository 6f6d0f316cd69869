"""Two runs compared through the `kedro` command."""

import json
import shutil


def test_a_run_is_compared_with_the_table_of_an_earlier_one(finished_copy):
    output = finished_copy.path / "data" / "07_model_output"
    shutil.copy(output / "case_scores.csv", finished_copy.path / "before.csv")
    printed = finished_copy.kedro(
        "run", "-p", "comparison", "--env", "tiny", "--params", "baseline=before.csv"
    )
    assert "difference +0.0000" in printed
    comparison = json.loads((output / "comparison.json").read_text())
    assert (comparison["cases"], comparison["dice"]["p_value"]) == (2, 1)
    assert comparison["native"]["dice"]["equal"] == 2


def test_without_a_baseline_the_message_says_what_is_missing(finished_copy):
    printed = finished_copy.kedro("run", "-p", "comparison", "--env", "tiny", code=1)
    assert "--params baseline: expected the table of case scores" in printed
    assert "Traceback" not in printed
