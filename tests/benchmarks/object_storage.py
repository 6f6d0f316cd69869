"""What comes of runs on object storage that misbehaves, killed in between: a table in Markdown.

nice -n 10 python tests/benchmarks/object_storage.py 200 [seed]

A storage that speaks like Amazon's (moto's) runs in a process of its own, behind a proxy on this
machine that lets requests go wrong: errors, slow answers, connections that are cut before, within
and after what was asked for. In each trial data_processing, data_science and inference run with
X-rays, data and results on that storage; each is killed at a random moment, and the same command is
given until it ends well, every second time without the copies that this machine has: as on another.
The results have to be those of a run on the disk, byte for byte, but for what tells the time.
A kill comes after a random count of requests, so that it does not matter how fast the machine is.
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
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import storage_server as support
from workshop import NEW_XRAYS, TELL_TIME, Workshop

FAULTS_A_TRIAL = 70
SHARE = 0.12
OUTAGES = 0.3
ATTEMPTS = 8
SECRETS = (support.LOGIN["AWS_ACCESS_KEY_ID"], support.LOGIN["AWS_SECRET_ACCESS_KEY"], "Signature=")
OF_A_PLACE = re.compile(rb'"(seconds|place|version|made|run)": [^\n]*')
PIPELINES = ("data_processing", "data_science", "inference")
MUST_AGREE = ("x_train.npy", "fitted_unet.keras", "masks/3.png", "teeth.csv", "scores.json")


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


def on_disk(shop: Workshop) -> dict[str, bytes]:
    """Return what a run on the disk makes."""
    shop.put_back()
    for pipeline in PIPELINES:
        parameters = f"xrays={NEW_XRAYS}" if pipeline == "inference" else ""
        code, printed = shop.do(lambda: kedro_run(pipeline, "tiny", parameters))  # noqa: B023
        assert not code, printed
    return at_rest(of_folder(shop.data))


class Trial:
    """All pipelines with everything on the storage, in a folder of their own there."""

    def __init__(self, shop: Workshop, storage: Storage, number: int) -> None:
        self.shop, self.storage, self.outcomes = shop, storage, Counter()
        self.copies = shop.kept.parent / "copies"
        self._base = f"s3://{support.BUCKET}/trial-{number}"
        self._prefix = f"trial-{number}"
        os.environ.update(support.environment(storage.address, self.copies))
        (shop.project / "conf/far/globals.yml").write_text(f"data: {self._base}/data\n")
        self._amazon = support.client(storage.behind)
        for path in (shop.project / NEW_XRAYS).iterdir():
            key = f"{self._prefix}/xrays/{path.name}"
            self._amazon.put_object(Bucket=support.BUCKET, Key=key, Body=path.read_bytes())
        shop.put_back()

    def run(self, pipeline: str, requests: float = float("inf")) -> int:
        """Run a pipeline, and kill it after so many requests; return its exit code."""
        parameters = f"xrays={self._base}/xrays" if pipeline == "inference" else ""
        before = self.storage.ask()[2]
        process = self.shop.start(lambda: kedro_run(pipeline, "far", parameters))
        while not (ended := os.waitpid(process, os.WNOHANG))[0]:
            time.sleep(0.1)
            if self.storage.ask()[2] - before > requests:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process, signal.SIGKILL)
                ended = os.waitpid(process, 0)
                break
        printed = self.shop.log.read_text("utf-8", "replace")
        if any(secret in printed for secret in SECRETS):
            self.outcomes["WRONG: a login was shown"] += 1
        code = os.waitstatus_to_exitcode(ended[1])
        if code == -signal.SIGKILL:
            self.outcomes["killed"] += 1
        elif code:
            told = "expected a storage that answers" in printed and "Traceback" not in printed
            self.outcomes["ended with the storage's trouble, in words" if told else "WRONG"] += 1
            print(printed[-300 if told else -4000 :], file=sys.stderr)
        return code

    def until_done(self, pipeline: str, requests: float) -> None:
        """Run a pipeline under faults, kill it once, and again and again until it ends well."""
        self.storage.ask(share=SHARE)
        for attempt in range(ATTEMPTS):
            if attempt == ATTEMPTS - 1:
                self.storage.ask(share=0.0)
            elif attempt and random.random() < OUTAGES:
                self.storage.ask(script=["500"] * random.randrange(6, 12))
            kill_after = random.uniform(0, requests) if attempt == 0 else float("inf")
            if not self.run(pipeline, kill_after):
                return
            if random.random() < 0.5:
                shutil.rmtree(self.copies, ignore_errors=True)
                self.outcomes["went on without copies"] += 1
        self.outcomes["WRONG: never done"] += 1

    def made(self) -> dict[str, bytes]:
        """Return what is on the storage; count what should not be there."""
        self.storage.ask(share=0.0, script=[])
        found = support.contents(self.storage.behind, f"{self._prefix}/data/")
        uploads = self._amazon.list_multipart_uploads(Bucket=support.BUCKET).get("Uploads", [])
        self.outcomes["WRONG: uploads left"] += bool(uploads)
        notes = [name for name in found if name.endswith((".begun", ".partial"))]
        self.outcomes[f"WRONG: notes left {notes}"] += bool(notes)
        self.outcomes["WRONG: a folder named s3:"] += (self.shop.project / "s3:").exists()
        return at_rest({name.partition("/data/")[2]: each for name, each in found.items()})


def undisturbed(shop: Workshop, storage: Storage) -> tuple[dict[str, bytes], dict[str, int]]:
    """Return what a run on the disk and one on the storage agree on, and requests by pipeline."""
    disk, trial, requests = on_disk(shop), Trial(shop, storage, 0), {}
    for pipeline in PIPELINES:
        before = storage.ask()[2]
        assert not trial.run(pipeline), shop.log.read_text("utf-8", "replace")
        requests[pipeline] = storage.ask()[2] - before
    made = trial.made()
    agreed = {name: one for name, one in disk.items() if made.get(name) == one}
    for name in MUST_AGREE:
        assert any(place.endswith(name) for place in agreed), f"{name} is another"
    print(f"{len(agreed)} files are those of the disk; not {sorted(disk.keys() - agreed.keys())}")
    print(f"requests: {requests}", flush=True)
    return agreed, requests


def main(faults: int, place: Path) -> None:
    """Try until so many faults were injected."""
    shop = Workshop(place)
    prepare(shop)
    shop.warm_up()
    storage = Storage()
    agreed, requests = undisturbed(shop, storage)
    outcomes: Counter[str] = Counter()
    number, injected = 0, 0
    while injected < faults:
        number += 1
        trial = Trial(shop, storage, number)
        storage.ask(left=FAULTS_A_TRIAL, slow=random.uniform(0.5, 3))
        for pipeline in PIPELINES:
            trial.until_done(pipeline, requests[pipeline])
        made = trial.made()
        differing = [name for name, one in agreed.items() if made.get(name) != one]
        told = f"WRONG: {differing}" if differing else "the results of the disk, byte for byte"
        outcomes += trial.outcomes + Counter([told])
        counts, _, asked = storage.ask()
        injected = sum(counts.values())
        print(f"{number} trials, {injected} faults, {asked} requests: {dict(outcomes)}", flush=True)
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
