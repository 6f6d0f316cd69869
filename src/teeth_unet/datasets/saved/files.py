"""Kedro's own file datasets, saved whole."""

import inspect
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from pathlib import PurePath
from typing import Any

import pandas as pd
from kedro_datasets._typing import HTMLPreview, JSONPreview, TablePreview
from kedro_datasets.json import JSONDataset
from kedro_datasets.pandas import CSVDataset
from kedro_datasets.text import TextDataset

from teeth_unet.datasets.atomic import AtomicSave
from teeth_unet.datasets.previews import of_what_is_there, preformatted
from teeth_unet.errors import InputError, in_short
from teeth_unet.storage import reading

_load_csv, _load_json = inspect.unwrap(CSVDataset.load), inspect.unwrap(JSONDataset.load)
_REMEDY = "Give the right file; or remove this one, and run the pipeline that makes it again."


class AtomicCSVDataset(AtomicSave, CSVDataset):
    """A table."""

    def load(self) -> pd.DataFrame:
        """Read the table.

        Raises:
            InputError: The file is no table. (Kedro wraps it into a DatasetError.)
        """
        path = self._get_load_path()
        try:
            with _reading(path, "a table (CSV)"):
                table: pd.DataFrame = _load_csv(self)
        except InputError:
            with self._fs.open(str(path), "r", encoding="utf-8", errors="replace") as file:
                self._refuse_semicolons(file.readline())
            raise
        self._refuse_semicolons(",".join(map(str, table.columns)))
        return table

    def _refuse_semicolons(self, header: str) -> None:
        """Refuse what spreadsheets write where numbers have a comma; pandas may well read it."""
        if ";" in header and "," not in header:
            raise InputError(
                str(self._get_load_path()),
                "a table (CSV) with commas between its columns",
                "semicolons",
                "Save it with commas between the columns, and points in its numbers.",
            )

    @of_what_is_there
    def preview(self, nrows: int = 100) -> TablePreview:
        """Show the first rows in kedro-viz, with four digits after the point."""
        table = self.load().head(nrows).round(4).astype(object)
        # JSON has no word for what is missing in a column of whole numbers.
        return TablePreview(table.where(table.notna(), None).to_dict(orient="split"))


class AtomicJSONDataset(AtomicSave, JSONDataset):
    """Numbers and names."""

    def load(self) -> Any:  # noqa: ANN401 (whatever was saved)
        """Read the content.

        Raises:
            InputError: The file is no JSON. (Kedro wraps it into a DatasetError.)
        """
        with _reading(self._get_load_path(), "JSON"):
            return _load_json(self)

    @of_what_is_there
    def preview(self) -> JSONPreview:
        """Show the content in kedro-viz; of several versions, the last."""
        return super().preview()


class AtomicTextDataset(AtomicSave, TextDataset):
    """A text."""

    @of_what_is_there
    def preview(self) -> HTMLPreview:
        """Show the text in kedro-viz as it is."""
        return preformatted(self.load())


class HTMLDataset(AtomicSave, TextDataset):
    """A page of HTML, as text."""

    @of_what_is_there
    def preview(self) -> HTMLPreview:
        """Show title, description and place in kedro-viz, which has no room for a page."""
        head = _Head()
        head.feed(self.load())
        return preformatted(f"{head.title}\n\n{head.description}\n\n{self._get_load_path()}")


def _reading(path: PurePath, expected: str) -> AbstractContextManager[None]:
    """Refuse what a parser, or the decoding of its text, calls a wrong value."""
    return reading(
        path,
        lambda failure: InputError(str(path), expected, in_short(failure), _REMEDY),
        ValueError,
    )


class _Head(HTMLParser):
    """Reads the title of a page and the description in its head."""

    def __init__(self) -> None:
        super().__init__()
        self.title = self.description = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title"
        if tag == "meta" and ("name", "description") in attrs:
            self.description = dict(attrs).get("content") or ""

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
