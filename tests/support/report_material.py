"""Everything that a report can be made of, for small pictures that need no training."""

from functools import cache

import numpy as np
import pandas as pd
from numbered_maps import mouth

from teeth_unet.numbering import Chart, chart_row
from teeth_unet.reporting import Report
from teeth_unet.scoring import NumberedPair, summarise_numbers
from teeth_unet.splits import Split
from teeth_unet.tooth_numbers import PERMANENT

SIZE = 32

# Names as they may come from a folder: each would break a page that does not escape it.
HOSTILE = ["<script>alert(1)</script>", "a&b \"c\" 'd'", "$x^2$", "{{ 7*7 }}"]

DICE = [0.91, 0.95, 0.40, 0.88, 0.93, 0.97, 0.86, 0.90]
NAMES = [*HOSTILE, "2", "10", "1", "Zähne"]

DISTANCES = ("hd95", "assd")

VERSIONS = {"python": "3.11.9", "keras": "3.15.1", "tensorflow": "2.21.0"}


def statistics(name, values):
    """A block of `scores`, with an interval that is plainly made up."""
    return {
        "mean": float(np.mean(values)),
        "standard_deviation": float(np.std(values, ddof=1)) if len(values) > 1 else None,
        "median": float(np.median(values)),
        "lowest": float(min(values)),
        "highest": float(max(values)),
        "worst": float(max(values) if name in DISTANCES else min(values)),
        "interval": [float(np.mean(values)) - 0.01, float(np.mean(values)) + 0.01],
    }


def case_scores(dice=DICE, names=NAMES):
    dice = np.array(dice, float)
    scores = {
        "dice": dice,
        "iou": dice / (2 - dice),
        "precision": np.minimum(dice + 0.01, 1),
        "sensitivity": np.maximum(dice - 0.01, 0),
        "specificity": (9 + dice) / 10,
        "hd95": 20 * (1 - dice),
        "assd": 5 * (1 - dice),
        "nsd": dice**2,
    }
    counts = {
        "true_positives": (100 * dice).astype(int),
        "false_positives": (100 - 100 * dice).astype(int),
        "false_negatives": (110 - 100 * dice).astype(int),
        "true_negatives": 700,
        "truth_area": 110,
        "predicted_area": 100,
    }
    native = {f"native_{name}": values - 0.001 for name, values in scores.items()}
    return pd.DataFrame({"case": names, **scores, **counts, **native})


def summary(table):
    """`scores` of a table of case scores."""
    names = ["dice", "iou", "precision", "sensitivity", "specificity", "hd95", "assd", "nsd"]
    bins = [
        {
            "low": low / 10,
            "high": (low + 1) / 10,
            "pixels": 0 if low == 4 else 1000 // (low + 1),
            "mean_probability": None if low == 4 else low / 10 + 0.05,
            "tooth_share": None if low == 4 else min(low / 9, 1),
        }
        for low in range(10)
    ]
    return {
        "cases": len(table),
        "empty_truths": 1,
        "empty_predictions": 2,
        "one_empty": 1,
        **{name: statistics(name, table[name].to_list()) for name in names},
        "pooled_dice": 0.8765,
        "native": {
            **{name: statistics(name, table[f"native_{name}"].to_list()) for name in names},
            "nsd_tolerance": 5,
        },
        "nsd_tolerance": 2,
        "calibration": {"brier": 0.0321, "expected_calibration_error": 0.0123, "bins": bins},
        "decision_threshold": {"threshold": 0.45, "chosen_on": "validation", "dice": 0.9123},
        "made_with": {"seed": 17, "versions": VERSIONS},
    }


def findings():
    return [
        {
            "check": "partner",
            "severity": "error",
            "cases": [HOSTILE[0]],
            "found": "No mask for 1 X-ray <here>.",
            "remedy": "Add the mask & run again.",
        },
        {
            "check": "grey_mask",
            "severity": "warning",
            "cases": [f"{number}" for number in range(1, 41)],
            "found": "40 masks have grey pixels, 0.7 % of them on average.",
            "remedy": "Export masks as PNG.",
        },
        {
            "check": "size",
            "severity": "note",
            "cases": ["10"],
            "found": "1 X-ray is 9000 px wide.",
            "remedy": "Nothing has to be done.",
        },
    ]


def cases(names=NAMES, width=200, height=100):
    others = [f"other-{number}" for number in range(12)]
    return pd.DataFrame(
        {
            "case": [*others, *names],
            "split": ["train"] * 9 + ["validation"] * 3 + ["test"] * len(names),
            "width": width,
            "height": height,
            "tooth_share": [0.0, *[0.2] * (11 + len(names))],
            "content_hash": [f"content of {name}" for name in [*others, *names]],
            "group": range(len(others) + len(names)),
        }
    )


def history(epochs=6):
    rise = [1 - 0.6**epoch for epoch in range(1, epochs + 1)]
    return {
        "epoch": list(range(1, epochs + 1)),
        "learning_rate": [0.001 * (1 - each) for each in rise],
        "seconds": [61.0] * epochs,
        "loss": [1 - each for each in rise],
        "dice": rise,
        "val_loss": [1.1 - each for each in rise],
        "val_dice": [each - 0.05 for each in rise],
    }


def charts(names=NAMES):
    """Tooth 36 is missing in the first half, and not sure in the last case, which is for review."""
    states = dict.fromkeys(PERMANENT, "present")
    half = len(names) // 2
    of_36 = ["missing"] * half + ["present"] * (len(names) - half)
    of_36[-1] = "unsure"
    reasons = [()] * (len(names) - 1) + [("Not sure what is at 36.",)]
    return pd.DataFrame(
        [
            chart_row(name, Chart(states | {36: state}, "permanent", review))
            for name, state, review in zip(names, of_36, reasons, strict=True)
        ]
    )


@cache
def numbers(names=tuple(NAMES)):
    """Summary and table of the numbers of teeth, with errors of every kind."""
    rng = np.random.default_rng(3)
    return summarise_numbers([NumberedPair(name, *mouth(rng)) for name in names], {})


def without_numbers():
    """What `write_report` is given where no truth has FDI numbers."""
    _, table = summarise_numbers([], {})
    return {"tooth_scores": {"numbers": None}, "tooth_number_scores": table}


def record(epochs=6):
    return {
        "epochs": epochs,
        "best_epoch": 5,
        "preparation": {"size": SIZE},
        "network": {"filters": [4, 8], "dropout": [0.0, 0.1], "patch": 1, "pooling": "max"},
        "training": {
            "loss": "focal",
            "loss_options": {"gamma": 3.0},
            "learning_rate": 0.002,
            "metrics": [],
            "patience": None,
            "resume": True,
            "seed": 17,
            "augmentation": {"flip": 0.5, "noise": 0.02},
        },
        "versions": VERSIONS,
        "trained_on": ["abc"],
    }


def pictures(count, seed=0):
    """X-rays in [0, 1], masks, and predictions that are moved by a pixel."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((count, SIZE, SIZE, 1), np.float32)
    masks[:, 8:24, 4:28] = 1
    xrays = np.clip(0.3 + 0.3 * masks + rng.normal(0, 0.05, masks.shape), 0, 1)
    return xrays.astype(np.float32), masks, np.roll(masks, 1, axis=1).astype(np.uint8)


def material(dice=DICE, names=NAMES, **changed):
    """The arguments of `write_report`; with everything that can be there."""
    table = case_scores(dice, names)
    xrays, masks, predicted = pictures(len(names))
    return {
        "cases": cases(names),
        "data_quality": {
            "cases": 12 + len(names),
            "width": {"lowest": 190, "median": 200.0, "highest": 210},
            "height": {"lowest": 95, "median": 100.0, "highest": 105},
            "mean_tooth_share": 0.1954,
            "empty_masks": ["other-0"],
            "masks": "Masks are binary.",
            "findings": findings(),
        },
        "training_record": record(),
        "training_history": history(),
        "model_summary": " Layer  Parameters\n Total params: 1,234,567 (4.71 MB)\n",
        "decision_threshold": {"threshold": 0.45, "chosen_on": "validation", "dice": 0.9123},
        "case_scores": table,
        "scores": summary(table),
        "x_test": xrays,
        "y_test": masks,
        "predicted_masks": predicted,
        "tooth_charts": charts(names),
        "tooth_scores": {"numbers": numbers(tuple(names))[0]},
        "tooth_number_scores": numbers(tuple(names))[1],
        "split": Split(order="natural", validation_cases=3, test_cases=len(names)),
        "report": Report(title="Teeth <of> A & B", data_note="Whose: $ours$.", synthetic=False),
        **changed,
    }


def folds_material(dice=DICE, names=NAMES, **changed):
    """The arguments of `write_report` of a cross-validation of three folds."""
    table = case_scores(dice, names)
    table.insert(1, "fold", 1 + np.arange(len(table)) % 3)
    threshold = {"decision_threshold": 0.4, "chosen_on": "validation"}
    means = table.groupby("fold")["dice"].agg(["mean", "size"])
    folds = [
        {"fold": fold, "cases": int(row["size"]), "dice": row["mean"], **threshold}
        for fold, row in means.iterrows()
    ]
    everything = material(dice, names)
    return {
        "cross_validation_case_scores": table,
        "cross_validation_scores": {**summary(table), "folds": folds},
        "cross_validation_tooth_scores": everything["tooth_scores"],
        "cross_validation_tooth_number_scores": everything["tooth_number_scores"],
        "data_quality": everything["data_quality"],
        "report": everything["report"],
        **changed,
    }
