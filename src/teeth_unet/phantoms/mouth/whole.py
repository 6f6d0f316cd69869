"""All that is in the mouth of one phantom."""

from dataclasses import replace
from types import MappingProxyType

from teeth_unet.phantoms.anatomy import Anatomy
from teeth_unet.phantoms.mouth.appliances import add_brackets, add_denture, add_retainer
from teeth_unet.phantoms.mouth.children import draw_child
from teeth_unet.phantoms.mouth.implants import add_implant_bar, add_implants
from teeth_unet.phantoms.mouth.losses import (
    add_lesions,
    break_crowns,
    empty_jaw,
    leave_roots,
    lose_bone,
    lose_front,
    lose_stretches,
)
from teeth_unet.phantoms.mouth.misplaced import (
    add_teeth,
    blur_front,
    crowd,
    impact_canines,
    impact_wisdom_teeth,
)
from teeth_unet.phantoms.mouth.objects import Dentition, Feature, in_order, of_teeth
from teeth_unet.phantoms.mouth.restored import add_bridge, add_crowns, fill_roots
from teeth_unet.phantoms.mouth.shapes import vary_shapes
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.streams import object_stream

FEATURES: MappingProxyType[str, Feature] = MappingProxyType(
    {
        "unusual_shapes": vary_shapes,
        "lost_stretches": lose_stretches,
        "lost_fronts": lose_front,
        "toothless_jaws": empty_jaw,
        "crowding": crowd,
        "impacted_wisdom_teeth": impact_wisdom_teeth,
        "impacted_canines": impact_canines,
        "supernumerary": add_teeth,
        "implant_bars": add_implant_bar,
        "implants": add_implants,
        "bridges": add_bridge,
        "root_remnants": leave_roots,
        "broken_crowns": break_crowns,
        "crowns": add_crowns,
        "root_fillings": fill_roots,
        "brackets": add_brackets,
        "retainers": add_retainer,
        "dentures": add_denture,
        "lesions": add_lesions,
        "bone_loss": lose_bone,
        "blurred_front": blur_front,
    }
)
"""Kinds of objects in the order in which they are drawn, by the name of their share."""

FOR_CHILDREN = frozenset({"supernumerary", "brackets", "blurred_front"})
FOR_TOOTHLESS = frozenset({"implant_bars", "dentures"})


def draw_mouth(settings: PhantomSettings, case: int, anatomy: Anatomy) -> Dentition:
    """Return all that is in the mouth of a phantom, its objects in the chart's order.

    Each kind of object has a random stream of its own: what one draws does not depend on whether
    another is switched on, but for the teeth that are left to it.

    Args:
        settings: Seed and shares.
        case: Number of the phantom, from 0.
        anatomy: Its frame and its permanent teeth.
    """
    dentition = Dentition(anatomy.frame, tuple(of_teeth(anatomy.teeth)))
    able = frozenset(FEATURES) if anatomy.teeth else FOR_TOOTHLESS
    rng = object_stream(settings, case, "children")
    if anatomy.teeth and rng.random() < settings.mouth.children:
        dentition = draw_child(rng, replace(dentition, age=rng.uniform(*settings.mouth.age)))
        able = FOR_CHILDREN
    for name, add in FEATURES.items():
        rng = object_stream(settings, case, name)
        if rng.random() < getattr(settings.mouth, name) and name in able:
            dentition = add(rng, dentition)
    return replace(dentition, objects=tuple(in_order(dentition.objects)))
