"""Nobody is told of a person whom the look-up did not find, or who did not answer the questions."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_PASSED = """select 1 from {schema}hotline_check c
    join {schema}hotline_verdict v on v.lookup_id = c.lookup_id and v.is_passed = 1
    where c.lookup_id = new.lookup_id and c.person_id = new.person_id
      and c.officer_id = new.officer_id"""

_FOUND = Guard(
    "hotline_check_found",
    "hotline_check",
    """not exists (select 1 from {schema}hotline_hit h
    join {schema}hotline_lookup l on l.id = h.lookup_id
    where l.id = new.lookup_id and h.person_id = new.person_id
      and l.officer_id = new.officer_id and l.asked_at <= new.begun_at)""",
    "hotline_check: of one whom this officer found",
    "insert",
)

_RESENT = Guard(
    "hotline_resend_passed",
    "hotline_resend",
    f"not exists ({_PASSED}) or not exists (select 1 from {{schema}}message m"
    " where m.id = new.message_id and m.person_id = new.person_id)",
    "hotline_resend: of a caller who was known, the own notice",
    "insert",
)

_PROMISED = Guard(
    "hotline_call_passed",
    "hotline_call",
    f"not exists ({_PASSED})",
    "hotline_call: of a caller who was known",
    "insert",
)

_NEXT = Guard(
    "hotline_attempt_next",
    "hotline_attempt",
    """exists (select 1 from {schema}hotline_attempt a where a.call_id = new.call_id
      and (a.result <> 'no_answer' or a.ordinal >= new.ordinal))
    or new.ordinal > 1 and not exists (select 1 from {schema}hotline_attempt a
      where a.call_id = new.call_id and a.ordinal = new.ordinal - 1)""",
    "hotline_attempt: the next one, until somebody answered",
    "insert",
)

GUARDS: tuple[Guard, ...] = (_FOUND, _RESENT, _PROMISED, _NEXT)
