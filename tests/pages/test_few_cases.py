"""The table of conf/README.md that says what a set with few cases gives, row by row."""

import logging
import re

import pandas as pd
import pytest
import yaml
from pages import ROOT, read

from teeth_unet.pipelines.data_processing.nodes import split_cases
from teeth_unet.scoring import LEAST_CASES
from teeth_unet.splits import FEWEST_VALIDATED, PARTS, Split, in_part, number_of_folds

PAGE = read("conf/README.md")
SECTION = re.search(r"^## Sets with few cases\n(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)[1]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in SECTION.splitlines()
    if line.startswith("| ") and line[2].isdigit()
]

WARNINGS = {
    "no validation cases": r"No validation cases: split\.validation_cases=0\.1 would take \d",
    "no test case with teeth": r"(The only|None of the \d) test cases? has (no )?teeth",
    "all teeth in one fold": r"No case outside of fold \d has teeth",
}


def parameters(block):
    return yaml.safe_load((ROOT / "conf/base/parameters.yml").read_text())[block]


def inspected(cases, toothless):
    """A table of so many different cases, the last ones of which are toothless."""
    return pd.DataFrame(
        {
            "case": [f"{case:03d}" for case in range(cases)],
            "group": range(cases),
            "tooth_share": [0.2] * (cases - toothless) + [0.0] * toothless,
            "content_hash": [f"content of {case}" for case in range(cases)],
            "perceptual_hash": "",
        }
    )


def test_the_table_has_every_size_and_up_to_all_but_one_toothless():
    found = {(int(row[0]), int(row[1])) for row in ROWS}
    wanted = {(n, toothless) for n in (3, 5, 8, 12, 30) for toothless in (0, 1, n // 2, n - 1)}
    assert found == wanted
    assert len(ROWS) == len(wanted)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[1]} of {row[0]} toothless")
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_a_row_tells_what_the_split_gives(row, seed, caplog):
    cases, toothless, *parts, chosen, interval, warnings = row
    split = Split(**{**parameters("split"), "seed": seed})
    with caplog.at_level(logging.INFO):
        sound = {"cases": int(cases), "left_out": [], "findings": []}
        table = split_cases(inspected(int(cases), int(toothless)), sound, split)
    own = {part: table.loc[in_part(table, part), "tooth_share"] for part in PARTS}
    if folds := number_of_folds(table):
        assert parts == ["all", "0", f"all, {folds} folds"]
        assert len(own["train"]) == len(own["test"]) == int(cases)
        by_all = (own["test"] > 0).sum() >= FEWEST_VALIDATED
        assert chosen == f"last epoch, {'by all' if by_all else '.5'}"
    else:
        assert parts == [told(own[part]) for part in PARTS]
        assert (chosen == "chosen") == ((own["validation"] > 0).sum() >= FEWEST_VALIDATED)
        assert chosen in ("chosen", "last epoch, .5")
    assert interval == ("yes" if len(own["test"]) >= LEAST_CASES else "none")
    said = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    expected = [] if warnings == "none" else warnings.split("; ")
    assert len(said) == len(expected)
    for words, warning in zip(expected, said, strict=True):
        assert re.match(WARNINGS[words], warning)


def told(tooth_shares):
    toothless = (tooth_shares == 0).sum()
    return f"{len(tooth_shares)}" + f", {toothless} toothless" * bool(toothless)
