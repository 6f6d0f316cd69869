"""Which tooth is which: numbers and kinds of all that is in a mouth.

A network says of every pixel which number and which kind it belongs to (``network``, ``classes``).
``dividing`` makes objects of its maps, ``describing`` says what is known of each, ``sequencing``
gives them their numbers along the arch, ``orphans`` joins what no number suits to what it hangs on,
``kinds`` tells their kinds; ``charting`` draws up the chart of the mouth, and ``numbered`` does all
of it. ``odontogram`` and ``missing_teeth`` draw charts. ``calibrating`` says where their constants
are from.
"""

from teeth_unet.numbering.chart_tables import CHART_COLUMNS, chart_row, charts_of
from teeth_unet.numbering.charting import Chart, NumberedTooth, draw_up_chart
from teeth_unet.numbering.classes import KINDS, NUMBERS
from teeth_unet.numbering.files import (
    load_numbering_network,
    read_numbering_network,
    write_numbering_network,
)
from teeth_unet.numbering.labelled import label_targets, learn_numbers
from teeth_unet.numbering.missing_teeth import draw_missing_teeth
from teeth_unet.numbering.network import NumberingNetwork, NumberMaps
from teeth_unet.numbering.numbered import (
    KIND_OF_CODE,
    NATURAL,
    NO_TEETH,
    OTHERS,
    Numbered,
    code_of,
    number_teeth,
)
from teeth_unet.numbering.odontogram import draw_odontogram
from teeth_unet.numbering.settings import NumberLearning
from teeth_unet.numbering.teaching import fit_numbering_network
from teeth_unet.numbering.truth import (
    draw_number_maps,
    label_map_of,
    number_maps,
    number_picture,
)

__all__ = [
    "CHART_COLUMNS",
    "KINDS",
    "KIND_OF_CODE",
    "NATURAL",
    "NO_TEETH",
    "NUMBERS",
    "OTHERS",
    "Chart",
    "NumberLearning",
    "NumberMaps",
    "Numbered",
    "NumberedTooth",
    "NumberingNetwork",
    "chart_row",
    "charts_of",
    "code_of",
    "draw_missing_teeth",
    "draw_number_maps",
    "draw_odontogram",
    "draw_up_chart",
    "fit_numbering_network",
    "label_map_of",
    "label_targets",
    "learn_numbers",
    "load_numbering_network",
    "number_maps",
    "number_picture",
    "number_teeth",
    "read_numbering_network",
    "write_numbering_network",
]
