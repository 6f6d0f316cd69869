"""What comes of runs on object storage that misbehaves, killed in between: a table in Markdown.

nice -n 10 python tests/benchmarks/object_storage.py 200 [seed]

A storage that speaks like Amazon's (moto's) runs in a process of its own, behind a proxy on this
machine that lets requests go wrong: errors, slow answers, connections that are cut before, within
and after what was asked for. In each trial data_processing, data_science and inference run with
X-rays, data and results on that storage; each is killed at a random moment, and the same command is
given until it ends well, every second time without the copies that this machine has: as on another.
The results have to be those of a run on the disk, byte for byte, but for what tells the time.
"""

import contextlib
import multiprocessing.connection
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import storage_server as support
from workshop import NEW_XRAYS, TELL_TIME, Workshop

FAULTS_A_TRIAL = 40
SHARE = 0.08
ATTEMPTS = 8
SECRETS = (support.LOGIN["AWS_ACCESS_KEY_ID"], support.LOGIN["AWS_SECRET_ACCESS_KEY"], "Signature=")
OF_A_PLACE = re.compile(rb'"(seconds|place|version|made|run)": [^\n]*')
PIPELINES = ("data_processing", "data_science", "inference")


def serve(pipe: multiprocessing.connection.Connection) -> None:
    """Serve a storage behind a proxy, and do to the proxy what is asked for."""
    with support.storage_server() as behind, support.faulty(behind) as (proxy, address):
        support.client(behind).create_bucket(Bucket=support.BUCKET)
        pipe.send((behind, address))
        while (asked := pipe.recv()) is not None:
            for name, value in asked.items():
                setattr(proxy, name, value)
            pipe.send((dict(proxy.counts), proxy.left, len(proxy.requests)))


class Storage:
    """The storage in its process."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=serve, args=(other,), daemon=True)
        self._process.start()
        self.behind, self.address = self._pipe.recv()

    def ask(self, **proxy: object) -> tuple[dict[str, int], int, int]:
        """Set attributes of the proxy; return counts of faults, faults left, and requests."""
        self._pipe.send(proxy)
        return self._pipe.recv()

    def end(self) -> None:
        self._pipe.send(None)
        self._process.join(10)


def kedro_run(pipeline: str, env: str, parameters: str) -> int:
    """Give the command, as the program `kedro` does."""
    from kedro.framework.cli.cli import KedroCLI

    command = ["run", "--pipeline", pipeline, "--env", env]
    try:
        KedroCLI(project_path=Path.cwd()).main(
            [*command, *(["--params", parameters] if parameters else [])]
        )
    except SystemExit as done:
        return done.code or 0
    return 0


def prepare(shop: Workshop) -> None:
    """Add an environment whose data are on the storage."""
    conf = shop.project / "conf"
    shutil.copytree(conf / "tiny", conf / "far")


def at_rest(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return results by name, of several versions the last one, without what tells the time."""
    found = {}
    for name in sorted(files):
        place = re.sub(r"/\d{4}-\d\d-\d\dT[^/]+", "", name)
        told = place.endswith(TELL_TIME) or place.endswith(("cases.csv", "training_record.json"))
        if ".lineage" not in place and not place.endswith(".whole") and not told:
            found[place] = OF_A_PLACE.sub(b"", files[name])
    return found


def of_folder(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "01_raw" not in path.parts and path.name != "kedro.log"
    }


def reference(shop: Workshop) -> tuple[dict[str, bytes], float]:
    """Return what two runs on the disk agree on, and the seconds of the longest pipeline."""
    given, longest = [], 0.0
    for _ in range(2):
        shop.put_back()
        for pipeline in PIPELINES:
            began = time.monotonic()
            parameters = f"xrays={NEW_XRAYS}" if pipeline == "inference" else ""
            code, printed = shop.do(lambda: kedro_run(pipeline, "tiny", parameters))  # noqa: B023
            assert not code, printed
            longest = max(longest, time.monotonic() - began)
        given.append(at_rest(of_folder(shop.data)))
    agreed = {name: one for name, one in given[0].items() if given[1].get(name) == one}
    for name in ("x_train.npy", "fitted_unet.keras", "masks/3.png", "teeth.csv", "scores.json"):
        assert any(place.endswith(name) for place in agreed), f"{name} is never the same"
    return agreed, longest


def trial(
    shop: Workshop, storage: Storage, number: int, agreed: dict[str, bytes], longest: float
) -> Counter[str]:
    """Run all on the storage; return what came of it."""
    outcomes: Counter[str] = Counter()
    base = f"s3://{support.BUCKET}/trial-{number}"
    copies = shop.kept.parent / "copies"
    os.environ.update(support.environment(storage.address, copies))
    (shop.project / "conf/far/globals.yml").write_text(f"data: {base}/data\n")
    amazon = support.client(storage.behind)
    for path in (shop.project / NEW_XRAYS).iterdir():
        key = f"trial-{number}/xrays/{path.name}"
        amazon.put_object(Bucket=support.BUCKET, Key=key, Body=path.read_bytes())
    shop.put_back()
    storage.ask(left=FAULTS_A_TRIAL, share=SHARE, slow=random.uniform(0.5, 3))
    for pipeline in PIPELINES:
        parameters = f"xrays={base}/xrays" if pipeline == "inference" else ""
        to_kill = 1
        for attempt in range(ATTEMPTS):
            last = attempt == ATTEMPTS - 1
            if last:  # now without faults
                storage.ask(share=0.0)
            elif attempt and random.random() < 0.3:  # the storage is away for a while
                storage.ask(script=["500"] * random.randrange(6, 12))
            process = shop.start(lambda: kedro_run(pipeline, "far", parameters))  # noqa: B023
            if to_kill:
                timer = threading.Timer(random.uniform(2, 1.5 * longest), _kill, [process])
                timer.start()
            code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
            if to_kill:
                timer.cancel()
            printed = shop.log.read_text("utf-8", "replace")
            if any(secret in printed for secret in SECRETS):
                outcomes["WRONG: a login was shown"] += 1
            if code == -signal.SIGKILL:
                outcomes["killed"] += 1
                to_kill = 0
            elif code:
                told = "expected" in printed and "Traceback" not in printed
                outcomes["ended with the storage's trouble, in words" if told else "WRONG"] += 1
                if not told:
                    print(printed[-4000:], file=sys.stderr)
            else:
                break
            if random.random() < 0.5:
                shutil.rmtree(copies, ignore_errors=True)
                outcomes["gone on without copies"] += 1
        else:
            outcomes["WRONG: never done"] += 1
        storage.ask(share=SHARE)
    storage.ask(share=0.0, script=[])
    found = support.contents(storage.behind, f"trial-{number}/data/")
    now = at_rest(
        {name.removeprefix(f"trial-{number}/data/"): each for name, each in found.items()}
    )
    differing = [name for name, one in agreed.items() if now.get(name) != one]
    uploads = amazon.list_multipart_uploads(Bucket=support.BUCKET).get("Uploads", [])
    outcomes[f"WRONG: {differing}" if differing else "the results of the disk, byte for byte"] += 1
    if uploads:
        outcomes["WRONG: uploads left"] += 1
    begun = [name for name in found if name.endswith((".begun", ".partial")) or "/begun/" in name]
    if begun:
        outcomes[f"WRONG: left {begun}"] += 1
    if (shop.project / "s3:").exists():
        outcomes["WRONG: a folder named s3:"] += 1
    return outcomes


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)


def main(faults: int, place: Path) -> None:
    """Try until so many faults were injected."""
    shop = Workshop(place)
    prepare(shop)
    shop.warm_up()
    agreed, longest = reference(shop)
    print(f"{len(agreed)} files agree; longest pipeline {longest:.0f} s", flush=True)
    storage = Storage()
    outcomes: Counter[str] = Counter()
    number, injected = 0, 0
    while injected < faults:
        outcomes += trial(shop, storage, number, agreed, longest)
        counts, _, requests = storage.ask()
        number, injected = number + 1, sum(counts.values())
        print(
            f"{number} trials, {injected} faults of {requests} requests: {dict(outcomes)}",
            flush=True,
        )
    print("| fault | of requests | times |\n|---|---|---|")
    for name, count in sorted(counts.items()):
        kind, _, method = name.rpartition(" (")
        print(f"| {kind} | {method.rstrip(')')} | {count} |")
    print("\n| outcome | times |\n|---|---|")
    for outcome, count in outcomes.most_common():
        print(f"| {outcome} | {count} |")
    storage.end()


if __name__ == "__main__":
    random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    with tempfile.TemporaryDirectory() as temporary:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, Path(temporary))
