"""What is in the mouths of phantoms, what of it counts as tooth, and how it is outlined."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from teeth_unet.configuration import Settings

Share = Annotated[float, Field(ge=0, le=1)]

YOUNGEST, OLDEST = 5, 13  # years
WIDEST_OUTLINE = 8  # pixels of 512


def _check_range(name: str, values: tuple[float, float], least: float, greatest: float) -> None:
    if not least <= values[0] <= values[1] <= greatest:
        found = f"({values[0]:g}, {values[1]:g})"
        raise ValueError(
            f"{name}: expected {least} <= lowest <= highest <= {greatest}, found {found}."
        )


class Mask(Settings):
    """What counts as tooth in masks and tooth labels; permanent teeth always do.

    A crown on a natural root belongs to its tooth, and a crown on an implant to the implant.

    Attributes:
        milk_teeth: Whether milk teeth do.
        germs: Whether teeth do that have not come through yet and still grow, as far as they are
            calcified.
        implants: Whether implants do, with their abutments and crowns.
        pontics: Whether the artificial teeth of bridges do.
        root_remnants: Whether roots do that have no crown any more.
        supernumerary: Whether teeth beyond the usual 32 do.
        bars: Whether bars between implants do.
        dentures: Whether removable dentures do.
    """

    milk_teeth: bool = True
    germs: bool = True
    implants: bool = False
    pontics: bool = True
    root_remnants: bool = True
    supernumerary: bool = True
    bars: bool = False
    dentures: bool = False


class Outline(Settings):
    """How the truth is outlined; people draw around a tooth's edge, and stop before its tip.

    Attributes:
        beyond: Least and greatest distance from the edge, drawn anew for each phantom, in pixels of
            a picture that is squeezed to 512 x 512; below 0 inside the edge. From -8 to 8.
        tip: Least and greatest share of each natural tooth's length that is outlined, from 0.5 to
            1; the rest is missing at the root tip.

    Raises:
        pydantic.ValidationError: A value is out of its range, or a lowest value is above its
            highest one.
    """

    beyond: tuple[float, float] = (0, 0)
    tip: tuple[float, float] = (1, 1)

    @model_validator(mode="after")
    def _refuse_impossible_ranges(self) -> Self:
        _check_range("beyond", self.beyond, -WIDEST_OUTLINE, WIDEST_OUTLINE)
        _check_range("tip", self.tip, 0.5, 1)
        return self


class Mouth(Settings):
    """What is in the mouths: for each kind of object the share of the patients who have it.

    A share is of those who can have it: children have milk teeth and germs, and of the rest
    supernumerary teeth, brackets and blurred front teeth only; who has no teeth can have implant
    bars and dentures only.

    Attributes:
        tooth_length: Least and greatest length of a patient's teeth, from 0.5 to 1.5, relative to
            the usual one: devices stretch them differently.
        gap: Least and greatest distance between upper and lower front teeth, in picture heights,
            from -0.1 to 0.1; below 0 they overlap.
        arch: Least and greatest distance of the outer end of the tooth rows from the midline, in
            halves of the picture's width, from 0.3 to 0.8.
        children: Share of the patients who are children with milk teeth and germs.
        age: Least and greatest age of the children in years, from 5 to 13.
        unusual_shapes: Share whose teeth are thicker or thinner, longer or shorter, bent, worn,
            and denser or less dense than usual.
        lost_stretches: Share with a toothless stretch of an arch.
        lost_fronts: Share whose front teeth are lost.
        toothless_jaws: Share with one jaw without teeth.
        crowding: Share whose canines and premolars overlap.
        impacted_canines: Share with canines that lie across in the bone.
        impacted_wisdom_teeth: Share with wisdom teeth that are stuck, in all positions.
        supernumerary: Share with one or two teeth beyond the usual ones.
        root_remnants: Share with roots without a crown.
        broken_crowns: Share with crowns that caries has broken.
        implants: Share with implants in gaps: with or without abutment and crown.
        implant_bars: Share with a jaw whose implants carry a bar.
        bridges: Share with a bridge.
        crowns: Share with artificial crowns.
        root_fillings: Share with root fillings, some with a post under a crown.
        brackets: Share with brackets and wires.
        retainers: Share with a wire behind the front teeth.
        dentures: Share with a removable denture.
        lesions: Share with dark lesions around root tips.
        bone_loss: Share whose bone has shrunk from the necks of the teeth.
        blurred_front: Share whose front teeth stood out of the sharp layer: blurred, and too wide
            or too narrow.
        mask: What counts as tooth.
        outline: How objects are outlined.

    Raises:
        pydantic.ValidationError: A value is out of its range.
    """

    tooth_length: tuple[float, float] = (1, 1)
    gap: tuple[float, float] = (0.012, 0.05)
    arch: tuple[float, float] = (0.54, 0.62)
    children: Share = 0
    age: tuple[float, float] = (YOUNGEST, OLDEST)
    unusual_shapes: Share = 0
    lost_stretches: Share = 0
    lost_fronts: Share = 0
    toothless_jaws: Share = 0
    crowding: Share = 0
    impacted_canines: Share = 0
    impacted_wisdom_teeth: Share = 0
    supernumerary: Share = 0
    root_remnants: Share = 0
    broken_crowns: Share = 0
    implants: Share = 0
    implant_bars: Share = 0
    bridges: Share = 0
    crowns: Share = 0
    root_fillings: Share = 0
    brackets: Share = 0
    retainers: Share = 0
    dentures: Share = 0
    lesions: Share = 0
    bone_loss: Share = 0
    blurred_front: Share = 0
    mask: Mask = Mask()
    outline: Outline = Outline()

    @classmethod
    def varied(cls) -> Self:
        """Return settings with everything that is met, about as often as training needs it."""
        return cls(
            tooth_length=(0.65, 1.1),
            gap=(-0.03, 0.05),
            arch=(0.52, 0.68),
            children=0.15,
            unusual_shapes=0.6,
            lost_stretches=0.3,
            lost_fronts=0.12,
            toothless_jaws=0.05,
            crowding=0.35,
            impacted_canines=0.08,
            impacted_wisdom_teeth=0.4,
            supernumerary=0.08,
            root_remnants=0.12,
            broken_crowns=0.15,
            implants=0.2,
            implant_bars=0.03,
            bridges=0.25,
            crowns=0.35,
            root_fillings=0.35,
            brackets=0.12,
            retainers=0.08,
            dentures=0.05,
            lesions=0.15,
            bone_loss=0.35,
            blurred_front=0.35,
        )

    @model_validator(mode="after")
    def _refuse_impossible_ranges(self) -> Self:
        _check_range("age", self.age, YOUNGEST, OLDEST)
        _check_range("tooth_length", self.tooth_length, 0.5, 1.5)
        _check_range("gap", self.gap, -0.1, 0.1)
        _check_range("arch", self.arch, 0.3, 0.8)
        return self
