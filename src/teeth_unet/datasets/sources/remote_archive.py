"""Published X-rays or masks: a zip archive that is fetched once, or lies on this machine."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from teeth_unet.acquisition import Acquisition, Address, DownloadRules, Wanted, parse_logins
from teeth_unet.archives import ArchiveRules, first_damage, is_archive
from teeth_unet.configuration import checked
from teeth_unet.datasets.read_only import PicturesDataset, telling
from teeth_unet.errors import InputError
from teeth_unet.intake import Cases, LazyXray, pictures_of_archive
from teeth_unet.storage import OF_MACHINE, address_of

Listed = TypeVar("Listed")


class RemoteArchiveDataset(PicturesDataset[Cases[LazyXray]]):
    """Pictures of a zip archive, by case name; read-only.

    The archive is fetched at the first load and kept. A zip archive that holds no pictures but
    exactly one other zip archive stands for that one. What lies in the cache, fetched or put
    there by hand, is checked against its checksum at every load.

    Args:
        filepath: The folder for what is fetched.
        addresses: Where the archive can be had: one address, or several that hold the same, to
            be tried in turn. Each is a text (`http(s)://…`, `s3://…`, `file://…`, or a path) or a
            mapping `{address: …, sha256: …}`. What is on this machine already comes before the
            network.
        archive: What an archive may contain, by the names of `ArchiveRules`.
        progressbar: Whether to show a bar while fetching; only ever on a terminal.
        credentials: Logins by host, `{username, password}` or `{token}`; Kedro takes them from
            `conf/<env>/credentials.yml`. Without one for a host, the environment variables
            TEETH_UNET_HOST, TEETH_UNET_USERNAME, … count (see `login_for`).
        metadata: Anything for other tools; kedro-viz reads its own part.
        **limits: Of time and size, by the names of `DownloadRules`.

    Raises:
        InputError: An option has another form, or is out of range. (Kedro wraps it into a
            DatasetError.)
    """

    REMEDY: ClassVar[str] = (
        "Give other addresses, or archives on this machine: --params xrays=…,masks=…"
        " (for folders of pictures, with --env folder)."
    )
    """What to do where no address gives the archive."""

    def __init__(
        self,
        *,
        filepath: str,
        addresses: str | dict[str, str] | list[str | dict[str, str]],
        archive: dict[str, Any] | None = None,
        progressbar: bool = True,
        credentials: dict[str, dict[str, str]] | None = None,
        metadata: dict[str, Any] | None = None,
        **limits: float,
    ) -> None:
        super().__init__(filepath=filepath, metadata=metadata)
        if address_of(self._filepath):
            raise InputError(
                f"filepath: {filepath}",
                "a folder of this machine, for what is fetched",
                "one on object storage",
                "Leave `downloads` in globals.yml as it is. The archive itself may be there: give "
                "its address.",
            )
        items = addresses if isinstance(addresses, list) and addresses else [addresses]
        self._rules = checked(ArchiveRules, archive or {}, "option archive.", "the catalog")
        self._acquisition = Acquisition(
            [Address.parse(item) for item in items],
            self._filepath,
            Wanted(
                "a zip archive",
                partial(is_archive, rules=self._rules),
                partial(first_damage, rules=self._rules),
                self.REMEDY,
            ),
            checked(DownloadRules, limits, "option ", "the catalog"),
            parse_logins(credentials),
            progressbar,
        )

    def load(self) -> Cases[LazyXray]:
        """Fetch the archive if need be, and list its pictures without decoding them.

        Returns:
            A reader for every picture, by case name (the file's name without folder and
            suffix), in natural order.

        Raises:
            OSError: A disk or drive failed.
            InputError: No address gave the archive (each with what it gave instead), the
                archive is damaged, breaks the rules or holds no pictures, or two of them have
                the same case name. (Kedro wraps it into a DatasetError.)
        """
        rules, cache = self._rules, self._filepath
        return telling(self.listed(lambda file: pictures_of_archive(file, cache, rules)))

    def listed(self, listing: Callable[[Path], Listed]) -> Listed:
        """Fetch the archive if need be, and return what is made of it.

        Raises:
            OSError: A disk or drive failed.
            InputError: No address gave the archive; or what `listing` raises.
        """
        try:
            return listing(self._acquisition.obtain())
        except OSError as failure:
            if failure.errno in OF_MACHINE:
                raise
            raise InputError(
                str(failure.filename or self._filepath),
                "a place that can be read and written",
                failure.strerror or str(failure),
                "Make room or give access, or set another folder in conf/<env>/globals.yml.",
            ) from failure

    def _exists(self) -> bool:
        return self._acquisition.is_there()

    def _describe(self) -> dict[str, Any]:
        addresses = [str(address) for address in self._acquisition.addresses]
        rules = self._acquisition.rules.model_dump()
        return {"filepath": str(self._filepath), "addresses": addresses, **rules}
