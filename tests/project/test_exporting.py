"""The export of a trained network through the `kedro` command."""

import json

import pytest

from teeth_unet.exporting import FORMATS

WITHOUT_EXTRA = """
import sys
sys.modules.update(dict.fromkeys(["tf2onnx", "onnxruntime", "ai_edge_litert"]))
sys.argv[0] = "kedro"
from kedro.framework.cli import main
main()
"""


@pytest.fixture
def extra():
    for module in sorted({module for each in FORMATS.values() for module in each.needs}):
        pytest.importorskip(module, reason='needs: pip install -e ".[export]"')


def test_models_are_exported_and_stay_when_another_export_fails(finished_copy, extra):
    command = ("run", "--pipeline", "export", "--env", "tiny")
    printed = finished_copy.kedro(*command, "--params", f"export.formats={'+'.join(FORMATS)}")
    assert "Compared on 2 test cases; cores: " in printed
    assert "Recommended: " in printed
    for chatter in ("arning", "INFO", "absl", "XNNPACK", "tf2onnx", "quantiz"):
        assert chatter not in printed
    data = finished_copy.path / "data"
    exported = data / "06_models" / "exported"
    tops = {path.name for path in exported.iterdir()}
    assert tops == {"model_card.md", "unet.json", *(each.path for each in FORMATS.values())}
    compared = json.loads((data / "07_model_output" / "export_comparison.json").read_text())
    assert list(compared["formats"]) == ["keras", *FORMATS]

    before = {path: path.read_bytes() for path in exported.rglob("*") if path.is_file()}
    printed = finished_copy.python("-c", WITHOUT_EXTRA, *command, code=1)
    assert "Error: export.formats: onnx: expected the modules tf2onnx and onnxruntime" in printed
    assert 'pip install -e ".[export]"' in printed
    assert "Traceback" not in printed
    assert {path: path.read_bytes() for path in exported.rglob("*") if path.is_file()} == before
