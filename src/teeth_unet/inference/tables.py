"""The tables of all X-rays of a run, and what a run ends with if some have failed."""

import json
import logging
from pathlib import Path

import pandas as pd

from teeth_unet import teeth
from teeth_unet.errors import InputError
from teeth_unet.inference.protocol import ResultStore
from teeth_unet.inference.records import InferenceSummary
from teeth_unet.inference.result_folders import CASES, CHARTS, SUMMARY, TEETH
from teeth_unet.storage import atomic_write
from teeth_unet.text import LISTED, listed
from teeth_unet.tooth_numbers import PERMANENT

log = logging.getLogger(__name__)

CASE_COLUMNS = ["case", "status", "reason", "warnings", "file", "mask", "width", "height"]
CASE_COLUMNS += ["threshold", "tooth_share", "teeth", "gaps", "dentition", "missing", "review"]
CASE_COLUMNS += [
    "doubt",
    "correct_first",
    "uncertainty",
    "spacing_mm",
    "spacing_source",
    "seconds",
    "network",
]

TOOTH_COLUMNS = ["case", *teeth.TOOTH_COLUMNS]
NUMBERS = ["fdi", "kind", "number_probability", "kind_probability"]
OTHER_NOTATIONS = ["universal", "palmer"]
COUNTS = ["width", "height", "teeth", "gaps", "correct_first"]
TEXTS = ["mask", "reason", "warnings", "dentition", "missing", "review", "spacing_source"]
TEXTS += ["network"]
CHART_COLUMNS = ["case", *map(str, PERMANENT)]
MILLIMETRES = ["length_mm", "width_mm", "area_mm2", "mm_uncertainty"]

FORMULAS = ("=", "+", "-", "@")


def gather_tables(
    summary: InferenceSummary, store: ResultStore
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Put the rows of all X-rays together, in the order in which they were given.

    Returns:
        The table of cases, with the X-ray's file and that of its mask (inside the folders of both),
        `status` done or failed and the reason; the table of teeth, with their numbers if these are
        asked for, in mm as well if that is known of any X-ray; and the table of charts, what is at
        the 32 places of each X-ray that is done. The first two tell what the network was taught on.
        `correct_first` is 1 for the case whose mask is most in doubt, 2 for the next, and so on.
    """
    case_rows: list[dict[str, object]] = []
    chart_rows: list[dict[str, object]] = []
    tooth_rows: list[dict[str, object]] = []
    failures = summary["failures"]
    network = summary.get("network", "")  # summaries of earlier versions have none
    for case in summary["cases"]:
        # An earlier version has not told files. "./" before a name is the same file.
        file = _no_formula(summary.get("files", {}).get(case, ""), "./")
        case_rows.append({"case": case, "file": file, "status": "done", **dict.fromkeys(TEXTS, "")})
        case_rows[-1]["network"] = network
        if case in failures:
            # It may begin with the name of a file.
            case_rows[-1] |= {"status": "failed", "reason": _no_formula(failures[case], "file ")}
            continue
        row, of_teeth = store.rows(case)
        masks = [name for name in store.files(case) if name.startswith("masks/")]
        case_rows[-1] |= {**row, "mask": masks[0]}
        if "chart" in row:
            chart_rows.append({"case": case, **row["chart"]})
        tooth_rows += [
            {"case": case, **tooth, "file": file, "network": network} for tooth in of_teeth
        ]
    # Whole numbers stay whole beside those that a failed X-ray lacks.
    cases = pd.DataFrame(case_rows, columns=CASE_COLUMNS)
    cases["correct_first"] = _ranks(cases["doubt"])
    cases = cases.astype(dict.fromkeys(COUNTS, "Int64"))
    return cases, _table_of_teeth(tooth_rows), pd.DataFrame(chart_rows, columns=CHART_COLUMNS)


def _ranks(doubt: "pd.Series[float]") -> "pd.Series[float]":
    """Return the rank of each doubt: 1 for the highest, in the given order if equal; NaN of NaN."""
    return doubt.astype(float).rank(method="first", ascending=False)


def _table_of_teeth(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return the rows as a table, with those columns that any row has a value in."""
    known = {name for row in rows for name in row}
    numbers = [*NUMBERS, *(name for name in OTHER_NOTATIONS if name in known)]
    columns = [*TOOTH_COLUMNS, *(numbers if not rows or "fdi" in known else []), "file"]
    columns += [*(MILLIMETRES if "length_mm" in known else []), "network"]
    return pd.DataFrame(rows, columns=columns)


def _no_formula(text: str, before: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"{before}{text}" if text.startswith(FORMULAS) else text


def tell(cases: pd.DataFrame, summary: InferenceSummary) -> None:
    """Log how many X-rays are done, and what speaks against some of them."""
    log.info(
        "%d of %d X-rays done: %d now (%.2f a second), %d before; %d failed",
        summary["made"] + summary["found"],
        len(cases),
        summary["made"],
        summary["rate"],
        summary["found"],
        len(summary["failures"]),
    )
    tell_warnings(cases)
    tell_review(cases)


def for_review(cases: pd.DataFrame) -> list[str]:
    """Return the cases whose numbers a person should look at."""
    return [str(case) for case in cases.loc[cases["review"] != "", "case"]]


def tell_review(cases: pd.DataFrame) -> None:
    """Log in a line of how many X-rays the numbers should be looked at."""
    if names := for_review(cases):
        log.info(
            "Numbers to be looked at by a person: %d of %d X-rays, see the column review: %s",
            len(names),
            len(cases),
            listed(names),
        )


def tell_warnings(cases: pd.DataFrame) -> None:
    """Log what speaks against the first X-rays of which something does."""
    warned = cases[cases["warnings"] != ""]
    for case, words in warned[["case", "warnings"]].head(LISTED).itertuples(index=False):
        log.warning("Case %s: %s", case, words)
    if len(warned) > LISTED:
        log.warning("and %d more; see the column warnings", len(warned) - LISTED)


def write_tables(
    folder: Path,
    summary: InferenceSummary,
    cases: pd.DataFrame,
    teeth: pd.DataFrame,
    charts: pd.DataFrame,
) -> None:
    """Write the summary and the tables into a folder of results, as the catalog does."""
    with atomic_write(folder / SUMMARY) as temporary:
        temporary.write_text(json.dumps(summary, indent=2), "utf-8")
    for name, table in ((CASES, cases), (TEETH, teeth), (CHARTS, charts)):
        with atomic_write(folder / name) as temporary:
            table.to_csv(temporary, index=False)


def refuse_failures(cases: pd.DataFrame, summary: InferenceSummary) -> None:
    """End a run with an error, once all its results are saved, if something is not there.

    Raises:
        InputError: Some X-rays have failed, or a file in one of the formats could not be written.
    """
    failed = cases[cases["status"] == "failed"]
    if len(failed):
        shown = [f"{case}: {reason}" for case, reason in failed[["case", "reason"]].to_numpy()]
        more = [f"and {len(failed) - LISTED} more"] if len(failed) > LISTED else []
        raise InputError(
            "new_xrays",
            f"{len(cases)} X-rays that can be used",
            f"{len(failed)} that cannot",
            "\n  ".join(
                [
                    "All other results are there. Put these right and run the same command again: "
                    "nothing is done twice.",
                    *shown[:LISTED],
                    *more,
                ]
            ),
        )
    not_written = [f"{name}: {why}" for name, why in summary.get("not_written", {}).items()]
    if not_written:
        more = [f"and {len(not_written) - LISTED} more"] if len(not_written) > LISTED else []
        raise InputError(
            "inference.formats",
            "files that can be written",
            f"{len(not_written)} that cannot",
            "\n  ".join(
                [
                    "All other results are there. Put this right and run the same command again:",
                    *not_written[:LISTED],
                    *more,
                ]
            ),
        )
