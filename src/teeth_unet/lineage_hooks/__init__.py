"""Kedro's side of lineage: records when nodes save, and checks before nodes and runs begin."""

from teeth_unet.lineage_hooks.claims import RunClaims
from teeth_unet.lineage_hooks.records import LineageRecords

__all__ = ["LineageRecords", "RunClaims"]
