"""What is made of a new X-ray."""

from math import isfinite
from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from teeth_unet.configuration import Names, Settings, known_name
from teeth_unet.tooth_numbers import Notation

AnnotationFormat = Literal["coco", "dicom_seg", "labelme", "yolo"]
FORMATS: tuple[AnnotationFormat, ...] = get_args(AnnotationFormat)
DICOM_SEGMENTATION: AnnotationFormat = "dicom_seg"


class Inference(Settings):
    """What is made of a new X-ray beside its mask.

    Attributes:
        threshold: Probability from which on a pixel is tooth, in place of the network's own.
        overlay: Whether to draw what was found on the X-ray.
        measures: Whether that drawing shows how each tooth was measured as well: busy.
        teeth: Whether to tell the teeth apart, count and measure them.
        method: How they are told apart. `watershed` grows them back to their true outline;
            `erosion`, the original's way, measures eroded teeth, to compare with.
        numbers: Whether to give the teeth their numbers. It takes `teeth`, told apart by
            `watershed`; without these there are none.
        notation: In which notation numbers are written: `fdi`, `universal` or `palmer`. Label maps
            and the column `fdi` have those of FDI in any case.
        mirrored: Whether the X-rays lie mirrored, the patient's left side on the left: `auto`, as
            each file says, which DICOM files may do; `true` or `false`, for all of them.
        uncertainty: Which map of uncertainty to make: `none`; `flips`, half the difference
            between the probabilities of the X-ray and of its mirror image; or `folds`, the
            standard deviation over the segmenters of a cross-validation.
        pixel_spacing: mm that a pixel of the X-rays is wide and high, if that is known. DICOM
            files may tell themselves. Nothing is measured in mm without.
        spacing_uncertainty: Standard uncertainty of the spacing, relative. Panoramic X-rays
            magnify by 15 to 30 %, not the same everywhere.
        window: Which window turns the values of DICOM files into grey levels: `file`, their own;
            `none`, from the lowest value to the highest; or a centre and a width, after rescaling:
            `[2000, 4000]`.
        formats: In which formats of other programs the teeth are written: `coco`, `labelme`, `yolo`
            for annotation tools; `dicom_seg`, DICOM Segmentations of X-rays that are DICOM files,
            with the extra `dicom`. A list, or names in one text with a + between them.
        remove_others: Whether results of other X-rays, of earlier runs, are removed.
        shards: Into how many parts the X-rays are dealt, which a cluster segments at the same time
            (`--runner teeth_unet.runners.DaskRunner`). Results do not depend on it.
    """

    without_effect: ClassVar[frozenset[str]] = frozenset({"shards"})

    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    overlay: bool = True
    measures: bool = False
    teeth: bool = True
    method: Literal["watershed", "erosion"] = "watershed"
    numbers: bool = True
    notation: Notation = "fdi"
    mirrored: Literal["auto"] | bool = "auto"
    uncertainty: Literal["none", "flips", "folds"] = "none"
    pixel_spacing: Annotated[float, Field(ge=0.005, le=2)] | None = None
    spacing_uncertainty: Annotated[float, Field(ge=0, le=1)] = 0.15
    window: Literal["file", "none"] | tuple[float, float] = "file"
    formats: Names = ()
    remove_others: bool = False
    shards: Annotated[int, Field(ge=1, le=999)] = 1

    @property
    def gives_numbers(self) -> bool:
        """Whether teeth get numbers, with all that it takes."""
        return self.numbers and self.teeth and self.method == "watershed"

    @field_validator("window", mode="before")
    @classmethod
    def _refuse_unusable_window(cls, window: object) -> object:
        numbers = window if isinstance(window, list | tuple) else ()
        usable = [each for each in numbers if isinstance(each, int | float) and isfinite(each)]
        if window in ("file", "none") or (len(usable) == len(numbers) == 2 and usable[1] > 0):
            return window
        raise ValueError(f"expected file, none, or [centre, width] with a width above 0: {window}")

    @field_validator("formats")
    @classmethod
    def _refuse_unknown_formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known_name("format", name, FORMATS) for name in formats))

    @model_validator(mode="after")
    def _refuse_formats_without_teeth(self) -> Self:
        if self.formats and not self.teeth:
            raise ValueError("formats are of single teeth: leave out inference.teeth=false")
        if DICOM_SEGMENTATION in self.formats and not self.gives_numbers:
            raise ValueError(
                "dicom_seg is of teeth with numbers: leave out inference.numbers=false and "
                "inference.method=erosion"
            )
        return self
