"""A process that fetches; in a module of its own, which it has soon imported."""

import os
from pathlib import Path

from teeth_unet.datasets import downloading
from teeth_unet.datasets.addresses import Address
from teeth_unet.datasets.archive_rules import ArchiveRules
from teeth_unet.datasets.fetching import fetch


def fetch_alone(address: str, cache: Path) -> None:
    os.environ["NO_PROXY"] = "*"
    downloading.FIRST_PAUSE = 0.01
    fetch(Address(address), cache, downloading.DownloadRules(timeout=20), ArchiveRules())
