"""Which tooth is which: numbers and kinds of all that is in a mouth."""

from teeth_unet.numbering.classes import KINDS, MILK, NUMBERS, PERMANENT
from teeth_unet.numbering.network import NumberingNetwork, NumberMaps, load_numbering_network

__all__ = [
    "KINDS",
    "MILK",
    "NUMBERS",
    "PERMANENT",
    "NumberMaps",
    "NumberingNetwork",
    "load_numbering_network",
]
