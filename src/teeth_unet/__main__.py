"""`python -m teeth_unet`: run a pipeline without the `kedro` command."""

import logging
import sys
from pathlib import Path


def main() -> None:
    """Run as `kedro run` does, with the same options."""
    # Outside of a project Kedro tells which logging of its own it begins with. It is not kept:
    # see teeth_unet.run_log.
    logging.disable(logging.INFO)
    from kedro.framework.project import configure_project

    from teeth_unet.cli import run

    logging.disable(logging.NOTSET)
    configure_project(Path(__file__).parent.name)
    run(standalone_mode=True, prog_name=Path(sys.argv[0]).name)


if __name__ == "__main__":
    main()
