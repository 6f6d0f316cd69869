"""Metrics watched while training: the mean over images of a score at probability 0.5.

They share the definitions of the reported scores, but not their code: these run inside the
training step on the accelerator, a batch at a time.
"""

import keras
from keras import KerasTensor, ops


@keras.saving.register_keras_serializable(package="teeth_unet")
class OverlapMetric(keras.metrics.Mean):
    """Mean over images of an overlap score of the mask `probability >= 0.5`.

    A score that is 0/0 is 1 where both masks are empty, else 0.

    Args:
        score: `dice`, `iou`, `precision` or `sensitivity`.
        name: Name of the metric, by default that of the score.
        **kwargs: As for `keras.metrics.Mean`.
    """

    def __init__(self, score: str, name: str | None = None, **kwargs: object) -> None:
        super().__init__(name=name or score, **kwargs)
        self.score = score

    def update_state(
        self,
        y_true: KerasTensor,
        y_pred: KerasTensor,
        sample_weight: KerasTensor | None = None,
    ) -> None:
        """Add a batch: targets and probabilities (batch, h, w, 1)."""
        truth = ops.cast(y_true, "float32")
        mask = ops.cast(ops.greater_equal(y_pred, 0.5), "float32")
        both = ops.sum(truth * mask, axis=(1, 2, 3))
        of_truth = ops.sum(truth, axis=(1, 2, 3))
        of_mask = ops.sum(mask, axis=(1, 2, 3))
        numerator, denominator = {
            "dice": (2 * both, of_truth + of_mask),
            "iou": (both, of_truth + of_mask - both),
            "precision": (both, of_mask),
            "sensitivity": (both, of_truth),
        }[self.score]
        empty = ops.equal(denominator, 0)
        ratio = ops.where(empty, 1.0, numerator / ops.where(empty, 1.0, denominator))
        agree = ops.equal(of_truth + of_mask, 0)
        ratio = ops.where(ops.logical_and(empty, ops.logical_not(agree)), 0.0, ratio)
        super().update_state(ratio, sample_weight)

    def get_config(self) -> dict[str, object]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "score": self.score}


def make_metrics(names: tuple[str, ...]) -> list[keras.metrics.Metric]:
    """Return Dice and the further metrics of those names; `METRICS` in the configuration."""
    further = [name for name in dict.fromkeys(names) if name != "dice"]
    return [OverlapMetric("dice")] + [
        keras.metrics.BinaryAccuracy(name="accuracy") if name == "accuracy" else OverlapMetric(name)
        for name in further
    ]
