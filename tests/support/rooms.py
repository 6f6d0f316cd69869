"""Which room of the package imports which: the arrows of the architecture.

A room is a folder of `src/teeth_unet`, a pipeline a folder of `pipelines`, and each of the files
that stand beside the rooms counts by itself. `python tests/support/rooms.py` prints the last
column of the tables in `src/teeth_unet/README.md`, and the picture there.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "teeth_unet"
PAGE = PACKAGE / "README.md"

NAME = PACKAGE.name

SHARED = {"configuration", "errors", "case_names", "native_messages", "sampling", "text"}
"""Modules that any room may use; the tables leave them out."""

KEDROS_SIDE = {"settings", "hooks", "pipeline_registry", "cli", "tracking", "__main__"}
"""Modules by which Kedro and the command line take hold of the package."""


def sources() -> dict[Path, str]:
    """Return the code of the package by path within it."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE): path.read_text("utf-8") for path in paths}


def home(module: tuple[str, ...]) -> str:
    """Return the room that a module within the package is in.

    Example:
        >>> home(("unet", "losses")), home(("pipelines", "teeth", "nodes")), home(())
        ('unet', 'teeth pipeline', '__init__')
    """
    if module[:1] == ("pipelines",) and len(module) > 1:
        return f"{module[1]} pipeline"
    return module[0] if module else "__init__"


def imported_modules(source: str, *, types_too: bool) -> Iterator[str]:
    """Yield the modules that a program imports, wherever the import stands.

    `from a import b` gives `a.b`, since `b` may be a module.

    Args:
        source: The program.
        types_too: Whether what is imported for annotations alone counts.
    """
    nodes: list[ast.AST] = [ast.parse(source)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not types_too:
            nodes += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError("expected imports by the whole name, found a relative one")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        nodes += ast.iter_child_nodes(node)


def imported_packages(source: str) -> set[str]:
    """Return the top-level packages that a program imports when it runs."""
    return {name.partition(".")[0] for name in imported_modules(source, types_too=False)}


@cache
def arrows() -> dict[str, frozenset[str]]:
    """Return for every room, pipeline and file of the package what it imports of the others."""
    found: dict[str, set[str]] = {}
    for path, source in sources().items():
        parts = path.with_suffix("").parts
        user = home(parts[:-1] if parts[-1] == "__init__" else parts)
        used = found.setdefault(user, set())
        for module in imported_modules(source, types_too=True):
            first, *rest = module.split(".")
            if first == NAME:
                used.add(home(tuple(rest)))
    known = found.keys()
    # `from teeth_unet import __version__` names no room: it is the package's own.
    return {
        user: frozenset(name if name in known else "__init__" for name in used) - {user}
        for user, used in found.items()
    }


def uses(user: str) -> set[str]:
    """Return what a room imports of the others, shared modules left out."""
    return set(arrows()[user]) - SHARED


def table_cells() -> dict[str, str]:
    """Return the last cell of every row of the page's tables that end with "uses"."""
    rows: dict[str, str] = {}
    in_table = False
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            in_table = False
        elif cells[-1] == "uses":
            in_table = True
        elif in_table and not set(line) <= set("|- "):
            rows[plain(cells[0])] = cells[-1]
    return rows


def plain(cell: str) -> str:
    """Return the name in a cell, without link, code marks and suffix.

    Example:
        >>> plain("[`scoring`](scoring/README.md)"), plain("`hooks.py`")
        ('scoring', 'hooks')
    """
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", cell).strip("`").removesuffix(".py")


def table_uses(cell: str) -> set[str]:
    """Return the names in a cell with a comma between them; a dash stands for none."""
    return set() if cell in ("", "–") else {plain(name.strip()) for name in cell.split(",")}


def picture_of(graph: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Return the arrows to draw: without those that a way over other rooms tells already."""
    return {
        (user, used)
        for user, all_used in graph.items()
        for used in all_used
        if not any(used in reached(graph, other) for other in all_used - {used})
    }


def reached(graph: dict[str, set[str]], start: str) -> set[str]:
    """Return all that a room uses, itself or by way of what it uses."""
    found: set[str] = set()
    waiting = list(graph.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += graph.get(name, ())
    return found


def print_tables() -> None:
    """Print what belongs into the last column of the tables."""
    for user in sorted(arrows()):
        if user not in SHARED:
            print(f"{user}: {', '.join(sorted(uses(user))) or '–'}")


if __name__ == "__main__":
    print_tables()
