import numpy as np
import pandas as pd
import pytest
from in_memory import run
from matplotlib.figure import Figure

from teeth_unet import unet
from teeth_unet.errors import InputError
from teeth_unet.pipelines.reporting import create_pipeline, nodes
from teeth_unet.reporting import Plots, figures
from teeth_unet.unet.settings import METRICS

SIZE = 8

# By test case: the third has the lowest Dice, the last the highest.
DICE = {"c4": 0.8, "c5": 0.7, "c6": 0.1, "c7": 0.6, "c8": 0.5, "c9": 0.9}
CASES = pd.DataFrame(
    {
        "case": [f"c{number}" for number in range(10)],
        "width": 200,
        "height": 100,
        "split": ["train", "validation", "train", "train", *["test"] * 6],
    }
)


def inputs(cases=12, seed=0):
    rng = np.random.default_rng(0)
    masks = rng.integers(0, 2, (10, SIZE, SIZE, 1)).astype(np.uint8)
    return {
        "prepared_xrays": rng.integers(0, 256, masks.shape).astype(np.uint8),
        "prepared_masks": masks,
        "x_test": rng.random((6, SIZE, SIZE, 1)).astype(np.float32),
        "y_test": masks[4:].astype(np.float32),
        "predicted_masks": masks[:6],
        "cases": CASES,
        "case_scores": pd.DataFrame({"case": list(DICE), "dice": list(DICE.values())}),
        "training_history": {
            "epoch": [1, 2],
            "learning_rate": [0.001, 0.0005],
            "seconds": [1.0, 1.0],
            "loss": [0.9, 0.5],
            "dice": [0.2, 0.6],
            "val_loss": [0.8, 0.6],
            "val_dice": [0.3, 0.5],
        },
        "params:plots": Plots(cases=cases, seed=seed),
    }


def report(**plots):
    pipeline = create_pipeline()
    others = pipeline.only_nodes("summarise_model", "write_report")
    return run(pipeline - others, inputs(**plots))


def titles(figure):
    return [axes.get_title() for axes in figure.axes]


def shown(axes):
    """The array of the only picture on axes."""
    (image,) = axes.get_images()
    return np.asarray(image.get_array())


def test_a_sample_is_an_xray_of_the_training_part_beside_its_mask():
    data = inputs()
    for seed in range(8):
        plots = Plots(seed=seed)
        figure = nodes.plot_sample(data["prepared_xrays"], data["prepared_masks"], CASES, plots)
        row = int(titles(figure)[0].removeprefix("X-ray c"))
        assert CASES["split"][row] == "train"
        left, right = figure.axes
        np.testing.assert_array_equal(shown(left), data["prepared_xrays"][row, ..., 0])
        np.testing.assert_array_equal(shown(right), data["prepared_masks"][row, ..., 0])


def test_the_seed_chooses_the_sample():
    data = inputs()

    def choose(seed):
        plots = Plots(seed=seed)
        figure = nodes.plot_sample(data["prepared_xrays"], data["prepared_masks"], CASES, plots)
        return titles(figure)[0]

    assert [choose(seed) for seed in range(8)] == [choose(seed) for seed in range(8)]
    assert len({choose(seed) for seed in range(8)}) > 1


@pytest.mark.parametrize(
    ("wanted", "drawn"),
    [
        (1, ["c6"]),
        (2, ["c6", "c9"]),
        (3, ["c6", "c7", "c9"]),
        (6, ["c6", "c8", "c7", "c5", "c4", "c9"]),
        (100, ["c6", "c8", "c7", "c5", "c4", "c9"]),
    ],
)
def test_predictions_are_drawn_from_the_lowest_dice_to_the_highest(wanted, drawn):
    assert list(report(cases=wanted)["prediction_plots"]) == drawn


def test_scores_of_other_cases_are_not_drawn():
    mixed = inputs()
    scores = mixed["case_scores"]
    with pytest.raises(InputError, match="run data_science from its beginning"):
        nodes.plot_predictions(
            mixed["x_test"],
            mixed["y_test"],
            mixed["predicted_masks"],
            mixed["cases"],
            scores.assign(case=scores["case"].to_list()[::-1]),
            mixed["params:plots"],
        )


def test_a_prediction_is_drawn_when_it_is_asked_for():
    data = inputs()
    plots = report()["prediction_plots"]
    for row, (case, dice) in enumerate(DICE.items()):
        figure = plots[case]()
        assert isinstance(figure, Figure)
        assert figure.get_suptitle() == f"{case}: Dice {dice:.3f}"
        assert titles(figure) == ["X-ray", "Truth", "Prediction", "Prediction against truth"]
        xray, truth, mask, _ = map(shown, figure.axes)
        np.testing.assert_array_equal(xray, data["x_test"][row, ..., 0])
        np.testing.assert_array_equal(truth, data["y_test"][row, ..., 0])
        np.testing.assert_array_equal(mask, data["predicted_masks"][row, ..., 0])


def test_the_legend_explains_the_colours_of_the_overlay():
    figure = report()["prediction_plots"]["c4"]()
    legend = figure.axes[-1].get_legend()
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["found", "missed", "false alarm"]


def test_pictures_are_drawn_in_their_native_shape():
    figure = report()["sample_plot"]
    figure.draw_without_rendering()
    for axes in figure.axes:
        box = axes.get_window_extent()
        assert box.width / box.height == pytest.approx(2, rel=0.01)


def test_an_overlay_colours_hits_misses_and_false_alarms():
    truth = np.array([[1, 1], [0, 0]])
    mask = np.array([[1, 0], [1, 0]])
    coloured = figures.overlay(np.full((2, 2), 0.5), truth, mask)
    green, orange, sky_blue = (0, 158, 115), (230, 159, 0), (86, 180, 233)
    expected = [
        [0.7 * 0.5 + 0.3 * np.array(green) / 255, 0.2 * 0.5 + 0.8 * np.array(orange) / 255],
        [0.2 * 0.5 + 0.8 * np.array(sky_blue) / 255, np.full(3, 0.5)],
    ]
    np.testing.assert_allclose(coloured, expected, atol=1e-6)


def test_an_overlay_leaves_its_inputs_alone():
    xray, mask = np.full((2, 2), 0.5, np.float32), np.ones((2, 2), np.uint8)
    figures.overlay(xray, mask, mask)
    assert (xray == 0.5).all()
    assert (mask == 1).all()


def test_curves_show_training_and_validation_together():
    figure = report()["training_curves"]
    assert titles(figure) == ["Loss", "Dice", "Learning rate"]
    loss, dice, learning_rate = figure.axes
    for axes, numbers in ((loss, ([0.9, 0.5], [0.8, 0.6])), (dice, ([0.2, 0.6], [0.3, 0.5]))):
        training, validation = axes.get_lines()
        assert (training.get_label(), validation.get_label()) == ("training", "validation")
        assert list(training.get_xdata()) == list(validation.get_xdata()) == [1, 2]
        assert (list(training.get_ydata()), list(validation.get_ydata())) == numbers
    assert len(learning_rate.get_lines()) == 1


def test_curves_without_validation_have_one_line_each():
    history = {"epoch": [1], "seconds": [2.0], "loss": [0.9], "accuracy": [0.5]}
    figure = nodes.plot_training_curves(history)
    assert titles(figure) == ["Loss", "Accuracy"]
    for axes in figure.axes:
        assert len(axes.get_lines()) == 1
        assert axes.get_legend() is None


def test_a_short_training_is_marked_since_one_point_makes_no_line():
    def marker(epochs):
        history = {"epoch": list(range(1, epochs + 1)), "loss": [0.5] * epochs}
        (line,) = figures.training_curves(history).axes[0].get_lines()
        return line.get_marker()

    assert marker(1) == "o"
    assert marker(20) in ("", "None")


def test_every_metric_has_a_title():
    assert {"loss", "learning_rate", *METRICS} <= figures.TITLES.keys()


def test_the_summary_is_the_table_of_the_network(monkeypatch):
    monkeypatch.setattr(unet, "layer_table", "table of {}".format, raising=False)
    assert nodes.summarise_model("a network") == "table of a network"


def test_nothing_is_left_open_in_pyplot():
    from matplotlib import pyplot

    report()["prediction_plots"]["c4"]()
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize(("value", "shown"), [(0, 0), (1, 255)], ids=["black", "white"])
def test_a_mask_that_is_the_same_all_over_is_drawn_as_it_is(value, shown):
    mask, xray = np.full((32, 64), value, np.uint8), np.zeros((32, 64))
    figure = figures.prediction("case", xray, mask, mask, 1.0, 2.0)
    for axes in figure.axes:
        if axes.get_title() in ("Truth", "Prediction"):
            (image,) = axes.get_images()
            assert set(image.to_rgba(image.get_array(), bytes=True)[..., 0].flat) == {shown}
