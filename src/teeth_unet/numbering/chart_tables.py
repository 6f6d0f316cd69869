"""Charts as rows of a table, and back."""

import pandas as pd

from teeth_unet.numbering.charting import Chart
from teeth_unet.tooth_numbers import PERMANENT

CHART_COLUMNS = ["case", "dentition", "missing", "review", *map(str, PERMANENT)]
"""Of a table with one row a case: what is at the 32 places."""


def chart_row(case: str, chart: Chart) -> dict[str, object]:
    """Return a row with `CHART_COLUMNS`; numbers and reasons are separated by spaces."""
    return {
        "case": case,
        "dentition": chart.dentition,
        "missing": " ".join(map(str, chart.missing)),
        "review": " ".join(chart.review),
        **{str(place): state for place, state in chart.states.items()},
    }


def charts_of(table: pd.DataFrame) -> dict[str, Chart]:
    """Return the charts of a table with `CHART_COLUMNS` by case name."""
    return {
        row["case"]: Chart(
            {place: row[str(place)] for place in PERMANENT},
            row["dentition"],
            (row["review"],) if row["review"] else (),
        )
        for row in table.to_dict("records")
    }
