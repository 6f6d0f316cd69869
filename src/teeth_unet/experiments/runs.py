"""A run in MLflow, from its beginning to its end."""

import atexit
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from teeth_unet.errors import without_secrets
from teeth_unet.experiments.places import Place, impatient

if TYPE_CHECKING:
    from PIL.Image import Image

T = TypeVar("T")

_MOST_METRICS, _MOST_PARAMETERS = 1000, 100
"""In one request, as the servers of MLflow allow."""

_MOST_LETTERS = 5000
"""Of a tag; the databases of MLflow take no more."""


@dataclass(frozen=True)
class Run:
    """A run that has begun. It ends once, with `end`; as killed, if the process ends before.

    Attributes:
        place: Where it is.
        number: What MLflow calls its id.
        experiment: Number of its experiment.
        experiment_name: Name of its experiment.
        before: What `MLFLOW_TRACKING_URI` was before the run.
    """

    place: Place
    number: str
    experiment: str
    experiment_name: str
    before: str | None

    def check(self) -> None:
        """See whether the store still answers, soon.

        Raises:
            Exception: It does not.
        """
        import mlflow

        with impatient():
            mlflow.get_run(self.number)

    def log_parameters(self, parameters: Mapping[str, object]) -> None:
        """Log parameters, without logins in addresses."""
        import mlflow

        shown = [(name, without_secrets(str(value))) for name, value in parameters.items()]
        for some in _portions(shown, _MOST_PARAMETERS):
            mlflow.log_params(dict(some))

    def log_tags(self, tags: Mapping[str, str]) -> None:
        """Log what is known of the run in words."""
        import mlflow

        mlflow.set_tags({name: told[:_MOST_LETTERS] for name, told in tags.items()})

    def log_numbers(
        self, numbers: Mapping[str, Mapping[int, float]], model: str | None = None
    ) -> None:
        """Log numbers: by name, and by step (an epoch, a fold; 0 where there is only one).

        Args:
            numbers: The numbers.
            model: Number of the logged model that they are of, if they are of one.
        """
        from mlflow import MlflowClient
        from mlflow.entities import Metric

        now = round(time.time() * 1000)
        metrics = [
            Metric(name, float(value), now, step, model_id=model, run_id=self.number)
            for name, values in numbers.items()
            for step, value in values.items()
        ]
        for some in _portions(metrics, _MOST_METRICS):
            MlflowClient().log_batch(self.number, metrics=some)

    def log_text(self, text: str, name: str) -> None:
        """Log a text as a file."""
        import mlflow

        mlflow.log_text(text, name)

    def log_dict(self, values: dict[str, object], name: str) -> None:
        """Log values as a JSON file."""
        import mlflow

        mlflow.log_dict(values, name)

    def log_picture(self, picture: "Image", name: str) -> None:
        """Log a picture as a file."""
        import mlflow

        mlflow.log_image(picture, name)

    def end(self, status: str = "FINISHED", reason: str = "") -> None:
        """End the run, and leave MLflow as it was found.

        Args:
            status: FINISHED, FAILED or KILLED.
            reason: Why it failed.
        """
        import mlflow

        atexit.unregister(self._end_as_killed)
        with impatient():
            try:
                if reason:
                    told = without_secrets(reason)[:_MOST_LETTERS]
                    mlflow.set_tags({"failure": told, "mlflow.note.content": told})
            finally:
                try:
                    mlflow.end_run(status)
                finally:
                    mlflow.set_tracking_uri(self.before)

    def end_at_exit(self) -> None:
        """See to it that the run ends as killed if the process ends before."""
        # MLflow's own function for that would call it finished. The later one comes first.
        atexit.register(self._end_as_killed)

    def _end_as_killed(self) -> None:
        with suppress(Exception):  # nobody is there any more to be told
            self.end("KILLED")


def begin_run(place: Place, name: str, tags: Mapping[str, str]) -> Run:
    """Begin a run, as long as whose end MLflow logs to this place.

    Args:
        place: Where.
        name: Of the run.
        tags: What is known of it.

    Raises:
        Exception: Whatever MLflow or its store may raise. MLflow is then as it was found.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # Progress bars in between the log, and emoji; the log tells the address.
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import mlflow

    before = os.environ.get("MLFLOW_TRACKING_URI")
    mlflow.set_tracking_uri(place.uri)
    try:
        with impatient():
            begun = mlflow.start_run(
                experiment_id=_experiment(place), run_name=name, tags=dict(tags), nested=True
            )
            experiment = begun.info.experiment_id
            experiment_name = mlflow.get_experiment(experiment).name
    except BaseException:
        mlflow.set_tracking_uri(before)
        raise
    run = Run(place, begun.info.run_id, experiment, experiment_name, before)
    run.end_at_exit()
    return run


def cause_of(error: BaseException) -> str:
    """Say in a line, without secrets, why MLflow could not do something.

    Of a server that is not there MLflow tells all that was tried; the system's own error says it.
    """
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    told = next((one for one in causes if isinstance(one, OSError) and one.errno), error)
    return without_secrets((str(told).strip() or type(told).__name__).splitlines()[0])


def _experiment(place: Place) -> str | None:
    """Return the number of the experiment, which is made if need be."""
    import mlflow

    if place.experiment is None:
        return None
    found = mlflow.get_experiment_by_name(place.experiment)
    if found is not None:
        return str(found.experiment_id)
    return str(mlflow.create_experiment(place.experiment, artifact_location=place.artifacts))


def _portions(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), most):
        yield items[start : start + most]
