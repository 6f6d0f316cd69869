"""A small data_science pipeline that has run, on pictures of 32 px with one tooth each."""

import hashlib
from functools import partial

import numpy as np
import pandas as pd
import pytest
from in_memory import run
from PIL import Image

from teeth_unet.datasets import CheckpointDataset, CheckpointFolderDataset, KerasModelDataset
from teeth_unet.imaging import content_hash
from teeth_unet.numbering import NumberLearning
from teeth_unet.pipelines.data_science import create_pipeline
from teeth_unet.preparation import Masks, Preparation, decide_encoding
from teeth_unet.reporting import Report
from teeth_unet.scoring import Scoring
from teeth_unet.unet import Augmentation, Fitting, Network, Prediction, Training

SIZE = 32
PARTS = {"train": 8, "validation": 3, "test": 4}

PARAMETERS = {
    "params:preparation": Preparation(size=SIZE),
    "params:network": Network(filters=(4, 8), dropout=(0, 0.1), patch=1, momentum=0.5),
    "params:training": Training(
        epochs=8,
        batch_size=3,
        learning_rate=0.02,
        metrics=("iou",),
        precision="float32",
        augmentation=Augmentation(flip=0.5),
    ),
    "params:numbering": NumberLearning(learn=True, drawings=0, training=Fitting()),
    "params:prediction": Prediction(mirror=True),
    "params:scoring": Scoring(native_tolerance=3, calibration_bins=4),
    "params:report": Report(title="Squares", data_note="Drawn squares.", synthetic=True),
}

ROWS, COLUMNS = 3, 2  # pixels of a native picture to one of the network's size


def pictures(count, seed):
    """X-rays with one bright tooth each on a darker, noisy ground, and their masks."""
    rng = np.random.default_rng(seed)
    y = np.zeros((count, SIZE, SIZE, 1), np.float32)
    for case, (top, left, side) in enumerate(rng.integers(4, 16, (count, 3))):
        y[case, top : top + side, left : left + side] = 1
    return np.clip(0.3 + 0.4 * y + rng.normal(0, 0.1, y.shape), 0, 1).astype(np.float32), y


def enlarged(mask):
    return np.kron(mask, np.ones((ROWS, COLUMNS), np.uint8))


@pytest.fixture(scope="session")
def inputs():
    arrays = {}
    for seed, (part, count) in enumerate(PARTS.items()):
        arrays[f"x_{part}"], arrays[f"y_{part}"] = pictures(count, seed)
    splits = [part for part, count in PARTS.items() for _ in range(count)]
    names = [f"{row:03d}" for row in range(len(splits))]
    hashes = [f"content of {name}" for name in names]
    masks = np.concatenate([arrays[f"y_{part}"] for part in PARTS])[..., 0].astype(np.uint8)
    native = {name: enlarged(mask) for name, mask in zip(names, masks, strict=True)}
    cases = pd.DataFrame(
        {
            "case": names,
            "split": splits,
            "content_hash": hashes,
            "perceptual_hash": [hashlib.sha256(name.encode()).hexdigest() for name in names],
            "mask_hash": [content_hash(mask) for mask in native.values()],
            "width": COLUMNS * SIZE,
            "height": ROWS * SIZE,
        }
    )
    raw_masks = {name: partial(Image.fromarray, 255 * mask) for name, mask in native.items()}
    masks = {"raw_masks": raw_masks, "mask_encoding": decide_encoding({}, Masks())}
    numbers = dict.fromkeys(
        ("numbers_train", "numbers_validation"), np.zeros((0, SIZE, SIZE, 1), np.uint8)
    )
    return {**arrays, **numbers, **PARAMETERS, "cases": cases, "start": None, **masks}


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    names = ("compiled_unet", "fitted_unet")
    models = {name: KerasModelDataset(filepath=str(folder / f"{name}.keras")) for name in names}
    stores = {
        name: CheckpointDataset(filepath=str(folder / f"{name}.npz"))
        for name in ("checkpoints", "numbering_checkpoints")
    }
    folds = CheckpointFolderDataset(filepath=str(folder / "fold_checkpoints"))
    return {**models, **stores, "fold_checkpoints": folds}


@pytest.fixture(scope="session")
def made(inputs, models):
    return run(create_pipeline(), inputs, models)
