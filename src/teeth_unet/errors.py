"""The error for everything that the user, not the programmer, has to put right."""

import re
from collections.abc import Callable

_SURROGATES = re.compile("[\ud800-\udfff]")


in_words_of_users: list[Callable[[str], str]] = []
"""What makes of a message one that names things as their owners do, such as by an address."""


class InputError(ValueError):
    """A file, a setting or a set of cases that cannot be used as it is.

    The command line prints such an error as one message, without a traceback.

    Args:
        subject: The thing at fault, by the name its owner knows: a path, an address, a case,
            a parameter.
        expected: What it had to be.
        found: What it is.
        remedy: What to do about it, as a whole sentence.

    Names of files may hold bytes that are no text; they are shown as "�".

    Example:
        >>> print(InputError("case 7", "a mask of 640x320 px", "64x32 px", "Export it again."))
        case 7: expected a mask of 640x320 px, found 64x32 px. Export it again.
    """

    # All four stay in `args`, so that the error survives pickling between processes.
    def __init__(self, subject: str, expected: str, found: str, remedy: str) -> None:
        super().__init__(*map(written, map(_by_address, (subject, expected, found, remedy))))

    def __str__(self) -> str:
        subject, expected, found, remedy = self.args
        return f"{subject}: expected {expected}, found {found}. {remedy}"


LONGEST = 200
"""Characters that are quoted of an error of a library."""


def written(text: str) -> str:
    """Return a text that can be written anywhere, without what stands for bytes that are no text.

    Python reads these as lone surrogates, which no encoding has (PEP 383).
    """
    return _SURROGATES.sub("�", text)


def _by_address(text: str) -> str:
    for worded in in_words_of_users:
        text = worded(text)
    return text


def without_secrets(text: str) -> str:
    """Take user names, passwords, queries and fragments (tokens, signatures) out of a text."""
    without = re.sub(r"(://)(?:[^/\s]*@)?([^\s?#'\"]*)([?#][^\s'\"]*)?", r"\1\2", text)
    return re.sub(r"\?[^\s'\"?]*=[^\s'\"]*", "", without)  # queries of paths: /m.zip?token=…


def in_short(failure: Exception) -> str:
    """Return the first line of what an error says, or its name, for a message of our own."""
    line = next(iter(str(failure).strip().splitlines()), "").rstrip(".:")
    return f"{line[:LONGEST]}…" if len(line) > LONGEST else line or type(failure).__name__
