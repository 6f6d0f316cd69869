"""What the command line makes of errors and of Kedro's advice."""

import copyreg
import errno
import logging

import pytest
from kedro.config import MissingConfigException
from kedro.io import (
    AbstractDataset,
    DataCatalog,
    DatasetError,
    MemoryDataset,
    SharedMemoryDataCatalog,
)
from kedro.pipeline import Node, Pipeline
from kedro.runner import ParallelRunner, SequentialRunner
from omegaconf.errors import InterpolationKeyError
from pydantic import BaseModel, ValidationError

from teeth_unet import cli
from teeth_unet.cli import explain, is_useful_advice
from teeth_unet.datasets import AtomicJSONDataset
from teeth_unet.errors import InputError
from teeth_unet.quality import Quality


def test_a_drive_that_drops_out_is_told_of_without_a_traceback():
    told = explain(OSError(errno.EIO, "Input/output error", "/mnt/xrays/7.png"))
    assert "/mnt/xrays/7.png" in told
    assert "See that the drive or network is there" in told
    assert explain(OSError("of unknown reason")) is None


@pytest.mark.parametrize("kind", ["CSV", "JSON", "Text"])
def test_a_dataset_by_its_earlier_name_is_refused_with_the_present_one(tmp_path, kind):
    entry = {"type": f"teeth_unet.datasets.Whole{kind}Dataset", "filepath": str(tmp_path / "x")}
    with pytest.raises(DatasetError) as refused:
        DataCatalog.from_config({"table": entry})["table"]
    assert explain(refused.value) == (
        f"teeth_unet.datasets.Whole{kind}Dataset: expected a dataset by its present name, found "
        "the name that it had in an earlier version. "
        f"Write teeth_unet.datasets.Atomic{kind}Dataset in the catalog."
    )


def test_a_dataset_that_never_was_is_a_misspelt_name(tmp_path):
    entry = {"type": "teeth_unet.datasets.WholeYAMLDataset", "filepath": str(tmp_path / "x")}
    with pytest.raises(DatasetError, match="WholeYAMLDataset' not found"):
        DataCatalog.from_config({"table": entry})["table"]


REFUSED = InputError("mask of case 3", "a mask", "none", "Add it.")


@pytest.mark.parametrize(
    ("error", "useful"), [(REFUSED, False), (DatasetError("x"), True), (KeyError(), True)]
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_nobody_is_sent_to_a_node_that_can_only_refuse_its_inputs_again(
    tmp_path, caplog, error, useful, wrapped
):
    def fail(_):
        if wrapped:
            raise RuntimeError from error
        raise error

    kept = AtomicJSONDataset(filepath=str(tmp_path / "kept.json"))
    nodes = [
        Node(lambda given: given, "given", "kept", name="make"),
        Node(fail, "kept", None, name="read"),
    ]
    runner = logging.getLogger("kedro.runner.sequential_runner")
    runner.addFilter(is_useful_advice)
    try:
        with pytest.raises((type(error), RuntimeError)):
            SequentialRunner().run(
                Pipeline(nodes), DataCatalog({"given": MemoryDataset({}), "kept": kept})
            )
    finally:
        runner.removeFilter(is_useful_advice)
    assert any("--from-nodes" in record.getMessage() for record in caplog.records) == useful


def test_who_stops_a_run_hears_how_it_goes_on(capsys, monkeypatch):
    def stop(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_silence_advice", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        cli._with_short_errors(stop)()
    assert "the same command" in capsys.readouterr().err


def raised(during, fault):
    """A fault that came up while another error was being handled."""
    try:
        try:
            raise during
        except type(during):
            raise fault  # noqa: B904 (its context is what is tested)
    except type(fault) as error:
        return error


def made_of(cause, error=None):
    """An error that a library, or Kedro, explicitly made of another one."""
    try:
        raise (error or DatasetError("Failed while loading data from dataset x.")) from cause
    except type(error or DatasetError()) as made:
        return made


class Foreign(BaseModel):
    """A model of some library's."""

    number: int


def refused_by(model, **values):
    with pytest.raises(ValidationError) as caught:
        model(**values)
    return caught.value


USERS = {
    "input": REFUSED,
    "full": OSError(errno.ENOSPC, "No space left on device"),
    "drive": OSError(errno.EIO, "Input/output error"),
    "access": PermissionError(errno.EACCES, "Permission denied"),
    "files": OSError(errno.EMFILE, "Too many open files"),
    "memory": MemoryError("Unable to allocate 1 TiB"),
}


@pytest.mark.parametrize("users", USERS.values(), ids=USERS)
@pytest.mark.parametrize(
    "fault", [KeyError("x"), AttributeError("x"), ValueError("x"), DatasetError("x")], ids=repr
)
def test_a_fault_of_the_program_keeps_its_traceback_whatever_was_being_handled(users, fault):
    assert explain(raised(users, fault)) is None
    assert explain(made_of(raised(users, fault))) is None


@pytest.mark.parametrize("users", USERS.values(), ids=USERS)
def test_what_the_user_can_mend_is_told_in_short_however_it_is_wrapped(users):
    said = explain(users)
    assert said.startswith(str(users))
    assert explain(made_of(users)) == said
    assert explain(made_of(made_of(users), RuntimeError("x"))) == said


def test_a_model_of_a_library_is_not_the_users_fault():
    refused = refused_by(Foreign, number="seven")
    assert explain(refused) is None
    assert explain(made_of(refused)) is None


def test_settings_of_ours_that_the_program_fills_wrongly_are_not_the_users_fault():
    assert explain(made_of(refused_by(Quality, dark_level=-1))) is None


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            {"type": "teeth_unet.datasets.PhantomDataset", "content": "xrays", "cases": 0},
            "option cases: expected a usable value, found 0",
        ),
        (
            {"type": "teeth_unet.datasets.PhantomDataset", "content": "teeth"},
            "option content: expected one of xrays, masks, tooth_labels",
        ),
        (
            {
                "type": "teeth_unet.datasets.NewXraysDataset",
                "filepath": "x",
                "archive": {"member": 1},
            },
            "option archive: expected a usable value, found {'member': 1} (unknown parameter",
        ),
        (
            {
                "type": "teeth_unet.datasets.RemoteArchiveDataset",
                "filepath": "x",
                "addresses": "m.zip",
                "timeout": "soon",
            },
            "option timeout: expected a usable value, found 'soon'",
        ),
    ],
)
def test_an_option_of_the_catalog_is_told_by_its_name(entry, said):
    with pytest.raises(DatasetError) as caught:
        AbstractDataset.from_config("entry", entry)
    assert explain(caught.value).startswith(said)
    assert "Put it right in the catalog." in explain(caught.value)


def read(given):
    return given


@pytest.fixture(params=["as it is", "with tblib"])
def pickling(request):
    """As it is, and as TensorFlow leaves it where tblib is installed, which Dask needs."""
    before = dict(copyreg.dispatch_table)
    if request.param == "with tblib":
        support = pytest.importorskip("tblib.pickling_support", reason="needs: the extra cluster")
        support.install()
    yield
    copyreg.dispatch_table.clear()
    copyreg.dispatch_table.update(before)


@pytest.mark.usefixtures("pickling")
@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "kept.json: expected JSON, found"), (None, "nothing has been saved")],
)
def test_an_error_of_a_dataset_in_another_process_is_told_in_short(tmp_path, content, said):
    kept = AtomicJSONDataset(filepath=str(tmp_path / "kept.json"))
    if content:
        (tmp_path / "kept.json").write_text(content)
    catalog = SharedMemoryDataCatalog({"kept": kept})
    with pytest.raises(DatasetError) as caught:
        ParallelRunner(max_workers=1).run(Pipeline([Node(read, "kept", "copy")]), catalog)
    assert said in explain(caught.value)


class Broken(AtomicJSONDataset):
    """Has a fault that comes up while an error of the disk is being handled."""

    def load(self):
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError:
            return self.of_no_such_name


def test_a_fault_of_a_dataset_in_another_process_keeps_its_traceback(tmp_path):
    catalog = SharedMemoryDataCatalog({"kept": Broken(filepath=str(tmp_path / "kept.json"))})
    with pytest.raises(DatasetError) as caught:
        ParallelRunner(max_workers=1).run(Pipeline([Node(read, "kept", "copy")]), catalog)
    assert explain(caught.value) is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            InterpolationKeyError("Interpolation key '_sources.phantomz.xrays' not found"),
            [
                "source: expected",
                "phantoms, published, public_set, folder",
                "found 'phantomz'",
                "globals.yml",
            ],
        ),
        (
            DatasetError(
                "No module named 'teeth_unet.datasets.arrays'. Please install the missing "
                "dependencies for teeth_unet.datasets.arrays.ArrayDataset"
            ),
            ["present name", "Write teeth_unet.datasets.ArrayDataset in the catalog"],
        ),
    ],
)
def test_what_conf_names_and_is_not_there_is_told_with_what_to_write(error, said):
    for words in said:
        assert words in explain(error)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"type": "teeth_unet.datasets.ArrayDatset", "filepath": "x.npy"},
            "a in the catalog: teeth_unet.datasets has no dataset 'ArrayDatset': did you mean",
        ),
        (
            {"type": "teeth_unet.datasets.ArrayDataset", "filepth": "x.npy"},
            "a in the catalog: the dataset has no option 'filepth'.",
        ),
    ],
)
def test_a_wrong_entry_of_the_catalog_is_told_in_one_line(options, said):
    with pytest.raises(DatasetError) as failure:
        DataCatalog.from_config({"a": options})["a"]
    told = explain(failure.value)
    assert told.startswith(said)
    assert "\n" not in told
    assert "pip install" not in told


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("elsewhere/base", ["--conf-source=PATH", "the project's folder"]),
        ("conf/local", ["Make that folder, which may be empty", "--env base"]),
        ("conf/nope", ["Environments: abdi, base.", "--env"]),
    ],
)
def test_a_folder_of_the_configuration_that_is_missing_is_told_with_what_helps(
    tmp_path, folder, said
):
    for environment in ("abdi", "base"):
        (tmp_path / "conf" / environment).mkdir(parents=True)
    missing = "Given configuration path either does not exist or is not a valid directory"
    told = explain(MissingConfigException(f"{missing}: {tmp_path / folder}"))
    for words in said:
        assert words in told
