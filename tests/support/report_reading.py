"""Reports as a program reads them."""

from functools import partial
from html.parser import HTMLParser

import pytest
from report_material import material

from teeth_unet.pipelines.reporting.nodes import write_report
from teeth_unet.reporting import embedding, page

VOID = {"meta", "img", "br", "hr", "input", "link"}


class Page(HTMLParser):
    """The elements of a page: each with its tag, attributes, text and what it lies in.

    Complains of a tag that is never closed, or closed in the wrong place.
    """

    def __init__(self, text):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        assert len(dict(attributes)) == len(attributes)
        element = {"tag": tag, "text": "", "inside": [e["tag"] for e in self.open]}
        element |= {"attributes": dict(attributes), "children": []}
        if self.open:
            self.open[-1]["children"].append(element)
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag, **attributes):
        """The elements of a kind, with these attributes."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}.items()
        return [e for e in self.elements if e["tag"] == tag and wanted <= e["attributes"].items()]

    def text(self, tag, **attributes):
        """The text of the only element of a kind, with single spaces."""
        (element,) = self.all(tag, **attributes)
        return words(element["text"])


def words(text):
    return " ".join(text.split())


def written(**changed):
    """A page whose figures are not drawn, for tests of its words."""
    with pytest.MonkeyPatch.context() as patch:
        blank = partial(embedding.Picture, "data:,", 1, 1)
        patch.setattr(page, "embed_figure", lambda figure, alt: blank(alt))
        return Page(write_report(**material(**changed)))


def section(read, name):
    (found,) = [e for e in read.all("section") if e["attributes"]["aria-labelledby"] == name]
    return words(found["text"])


def sections(read):
    return [e["attributes"]["aria-labelledby"] for e in read.all("section")]


def rows(table):
    """The texts of a table's cells, row by row."""
    found = []

    def walk(element):
        for child in element["children"]:
            if child["tag"] == "tr":
                found.append([words(cell["text"]) for cell in child["children"]])
            walk(child)

    walk(table)
    return found
