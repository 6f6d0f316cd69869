"""What a user reads who handed in something that cannot be used."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

RNG = np.random.default_rng(0)


def write_picture(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture.astype(np.uint8)).save(path)


@pytest.fixture
def folders(tmp_path) -> dict[str, Path]:
    """Six X-rays of 48x24 px and their masks."""
    for case in range(1, 7):
        xray = RNG.integers(20, 200, (24, 48))
        mask = np.zeros((24, 48))
        mask[8:16, 10 + case : 30] = 255
        write_picture(tmp_path / "xrays" / f"{case}.png", xray)
        write_picture(tmp_path / "masks" / f"{case}.png", mask)
    return {"xrays": tmp_path / "xrays", "masks": tmp_path / "masks"}


def run_folder(project, folders, code=0):
    parameters = ",".join(f"{name}={path}" for name, path in folders.items())
    return project.kedro(
        "run",
        "--pipeline",
        "data_processing",
        "--env",
        "folder",
        "--params",
        f"{parameters},preparation.size=32",
        code=code,
    )


def no_picture(folders):
    (folders["xrays"] / "2.png").write_text("not a picture")


def missing_partner(folders):
    (folders["masks"] / "3.png").rename(folders["masks"] / "30.png")


def other_size(folders):
    write_picture(folders["masks"] / "4.png", np.full((12, 24), 255))


def same_name_twice(folders):
    write_picture(folders["xrays"] / "1.jpg", RNG.integers(0, 255, (24, 48)))


def same_name_in_a_subfolder(folders):
    write_picture(folders["masks"] / "more" / "1.png", np.zeros((24, 48)))


def same_folder(folders):
    folders["masks"] = folders["xrays"]


def empty_masks(folders):
    for case in range(1, 7):
        write_picture(folders["masks"] / f"{case}.png", np.zeros((24, 48)))


def label_map(folders):
    write_picture(folders["masks"] / "5.png", np.tile(np.arange(12) * 2, (24, 4)))


def two_shades(folders):
    for case in range(1, 7):
        levels = np.zeros((24, 48))
        levels[4:10, 5 + case : 40], levels[14:20, 5 + case : 40] = 85, 255
        write_picture(folders["masks"] / f"{case}.png", levels)


def swapped(folders):
    folders["xrays"], folders["masks"] = folders["masks"], folders["xrays"]


def missing_folder(folders):
    folders["xrays"] = folders["xrays"].with_name("nowhere")


def empty_folder(folders):
    folders["xrays"] = folders["xrays"].with_name("empty")
    folders["xrays"].mkdir()


def too_few(folders):
    for folder in folders.values():
        for case in range(2, 7):
            (folder / f"{case}.png").unlink()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (no_picture, ["2.png", "damaged"]),
        (missing_partner, ["2 of 7 cases", "no mask for 3", "no X-ray for 30"]),
        (other_size, ["case 4", "48x24", "24x12"]),
        (same_name_twice, ["1.png", "1.jpg"]),
        (same_name_in_a_subfolder, ["missing_partner: no X-ray for more"]),
        (same_folder, ["expected two places", "found the same path twice"]),
        (empty_masks, ["all 6 masks empty"]),
        (label_map, ["odd_mask: case 5", "where the other masks have one"]),
        (two_shades, ["unclear_masks", "85 (", "preparation.masks.kind=classes"]),
        (swapped, ["unclear_masks", "may be swapped"]),
        (missing_folder, ["nowhere", "xrays="]),
        (empty_folder, ["empty: expected X-rays, found no files"]),
        (too_few, ["set of 1 case", "at least two different X-rays"]),
    ],
)
def test_a_fault_in_the_pictures_is_one_clear_error(project, folders, fault, said):
    fault(folders)
    output = run_folder(project, folders, code=1)
    message = output[output.index("Error: ") :]
    for words in said:
        assert words in message
    assert "Traceback" not in output
    assert not any(name.startswith("folder/05_model_input") for name in project.files())
    assert not any(".partial" in name for name in project.files())


def test_what_stopped_the_run_is_in_the_report(project, folders):
    for fault in (no_picture, other_size):
        fault(folders)
    output = run_folder(project, folders, code=1)
    report = json.loads(
        (project.path / "data/folder/02_intermediate/data_quality.json").read_text()
    )
    errors = [one for one in report["findings"] if one["severity"] == "error"]
    assert [(one["check"], one["cases"]) for one in errors] == [
        ("undecodable", ["2"]),
        ("size_mismatch", ["4"]),
    ]
    assert (report["cases"], report["left_out"]) == (4, ["2", "4"])
    assert "2 of 6 cases" in output


def test_cases_that_cannot_be_used_are_left_out_if_that_is_wanted(project, folders):
    (project.path / "conf" / "folder" / "parameters.yml").open("a").write(
        "\nquality: {severity: {undecodable: warning}}\n"
    )
    no_picture(folders)
    output = run_folder(project, folders)
    assert "undecodable: case 2: 2.png in" in output
    assert "left out: 1" in output


def test_the_same_pictures_without_a_fault_are_accepted(project, folders):
    run_folder(project, folders)
    assert "folder/05_model_input/x_train.npy" in project.files()


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("training.epoch=1", "training: unknown parameter 'epoch': did you mean 'epochs'?"),
        ("training.loss=dise", "training.loss: unknown loss 'dise': did you mean 'dice'?"),
        (
            "training.loss=tversky,training.loss_options.alfa=0.2",
            "training.loss_options: loss 'tversky' has no option 'alfa': did you mean 'alpha'?",
        ),
        (
            "training.loss=tversky,training.loss_options.alpha=-1",
            "training.loss_options.alpha: Input should be greater than 0",
        ),
        ("training.epochs=0", "training.epochs: Input should be greater than or equal to 1"),
        ("training.augmentation.flip=2", "training.augmentation.flip: Input should be"),
        ("trainng.epochs=1", "did you mean 'training'?"),
        ("preparation.size=33", "a multiple of 2 px"),
        ("split.test_cases=-1", "split.test_cases: expected a count (1 or more) or a share"),
        ("xrays=here", "--env folder"),
        ("training._epochs=1", "--params training._epochs: expected a template"),
    ],
)
def test_a_wrong_parameter_stops_the_run_before_it_starts(project, parameters, said):
    output = project.kedro(
        "run", "--pipeline", "training", "--env", "tiny", "--params", parameters, code=1
    )
    assert said in output[output.index("Error: ") :]
    assert "Traceback" not in output
    assert project.files() == set()


def test_templates_in_parameter_files_are_no_unknown_names(project):
    conf = project.path / "conf"
    with (conf / "base" / "parameters.yml").open("a") as file:
        file.write("_of_base: {size: 64}\n")
    tiny = conf / "tiny" / "parameters.yml"
    tiny.write_text(
        tiny.read_text().replace("epochs: 2\n", "_rounds: 2\n  epochs: ${._rounds}\n")
        + "_size: 64\nquality: {_grey: note, severity: {_grey: note, grey_mask: '${._grey}'}}\n"
    )
    tiny.write_text(tiny.read_text().replace("size: 32", "size: ${_size}"))
    run = ["run", "--env", "tiny", "--to-nodes", "split_cases", "--params"]
    project.kedro(*run, "_size=32")
    prepared = np.load(project.path / "data" / "02_intermediate" / "prepared_xrays.npy")
    assert prepared.shape[1:3] == (32, 32)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pipeline", "trainin"], "training"),
        (["--env", "abdii"], "abdii"),
        (["--env", "tiny", "--from-nodes", "compile_unte"], "compile_unte"),
        (["--env", "tiny", "--tags", "nosuch"], "contains no nodes"),
        (["--pipeline", "reporting", "--env", "tiny"], "nothing has been saved at "),
        (
            ["--env", "abdi", "--params", "xrays=http://127.0.0.1:9/x.zip,masks=m.zip"],
            "http://127.0.0.1:9/x.zip",
        ),
    ],
)
def test_what_is_not_there_is_named(project, arguments, said):
    output = project.kedro("run", *arguments, code=1)
    assert said in output[output.index("Error: ") :]
    assert "Traceback" not in output


def test_the_traceback_is_kept_in_the_log_file(project):
    project.kedro("run", "--pipeline", "reporting", "--env", "tiny", code=1)
    assert "Traceback" in (project.path / "data" / "kedro.log").read_text()
