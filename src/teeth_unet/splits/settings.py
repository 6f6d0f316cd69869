"""How cases are split into parts, and dealt into folds."""

from typing import Annotated, Literal

from pydantic import Field, PlainValidator, model_validator

from teeth_unet.configuration import Settings

PLACE_OF_FOLDS = "conf/base/parameters_cross_validation.yml"
"""Holds the number of folds, unless an environment or --params says another."""


def _check_number(value: object) -> object:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    is_share = isinstance(value, float) and 0 < value < 1
    if is_count or is_share:
        return value
    raise ValueError(f"expected a count (1 or more) or a share (between 0 and 1), found {value!r}")


def _check_number_or_zero(value: object) -> object:
    return value if isinstance(value, int) and value == 0 else _check_number(value)


# What the checks allow, for whoever asks the class.
_Share = Annotated[float, Field(gt=0, lt=1)]
_Number = Annotated[int, Field(ge=1)] | _Share
_NumberOrZero = Annotated[int, Field(ge=0)] | _Share

NumberOfCases = Annotated[
    int | float, PlainValidator(_check_number, json_schema_input_type=_Number)
]
NumberOfCasesOrZero = Annotated[
    int | float, PlainValidator(_check_number_or_zero, json_schema_input_type=_NumberOrZero)
]


class Split(Settings):
    """How cases are split.

    A number of cases is a count, or a share of all cases (a fraction below 1).

    Attributes:
        order: `natural`: training cases first, then validation, then test, in the order given.
            `random`: shuffled by the seed first; cases without teeth are spread over the parts.
        seed: Seed of the random order.
        test_cases: Number of test cases; the rest is for training.
        train_cases: Number of training cases; the rest is for testing. Where it is given it
            decides, so that it can be given for one run with a configured `test_cases`.
        validation_cases: Number of validation cases, 0 for none. A share that gives fewer than 3
            with teeth is none as well.
        cross_fit_below: Sets of fewer cases have no parts, unless a number of cases is given as a
            count: all cases are trained on, and each is tested by another network, which was fitted
            without it. 0 for never.
    """

    order: Literal["natural", "random"] = "natural"
    seed: int = 0
    test_cases: NumberOfCases | None = None
    train_cases: NumberOfCases | None = None
    validation_cases: NumberOfCasesOrZero = 0
    cross_fit_below: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _train_or_test(self) -> "Split":
        if self.train_cases is None and self.test_cases is None:
            raise ValueError("give train_cases or test_cases")
        return self


READ_FOR_FOLDS = frozenset({"validation_cases"})
"""Names of the settings of `Split` that have an effect on the folds of a cross-validation."""


class CrossValidation(Settings):
    """How cases are dealt into folds.

    Attributes:
        folds: Number of folds, each the test part of one training.
        seed: Seed of the dealing.
    """

    folds: int = Field(default=10, ge=2, le=99)
    seed: int = 0
