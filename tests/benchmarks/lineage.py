"""What the records of lineage cost: seconds and bytes of a whole training, beside all it takes.

    python tests/benchmarks/lineage.py --cases 96
    python tests/benchmarks/lineage.py --cases 1000 --epochs 1

Runs `training` on phantoms in a temporary project, in this process, with the hooks of lineage
timed; the network is the default one.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import yaml
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from teeth_unet import lineage_hooks

ROOT = Path(__file__).parents[2]
HOOKS = ("before_pipeline_run", "before_node_run", "before_dataset_saved", "after_dataset_saved")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=96)
    parser.add_argument("--epochs", type=int, default=25)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, timed() as seconds:
        data = Path(folder, "data")
        conf = configuration(Path(folder, "conf"), data, arguments.cases)
        bootstrap_project(ROOT)
        given = {"training": {"epochs": arguments.epochs}}
        begun = time.perf_counter()
        with KedroSession.create(ROOT, env="measured", conf_source=conf, runtime_params=given) as s:
            s.run(pipeline_names=["training"])
        whole = time.perf_counter() - begun
        files = [path for path in data.rglob("*") if path.is_file()]
        records = [path for path in files if ".lineage" in path.parts]
        print(f"{arguments.cases} cases, {arguments.epochs} epochs: {whole:.1f} s")
        for name, spent in seconds.items():
            print(f"  {name}: {spent:.2f} s")
        spent = sum(seconds.values())
        print(f"  together {spent:.2f} s, {spent / whole:.2%}")
        size, all_bytes = (sum(p.stat().st_size for p in some) for some in (records, files))
        print(f"  {len(records)} records, {size / 1e3:.0f} kB beside {all_bytes / 1e6:.0f} MB")


def configuration(conf: Path, data: Path, cases: int) -> str:
    """Write the project's settings with an environment of so many phantoms."""
    base, measured = conf / "base", conf / "measured"
    base.mkdir(parents=True)
    measured.mkdir()
    for path in (ROOT / "conf" / "base").glob("*.yml"):
        (base / path.name).write_text(
            path.read_text("utf-8").replace("cases: 96", f"cases: {cases}")
        )
    (measured / "globals.yml").write_text(yaml.safe_dump({"data": str(data)}))
    return str(conf)


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Time the hooks of lineage."""
    seconds = dict.fromkeys((*HOOKS, "after_pipeline_run"), 0.0)
    for name in seconds:
        setattr(
            lineage_hooks.LineageRecords,
            name,
            clocked(getattr(lineage_hooks.LineageRecords, name), name, seconds),
        )
    yield seconds


def clocked(hook: Callable[..., Any], name: str, seconds: dict[str, float]) -> Callable[..., Any]:
    @wraps(hook)
    def run(self: Any, *arguments: Any, **options: Any) -> Any:
        begun = time.perf_counter()
        try:
            return hook(self, *arguments, **options)
        finally:
            seconds[name] += time.perf_counter() - begun

    return run


if __name__ == "__main__":
    main()
