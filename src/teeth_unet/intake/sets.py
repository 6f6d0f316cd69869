"""A set for a training: X-rays and what is tooth in them, however it is packed."""

from teeth_unet.annotations import AnnotatedSet, UnknownFormat, tells_more_than_teeth
from teeth_unet.errors import InputError
from teeth_unet.intake import layouts
from teeth_unet.intake.annotated import find_annotations, with_annotations
from teeth_unet.intake.cases import Cases, XraySet
from teeth_unet.intake.masked import layout_of, with_masks
from teeth_unet.intake.places import Place
from teeth_unet.intake.settings import SetForm
from teeth_unet.pictures import PIXEL_LIMIT

ONE_FILE_A_TOOTH = "one mask file a tooth"
"""Name of a format that is known by names alone: `7_11.png` may be X-ray 11 of series 7 as well."""


def open_set(
    xrays: Place,
    masks: Place | None,
    annotations: Place | None,
    form: SetForm,
    pixel_limit: int = PIXEL_LIMIT,
    otherwise: Place | None = None,
) -> XraySet:
    """List a set without decoding a picture or drawing a mask.

    Args:
        xrays: Where the X-rays are; also the masks or annotations, if no place is given for them.
        masks: Where the masks are.
        annotations: Where the annotations are, of a tool or as pictures with a number a tooth.
        form: What the files do not tell.
        pixel_limit: Most pixels of a picture.
        otherwise: Where masks are if no place is given for them, and none are beside the X-rays.

    Raises:
        InputError: There are no X-rays, masks or annotations, or two kinds of them; a file of
            annotations is damaged; or what belongs together is ambiguous.
    """
    if masks and annotations:
        raise InputError(
            "--params masks and annotations",
            "one of them",
            f"{masks.given} and {annotations.given}",
            "Leave out the one that does not count.",
        )
    if annotations:
        return _annotated(xrays, annotations, form, pixel_limit)
    if not masks:
        return _of_one_place(xrays, form, pixel_limit, otherwise)
    if not masks.pictures and (found := find_annotations(masks)):
        told = f"{masks.given} holds no masks but {found.format}: it is taken for annotations=…"
        return _also(told, with_annotations(xrays, masks, found, form, pixel_limit))
    if _tells_more_than_teeth(masks, form):
        return _by_list(xrays, masks, form, pixel_limit)
    if xrays.is_same(masks) and xrays.pictures and not layout_of(xrays, form).masks:
        raise InputError(
            "--params xrays and masks",
            "two places, or one with a folder `masks` in it",
            f"the same path twice, without masks in it: {masks.given}",
            "Give the folder of the masks: --params xrays=…,masks=…",
        )
    return with_masks(xrays, masks, form, pixel_limit)


def _tells_more_than_teeth(masks: Place, form: SetForm) -> bool:
    return form.marks != "masks" and tells_more_than_teeth(masks.files)


def _by_list(xrays: Place, masks: Place, form: SetForm, pixel_limit: int) -> XraySet:
    told = f"{masks.given}: a list says which colours of the masks are teeth, and is followed; "
    told += "set.marks=masks counts all colours"
    try:
        return _also(told, _annotated(xrays, masks, form, pixel_limit))
    except InputError as fault:
        subject, expected, found, remedy = fault.args
        remedy += " If the list does not count: --params set.marks=masks"
        raise type(fault)(subject, expected, found, remedy) from fault


def _annotated(xrays: Place, annotations: Place, form: SetForm, pixel_limit: int) -> XraySet:
    names = layout_of(xrays, form).xrays
    same = xrays.is_same(annotations)
    pictures = [file for name, file in annotations.pictures.items() if not (same and name in names)]
    found = find_annotations(annotations, pictures, asked=True)
    stems = {layouts.stem(name) for name in names}
    one_a_case = all(layouts.stem(file.name) in stems for file in pictures)
    if found and not (found.format == ONE_FILE_A_TOOTH and one_a_case):
        return with_annotations(xrays, annotations, found, form, pixel_limit)
    if not pictures:
        raise InputError(
            str(annotations.given),
            "annotations of a tool (COCO, YOLO, LabelMe, CVAT, Supervisely, …) or label maps",
            f"{len(annotations.others)} file(s) of other kinds",
            "Export them again, or give the folder of the masks: --params xrays=…,masks=…",
        )
    told = f"{annotations.given} holds pictures: they are read as masks, as with masks=…"
    return _also(told, with_masks(xrays, annotations, form, pixel_limit))


def _of_one_place(
    place: Place, form: SetForm, pixel_limit: int, otherwise: Place | None
) -> XraySet:
    """Find masks or annotations beside the X-rays."""
    if form.marks == "annotations":
        return _annotated(place, place, form, pixel_limit)
    if form.marks == "masks":
        return with_masks(place, place, form, pixel_limit)
    layout = layout_of(place, form)
    found: AnnotatedSet | None = None
    try:
        found = find_annotations(place, asked=not (layout.masks or otherwise))
    except UnknownFormat:  # beside masks a JSON file may be of anything, as nnU-Net's is
        if not layout.masks:
            raise
    if layout.masks and found and found.pictures:
        folders = ", ".join(layout.masks) or "beside the X-rays"
        count = sum(map(len, layout.masks.values()))
        raise InputError(
            str(place.given),
            "masks or annotations",
            f"both: {count} masks ({folders}) and {found.format} ({len(found.pictures)} pictures)",
            "Say which count: --params set.marks=masks or set.marks=annotations",
        )
    if found and not layout.masks:
        return with_annotations(place, place, found, form, pixel_limit)
    if layout.masks and _tells_more_than_teeth(place, form):
        return _by_list(place, place, form, pixel_limit)
    masks = place if layout.masks or not otherwise else otherwise
    return with_masks(place, masks, form, pixel_limit)


def _also(told: str, made: XraySet) -> XraySet:
    xrays = Cases(made.xrays, made.xrays.passed_over, (told, *made.xrays.told))
    return XraySet(xrays, made.masks, made.tooth_labels)
