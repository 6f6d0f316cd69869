"""Reading models that were saved to disk."""

from pathlib import Path

import keras

# The file names these classes; importing the modules registers them with Keras.
from teeth_unet.unet import layers, losses, metrics, optimizers  # noqa: F401


def load_model(path: Path) -> keras.Model:
    """Load a `.keras` file, without running any code that it may hold.

    Args:
        path: The file.

    Returns:
        The model; compiled, with its optimizer's state, if it was so when it was saved.
    """
    return keras.saving.load_model(path, safe_mode=True)
