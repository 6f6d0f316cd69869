"""What a thousand X-rays to `POST /api/segment` take: time, processor time and memory on the way.

python tests/benchmarks/review_requests.py --xrays PATH [--requests 1000] [--width 2900]

PATH is a folder or a zip archive of pictures, of which ten are enlarged and sent in turn, one after
the other, to a server in a process of its own. Each line that is printed is JSON. On a machine that
others use as well, processor time says more than time.
"""

import argparse
import io
import json
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from PIL import Image
from review_loop import Server, pictures

from teeth_unet.imaging import decode_xray

XRAYS, HEIGHT = 10, 0.43
TOLD = (1, 10, 100, 200, 500, 1000, 2000)


def sent(place: Path, width: int) -> list[bytes]:
    found = pictures(place)
    contents = []
    for name in sorted(found)[:XRAYS]:
        xray = Image.fromarray(decode_xray(found[name]()))
        content = io.BytesIO()
        xray.resize((width, round(width * HEIGHT)), Image.Resampling.LANCZOS).save(content, "png")
        contents.append(content.getvalue())
    return contents


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--xrays", type=Path, required=True)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--width", type=int, default=2900)
    parser.add_argument("--port", type=int, default=8631)
    options = parser.parse_args()
    contents = sent(options.xrays, options.width)
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "xrays")
        empty.mkdir()
        Image.fromarray(decode_xray(Image.open(io.BytesIO(contents[0])))).save(empty / "one.png")
        server = Server(empty, Path(folder, "corrections"), options.port)
        try:
            server.wait(lambda: server.json("about"))
            server.wait(lambda: all(each["teeth"] for each in server.json("cases")))
            ask(server, contents, options.requests)
        finally:
            server.process.terminate()
            server.process.wait()


def ask(server: Server, contents: list[bytes], requests: int) -> None:
    process = psutil.Process(server.process.pid)

    def processor() -> float:
        return sum(process.cpu_times()[:2])

    before, seconds = processor(), []
    print(json.dumps({"request": 0, "memory": round(process.memory_info().rss / 1e6)}), flush=True)
    for request in range(1, requests + 1):
        begun = time.monotonic()
        server.ask("segment", contents[request % len(contents)])
        seconds.append(time.monotonic() - begun)
        if request in TOLD or request == requests:
            line = {
                "request": request,
                "seconds": round(statistics.median(seconds), 3),
                "fastest": round(min(seconds), 3),
                "processor": round((processor() - before) / request, 3),
                "memory": round(process.memory_info().rss / 1e6),
                "load": round(psutil.getloadavg()[0], 1),
            }
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
