"""Where runs are logged: what the user has set for MLflow, or a file of the project."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from teeth_unet.errors import without_secrets

STORE = "data/mlflow.db"
ARTIFACTS = "data/mlflow_artifacts"

# MLflow asks a server that does not answer for four minutes, of two minutes each where packets
# are lost. Whether it is there shows at once; what the user has set goes before.
_SOON = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}


@dataclass(frozen=True)
class Place:
    """A store of MLflow, and the experiment in it.

    Attributes:
        uri: The tracking URI, as MLflow takes it. It may hold a password.
        experiment: Name of the experiment, or None where MLflow is to find it by itself.
        artifacts: Where files of a new experiment go, as a URI; None leaves it to the store.
    """

    uri: str
    experiment: str | None
    artifacts: str | None = None

    @property
    def shown(self) -> str:
        """The tracking URI for all to see: without user name, password and query."""
        return without_secrets(self.uri)

    def how_to_look(self, experiment: str, run: str) -> str:
        """Say how a run is looked at.

        Args:
            experiment: Number of its experiment.
            run: Its number.
        """
        if self.uri.startswith(("http://", "https://")):
            return f"{self.shown.rstrip('/')}/#/experiments/{experiment}/runs/{run}"
        if self.artifacts:
            return f"mlflow ui --backend-store-uri sqlite:///{STORE}"
        if self.shown != self.uri:
            return 'mlflow ui --backend-store-uri "$MLFLOW_TRACKING_URI"'
        return f"mlflow ui --backend-store-uri {self.uri}"


def find_place(project: Path, environment: str) -> Place:
    """Return where runs of a project are logged.

    Args:
        project: Its folder, which holds the store if the user has named none.
        environment: Kedro's; the name of the experiment if the user has named none.
    """
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or environment
    experiment = None if os.environ.get("MLFLOW_EXPERIMENT_ID") else name
    if uri := os.environ.get("MLFLOW_TRACKING_URI"):
        return Place(uri, experiment)
    store = f"sqlite:///{(project / STORE).as_posix()}"
    return Place(store, experiment, (project / ARTIFACTS).resolve().as_uri())


@contextmanager
def impatient() -> Iterator[None]:
    """Within it MLflow gives up soon on a server that does not answer."""
    added = {name: value for name, value in _SOON.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
