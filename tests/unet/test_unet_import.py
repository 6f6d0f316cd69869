import subprocess
import sys

import pytest

import teeth_unet.unet

HOLD_BACK = """
import os
from teeth_unet import native_messages
with native_messages.held_back():
    os.write(2, b"said in C++")
    {then}
os.write(2, b"said afterwards")
"""


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


def test_importing_the_room_imports_neither_keras_nor_tensorflow():
    program = (
        "import sys, teeth_unet.unet; "
        "print(sorted({'keras', 'tensorflow', 'jax', 'torch'} & sys.modules.keys()))"
    )
    finished = run(program)
    assert (finished.stdout, finished.stderr) == ("[]\n", "")


def test_messages_of_an_import_that_succeeds_are_dropped():
    finished = run(HOLD_BACK.format(then="pass"))
    assert finished.stderr == "said afterwards"


def test_messages_of_an_import_that_fails_are_shown_with_its_error():
    finished = run(HOLD_BACK.format(then="raise ImportError('no keras')"))
    assert finished.stderr.startswith("said in C++Traceback")
    assert finished.stderr.endswith("ImportError: no keras\n")


ALIASES = {"TrainingHistory"}  # of a type that has a name of its own


@pytest.mark.parametrize("name", sorted({*teeth_unet.unet.__all__} - ALIASES))
def test_every_public_name_is_there(name):
    assert getattr(teeth_unet.unet, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"'teeth_unet\.unet' has no attribute 'build_net'"):
        teeth_unet.unet.build_net  # noqa: B018
