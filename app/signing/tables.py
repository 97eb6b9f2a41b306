"""Documents that carry a number: what was issued, which files of it, what signed files came back.

A number is given to what a document says (`digest`), so the same list is the same document however
often it is printed; every printing that differs is a file of its own. Nothing here changes: that
a document was superseded is a row, and so is every signed file, accepted or not.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

PRINTED, PREPARED = "printed", "prepared"

# `subject` is what the document speaks of, e.g. "payroll:12", `persons` and `total` (đồng) what it
# says of it; `code` is what nobody can guess.
issued_document = Table(
    "issued_document",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("unit_code", Text, ForeignKey("paying_unit.code"), nullable=False),
    Column("year", Whole, nullable=False),
    Column("number", Whole, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("dated_on", Day, nullable=False),
    Column("digest", Text, nullable=False),
    Column("persons", Whole, nullable=False),
    Column("total", Whole, nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("made_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    UniqueConstraint("unit_code", "kind", "year", "number"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("length(code) = 16", name="code"),
    **STRICT,
)

# A file of a document: as it was printed, or as it was prepared for signing (kept in `home`).
issued_file = Table(
    "issued_file",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("document_id", Whole, ForeignKey("issued_document.id"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("sha256", Text, nullable=False, unique=True),
    Column("size_bytes", Whole, nullable=False),
    Column("made_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    UniqueConstraint("id", "document_id"),
    Index("ix_issued_file_document_id", "document_id"),
    CheckConstraint("purpose in ('printed', 'prepared')", name="purpose"),
    **STRICT,
)

superseded_document = Table(
    "superseded_document",
    metadata,
    Column("document_id", Whole, ForeignKey("issued_document.id"), nullable=False),
    Column("by_id", Whole, ForeignKey("issued_document.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    PrimaryKeyConstraint("document_id"),
    CheckConstraint("by_id > document_id", name="later"),
    **STRICT,
)

# `file_id` is the prepared file that it begins with; none where it begins with none of ours.
signed_document = Table(
    "signed_document",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("document_id", Whole, ForeignKey("issued_document.id"), nullable=False),
    Column("file_id", Whole),
    Column("sha256", Text, nullable=False, index=True),
    Column("size_bytes", Whole, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("received_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("received_at", Moment, nullable=False),
    ForeignKeyConstraint(["file_id", "document_id"], ["issued_file.id", "issued_file.document_id"]),
    UniqueConstraint("id", "verdict"),
    Index(
        "uq_signed_document_accepted",
        "document_id",
        unique=True,
        sqlite_where=text("verdict = 'accepted'"),
        postgresql_where=text("verdict = 'accepted'"),
    ),
    CheckConstraint(
        "(verdict = 'accepted') = (reason = '') and (verdict <> 'accepted' or file_id is not null)",
        name="accepted",
    ),
    **STRICT,
)

# Who signed an accepted file. `certificate` is SHA-256 in hex; `is_stamped`: the moment is that of
# a time stamp, not of the signer's own clock.
signed_by = Table(
    "signed_by",
    metadata,
    Column("signed_id", Whole, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("signer", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("certificate", Text, nullable=False),
    Column("signed_at", Moment),
    Column("is_stamped", Whole, nullable=False),
    PrimaryKeyConstraint("signed_id", "field"),
    UniqueConstraint("signed_id", "certificate"),
    ForeignKeyConstraint(
        ["signed_id", "verdict"], ["signed_document.id", "signed_document.verdict"]
    ),
    CheckConstraint("verdict = 'accepted'", name="accepted"),
    CheckConstraint("is_stamped in (0, 1)", name="is_stamped"),
    **STRICT,
)

# Who asked the public page lately: rows pass through. `bucket` is one of 65,536 that an address
# falls into, so it names nobody.
verify_asked = Table(
    "verify_asked",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("bucket", Whole, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Index("ix_verify_asked_asked_at", "asked_at", "bucket"),
    CheckConstraint("bucket between 0 and 65535", name="bucket"),
    **STRICT,
)
