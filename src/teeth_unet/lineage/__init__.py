"""What every saved entry was made from: kept beside it, compared before it is used."""

from teeth_unet.lineage.agreement import (
    Disagreement,
    Input,
    differences,
    find_disagreement,
    together,
)
from teeth_unet.lineage.contents import content_of, content_of_source
from teeth_unet.lineage.records import (
    Making,
    Record,
    begin_records,
    content_now,
    known_record,
    read_record,
    was_stopped,
    write_records,
)
from teeth_unet.lineage.runs import AtWork, Claim

__all__ = [
    "AtWork",
    "Claim",
    "Disagreement",
    "Input",
    "Making",
    "Record",
    "begin_records",
    "content_now",
    "content_of",
    "content_of_source",
    "differences",
    "find_disagreement",
    "known_record",
    "read_record",
    "together",
    "was_stopped",
    "write_records",
]
