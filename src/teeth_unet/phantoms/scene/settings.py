"""What can be set about the surroundings of the teeth, and about how the picture was taken."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from teeth_unet.configuration import Settings

Share = Annotated[float, Field(ge=0, le=1)]
Range = tuple[float, float]


class Scene(Settings):
    """What lies around the teeth, and how the picture was taken. By default all of it is off.

    The word `varied` in place of the block switches all of it on, as `Scene.varied` says. A share
    is that of the phantoms that show a thing, from 0 to 1; a range is drawn from evenly.

    Attributes:
        spine: Share with vertebrae of the neck at the edges.
        spine_ghost: Share with the broad shadow of the neck in the middle.
        jaw_ghost: Share with the shadows of the opposite jaw's branches, sharp below.
        cheeks: Share with the mass of cheeks, tongue and throat, a bright lens behind the teeth.
        airway: Share with the air of the throat, and that between tongue and palate.
        soft_palate: Share with the soft palate.
        tongue: Share with the tongue.
        lips: Share with lips around the front teeth, closed or open.
        hyoid: Share with a clear hyoid bone.
        nose: Share with a clear cavity of the nose.
        hard_palate: Share with hard palate and floor of the nose over the upper roots.
        sinuses: Share with sinuses that reach between the roots of the molars.
        skull: Share with clear cheekbones, base of the skull and rims of the orbits.
        ear_lobes: Share with lobes of the ears.
        earrings: Share with earrings and their ghosts on the other side.
        necklace: Share with a chain around the neck.
        chin_rest: Share with the chin rest, and its ghosts.
        bite_block: Share with a clear bite block on its rod.
        head_support: Share with bars beside the head.
        apron: Share with a lead apron that reaches into the picture.
        tilt: Degrees by which the head is tilted, clockwise, from -20 to 20.
        turn: How much wider the right half is than the left one, from -0.3 to 0.3.
        smile: How much higher the ends of the bite lie than as drawn, in picture heights, from
            -0.15 to 0.15: chin down above 0, up below it.
        depth: Width of the front teeth relative to that as drawn, from 0.6 to 1.6: below 1 the
            head is too far in front, above it too far back.
        movement: Share whose head moved on the way: what was taken then is shifted.
        cropped: Share cut to another width / height.
        crop_aspect: Width / height of those, from 0.5 to 5.
        border: Share with a border around, as of a scanned film or a page.
        collimator: Share with black edges, straight or rounded, where no radiation came.
        front_blur: Share with front teeth out of the focal trough.
        motion_blur: Share blurred in a part that was taken while the head moved.
        tissues: Factors of soft tissue, bone, air and the bone's texture, each drawn on its own,
            from 0 to 5; they go all the way to their limits in few phantoms.
        teeth: Factor of how much the teeth take away, from 0 to 5.
        texture: Share with random textures of any grain over all tissues.
        network: Share with a lacy network of threads in the bone.
        uneven: Share whose teeth and soft tissue are clearer here and fainter there.
        curve: Share with a random contrast curve, as of another device.
        flattened: Share whose large differences the device has levelled.
        sharpened: Share sharpened by the device, with halos.
        softness: Blur (standard deviation), in picture heights, from 0 to 0.02.
        noise: Noise (standard deviation) beside the sensor's own, in grey levels from 0 to 1.
        grain: Share with coarse grain, as of film.
        stripes: Share with stripes of uneven rows or columns of the sensor.
        reduction: How many times the pixels are larger than they could be, from 1 to 8.
        film: Share with scratches, dust and light of a scanned film.
        marker: Share with the outlined letter R or L.
        signs: Share with other letters, arrows and frames burnt in.
        text: Share with lines of text burnt in.
        inverted: Share with black and white exchanged.
        jpeg: Share saved as JPEG before.
        jpeg_quality: Quality of those, from 1 to 100.

    Raises:
        pydantic.ValidationError: A value is out of its range, or a lowest value is above its
            highest one.
    """

    spine: Share = 0
    spine_ghost: Share = 0
    jaw_ghost: Share = 0
    cheeks: Share = 0
    airway: Share = 0
    soft_palate: Share = 0
    tongue: Share = 0
    lips: Share = 0
    hyoid: Share = 0
    nose: Share = 0
    hard_palate: Share = 0
    sinuses: Share = 0
    skull: Share = 0
    ear_lobes: Share = 0
    earrings: Share = 0
    necklace: Share = 0
    chin_rest: Share = 0
    bite_block: Share = 0
    head_support: Share = 0
    apron: Share = 0
    tilt: Range = (0, 0)
    turn: Range = (0, 0)
    smile: Range = (0, 0)
    depth: Range = (1, 1)
    movement: Share = 0
    cropped: Share = 0
    crop_aspect: Range = (1, 3)
    border: Share = 0
    collimator: Share = 0
    front_blur: Share = 0
    motion_blur: Share = 0
    tissues: Range = (1, 1)
    teeth: Range = (1, 1)
    texture: Share = 0
    network: Share = 0
    uneven: Share = 0
    curve: Share = 0
    flattened: Share = 0
    sharpened: Share = 0
    softness: Range = (0, 0)
    noise: Range = (0, 0)
    grain: Share = 0
    stripes: Share = 0
    reduction: Range = (1, 1)
    film: Share = 0
    marker: Share = 1
    signs: Share = 0
    text: Share = 0
    inverted: Share = 0
    jpeg: Share = 0
    jpeg_quality: tuple[int, int] = (30, 95)

    limits: ClassVar[dict[str, Range]] = {
        "tilt": (-20, 20),
        "turn": (-0.3, 0.3),
        "smile": (-0.15, 0.15),
        "depth": (0.6, 1.6),
        "crop_aspect": (0.5, 5),
        "tissues": (0, 5),
        "teeth": (0, 5),
        "softness": (0, 0.02),
        "noise": (0, 1),
        "reduction": (1, 8),
        "jpeg_quality": (1, 100),
    }
    """Least and greatest value of each range."""

    @classmethod
    def varied(cls) -> Self:
        """Return settings that switch everything on, for pictures of any clinic and device."""
        return cls(
            cheeks=0.6, nose=0.5, spine=0.5, spine_ghost=0.5, jaw_ghost=0.7, airway=0.6,
            soft_palate=0.4, tongue=0.5, lips=0.5, hyoid=0.5, hard_palate=0.6,
            sinuses=0.5, skull=0.6, ear_lobes=0.4,
            earrings=0.06, necklace=0.03, chin_rest=0.15, bite_block=0.3, head_support=0.2,
            apron=0.03, tilt=(-4, 4), turn=(-0.1, 0.1), smile=(-0.05, 0.06), depth=(0.85, 1.2),
            movement=0.08, cropped=0.2, crop_aspect=(1.2, 3), border=0.1, collimator=0.1,
            front_blur=0.3, motion_blur=0.08, tissues=(0.3, 2), teeth=(0.4, 1.1),
            texture=0.5, network=0.6,
            uneven=0.6, curve=0.7, flattened=0.4, sharpened=0.45, softness=(0, 0.0015),
            noise=(0, 0.02), grain=0.15, stripes=0.15, reduction=(1, 1.6), film=0.08, marker=0.6,
            signs=0.2, text=0.15, inverted=0.02, jpeg=0.4,
        )  # fmt: skip

    @model_validator(mode="before")
    @classmethod
    def _take_varied(cls, values: Any) -> Any:  # noqa: ANN401 (pydantic hands over anything)
        if isinstance(values, str):
            if values != "varied":
                raise ValueError(f"expected a block of settings or the word varied, not {values!r}")
            return cls.varied().model_dump()
        return values

    @model_validator(mode="after")
    def _refuse_impossible_ranges(self) -> Self:
        for name, (least, greatest) in self.limits.items():
            low, high = getattr(self, name)
            if not least <= low <= high <= greatest:
                raise ValueError(
                    f"{name}: expected {least} <= lowest <= highest <= {greatest}, "
                    f"found ({low}, {high})."
                )
        return self
