"""A process that fetches; in a module of its own, which it has soon imported."""

import os
from pathlib import Path

from zip_fetching import fetch

from teeth_unet.acquisition import Address, downloading


def fetch_alone(address: str, cache: Path) -> None:
    os.environ["NO_PROXY"] = "*"
    downloading.FIRST_PAUSE = 0.01
    fetch(Address(address), cache, downloading.DownloadRules(timeout=300))
