"""What `training.distribution` may say, before anything is computed."""

import sys
from types import SimpleNamespace

import pytest
from pydantic import ValidationError
from small_unets import discs, small_network, small_training

from teeth_unet import unet
from teeth_unet.errors import InputError
from teeth_unet.unet import Distribution, Training
from teeth_unet.unet.distribution import ENVIRONMENT, Meeting

MEETING = {"address": "10.0.0.1:8476", "processes": 4, "process": 2}


def environment(**values):
    return {ENVIRONMENT[name]: value for name, value in values.items()}


@pytest.mark.parametrize("kind", ["none", "mirrored", "data_parallel"])
def test_a_word_stands_for_the_kind(kind):
    assert Training(distribution=kind).distribution == Distribution(kind=kind)


def test_no_record_tells_of_it():
    spread = Training(distribution={"kind": "data_parallel", **MEETING})
    assert spread.model_dump() == Training().model_dump()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("multi", "'none', 'mirrored' or 'data_parallel'"),
        ({"kind": "none", "address": "a:1"}, "address is for data_parallel, found none"),
        ({"kind": "mirrored", "processes": 2}, "processes is for data_parallel, found mirrored"),
        ({"kind": "data_parallel", "processes": 0}, "greater than or equal to 1"),
        ({"kind": "data_parallel", "process": -1}, "greater than or equal to 0"),
        ({"kind": "data_parallel", "adress": "a:1"}, "did you mean 'address'"),
    ],
)
def test_what_cannot_be_meant_is_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        Training(distribution=given)


def test_processes_meet_where_parameters_say():
    distribution = Distribution(kind="data_parallel", **MEETING)
    assert unet.meeting_of(distribution, {}) == Meeting("10.0.0.1", 8476, 4, 2)
    assert unet.meeting_of(distribution, {}).address == "10.0.0.1:8476"


def test_what_parameters_leave_out_is_in_the_environment():
    distribution = Distribution(kind="data_parallel", address="first:99")
    told = environment(address="other:1", processes="3", process="0")
    assert unet.meeting_of(distribution, told) == Meeting("first", 99, 3, 0)


def test_of_the_addresses_of_all_processes_the_first_counts():
    told = environment(address="[fe80::1]:99,second:99", processes="2", process="1")
    assert unet.meeting_of(Distribution(kind="data_parallel"), told) == Meeting(
        "[fe80::1]", 99, 2, 1
    )


@pytest.mark.parametrize("kind", ["none", "mirrored"])
def test_others_meet_nobody(kind):
    told = environment(address="first:99", processes="2", process="1")
    assert unet.meeting_of(Distribution(kind=kind), told) is None


@pytest.mark.parametrize("given", [{}, {"processes": 1}, {**MEETING, "processes": 1, "process": 0}])
def test_one_process_meets_nobody(given):
    assert unet.meeting_of(Distribution(kind="data_parallel", **given), {}) is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"address": None}, "address: expected a value, since others are given, found none. Give "),
        ({"processes": None}, "processes: expected a value, since others are given, found none"),
        ({"process": None}, "process: expected a value, since others are given, found none"),
        ({"process": 4}, "process: expected 0 to 3, since there are 4, found 4"),
        ({"address": "10.0.0.1"}, "address: expected name or IP address and port, such as"),
        (
            {"address": "http://first:99"},
            "address: .* such as 10.0.0.1:8476, found 'http://first:99'",
        ),
        ({"address": "first:0"}, "address: .* such as 10.0.0.1:8476, found 'first:0'"),
        ({"address": "first:65536"}, "address: .* such as 10.0.0.1:8476, found 'first:65536'"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused(changed, message):
    distribution = Distribution(kind="data_parallel", **{**MEETING, **changed})
    with pytest.raises(InputError, match=f"^training.distribution.{message}"):
        unet.meeting_of(distribution, {})


def test_a_number_in_the_environment_that_is_none_is_refused():
    told = environment(address="first:99", processes="two", process="0")
    with pytest.raises(InputError, match="processes: expected a whole number, found 'two'"):
        unet.meeting_of(Distribution(kind="data_parallel"), told)


@pytest.fixture
def jax_installed(monkeypatch):
    monkeypatch.setattr("teeth_unet.unet.distribution.find_spec", lambda name: name)
    monkeypatch.setenv("KERAS_BACKEND", "")
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    return monkeypatch


def chosen():
    import os

    unet.choose_backend(Distribution(kind="mirrored"))
    return os.environ["KERAS_BACKEND"]


def test_several_devices_compute_with_jax(jax_installed):
    assert chosen() == "jax"


def test_one_device_computes_with_what_keras_would_take(jax_installed):
    import os

    unet.choose_backend(Distribution())
    assert os.environ["KERAS_BACKEND"] == ""


def test_another_backend_that_was_asked_for_is_refused(jax_installed):
    jax_installed.setenv("KERAS_BACKEND", "torch")
    with pytest.raises(InputError, match=r"compute with jax, found torch.* Leave out KERAS_BACK"):
        chosen()


def test_another_backend_that_is_at_work_is_refused(jax_installed):
    backend = SimpleNamespace(backend=lambda: "tensorflow")
    jax_installed.setitem(sys.modules, "keras", SimpleNamespace(backend=backend))
    with pytest.raises(InputError, match=r"compute with jax, found tensorflow.* in a notebook"):
        chosen()


def test_jax_that_is_not_installed_is_named(jax_installed):
    jax_installed.setattr("teeth_unet.unet.distribution.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'JAX to be installed.*pip install -e "\.\[jax\]"'):
        chosen()


def test_tensorflow_refuses_several_devices():
    training = small_training(distribution="data_parallel", epochs=1)
    compiled = unet.compile_model(small_network(), training, size=16, train_cases=4)
    if unet.backend_name() != "tensorflow":
        pytest.skip("another backend was asked for")
    with pytest.raises(InputError, match=r"compute with jax, found tensorflow.* KERAS_BACKEND=jax"):
        unet.fit_model(compiled, *discs(4), *discs(2), training, distribution=training.distribution)
