"""Sets whose teeth are marked by masks: pictures of the X-rays' size."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from teeth_unet.annotations import Numbering
from teeth_unet.errors import InputError
from teeth_unet.intake.cases import Cases, Opener, XraySet, told_of_others
from teeth_unet.intake.layouts import Layout, laid_out, of_teeth
from teeth_unet.intake.listing import NAMED, LazyXray, ListedFile, in_words, others_in_words
from teeth_unet.intake.pairing import pair
from teeth_unet.intake.places import Place
from teeth_unet.intake.settings import SetForm
from teeth_unet.intake.teeth import Annotation, LazyTeeth

NOTHING_MARKED = Annotation(Numbering({}, single_teeth=False), ())
"""What is marked in an X-ray that counts as one without teeth."""


def layout_of(place: Place, form: SetForm) -> Layout:
    """Tell which pictures of a place are X-rays and which are masks, see `layouts.laid_out`."""
    return laid_out(list(place.pictures), form.mask_name)


def with_masks(xrays: Place, masks: Place, form: SetForm, pixel_limit: int) -> XraySet:
    """Pair X-rays with their masks.

    Args:
        xrays: Where the X-rays are. What is a mask there, by its folder or name, is none of them.
        masks: Where the masks are, which may be the same place.
        form: What the files do not tell.
        pixel_limit: Most pixels of a picture.

    Raises:
        InputError: There are no X-rays or no masks, or what belongs together is ambiguous.
    """
    same = xrays.is_same(masks)
    layout = layout_of(xrays, form)
    names, told = _masks_of(masks, layout if same else laid_out(list(masks.pictures)), same)
    _refuse_nothing(xrays, layout.xrays)
    marks = {name: masks.pictures[name] for name in names}
    _refuse_dicom(masks, marks.values())
    pairs = pair(masks.given, layout.xrays, names, form.mask_name, of_one_place=same)
    opened = opened_xrays(xrays, pairs.xrays, pixel_limit)
    drawn: dict[str, Opener] = {
        case: marks[file].open_lazily(masks.origin, pixel_limit)
        for case, file in pairs.masks.items()
    }
    told = [*_told_of_counts(xrays, layout.xrays, masks, names), *told]
    told += told_of_others(xrays.given, [file.name for file in xrays.others])
    told += _told_of_pictures(xrays, layout.others)
    if not same:
        told += told_of_others(masks.given, [file.name for file in masks.others])
        told += _told_of_pictures(xrays, [each for some in layout.masks.values() for each in some])
    told += _told_of_unmasked(xrays, opened.keys() - drawn.keys(), len(opened), form)
    return balanced(xrays, opened, drawn, form.unmasked, told)


def balanced(
    place: Place,
    xrays: Mapping[str, LazyXray],
    masks: Mapping[str, Opener],
    unannotated: str,
    told: Sequence[str],
) -> XraySet:
    """Leave X-rays without mask out, or give them an empty one.

    Args:
        place: Where the X-rays are.
        xrays: By case.
        masks: By case.
        unannotated: As in `SetForm`.
        told: What has been decided, for the log.

    Raises:
        InputError: No X-ray is left.
    """
    lacking = [case for case in xrays if case not in masks]
    kept, marked = dict(xrays), dict(masks)
    if unannotated == "leave_out":
        kept = {case: xray for case, xray in xrays.items() if case in masks}
    elif unannotated == "negative":
        marked |= {case: LazyTeeth(xrays[case], None, NOTHING_MARKED, False) for case in lacking}
    if not kept:
        raise InputError(
            str(place.given),
            "X-rays of which the teeth are marked",
            f"none among {len(xrays)}: {in_words(lacking)}",
            "Name masks as their X-rays, or say how: --params 'set.mask_name=\"{case}_mask\"'",
        )
    return XraySet(Cases(kept, (), told), Cases(marked), Cases({}))


def opened_xrays(place: Place, files: Mapping[str, str], pixel_limit: int) -> dict[str, LazyXray]:
    """Return what opens the X-rays of a place, by case."""
    listed = place.pictures
    return {
        case: listed[file].open_lazily(place.origin, pixel_limit) for case, file in files.items()
    }


def tooth_labels(xrays: Place, labels: Place, form: SetForm, pixel_limit: int) -> Cases[Opener]:
    """Return label maps, one number a tooth, by the case of their X-ray."""
    _refuse_dicom(labels, labels.pictures.values())
    names = layout_of(xrays, form).xrays
    pairs = pair(labels.given, names, list(labels.pictures), None, of_one_place=False)
    return Cases(
        {
            case: labels.pictures[file].open_lazily(labels.origin, pixel_limit)
            for case, file in pairs.masks.items()
        }
    )


def _masks_of(masks: Place, layout: Layout, same: bool) -> tuple[list[str], list[str]]:
    """Return the masks of a place, and what to say of others.

    Raises:
        InputError: There are none, or several folders of them.
    """
    if not layout.masks:
        names = [] if same else list(masks.pictures)
        if names:
            return names, []
        found = f"{len(layout.xrays)} picture(s), none of which is a mask by its folder or name"
        if not layout.xrays:
            others = [file.name for file in masks.files]
            found = f"no pictures{f', but {others_in_words(others)}' if others else ''}"
        raise InputError(
            str(masks.given),
            "masks: pictures in a folder `masks` or the like, or called 7_mask.png beside 7.png",
            found,
            "Give the folder of the masks: --params xrays=…,masks=…",
        )
    folders = of_teeth(sorted(layout.masks))
    if len(folders) > 1:
        counted = [f"{folder or 'by name'} ({len(layout.masks[folder])})" for folder in folders]
        example = PurePosixPath(layout.masks[folders[0]][0]).parent
        raise InputError(
            str(masks.given),
            "one folder of masks",
            f"several: {', '.join(counted)}",
            f"Give the one that counts: --params xrays=…,masks={masks.origin / example}",
        )
    rest = [folder for folder in layout.masks if folder != folders[0]]
    told = []
    if rest:
        told = [f"{masks.given}: masks are those in {folders[0]}; left out: {', '.join(rest)}"]
    return list(layout.masks[folders[0]]), told


def _told_of_counts(
    xrays: Place, names: Sequence[str], masks: Place, marks: Sequence[str]
) -> list[str]:
    """Say how many X-rays and masks there are, and in which folders."""
    kinds = zip(("X-ray", "mask"), (names, marks), strict=True)
    shown = [f"{len(some)} {kind}{'s'[len(some) == 1 :]}{_folders(some)}" for kind, some in kinds]
    if xrays.is_same(masks):
        return [f"{xrays.given}: {', '.join(shown)}"]
    return [f"{place.given}: {one}" for place, one in zip((xrays, masks), shown, strict=True)]


def _folders(names: Sequence[str]) -> str:
    folders = {str(PurePosixPath(name).parent) for name in names} - {"."}
    if len(folders) > NAMED:
        return f" in {len(folders)} folders"
    return f" in {in_words(sorted(folders))}" if folders else ""


def _told_of_unmasked(
    place: Place, lacking: Collection[str], xrays: int, form: SetForm
) -> list[str]:
    """Say what becomes of X-rays without a mask; to leave out all of them is no way."""
    if not lacking or (form.unmasked == "reported" and len(lacking) == xrays):
        return []
    told = {
        "reported": "--params set.unmasked=leave_out leaves them out",
        "leave_out": "left out",
        "negative": "taken for X-rays without teeth",
    }
    count = f"{len(lacking)} of {xrays}, {told[form.unmasked]}"
    return [f"{place.given}: X-rays without a mask: {count}"]


def _told_of_pictures(place: Place, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    told = f"{len(names)} picture(s) are no X-rays by their folder or name: {in_words(names)}"
    return [f"{place.given}: {told}"]


def _refuse_nothing(place: Place, xrays: Sequence[str]) -> None:
    if not xrays:
        raise InputError(
            str(place.given),
            "X-rays",
            others_in_words([file.name for file in place.files]),
            "Put the paths right: kedro run --params xrays=…,masks=…",
        )


def _refuse_dicom(masks: Place, files: Iterable[ListedFile]) -> None:
    """Refuse masks as DICOM: as a picture is shown, what is stored there is no longer certain."""
    found = [file.name for file in files if file.kind == "dicom"]
    if found:
        raise InputError(
            f"{in_words(found)} in {masks.origin}",
            "masks as pictures",
            f"{len(found)} DICOM file(s)",
            "Export the masks as PNG, or give the X-rays and the masks the other way round.",
        )
