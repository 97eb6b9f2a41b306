"""The way of a payment: decision, entitlement, list, approvals, file, bank's evidence, books.

Answers are plain values, fit for JSON: dates and moments as ISO text, amounts in đồng,
personal numbers masked. Groups carry their public name only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.beneficiaries.masks import masked_account, masked_citizen
from app.benefits.groups import public_name
from app.benefits.tables import obligation
from app.disbursement.reasons import reason_of
from app.disbursement.tables import instruction
from app.errors import NotFound
from app.payroll.digest import short_code
from app.reference.money_providers import keeper
from app.statements.evidence import Batches, batches_of, evidence_of, moment
from app.statements.letterheads import place_of
from app.statements.person_statement import person_code
from app.statements.postings import entries_of
from app.statements.reading import Attempt, Story, of_person, person_of, stories
from app.statements.signing import steps_of
from app.statements.words import status
from app.units.lookup import facts
from bank_adapters.references import LENGTH, is_reference

Values = dict[str, Any]
_PERSON = re.compile(r"(?:person:|as-)?0*(\d{1,18})", re.IGNORECASE)
_INSTRUCTION = re.compile(r"instruction:0*(\d{1,18})", re.IGNORECASE)
_HOW = (
    "Nhập số người hưởng (ví dụ 12 hoặc person:12), mã tham chiếu 16 ký tự của lệnh chi,"
    " hoặc instruction:34."
)


def trace(session: Session, who: str) -> Values:
    """Everything about a person's payments, or about the obligation behind one payment.

    `who` is a person's id ('12', 'person:12', 'AS-000012'), a payment reference of 16 letters,
    or 'instruction:34'. Raises NotFound with what to do. Reads a fixed number of queries per
    obligation.
    """
    asked = who.strip()
    if named := _PERSON.fullmatch(asked):
        person_id = int(named[1])
        return _told(session, asked, person_id, stories(session, *of_person(person_id)))
    found = _instruction(session, asked)
    told = stories(session, obligation.c.id == found.obligation_id)
    return _told(session, asked, told[0].owed.person_id, told, found.reference)


def _instruction(session: Session, asked: str) -> Any:
    query = select(instruction.c.obligation_id, instruction.c.reference)
    if named := _INSTRUCTION.fullmatch(asked):
        query = query.where(instruction.c.id == int(named[1]))
    elif is_reference(asked.upper()):
        query = query.where(instruction.c.reference == asked.upper())
    else:
        raise NotFound(_why_unreadable(asked), _HOW)
    row: Any = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"Không có lệnh chi nào mang mã “{asked}”.", _HOW)
    return row


def _why_unreadable(asked: str) -> str:
    if len(asked) == LENGTH and asked.isalnum():
        return f"“{asked}” không phải mã tham chiếu đúng: ký tự kiểm tra không khớp."
    return f"“{asked[:40]}” không phải số người hưởng hay mã tham chiếu."


def _told(
    session: Session, asked: str, person_id: int, told: Sequence[Story], reference: str = ""
) -> Values:
    who = person_of(session, person_id)
    ids = [one.row.batch_id for story in told for one in story.attempts]
    batches = batches_of(session, ids)
    approvals = _approvals(session, told)
    return {
        "who": asked,
        "reference": reference or None,
        "synthetic": facts(session).get("training") == "1",
        "person": {
            "id": who.id,
            "code": person_code(who.id),
            "name": who.name,
            "born": who.birth,
            "citizen_id": masked_citizen(who.citizen_tail),
            "place": place_of(who.hamlet, who.area_code),
        },
        "obligations": [_obligation(session, one, batches, approvals) for one in told],
    }


def _obligation(
    session: Session, story: Story, batches: Batches, approvals: dict[int, list[Values]]
) -> Values:
    owed = story.owed
    return {
        "id": owed.id,
        "period": owed.period,
        "status": status(story),
        "decision": {
            "number": owed.decision_number,
            "date": owed.decision_on.isoformat(),
            "group": public_name(owed.group_code),
            "from": owed.start_period,
            "until": owed.stop_period,
        },
        "entitlement": {
            "programme": owed.programme,
            "programme_name": owed.programme_name,
            "component": owed.component,
            "unit": owed.unit_code,
            "unit_name": owed.unit_name,
            "regular": owed.regular,
            "arrears": owed.arrears,
            "arrears_basis": owed.arrears_basis,
            "amount": owed.amount,
            "reason": owed.reason,
        },
        "lines": [{**_line(row), "approvals": approvals[row.payroll_id]} for row in story.lines],
        "attempts": _attempts(session, story.attempts, batches),
        "entries": entries_of(session, story),
    }


def _line(row: Row[Any]) -> Values:
    return {
        "payroll": row.payroll_id,
        "kind": row.kind,
        "period": row.period,
        "number": row.number,
        "state": row.state,
        "line": row.line,
        "cause": row.cause,
        "amount": row.amount,
        **_destination(row),
        "digest": row.digest,
        "code": short_code(row.digest) if row.digest else None,
    }


def _destination(row: Row[Any]) -> Values:
    is_cash = row.method == "cash"
    holder = None if is_cash else keeper(row.bank_bin)
    return {
        "method": row.method,
        "account": None if is_cash else masked_account(row.account_tail),
        "bank": holder.name if holder else None,
    }


def _approvals(session: Session, told: Sequence[Story]) -> dict[int, list[Values]]:
    """The steps on each payroll that the lines stand on, by payroll."""
    payrolls = {row.payroll_id for story in told for row in story.lines}
    return {number: _steps(session, number) for number in sorted(payrolls)}


def _steps(session: Session, payroll_id: int) -> list[Values]:
    return [
        {
            "step": one.step,
            "officer": one.officer,
            "at": moment(one.acted_at) if one.acted_at else None,
            "digest": one.digest,
            "code": short_code(one.digest),
            "act": one.act_id,
            "act_digest": one.act_digest,
        }
        for one in steps_of(session, payroll_id)
    ]


def _attempts(session: Session, attempts: Sequence[Attempt], batches: Batches) -> list[Values]:
    references = {one.row.id: one.row.reference for one in attempts}
    proofs = evidence_of(session, _lines_behind(attempts))
    return [
        {
            "instruction": one.row.id,
            "attempt": one.row.attempt,
            "reference": one.row.reference,
            "replaces": references.get(one.row.replaces_id),
            "state": one.row.state,
            "amount": one.row.amount,
            **_destination(one.row),
            "batch": batches[one.row.batch_id],
            "outcomes": [
                {**_outcome(row), **proofs.get(row.bank_line_id, {})} for row in one.outcomes
            ],
        }
        for one in attempts
    ]


def _lines_behind(attempts: Iterable[Attempt]) -> list[int]:
    found = (row.bank_line_id for one in attempts for row in one.outcomes)
    return [number for number in found if number is not None]


def _outcome(row: Row[Any]) -> Values:
    words = reason_of(row.evidence, row.reason) if row.reason else None
    return {
        "state": row.state,
        "happened_on": row.happened_on.isoformat(),
        "posted_on": row.posted_on.isoformat(),
        "recorded_at": moment(row.recorded_at),
        "evidence": row.evidence,
        "reason": row.reason or None,
        "reason_in_words": words.officer if words else None,
        "next_step": words.action if words else None,
        "next_step_by": words.owner_words if words else None,
        "within_banking_days": words.deadline if words else None,
        "entry": row.entry_id,
    }
