"""Which folds' segmenters take part in a map of uncertainty."""

import pickle

import pytest

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


def load(table):
    models = table.parent / "06_models"
    return FoldSegmentersDataset(filepath=str(models), folds={"filepath": str(table)}).load()


def names(table):
    return list(load(table))


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
    with pytest.raises(InputError, match=r"folds\.csv: expected a table with a column fold"):
        names(table)


def test_a_damaged_table_is_no_error_until_segmenters_are_asked_for(table):
    table.write_text("\0")
    segmenters = load(table)
    for ask in (len, list, lambda them: them["fold_01"]):
        with pytest.raises(InputError):
            ask(segmenters)
    table.unlink()
    assert len(segmenters) == len(segmenters.values()) == 10


def test_a_listing_survives_pickling(table):
    table.write_text("fold\n3\n")
    assert list(pickle.loads(pickle.dumps(load(table)))) == ["fold_03"]


def test_paths_may_be_in_the_users_home(table, monkeypatch):
    monkeypatch.setenv("HOME", str(table.parent))
    monkeypatch.setenv("USERPROFILE", str(table.parent))
    table.write_text("fold\n2\n")
    dataset = FoldSegmentersDataset(filepath="~/06_models", folds={"filepath": "~/folds.csv"})
    assert dataset.exists()
    assert list(dataset.load()) == ["fold_02"]
