"""The loop of `teeth-unet review` in figures: open ten X-rays, correct three, teach, look again.

python tests/benchmarks/review_loop.py --xrays PATH --masks PATH --folder NEW [--numbered]

PATH is a folder or a zip archive of pictures. Ten X-rays are drawn at random (--seed); a person is
played who makes three of them what their mask says, over HTTP as the page does it, and presses
Teach. With --numbered masks are label maps, and numbers are corrected as well. Each line that is
printed is JSON.
"""

import argparse
import io
import json
import random
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import psutil
from PIL import Image
from scipy.ndimage import distance_transform_edt

from teeth_unet.archives import ArchiveRules
from teeth_unet.imaging import count_overlap, decode_labels, decode_xray, half
from teeth_unet.intake import xrays_at_several
from teeth_unet.review.runs import pack, unpack

CASES, CORRECTED = 10, 3


class Server:
    """`teeth-unet review` in a process of its own."""

    def __init__(self, xrays: Path, corrections: Path, port: int) -> None:
        options = ["--corrections", corrections, "--port", str(port), "--no-browser"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "teeth_unet", "review", xrays, *options]
        )
        self.address = f"http://127.0.0.1:{port}/api/"
        self.most, self.processor = 0, 0.0

    def ask(self, address: str, sent: bytes | None = None, **headers: str) -> bytes:
        request = urllib.request.Request(self.address + address, sent, headers)
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def json(self, address: str, sent: object = None, **headers: str):
        content = None if sent is None else json.dumps(sent).encode()
        return json.loads(self.ask(address, content, **headers))

    def wait(self, met, pause: float = 0.2):
        """Wait for something, and look at the memory meanwhile."""
        while True:
            try:
                if found := met():
                    return found
            except OSError:
                assert self.process.poll() is None
            self.most = max(self.most, self.memory())
            time.sleep(pause)

    def memory(self) -> int:
        """Return what the server and its training take; note the training's processor time."""
        own = psutil.Process(self.process.pid)
        children = own.children(recursive=True)
        self.processor = max(self.processor, sum(sum(each.cpu_times()[:2]) for each in children))
        return sum(each.memory_info().rss for each in [own, *children])


def pictures(place: Path):
    return xrays_at_several([place], ArchiveRules.model_validate({}), lambda _: False)


def of_person(record: dict, truth: np.ndarray, numbered: bool) -> dict:
    """Return the edit that makes a case what its mask says."""
    height, width = truth.shape
    objects = unpack(record["runs"], width, height)
    teeth: dict[str, dict | None] = {}
    if numbered:
        changed = truth.astype(np.uint16)
        teeth = {str(tooth["object"]): None for tooth in record["teeth"]}
        for number in np.unique(truth[truth > 0]).tolist():
            teeth[str(number)] = {"number": number, "kind": "tooth"}
    else:  # what is added belongs to the nearest tooth
        nearest = distance_transform_edt(objects == 0, return_distances=False, return_indices=True)
        changed = np.where(truth > 0, objects[tuple(nearest)], 0).astype(np.uint16)
        gone = {tooth["object"] for tooth in record["teeth"]} - set(np.unique(changed).tolist())
        teeth = {str(each): None for each in gone}
    patch = {"x": 0, "y": 0, "width": width, "height": height, "runs": pack(changed)}
    edit = {"id": f"loop-{record['key']}", "action": "brush", "patch": patch, "teeth": teeth}
    return {**edit, "looked_at": True, "network": record["network"]}


def dice_of(server: Server, keys: dict[str, str], truths: dict) -> dict[str, float]:
    found = {}
    for name, key in keys.items():
        mask = np.asarray(Image.open(io.BytesIO(server.ask(f"cases/{key}/mask.png"))))
        found[name] = count_overlap(truths[name] > 0, mask > 0).dice
    return found


def tell(step: str, **figures: object) -> None:
    print(json.dumps({"step": step, **figures}), flush=True)


def draw_cases(options: argparse.Namespace, folder: Path) -> dict[str, np.ndarray]:
    """Write ten X-rays into a folder, and return their masks."""
    xrays, masks = pictures(options.xrays), pictures(options.masks)
    names = random.Random(options.seed).sample(sorted(set(xrays) & set(masks)), CASES)
    folder.mkdir(parents=True)
    truths = {}
    for name in names:
        levels = decode_xray(xrays[name]())
        Image.fromarray(levels).save(folder / f"{name}.png")
        mask = decode_labels(masks[name]())
        truths[name] = mask if options.numbered else (mask > half(int(mask.max()))).astype(np.uint8)
    return truths


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("xrays", "masks", "folder"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8630)
    parser.add_argument("--numbered", action="store_true")
    options = parser.parse_args()
    truths = draw_cases(options, options.folder / "xrays")
    began = time.monotonic()

    def lap() -> float:
        nonlocal began
        before, began = began, time.monotonic()
        return round(began - before, 1)

    server = Server(options.folder / "xrays", options.folder / "corrections", options.port)
    try:
        play(server, truths, options, lap)
    finally:
        server.process.terminate()
        server.process.wait()


def play(server: Server, truths: dict, options: argparse.Namespace, lap) -> None:
    server.wait(lambda: server.json("about"))
    tell("page there", seconds=lap())
    server.wait(lambda: all(each["state"] == "proposed" for each in server.json("cases")))
    tell("ten X-rays proposed", seconds=lap(), memory=server.memory())
    keys = {each["name"]: each["key"] for each in server.json("cases")}
    corrected = list(keys)[:CORRECTED]  # what the page says needs a look first
    before = dice_of(server, keys, truths)
    lap()
    for name in corrected:
        record = server.json(f"cases/{keys[name]}")
        opened = lap()
        edit = of_person(record, truths[name], options.numbered)
        lap()
        server.json(f"cases/{keys[name]}/edits", edit, **{"If-Match": '"0"'})
        tell("corrected", case=name, opened=opened, saved=lap(), dice=before[name])
    told = server.json("teaching")
    tell("asked", minutes=told["minutes"])
    lap()
    server.json("teaching", {})
    server.wait(lambda: server.json("teaching")["progress"] is None, 2)
    status = server.json("teaching")
    assert not status["failed"], status["failed"]
    tell("taught", seconds=lap(), processor=server.processor, memory=server.most)
    tell("load", average=psutil.getloadavg())
    result = server.wait(lambda: (r := server.json("teaching")["result"])["waiting"] == 0 and r)
    tell("seven compared", seconds=lap(), cases=result["cases"])
    server.json(f"teaching/use?name={urllib.request.quote(result['name'])}", {})
    server.wait(lambda: all(each["state"] != "waiting" for each in server.json("cases")))
    tell("seven proposed anew", seconds=lap())
    after = dice_of(server, keys, truths)
    rest = [name for name in keys if name not in corrected]
    figures = [[before[name], after[name]] for name in rest]
    means = np.mean(figures, axis=0).tolist()
    kept = [after[name] for name in corrected]
    tell(
        "not corrected",
        before=means[0],
        after=means[1],
        cases=dict(zip(rest, figures, strict=True)),
    )
    tell("corrected ones stay", dice=kept)
    tell("told by the page", before=result["before"], after=result["after"])


if __name__ == "__main__":
    main()
