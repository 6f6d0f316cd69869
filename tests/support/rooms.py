"""Which room of the package imports which: the arrows of the architecture.

A room is a folder of `src/teeth_unet`, a pipeline a folder of `pipelines`; each file beside them
counts by itself. For the tables and the picture in `src/teeth_unet/README.md`:

python tests/support/rooms.py --print
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "teeth_unet"
PAGE = PACKAGE / "README.md"
NONE = "–"  # noqa: RUF001

SHARED = {
    "configuration",
    "errors",
    "case_names",
    "machine",
    "native_messages",
    "sampling",
    "text",
    "tooth_numbers",
    "version",
}
"""Modules that any room may use; the tables leave them out."""

KEDROS_SIDE = {
    "settings",
    "hooks",
    "lineage_hooks",
    "pipeline_registry",
    "cli",
    "tracking",
    "training_devices",
    "node_names",
    "unread_names",
    "unread_parameters",
    "runtime_parameters",
    "params_option",
    "config_loader",
    "run_log",
    "runners",
    "settings_page",
    "__main__",
}
"""Modules by which Kedro and the command line take hold of the package."""

Graph = Mapping[str, frozenset[str]]


def sources() -> dict[Path, str]:
    """Return the code of the package by path within it."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE): path.read_text("utf-8") for path in paths}


def home(module: tuple[str, ...]) -> str:
    """Return where a module within the package belongs: `("unet", "losses")` to `unet`."""
    if module[:1] == ("pipelines",) and len(module) > 1:
        return f"pipelines/{module[1]}"
    return module[0] if module else "__init__"


def module_of(path: Path) -> tuple[str, ...]:
    """Return the name of a file's module within the package."""
    parts = path.with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


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
                raise ValueError("expected the whole name of a module, found a relative import")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        nodes += ast.iter_child_nodes(node)


def imported_packages(source: str) -> set[str]:
    """Return the top-level packages that a program imports when it runs."""
    return {name.partition(".")[0] for name in imported_modules(source, types_too=False)}


@cache
def imports() -> Graph:
    """Return what each room, pipeline and file imports of the others."""
    found: dict[str, set[str]] = {}
    for path, source in sources().items():
        used = found.setdefault(home(module_of(path)), set())
        for module in imported_modules(source, types_too=True):
            first, *rest = module.split(".")
            if first == PACKAGE.name:
                used.add(home(tuple(rest)))
    # `from teeth_unet import __version__` names no room: it is the package's own.
    return {
        user: frozenset(name if name in found else "__init__" for name in used) - {user}
        for user, used in found.items()
    }


def arrows() -> Graph:
    """Return the rows of the tables: shared modules left out, for Kedro's side pipelines as one."""
    return {
        user: frozenset(
            "pipelines" if user in KEDROS_SIDE and name.startswith("pipelines/") else name
            for name in used - SHARED
        )
        for user, used in imports().items()
        if user not in SHARED | {"pipelines"}
    }


def drawn(graph: Graph) -> set[tuple[str, str]]:
    """Return the arrows of the picture.

    Pipelines are one box in it, and so is Kedro's side. An arrow is left out where a way over other
    boxes tells it already.
    """
    boxes: dict[str, set[str]] = {}
    for user, used in graph.items():
        boxes.setdefault(_box(user), set()).update(map(_box, used))
    together = {user: frozenset(used - {user}) for user, used in boxes.items()}
    return {
        (user, used)
        for user, all_used in together.items()
        for used in all_used
        if not any(used in reached(together, other) for other in all_used - {used})
    }


def _box(name: str) -> str:
    if name.startswith("pipelines"):
        return "pipelines"
    return "kedro" if name in KEDROS_SIDE else name


def reached(graph: Graph, start: str) -> set[str]:
    """Return all that something uses, itself or by way of what it uses."""
    found: set[str] = set()
    waiting = list(graph.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += graph.get(name, ())
    return found


def told_arrows(page: str) -> dict[str, frozenset[str]]:
    """Return what the tables of the page say, those whose last column is "uses"."""
    told: dict[str, frozenset[str]] = {}
    within = False
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            within = False
        elif cells[-1] == "uses":
            within, prefix = True, "pipelines/" if cells[0] == "pipeline" else ""
        elif within and not set(line) <= set("|- "):
            names = [plain(name.strip()) for name in cells[-1].split(",")]
            told[prefix + plain(cells[0])] = frozenset(names) - {NONE}
    return told


def told_picture(page: str) -> set[tuple[str, str]]:
    """Return the arrows of the page's picture, of lines such as `a --> b & c`."""
    lines = re.findall(r"^ *(\w+) --> (\w+(?: & \w+)*)$", page, re.MULTILINE)
    return {(user, used) for user, several in lines for used in several.split(" & ")}


def plain(cell: str) -> str:
    """Return the name in a cell: of "[`scoring`](scoring/README.md)" it is `scoring`."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", cell).strip("`").removesuffix(".py")


def print_all() -> None:
    """Print what belongs into the last column of the tables, and the arrows of the picture."""
    for user, used in sorted(arrows().items()):
        print(f"{user}: {', '.join(sorted(used)) or NONE}")
    picture = drawn(arrows())
    for user in sorted({user for user, _ in picture}):
        print(f"    {user} --> {' & '.join(sorted(used for one, used in picture if one == user))}")


if __name__ == "__main__" and "--print" in sys.argv:
    print_all()
