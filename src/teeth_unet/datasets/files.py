"""Kedro's own file datasets, saved whole."""

from kedro_datasets.json import JSONDataset
from kedro_datasets.pandas import CSVDataset
from kedro_datasets.text import TextDataset

from teeth_unet.datasets.whole_files import SavedWhole


class WholeCSVDataset(SavedWhole, CSVDataset):
    """A table."""


class WholeJSONDataset(SavedWhole, JSONDataset):
    """Numbers and names."""


class WholeTextDataset(SavedWhole, TextDataset):
    """A text."""
