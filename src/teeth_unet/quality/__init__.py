"""Whether X-rays and masks are fit to be used: inspected, compared, reported as findings."""

from teeth_unet.quality.findings import UnusableCase
from teeth_unet.quality.inspection import CaseRecord, inspect_case
from teeth_unet.quality.misfitting import EXIF_IGNORED
from teeth_unet.quality.out_of_distribution import (
    READ_FOR_NEW_XRAYS,
    settings_of_warnings,
    xray_warnings,
)
from teeth_unet.quality.records import DataQuality, WeighedFinding
from teeth_unet.quality.settings import Quality, Severities
from teeth_unet.quality.summary import refuse_errors, summarise_quality
from teeth_unet.quality.tooth_numbers import (
    NumberedCase,
    Region,
    are_fdi_numbers,
    measure_numbers,
)

__all__ = [
    "EXIF_IGNORED",
    "READ_FOR_NEW_XRAYS",
    "CaseRecord",
    "DataQuality",
    "NumberedCase",
    "Quality",
    "Region",
    "Severities",
    "UnusableCase",
    "WeighedFinding",
    "are_fdi_numbers",
    "inspect_case",
    "measure_numbers",
    "refuse_errors",
    "settings_of_warnings",
    "summarise_quality",
    "xray_warnings",
]
