"""Which tooth is which: numbers and kinds of all that is in a mouth.

A network says of every pixel which number and which kind it belongs to (``network``, ``classes``).
``dividing`` makes objects of its maps, ``describing`` says what is known of each, ``sequencing``
gives them their numbers along the arch, ``kinds`` their kinds; ``charting`` draws up the chart of
the mouth, and ``numbered`` does all of it. ``calibrating`` says where their constants are from.
"""

from teeth_unet.numbering.charting import Chart, NumberedTooth, draw_up_chart
from teeth_unet.numbering.classes import KINDS, MILK, NUMBERS, PERMANENT
from teeth_unet.numbering.network import NumberingNetwork, NumberMaps, load_numbering_network
from teeth_unet.numbering.numbered import NATURAL, OTHERS, Numbered, number_teeth

__all__ = [
    "KINDS",
    "MILK",
    "NATURAL",
    "NUMBERS",
    "OTHERS",
    "PERMANENT",
    "Chart",
    "NumberMaps",
    "Numbered",
    "NumberedTooth",
    "NumberingNetwork",
    "draw_up_chart",
    "load_numbering_network",
    "number_teeth",
]
