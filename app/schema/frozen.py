"""What of a row stays for ever though the row moves on, and in which state such a row is born."""

from __future__ import annotations

from collections.abc import Mapping

from app.disbursement.line_tables import line_part, line_placing
from app.disbursement.lump_tables import lump
from app.disbursement.tables import outcome
from reconciliation.tables import line_match

MARKS = ("id", "undone_by", "withdrawn_by")

# What may still change in a row whose state moves; all other columns are frozen for ever.
FROZEN: Mapping[str, tuple[str, ...]] = {
    "instruction": (
        "id",
        "obligation_id",
        "attempt",
        "reference",
        "batch_id",
        "payroll_line_id",
        "destination_id",
        "method",
        "amount",
        "replaces_id",
    ),
    "batch": (
        "payroll_id",
        "contract_id",
        "number",
        "message_id",
        "lines",
        "total",
        "lines_digest",
        "requested_on",
    ),
    "flag": ("payroll_id", "kind", "is_blocking", "owner"),
    "bank_case": (
        "kind",
        "instruction_id",
        "batch_id",
        "bank_line_id",
        "hold_id",
        "still_due",
        "why",
        "opened_by",
        "opened_at",
        "act_id",
    ),
    "hold": ("scope", "key", "reason", "set_by", "set_at"),
    "web_session": (
        "id_digest",
        "officer_id",
        "stage",
        "act_id",
        "opened_at",
        "agent",
        "address",
    ),
    "own_session": (
        "id_digest",
        "person_id",
        "request_id",
        "place",
        "helper_id",
        "opened_at",
    ),
    "bench_place": ("officer_id",),
    "long_answer": ("name",),
    "web_task": ("kind", "arguments", "officer_id", "asked_at"),
    "trouble": ("provider", "subject", "first_at"),
    "inbound_event": ("provider", "event_id", "body_digest", "body", "received_at"),
    "inbound_message": ("gateway", "kind", "name", "body_cipher", "received_at"),
    "message": (
        "kind",
        "event_id",
        "person_id",
        "phone_key",
        "phone_cipher",
        "prefix",
        "text_cipher",
        "parts",
        "cost",
        "queued_at",
    ),
    "complaint": (
        "person_id",
        "payment_id",
        "channel",
        "kind",
        "area_code",
        "unit_code",
        "evidence_cipher",
        "evidence_digest",
        "opened_at",
    ),
    "check_request": ("code", "source", "area_code", "channel", "made_by", "made_at"),
    "life_event": (
        "person_id",
        "kind",
        "happened_on",
        "happened_period",
        "known_period",
        "facts",
        "source",
        "digest",
        "entered_by",
        "enrolment_id",
        "stop_period",
        "programme",
        "group_code",
        "table_key",
        "from_period",
        "amount",
        "recorded_at",
    ),
    "person": ("bound_key",),
    "doubt": (
        "rule",
        "subject",
        "facts",
        "area_code",
        "period",
        "people",
        "is_exact",
        "is_blocking",
        "found_at",
    ),
    # All but the mark of what took it back.
    **{
        table.name: tuple(one.name for one in table.columns if one.name not in MARKS)
        for table in (outcome, line_match, line_part, line_placing, lump)
    },
}

# The state in which a row of each moving table is born; a later one is reached by moves only.
BORN = {"payroll": "draft", "batch": "built", "instruction": "ready", "life_event": "proposed",
        "message": "queued", "complaint": "received"}  # fmt: skip
