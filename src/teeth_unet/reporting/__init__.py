"""What people look at: pages, tables, figures and model cards, made of scores and predictions."""

from teeth_unet.reporting import figures, numbers, page, tables
from teeth_unet.reporting.model_card import CARD, describe_network, write_model_card
from teeth_unet.reporting.settings import Plots, Report

__all__ = [
    "CARD",
    "Plots",
    "Report",
    "describe_network",
    "figures",
    "numbers",
    "page",
    "tables",
    "write_model_card",
]
