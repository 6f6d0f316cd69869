"""Files of annotations, in memory."""

import json
from dataclasses import dataclass


@dataclass
class File:
    name: str
    content: bytes

    @property
    def read(self):
        return lambda: self.content


def json_file(document, name="annotations.json", encoding="utf-8"):
    return File(name, json.dumps(document, ensure_ascii=False).encode(encoding))


def text_file(name, text, encoding="utf-8"):
    return File(name, text.encode(encoding))
