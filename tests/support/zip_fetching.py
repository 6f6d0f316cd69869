"""A zip archive is fetched from one address, whatever lies in its place."""

import zipfile
from functools import partial
from pathlib import Path

from teeth_unet.acquisition import Acquisition, Address, DownloadRules, Wanted
from teeth_unet.archives import ArchiveRules, first_damage

ZIP = Wanted("a zip archive", zipfile.is_zipfile, partial(first_damage, rules=ArchiveRules()))


def fetch(address: Address, cache: Path, rules: DownloadRules) -> Path:
    return Acquisition([address], cache, ZIP, rules).fetch(address)
