"""Which tooth is which: numbers and kinds of all that is in a mouth."""

from teeth_unet.numbering.classes import KINDS, MILK, NUMBERS, PERMANENT
from teeth_unet.numbering.files import (
    load_numbering_network,
    read_numbering_network,
    write_numbering_network,
)
from teeth_unet.numbering.network import NumberingNetwork, NumberMaps
from teeth_unet.numbering.scores import NumberScores, score_number_maps, sum_up_scores
from teeth_unet.numbering.teaching import fit_numbering_network
from teeth_unet.numbering.truth import draw_number_maps, number_maps, number_picture

__all__ = [
    "KINDS",
    "MILK",
    "NUMBERS",
    "PERMANENT",
    "NumberMaps",
    "NumberScores",
    "NumberingNetwork",
    "draw_number_maps",
    "fit_numbering_network",
    "load_numbering_network",
    "number_maps",
    "number_picture",
    "read_numbering_network",
    "score_number_maps",
    "sum_up_scores",
    "write_numbering_network",
]
