"""What is known of an X-ray and of each of its teeth, as rows of tables."""

from teeth_unet import teeth
from teeth_unet.inference.finding import Found, enlarged
from teeth_unet.inference.millimetres import Spacing, in_millimetres
from teeth_unet.inference.predicting import Predicted
from teeth_unet.inference.records import (
    MeasuredToothRow,
    NumberedToothRow,
    Numbers,
    OptionalMeasures,
)
from teeth_unet.inference.settings import Inference
from teeth_unet.numbering import Chart, NumberedTooth
from teeth_unet.teeth import ToothRow
from teeth_unet.tooth_numbers import Notation, write_number


def measures_of(
    found: Found | None, predicted: Predicted, spacing: Spacing | None, inference: Inference
) -> OptionalMeasures:
    """Return what of the row of an X-ray is asked for and known.

    Args:
        found: Its teeth, if they are asked for.
        predicted: What the networks say of it.
        spacing: The size of its pixels, if it is known.
        inference: What is asked for.
    """
    measures: OptionalMeasures = {}
    if found is not None:
        measures["teeth"], measures["gaps"] = len(found.counted), found.gaps
        if found.chart is not None:
            measures |= _of_chart(found.chart, inference.notation)
    if predicted.uncertainty is not None:
        measures["uncertainty"] = round(float(predicted.uncertainty.mean()), 5)
    if spacing is not None:
        measures["spacing_mm"] = round((spacing.row * spacing.column) ** 0.5, 5)
        measures["spacing_source"] = spacing.source
    return measures


def _of_chart(chart: Chart, notation: Notation) -> OptionalMeasures:
    return {
        "dentition": chart.dentition,
        "missing": " ".join(write_number(number, notation) for number in chart.missing),
        "review": " ".join(chart.review),
        "chart": {str(place): state for place, state in chart.states.items()},
    }


def tooth_rows(
    found: Found, times: float, spacing: Spacing | None, notation: Notation
) -> list[ToothRow]:
    """Return the rows of the table of teeth, in pixels of the X-ray.

    Args:
        found: The teeth.
        times: How many times as large the X-ray is as the picture that they were found in.
        spacing: The size of the X-ray's pixels, if it is known.
        notation: Of the numbers.
    """
    rows: list[ToothRow] = []
    for place, measured in enumerate(found.measured):
        tooth = enlarged(measured, times)
        row = teeth.tooth_row(tooth.number, tooth)
        if found.numbered is not None:
            numbered: NumberedToothRow = {**row, **_numbers(found.numbered[place], notation)}
            row = numbered
        if spacing is not None:
            in_mm: MeasuredToothRow = {**row, **in_millimetres(tooth, spacing)}
            row = in_mm
        rows.append(row)
    return rows


def _numbers(what: NumberedTooth, notation: Notation) -> Numbers:
    numbers: Numbers = {
        "fdi": what.number,
        "kind": what.kind,
        "number_probability": round(what.number_probability, 4),
        "kind_probability": round(what.kind_probability, 4),
    }
    if notation != "fdi":
        numbers[notation] = write_number(what.number, notation) if what.number else ""
    return numbers
