"""A set for a training: X-rays and what is tooth in them, however it is packed."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from teeth_unet.archives import ArchiveRules
from teeth_unet.configuration import checked
from teeth_unet.datasets.read_only import PicturesDataset, telling
from teeth_unet.datasets.sources.remote_archive import RemoteArchiveDataset
from teeth_unet.errors import InputError
from teeth_unet.intake import (
    Cases,
    Place,
    SetForm,
    XraySet,
    open_place,
    open_set,
    state_of,
    tooth_labels,
)
from teeth_unet.storage import fetched, is_there, place_of, with_addresses

Content = Literal["xrays", "masks", "tooth_labels"]

_CONTENTS = ("xrays", "masks", "tooth_labels")
_PLACES = ("xrays", "masks", "annotations", "tooth_labels")

_REMEDY = "Put the path right: kedro run --env folder --params xrays=…,masks=… (or annotations=…)"

_OWN = "Own X-rays go with --env folder: --params xrays=…,masks=… (or annotations=…)"

_kept: dict[str, XraySet] = {}
"""The set that was opened last, by all that decides about it: entries and nodes ask in turn."""


class _WholeSet(RemoteArchiveDataset):
    """One archive with X-rays and masks or annotations."""

    REMEDY: ClassVar[str] = (
        "Give another address, or the same archive on this machine: --params xrays=ARCHIVE. "
        f"{_OWN}."
    )


class XraySetDataset(PicturesDataset[Cases[Any]]):
    """X-rays, masks or label maps of a set, by case name; read-only.

    Three entries with the same options are views of one set. It is in one place or in several: each
    is a folder, a zip archive, a folder in an archive (`set.zip/masks`), or a file of annotations.
    Where neither masks nor annotations are given, they are looked for beside the X-rays, and then
    in `filepath`.

    Args:
        content: `xrays`; `masks`; or `tooth_labels`, one number a tooth.
        filepath: The folder whose `xrays`, `masks` and `tooth_labels` are taken where nothing else
            is given; what is fetched, and archives inside of archives, are kept in it. "~" stands
            for the user's home folder, here and below.
        xrays: Where the X-rays are: `{filepath: …}`; null for those of `filepath`.
        masks: Where the masks are, in the same form.
        annotations: Where the annotations of a tool are, in the same form.
        tooth_labels: Where label maps are, in the same form.
        addresses: Where one archive with everything can be had, as for `RemoteArchiveDataset`; in
            place of `xrays`.
        form: What the files do not tell, by the names of `SetForm`.
        given: What a user says otherwise for one run, by the same names.
        archive: What an archive may contain, by the names of `ArchiveRules`.
        metadata: Anything for other tools; kedro-viz reads its own part.
        **remote: Other options of `RemoteArchiveDataset`, of which the archive is fetched.

    Raises:
        InputError: An option has another form, or is out of range. (Kedro wraps it into a
            DatasetError.)
    """

    def __init__(
        self,
        *,
        content: Content,
        filepath: str,
        xrays: Mapping[str, str | None] | None = None,
        masks: Mapping[str, str | None] | None = None,
        annotations: Mapping[str, str | None] | None = None,
        tooth_labels: Mapping[str, str | None] | None = None,
        addresses: str | dict[str, str] | list[str | dict[str, str]] | None = None,
        form: Mapping[str, Any] | None = None,
        given: Mapping[str, Any] | None = None,
        archive: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        **remote: Any,  # noqa: ANN401 (checked by RemoteArchiveDataset)
    ) -> None:
        super().__init__(filepath=filepath, metadata=metadata)
        if content not in _CONTENTS:
            known = f"one of {', '.join(_CONTENTS)}"
            raise InputError("option content", known, repr(content), "Put it right in the catalog.")
        self._content = content
        options = (xrays, masks, annotations, tooth_labels)
        self._given = {
            name: place_of(place["filepath"])
            for name, place in zip(_PLACES, options, strict=True)
            if place and place["filepath"] is not None
        }
        self._rules = checked(ArchiveRules, archive or {}, "option archive.", "the catalog")
        told = {**(form or {}), **_block(given)}
        self._form = checked(SetForm, told, "set.", "globals.yml or after --params")
        self._remote = None
        if addresses is not None:
            self._remote = _WholeSet(
                filepath=filepath, addresses=addresses, archive=archive, **remote
            )

    def load(self) -> Cases[Any]:
        """List the pictures without decoding them, see `intake.open_set`; log what was decided.

        Raises:
            OSError: A disk or drive failed.
            InputError: Something is missing, damaged or ambiguous. (Kedro wraps it into a
                DatasetError.)
        """
        made = self._remote.listed(self._opened) if self._remote else self._opened(None)
        cases: Cases[Any] = getattr(made, self._content)
        return telling(cases)

    def _opened(self, archive: Path | None) -> XraySet:
        """Open the set, unless it is the one that was opened last and nothing has changed."""
        places = dict(self._given)
        if archive is not None:
            places["xrays"] = archive
        else:
            places.setdefault("xrays", self._filepath / "xrays")
        usual = {name: self._filepath / name for name in ("masks", "tooth_labels")}
        for place in {**usual, **places}.values():
            fetched(place, in_archive=True)
        states = [(name, state_of(place)) for name, place in {**usual, **places}.items()]
        key = repr((places, self._form, self._rules, states))
        if key not in _kept:
            made = self._open(places, usual)
            _kept.clear()
            _kept[key] = made
        return _kept[key]

    def _open(self, places: Mapping[str, Path], usual: Mapping[str, Path]) -> XraySet:
        found = {name: self._place(place) for name, place in places.items()}
        xrays, masks, annotations, labels = (found.get(name) for name in _PLACES)
        assert xrays is not None
        otherwise = None
        if not (masks or annotations):
            if "xrays" not in self._given and not self._remote:
                masks = self._place(usual["masks"])
            elif usual["masks"].is_dir():
                otherwise = self._place(usual["masks"])
        made = open_set(xrays, masks, annotations, self._form, self._rules.pixels, otherwise)
        if labels is None and not annotations and usual["tooth_labels"].is_dir():
            labels = self._place(usual["tooth_labels"])
        if labels is None:
            return made
        of_teeth = tooth_labels(xrays, labels, self._form, self._rules.pixels)
        return replace(made, tooth_labels=of_teeth)

    def _place(self, path: Path) -> Place:
        within = self._form.within if path == self._given.get("xrays") or self._remote else ""
        remedy = _OWN if self._remote else _REMEDY
        return open_place(path, self._filepath, self._rules, within, remedy)

    def _exists(self) -> bool:
        if self._remote:
            return self._remote.exists()
        return is_there(self._given.get("xrays", self._filepath / "xrays"))

    def _describe(self) -> dict[str, Any]:
        places = {name: with_addresses(str(place)) for name, place in self._given.items()}
        form = self._form.model_dump(exclude_defaults=True)
        remote = self._remote._describe() if self._remote else super()._describe()
        return {"content": self._content, **remote, **places, **form}


def _block(given: object) -> dict[str, Any]:
    """Return what is given after `--params set.…`."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError(
            "--params set",
            "one of its values, such as set.unannotated=negative",
            repr(given),
            "Write the value's name.",
        )
    return dict(given)
