import importlib.util
import json
import os
import platform
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


CLOSED = """
import os, sys
for number in {numbers}:
    os.close(number)
for name in {names}:
    setattr(sys, name, None)  # as Python has it where a stream is closed from the beginning
from teeth_unet import unet
unet.build_unet
taken = os.open(os.devnull, os.O_RDONLY)
os.write({result}, f"keras {{'keras' in sys.modules}}, {{taken > 2}}".encode())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("numbers", "names"),
    [
        ([2], ["stderr"]),
        ([0, 1, 2], ["stdin", "stdout", "stderr"]),
        ([], ["stdout", "stderr"]),  # pythonw, on Windows
        ([2], []),  # a daemon that has closed the number alone
    ],
)
def test_keras_is_imported_without_standard_streams_and_no_file_takes_their_place(numbers, names):
    result, write = os.pipe()
    program = CLOSED.format(numbers=numbers, names=names, result=write)
    done = subprocess.run([sys.executable, "-c", program], pass_fds=[write], check=False)
    os.close(write)
    with open(result) as told:
        assert told.read() == "keras True, True"
    assert done.returncode == 0


@pytest.mark.slow
def test_keras_is_imported_where_no_temporary_file_can_be_made(tmp_path):
    nowhere = "import tempfile; tempfile.tempdir = '/nowhere'\n"
    finished = run(f"{nowhere}from teeth_unet import unet; print(unet.build_unet.__name__)")
    assert finished.stdout == "build_unet\n"


ONEDNN = "TF_ENABLE_ONEDNN_OPTS"


@pytest.mark.parametrize(
    ("machine", "told", "expected"),
    [
        ("x86_64", None, "1"),  # Linux: also where TensorFlow would leave oneDNN out
        ("AMD64", None, "1"),  # Windows
        ("x86_64", "0", "0"),  # what the user says holds
        ("aarch64", None, None),
        ("arm64", None, None),
    ],
)
def test_convolutions_are_those_of_onednn_unless_the_user_says_otherwise(
    monkeypatch, machine, told, expected
):
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr(os, "environ", {} if told is None else {ONEDNN: told})
    teeth_unet.unet._prepare_tensorflow()
    assert os.environ.get(ONEDNN) == expected


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() != "x86_64", reason="asks TensorFlow on Linux, on x86")
@pytest.mark.parametrize(("told", "used"), [(None, True), ("0", False)])
def test_tensorflow_convolves_with_what_it_was_told_to(told, used):
    program = """
from teeth_unet import unet
import numpy as np
model = unet.build_unet(unet.Network(filters=(4, 8), dropout=(0, 0)), 16)
unet.predict(model, np.zeros((1, 16, 16, 1), np.float32))
"""
    others = {name: value for name, value in os.environ.items() if name != ONEDNN}
    finished = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=others | {"ONEDNN_VERBOSE": "1"} | ({} if told is None else {ONEDNN: told}),
    )
    assert finished.returncode == 0, finished.stderr
    assert ("exec,cpu,convolution" in finished.stdout) == used


BACKEND = """
from teeth_unet import unet
from teeth_unet.errors import InputError
for attempt in range(2):
    try:
        unet.load_model
    except InputError as error:
        print(error)
"""


def with_backend(program, **variables):
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
    )


@pytest.mark.parametrize(
    ("backend", "remedy"),
    [
        ("tensorflwo", "Leave it out, or correct it."),
        ("openvino", "Leave it out, or correct it."),
        ("jax", 'Leave it out, or correct it; or install it: pip install -e ".[jax]".'),
        ("torch", "Leave it out, or correct it; or install it: pip install torch."),
    ],
)
def test_a_backend_that_is_not_there_is_named_with_those_that_could_be(backend, remedy):
    if importlib.util.find_spec(backend) is not None:
        pytest.skip(f"{backend} is installed")
    finished = with_backend(BACKEND, KERAS_BACKEND=backend)
    lines = finished.stdout.splitlines()
    assert len(lines) == 2, finished.stderr
    for line in lines:  # and not another error the second time
        assert line.startswith("KERAS_BACKEND: expected tensorflow, jax or torch")
        assert f"found {backend!r}" in line
        assert line.endswith(remedy)


@pytest.mark.parametrize("backend", ["tensorflwo", "torch"])
def test_a_backend_in_the_configuration_of_keras_is_named_as_such(tmp_path, backend):
    if importlib.util.find_spec(backend) is not None:
        pytest.skip(f"{backend} is installed")
    (tmp_path / "keras.json").write_text(json.dumps({"backend": backend}))
    finished = with_backend(BACKEND, KERAS_BACKEND="", KERAS_HOME=str(tmp_path))
    assert finished.stdout.startswith("backend in keras.json: expected"), finished.stderr


def test_an_installation_that_is_broken_keeps_its_own_error(tmp_path):
    (tmp_path / "jax.py").write_text("raise ImportError('libcudart is missing')")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    finished = with_backend(BACKEND, KERAS_BACKEND="jax", PYTHONPATH=path)
    assert finished.stdout == ""
    assert finished.stderr.endswith("ImportError: libcudart is missing\n")


ALIASES = {"TrainingHistory", "PACKAGE", "SCRATCH"}  # of a type with a name of its own; words


@pytest.mark.parametrize("name", sorted({*teeth_unet.unet.__all__} - ALIASES))
def test_every_public_name_is_there(name):
    found = getattr(teeth_unet.unet, name)
    assert name in ("Masks", "Pictures") or found.__name__ == name  # two names of array types


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"'teeth_unet\.unet' has no attribute 'build_net'"):
        teeth_unet.unet.build_net  # noqa: B018
