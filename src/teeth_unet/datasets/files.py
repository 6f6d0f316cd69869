"""Kedro's own file datasets, saved whole."""

from kedro_datasets._typing import HTMLPreview, JSONPreview, TablePreview
from kedro_datasets.json import JSONDataset
from kedro_datasets.pandas import CSVDataset
from kedro_datasets.text import TextDataset

from teeth_unet.datasets.previews import of_what_is_there, preformatted
from teeth_unet.datasets.whole_files import SavedWhole


class WholeCSVDataset(SavedWhole, CSVDataset):
    """A table."""

    @of_what_is_there
    def preview(self, nrows: int = 100) -> TablePreview:
        """Show the first rows in kedro-viz, with four digits after the point."""
        return TablePreview(self.load().head(nrows).round(4).to_dict(orient="split"))


class WholeJSONDataset(SavedWhole, JSONDataset):
    """Numbers and names."""

    @of_what_is_there
    def preview(self) -> JSONPreview:
        """Show the content in kedro-viz; of several versions, the last."""
        return super().preview()


class WholeTextDataset(SavedWhole, TextDataset):
    """A text."""

    @of_what_is_there
    def preview(self) -> HTMLPreview:
        """Show the text in kedro-viz as it stands."""
        return preformatted(self.load())
