"""Which folds' segmenters take part in a map of uncertainty."""

import pytest
from kedro.io import DatasetError

from teeth_unet.datasets import FoldSegmentersDataset
from teeth_unet.errors import InputError


@pytest.fixture
def table(tmp_path):
    """The table of folds, beside segmenters that ten folds have left."""
    for fold in range(1, 11):
        path = tmp_path / f"06_models/fold_{fold:02d}/segmenter.zip"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"-")
    return tmp_path / "folds.csv"


def names(table):
    models = table.parent / "06_models"
    return list(FoldSegmentersDataset(filepath=str(models), folds=str(table)).load())


@pytest.mark.parametrize(
    ("folds", "taking_part"), [([2, 1, 3, 2], [1, 2, 3]), ([*range(1, 11)], [*range(1, 11)])]
)
def test_only_those_of_the_last_cross_validation_take_part(table, folds, taking_part):
    rows = [f"case {row},{fold}" for row, fold in enumerate(folds)]
    table.write_text("\n".join(["case,fold", *rows]))
    assert names(table) == [f"fold_{fold:02d}" for fold in taking_part]


def test_one_that_is_not_there_yet_is_no_error(table):
    table.write_text("case,fold\na,1\nb,11\n")
    assert names(table) == ["fold_01"]


def test_without_a_table_all_take_part(table):
    assert len(names(table)) == 10


@pytest.mark.parametrize("content", ["", "case\n1\n", "fold\nfirst\n", "fold\n\n,\n", "\0"])
def test_a_damaged_table_is_an_error_that_says_what_to_do(table, content):
    table.write_text(content)
    with pytest.raises(DatasetError) as error:
        names(table)
    assert isinstance(error.value.__cause__, InputError)
    assert "folds.csv: expected a table with a column fold" in str(error.value)
