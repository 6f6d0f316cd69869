"""What has to be installed, checked before any work is done."""

from collections.abc import Iterable
from importlib.util import find_spec

from teeth_unet.errors import InputError
from teeth_unet.exporting.settings import FORMATS


def refuse_missing_modules(formats: Iterable[str]) -> None:
    """Refuse formats whose modules are not installed.

    Args:
        formats: Names of `FORMATS`.

    Raises:
        InputError: Something is missing, with what to install.
    """
    for name in formats:
        missing = [module for module in FORMATS[name].needs if find_spec(module) is None]
        if missing:
            raise InputError(
                f"export.formats: {name}",
                f"the modules {' and '.join(FORMATS[name].needs)}",
                f"no {' and no '.join(missing)} installed",
                'Install them with pip install -e ".[export]", or leave the format out: '
                "--params export.formats=saved_model needs nothing more.",
            )
