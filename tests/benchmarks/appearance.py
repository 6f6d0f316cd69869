"""What X-rays look like in figures: real ones beside phantoms.

    python tests/benchmarks/appearance.py [--archives XRAYS.zip MASKS.zip] [--folders XRAYS MASKS]
        [--cases 60] [--varied "" scene]

Everything is measured at 512x512, as the network sees it. Printed are the 5th, 50th and 95th
percentile over the cases of each set. `--varied` names blocks of the phantoms' settings that are
switched on as their class' `varied` says, several joined by a +.
"""

import argparse
import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from teeth_unet.imaging.resizing import resize_labels, resize_xray
from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray

SIZE = 512
Pair = tuple[NDArray[np.uint8], NDArray[np.bool_]]


def best_threshold_dice(xray: NDArray[np.uint8], teeth: NDArray[np.bool_]) -> float:
    """Return the Dice of tooth = grey >= t, for the best t of all."""
    inside, all_pixels = (np.bincount(part, minlength=256) for part in (xray[teeth], xray.ravel()))
    hits, found = inside[::-1].cumsum(), all_pixels[::-1].cumsum()
    return float((2 * hits / (found + inside.sum())).max())


def spectrum_slope(xray: NDArray[np.uint8]) -> float:
    """Return the slope of log power over log frequency, from 4 to 128 cycles a picture."""
    window = np.hanning(SIZE)[:, None] * np.hanning(SIZE)
    power = np.abs(np.fft.fft2((xray - xray.mean()) * window)) ** 2
    cycles = np.fft.fftfreq(SIZE, 1 / SIZE)
    ring = np.rint(np.hypot(cycles[:, None], cycles)).astype(int).ravel()
    radial = np.bincount(ring, power.ravel()) / np.bincount(ring)
    at = np.unique(np.geomspace(4, 128, 30).astype(int))
    return float(np.polyfit(np.log(at), np.log(radial[at] + 1e-9), 1)[0])


def noise_level(xray: NDArray[np.uint8]) -> float:
    """Return the standard deviation of the noise (Immerkaer 1996, with the median for the mean)."""
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])
    second = ndimage.convolve(xray.astype(float), mask)[1:-1, 1:-1]
    return float(np.median(np.abs(second)) / 0.6745 / 6)


def measure(xray: NDArray[np.uint8], teeth: NDArray[np.bool_]) -> dict[str, float]:
    """Return the figures of one case, grey levels from 0 to 255."""
    figures = {
        "tooth share": teeth.mean(),
        "rest, mean": xray[~teeth].mean(),
        "rest, spread": xray[~teeth].std(),
        "spectrum slope": spectrum_slope(xray),
        "noise": noise_level(xray),
        "black, share": (xray <= 2).mean(),
        "white, share": (xray >= 253).mean(),
    }
    if teeth.mean() > 0.02:
        near = ndimage.binary_dilation(teeth, iterations=6) & ~teeth
        edge = teeth & ~ndimage.binary_erosion(teeth, iterations=6)
        slope = ndimage.gaussian_gradient_magnitude(xray.astype(float), 1)
        outline = teeth & ~ndimage.binary_erosion(teeth)
        figures |= {
            "teeth, mean": xray[teeth].mean(),
            "teeth, spread": xray[teeth].std(),
            "best threshold's Dice": best_threshold_dice(xray, teeth),
            "contrast at the outline": float(xray[edge].mean()) - float(xray[near].mean()),
            "contrast to all the rest": float(xray[teeth].mean()) - float(xray[~teeth].mean()),
            "slope at the outline": float(np.median(slope[outline])),
            "slope there / slope elsewhere": float(
                np.median(slope[outline]) / max(np.median(slope[~teeth]), 0.1)
            ),
        }
    return {name: float(value) for name, value in figures.items()}


def drawn(settings: PhantomSettings, cases: int) -> Iterator[Pair]:
    """Yield X-rays and masks of phantoms."""
    for case in range(cases):
        yield draw_xray(settings, case), draw_labels(settings, case) > 0


def from_archives(xrays: Path, masks: Path) -> Iterator[Pair]:
    """Yield X-rays and masks of two zip archives, paired by the names of their files."""
    with zipfile.ZipFile(xrays) as first, zipfile.ZipFile(masks) as second:
        found = {Path(name).stem: name for name in first.namelist() if name.endswith(".png")}
        for name in second.namelist():
            if Path(name).stem in found:
                pictures = first.read(found[Path(name).stem]), second.read(name)
                xray, mask = (Image.open(io.BytesIO(one)).convert("L") for one in pictures)
                yield np.asarray(xray), np.asarray(mask) > 127


def from_folders(xrays: Path, masks: Path) -> Iterator[Pair]:
    """Yield X-rays and masks of two folders, paired by the names of their files."""
    for mask in sorted(masks.glob("*.png")):
        (xray,) = xrays.glob(f"{mask.stem}.*")
        yield np.asarray(Image.open(xray).convert("L")), np.asarray(Image.open(mask)) > 0


def print_column(name: str, pairs: Iterator[Pair]) -> None:
    """Print the table of one set."""
    start, rows = time.process_time(), []
    for xray, teeth in pairs:
        small = resize_labels(teeth.astype(np.uint8), SIZE) > 0
        rows.append(measure(resize_xray(xray, SIZE), small))
    print(f"\n{name}: {len(rows)} cases, {time.process_time() - start:.0f} s")
    for figure in max(rows, key=len):
        values = [row[figure] for row in rows if figure in row]
        print(f"{figure:32}" + "".join(f"{q:9.3f}" for q in np.quantile(values, (0.05, 0.5, 0.95))))


def main() -> None:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archives", type=Path, nargs=2)
    parser.add_argument("--folders", type=Path, nargs=2)
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--varied", nargs="*", default=["", "scene"])
    options = parser.parse_args()
    if options.archives:
        print_column(options.archives[0].name, from_archives(*options.archives))
    if options.folders:
        print_column(str(options.folders[0]), from_folders(*options.folders))
    for names in options.varied:
        fields = PhantomSettings.model_fields
        blocks = {name: fields[name].annotation.varied() for name in names.split("+") if name}
        settings = PhantomSettings(seed=options.seed, **blocks)
        print_column(f"phantoms, varied: {names or 'nothing'}", drawn(settings, options.cases))


if __name__ == "__main__":
    main()
