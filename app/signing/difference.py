"""Whether a signed file is the prepared one and signatures behind it, nothing else.

Every revision after the prepared one is compared with it, the signed ones too: whoever signs could
otherwise change an amount in the same stroke, and the signature would cover it.
"""

from __future__ import annotations

import re
from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    DiffResult,
    ModificationLevel,
    StandardDiffPolicy,
)
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields

from app.signing.verdicts import NotAccepted

# As the library's own, but what nothing refers to is refused too: it may be waiting to be used.
POLICY = StandardDiffPolicy(
    DEFAULT_DIFF_POLICY.global_rules,
    DEFAULT_DIFF_POLICY.form_rule,
    reject_object_freeing=True,
    ignore_orphaned_objects=False,
)
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")


def read_signed(prepared: bytes, signed: bytes, number: str) -> PdfFileReader:
    """The signed file opened for reading. Raises NotAccepted for one that is no PDF, does not
    begin with the prepared bytes, or holds more than signatures behind them."""
    if not signed.startswith(b"%PDF-"):
        raise NotAccepted("not_pdf")
    if not signed.startswith(prepared):
        raise NotAccepted("not_ours", number=number)
    try:
        reader = PdfFileReader(BytesIO(signed), strict=True)
        _require_only_signatures(PdfFileReader(BytesIO(prepared)), reader, signed)
    except NotAccepted:
        raise
    except Exception as error:  # what a strict reader trips over, others may read in two ways
        raise NotAccepted("changed") from error
    return reader


def _require_only_signatures(ours: PdfFileReader, read: PdfFileReader, signed: bytes) -> None:
    base = ours.total_revisions - 1
    if read.encrypted or not _continues(ours, read, signed):
        raise NotAccepted("changed")
    found = POLICY.review_file(read, base, doc_mdp=MDPPerm.FILL_FORMS)
    if (
        not isinstance(found, DiffResult)
        or found.modification_level > ModificationLevel.FORM_FILLING
    ):
        raise NotAccepted("changed")
    if _names(read) != _names(ours):
        raise NotAccepted("changed")


def _continues(ours: PdfFileReader, read: PdfFileReader, signed: bytes) -> bool:
    """Whether the revisions of the prepared file are still the first ones, and the file ends
    with its last one."""
    kept, end = range(ours.total_revisions), _END.search(signed[-2048:])
    last = read.total_revisions - 1
    return (
        read.total_revisions >= ours.total_revisions
        and not read.xrefs.hybrid_xrefs_present
        and all(_start(ours, one) == _start(read, one) for one in kept)
        and end is not None
        and int(end[1]) == _start(read, last)
    )


def _start(reader: PdfFileReader, revision: int) -> int:
    return int(reader.xrefs.get_startxref_for_revision(revision))


def _names(reader: PdfFileReader) -> set[str]:
    return {name for name, _, _ in enumerate_sig_fields(reader)}
