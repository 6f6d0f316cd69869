"""The pages of the project: their links, headings, commands and names."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

_FOLDERS = ("conf", "notebooks", "src", "tests", ".github")

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class Block(NamedTuple):
    """A block of code within a page."""

    language: str
    text: str


def all_pages() -> list[str]:
    """Return the paths of all pages, from the project's folder."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("data/*.md")]
    found += [path for folder in _FOLDERS for path in (ROOT / folder).rglob("*.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def read(page: str) -> str:
    """Return the text of a page."""
    return (ROOT / page).read_text("utf-8")


def blocks(text: str) -> list[Block]:
    """Return the blocks of code of a page."""
    return [Block(*found) for found in _BLOCK.findall(text)]


def prose(text: str) -> str:
    """Return a page without its blocks of code."""
    return _BLOCK.sub("", text)


def spans(text: str) -> list[str]:
    """Return what is marked as code within lines."""
    return re.findall(r"`([^`\n]+)`", prose(text))


def links(text: str) -> list[str]:
    """Return where the links and pictures of a page lead to, those to elsewhere left out."""
    without_code = re.sub(r"`[^`\n]+`", "code", prose(text))
    return [one for one in _LINK.findall(without_code) if not re.match(r"\w+:", one)]


def anchors(text: str) -> set[str]:
    """Return the names of a page's headings, as GitHub makes them."""
    titles = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", one) for one in _HEADING.findall(prose(text)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Yield the heading and the text below it, of each part of a page."""
    parts = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    yield from zip(parts[1::2], parts[2::2], strict=True)


def commands(text: str) -> list[list[str]]:
    """Return the words of all commands of a page, whether in a block or in a line."""
    lines = [line for block in blocks(text) if block.language == "bash" for line in _lines(block)]
    lines += [span for span in spans(text) if re.match(r"(kedro|python|pytest|pip) ", span)]
    words = (shlex.split(line, comments=True) for line in lines)
    return [command for line in words for command in _each(line)]


def _lines(block: Block) -> list[str]:
    return block.text.replace("\\\n", " ").splitlines()


def _each(words: list[str]) -> Iterator[list[str]]:
    """Yield the commands of a line, without what is set for them before."""
    command: list[str] = []
    for word in [*words, "&&"]:
        if word != "&&":
            command.append(word)
            continue
        while command and re.match(r"[A-Z_]+=", command[0]):
            command.pop(0)
        if command:
            yield command
        command = []


def option(command: list[str], name: str) -> str | None:
    """Return what a command is given after an option, in either form."""
    for place, word in enumerate(command, start=1):
        if word == name:
            return command[place]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None
