"""What MLflow runs where a logged segmenter is used; it stores this file with the model."""

import mlflow
import numpy as np
from numpy.typing import NDArray

from teeth_unet import load_segmenter


class LoggedSegmenter(mlflow.pyfunc.PythonModel):
    """A segmenter from which MLflow gets masks."""

    def load_context(self, context: mlflow.pyfunc.PythonModelContext) -> None:
        """Open the segmenter that was logged."""
        self._segmenter = load_segmenter(context.artifacts["segmenter"])

    def predict(  # noqa: D417 (the model has no parameters)
        self,
        context: mlflow.pyfunc.PythonModelContext,
        model_input: np.ndarray,  # no more exact: MLflow would make a schema of it, and warn
        params: dict[str, object] | None = None,
    ) -> NDArray[np.uint8]:
        """Find the teeth in an X-ray.

        Args:
            context: MLflow's.
            model_input: (h, w) grey levels in 0..255, of any size.

        Returns:
            (h, w) mask: 1 tooth, 0 background.
        """
        return self._segmenter.predict(model_input)


mlflow.models.set_model(LoggedSegmenter())
