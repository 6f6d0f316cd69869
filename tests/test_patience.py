"""No test ends because a machine is slow: what hangs is a matter for the limit of the whole run."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
MODULES = [path for path in TESTS.rglob("*.py") if "benchmarks" not in path.parts]

WAITING = {"run", "check_output", "check_call", "call", "communicate", "wait", "join", "result"}
WAITING |= {"get", "acquire", "Barrier", "NotebookClient", "wait_for"}
"""What waits for a program, a thread or another process, by the names of functions."""

CLOCKS = {"monotonic", "perf_counter", "process_time"}


def limits_of_time(source):
    """Yield the lines of a module in which something is waited for a limited time only."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and any(map(_reads_a_clock, ast.walk(node))):
            yield node.lineno
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = [each.value for each in node.keywords if each.arg == "timeout"]
        if name in {"wait", "join"}:  # their first argument is a limit; that of str.join is none
            given += [each for each in node.args[:1] if isinstance(each, ast.Constant)]
        if name in WAITING and any(ast.unparse(each) != "None" for each in given):
            yield node.lineno


def _reads_a_clock(node):
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") in CLOCKS


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("subprocess.run(['kedro'],\n    timeout=300)", [1]),
        ("subprocess.run(['kedro'], timeout=None)", []),
        ("thread.join(5)\nevent.wait(0.5)\nprocess.join()", [1, 2]),
        ("while True:\n    assert time.monotonic() < deadline", [2]),
        ("', '.join(names)\nwait(futures)", []),
        ("download(address, timeout=0.2)", []),  # of a server that does not respond
    ],
)
def test_limits_are_found(source, lines):
    assert list(limits_of_time(source)) == lines


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_nothing_is_waited_for_a_limited_time_only(path):
    assert list(limits_of_time(path.read_text("utf-8"))) == []


def test_no_two_modules_of_tests_have_one_name():
    names = [path.name for path in TESTS.rglob("*.py") if path.name != "conftest.py"]
    assert sorted(names) == sorted(set(names))
