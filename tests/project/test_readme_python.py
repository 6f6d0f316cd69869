"""The Python of README.md works in a project in which `training` has run."""

import numpy as np
from pages import blocks, read
from PIL import Image


def test_the_python_of_the_readme_gives_a_mask_of_the_size_of_the_xray(finished_copy):
    (program,) = (block.text for block in blocks(read("README.md")) if block.language == "python")
    levels = np.arange(60 * 100, dtype=np.uint8).reshape(60, 100)
    Image.fromarray(levels).save(finished_copy.path / "xray.png")
    told = finished_copy.python("-c", f"{program}\nprint(mask.shape, mask.dtype)")
    assert told.splitlines()[-1] == "(60, 100) uint8"
