"""Files as text and as JSON, in the encodings that tools write."""

import json
from collections.abc import Callable
from typing import Any

from teeth_unet.annotations.model import AnnotationFile
from teeth_unet.errors import InputError, in_short
from teeth_unet.pictures import read_content

MOST_BYTES = 512 << 20
"""Size that a file of annotations may have; one of 10,000 X-rays has some 150 MB."""

MOST_VALUES = 50_000_000
"""Values that a JSON file may hold; that of 10,000 X-rays has some 27 million."""

EXPORT_AGAIN = "Export the annotations again, or take the file away."


def text_of(file: AnnotationFile) -> str:
    """Return a file's text: UTF-8, or UTF-16 or UTF-32 with or without a byte order mark.

    Raises:
        InputError: It cannot be read, is empty, larger than `MOST_BYTES`, or no text.
    """
    content = read_content(file.read, file.name)
    if len(content) > MOST_BYTES:
        found = f"{len(content) >> 20:,} MiB"
        raise InputError(
            file.name, f"at most {MOST_BYTES >> 20} MiB", found, "Divide it into several files."
        )
    # The zero bytes of ASCII letters tell UTF-16 and UTF-32 where there is no mark.
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as failure:
        found = f"bytes that are no text in {encoding.upper()}, from byte {failure.start} on"
        raise InputError(file.name, "text in UTF-8", found, EXPORT_AGAIN) from failure


def is_json(text: str) -> bool:
    """Tell whether a text begins as JSON that holds something else than one value."""
    return text.lstrip(" \t\r\n\ufeff")[:1] in ("{", "[")


def parsed(text: str, subject: str, hook: Callable[[dict[str, Any]], Any] | None = None) -> object:
    """Return what a JSON text holds.

    Args:
        text: The text.
        subject: The file it is from.
        hook: Replaces each object as soon as it is complete, so that it can be made small.

    Raises:
        InputError: It is damaged, nested too deeply, or has more than `MOST_VALUES`.
    """
    values = sum(text.count(mark) for mark in ",[{")
    if values > MOST_VALUES:
        expected = f"at most {MOST_VALUES:,} values"
        raise InputError(subject, expected, f"{values:,}", "Divide it into several files.")
    try:
        return json.loads(text, object_hook=hook)
    except RecursionError as failure:
        found = "lists in lists, a thousand deep"
        raise InputError(subject, "annotations", found, EXPORT_AGAIN) from failure
    except ValueError as failure:  # of json itself, or an integer of thousands of digits
        found = f"damaged JSON ({in_short(failure)})"
        raise InputError(subject, "annotations in JSON", found, EXPORT_AGAIN) from failure
