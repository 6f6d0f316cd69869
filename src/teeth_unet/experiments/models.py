"""Segmenters as models of MLflow."""

from importlib.metadata import version
from pathlib import Path

import numpy as np

PACKAGE = Path(__file__).parents[1]

NEEDED = (
    "h5py",
    "keras",
    "numpy",
    "pandas",
    "pillow",
    "psutil",
    "pydantic",
    "scikit-image",
    "scipy",
    "tensorflow",
)
"""Distributions without which a segmenter cannot be used."""


def log_segmenter(path: Path) -> str:
    """Log a segmenter as the model of the run that has begun.

    The model holds the file itself, the code of this package, and no pickled object.
    `mlflow.pyfunc.load_model(...).predict(xray)` takes (h, w) grey levels in 0..255, uint8, and
    gives the mask: 1 tooth, 0 background.

    Args:
        path: The file.

    Returns:
        What MLflow calls the id of the model.
    """
    import mlflow
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    picture = Schema([TensorSpec(np.dtype(np.uint8), (-1, -1))])
    logged = mlflow.pyfunc.log_model(
        name="segmenter",
        python_model=str(Path(__file__).with_name("segmenter_code.py")),
        artifacts={"segmenter": path.resolve().as_uri()},
        code_paths=[str(PACKAGE)],
        pip_requirements=requirements(),
        signature=ModelSignature(inputs=picture, outputs=picture),
        input_example=np.zeros((64, 128), np.uint8),  # MLflow tries it
    )
    return str(logged.model_id)


def requirements() -> list[str]:
    """Return what has to be installed where the model is used, as pip takes it.

    From the version that is installed here up to the next one with another first number.
    """
    found = {name: version(name).partition("+")[0] for name in ("mlflow", *NEEDED)}
    return [f"{name}>={at},<{int(at.partition('.')[0]) + 1}" for name, at in found.items()]
