"""`python -m teeth_unet`: run a pipeline without the `kedro` command."""

import sys
from pathlib import Path

from kedro.framework.project import configure_project

from teeth_unet.cli import run


def main() -> None:
    """Run as `kedro run` does, with the same options."""
    configure_project(Path(__file__).parent.name)
    run(standalone_mode=True, prog_name=Path(sys.argv[0]).name)


if __name__ == "__main__":
    main()
