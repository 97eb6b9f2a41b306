"""Documents: numbers without a gap, and one document in the place of another about the same."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_NUMBER = Guard(
    "issued_document_number",
    "issued_document",
    """new.number <> 1 + coalesce((select max(d.number) from {schema}issued_document d
    where d.unit_code = new.unit_code and d.kind = new.kind and d.year = new.year), 0)""",
    "issued_document: numbers run without a gap",
    act="insert",
)

_SUPERSEDED = Guard(
    "superseded_document_same",
    "superseded_document",
    """not exists (select 1 from {schema}issued_document a join {schema}issued_document b
    on b.kind = a.kind and b.subject = a.subject and b.digest <> a.digest
    where a.id = new.document_id and b.id = new.by_id)""",
    "superseded_document: another subject, or the same content",
    act="insert",
)

_PREPARED = Guard(
    "signed_document_prepared",
    "signed_document",
    """new.verdict = 'accepted' and (not exists (select 1 from {schema}issued_file f
    where f.id = new.file_id and f.purpose = 'prepared') or exists (
    select 1 from {schema}superseded_document s where s.document_id = new.document_id))""",
    "signed_document: not prepared, or superseded",
    act="insert",
)

GUARDS = (_NUMBER, _SUPERSEDED, _PREPARED)
