"""The tables of all X-rays of a run, and what a run ends with if some have failed."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from sys import intern

import pandas as pd

from teeth_unet.errors import InputError
from teeth_unet.inference.protocol import ResultStore
from teeth_unet.inference.records import InferenceSummary
from teeth_unet.inference.result_folders import CASES, CHARTS, SUMMARY, TEETH
from teeth_unet.inference.tooth_table import ToothColumns, ToothTable
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

COUNTS = ["width", "height", "teeth", "gaps", "correct_first"]
TEXTS = ["mask", "reason", "warnings", "dentition", "missing", "review", "spacing_source"]
TEXTS += ["network"]
CHART_COLUMNS = ["case", *map(str, PERMANENT)]

PIECE = 10_000
"""Rows that are dictionaries at a time, which take some times the memory of a table."""

FORMULAS = ("=", "+", "-", "@")


def gather_tables(
    summary: InferenceSummary, store: ResultStore
) -> tuple[pd.DataFrame, ToothTable, pd.DataFrame]:
    """Put the rows of all X-rays together, in the order in which they were given.

    Returns:
        The table of cases, with the X-ray's file and that of its mask (inside the folders of both),
        `status` done or failed and the reason; the table of teeth, with their numbers if these are
        asked for, in mm as well if that is known of any X-ray; and the table of charts, what is at
        the 32 places of each X-ray that is done. The first two tell what the network was taught on.
        `correct_first` is 1 for the case whose mask is most in doubt, 2 for the next, and so on.
    """
    case_rows, chart_rows = _Rows(CASE_COLUMNS), _Rows(CHART_COLUMNS)
    columns, files = ToothColumns(), {}
    failures = summary["failures"]
    network = summary.get("network", "")  # summaries of earlier versions have none
    for case in summary["cases"]:
        # An earlier version has not told files. "./" before a name is the same file.
        file = _no_formula(summary.get("files", {}).get(case, ""), "./")
        row: dict[str, object] = {"case": case, "file": file, "status": "done"}
        row |= {**dict.fromkeys(TEXTS, ""), "network": network}
        if case in failures:
            # It may begin with the name of a file.
            reason = _no_formula(failures[case], "file ")
            case_rows.add({**row, "status": "failed", "reason": reason})
            continue
        found, of_teeth = store.rows(case)
        case_rows.add({**row, **found, "mask": store.name_of("masks", case)})
        if "chart" in found:
            # Each word once in memory: they are the same few in all charts.
            states = {place: intern(state) for place, state in found["chart"].items()}
            chart_rows.add({"case": case, **states})
        columns.add(of_teeth)
        files[case] = file
    cases = case_rows.table()
    cases["correct_first"] = _ranks(cases["doubt"])
    # Whole numbers stay whole beside those that a failed X-ray lacks.
    cases = cases.astype(dict.fromkeys(COUNTS, "Int64"))
    return cases, ToothTable(files, network, columns.names, store), chart_rows.table()


class _Rows:
    """Rows of a table, most of which are one already."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = list(columns)
        self._rows: list[dict[str, object]] = []
        self._tables: list[pd.DataFrame] = []

    def add(self, row: dict[str, object]) -> None:
        self._rows.append(row)
        if len(self._rows) == PIECE:
            self._close()

    def table(self) -> pd.DataFrame:
        if self._rows or not self._tables:
            self._close()
        if len(self._tables) == 1:
            return self._tables[0]
        return pd.concat(self._tables, ignore_index=True)

    def _close(self) -> None:
        self._tables.append(pd.DataFrame(self._rows, columns=self._columns))
        self._rows = []


def _ranks(doubt: "pd.Series[float]") -> "pd.Series[float]":
    """Return the rank of each doubt: 1 for the highest, in the given order if equal; NaN of NaN."""
    return doubt.astype(float).rank(method="first", ascending=False)


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
    teeth: ToothTable,
    charts: pd.DataFrame,
) -> None:
    """Write the summary and the tables into a folder of results, as the catalog does."""
    with atomic_write(folder / SUMMARY) as temporary:
        temporary.write_text(json.dumps(summary, indent=2), "utf-8")
    # The teeth first, since these are read from the records, which may fail.
    for name, table in ((TEETH, teeth), (CASES, cases), (CHARTS, charts)):
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
