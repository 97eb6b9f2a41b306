"""Lines about a payment of ours that the table of rules does not name, told for what they are.

A credit in another amount or on another account than was debited goes to suspense (U10). A second
refusal for another reason contradicts the first: what is to be done hangs on the reason. A word
about a payment that went through another provider is not taken, and stands in the audit trail.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.disbursement.states import REJECTED
from app.disbursement.tables import batch, instruction, outcome
from app.units.tables import contract
from reconciliation import matching
from reconciliation.matching import OF_FILE, write_verdicts
from reconciliation.tables import bank_line, bank_report, line_match

REFUSED_OTHERWISE, NOT_THEIRS = "refused-otherwise", "other-provider"
_ACTOR = "system"
_LINE, _SENT = bank_line.c, instruction.c

_RETURNS = (
    ("return-other-provider", _LINE.provider != contract.c.provider,
     "tiền về mang mã của lệnh chi qua nơi khác"),
    ("return-elsewhere", _LINE.account != contract.c.account,
     "tiền về một tài khoản khác tài khoản đã chi"),
    ("return-larger", _LINE.amount > _SENT.amount, "tiền về nhiều hơn số đã chi"),
    ("return-partial", _LINE.amount < _SENT.amount, "tiền về ít hơn số đã chi"),
)  # fmt: skip
"""Why a credit with our reference is not an exact return: the first that holds."""


def judge_refusals(session: Session, file_id: int) -> int:
    """Refusals of a payment that was refused before for another reason; gives how many.

    Where one of them gives no reason there is nothing to choose between.
    """
    return write_verdicts(session, _refused_otherwise(), file_id)


@cache
def _refused_otherwise() -> Select[Any]:
    before = exists().where(
        outcome.c.instruction_id == _SENT.id,
        outcome.c.state == REJECTED,
        outcome.c.reason.not_in(("", _LINE.reason)),
    )
    says = "ngân hàng từ chối lần nữa với lý do khác"
    return (
        _ours(matching.CONFLICT, literal(REFUSED_OTHERWISE), literal(says))
        .where(_LINE.kind == "status", _LINE.status.in_(matching.REFUSED_STATUSES), _is_theirs())
        .where(_LINE.reason != "", _SENT.state == REJECTED, before)
        .where(_LINE.amount.in_((0, _SENT.amount)))
    )


def judge_returns(session: Session, file_id: int) -> int:
    """Credits with our reference that are no exact return, into suspense; gives how many.

    What is told of an account that is none of ours is left: nobody can book it.
    """
    return write_verdicts(session, _inexact_returns(), file_id)


@cache
def _inexact_returns() -> Select[Any]:
    ours = contract.alias("ours")
    is_ours = exists().where(ours.c.provider == _LINE.provider, ours.c.account == _LINE.account)
    which = case(*((when, literal(name)) for name, when, _ in _RETURNS), else_=literal(""))
    why = case(*((when, literal(says)) for _, when, says in _RETURNS), else_=literal(""))
    return _ours(matching.CREDIT_UNKNOWN, which, why).where(
        _LINE.kind == "booked", _LINE.amount > 0, is_ours, or_(*(when for _, when, _ in _RETURNS))
    )


def refuse_foreign(session: Session, file_id: int, left: Collection[str], now: datetime) -> int:
    """Words about payments and files that went through another provider; gives how many.

    They are kept as they came, change nothing, and are written to the audit trail.
    """
    found = 0
    if {"status", "unpaid"} & set(left):
        found = write_verdicts(session, _foreign(), file_id)
    found += _foreign_files(session, file_id)
    if found:
        says_so = f"{found} điều báo về lệnh hoặc lô chi qua nơi khác"
        record(session, now, _ACTOR, "bank:word:refuse", f"file:{file_id}", says_so)
    return found


@cache
def _foreign() -> Select[Any]:
    says = literal("báo về lệnh chi qua nơi khác: không nhận")
    rows = _ours(matching.NOTED, literal(NOT_THEIRS), says)
    return rows.where(_LINE.kind.in_(("status", "unpaid")), ~_is_theirs())


def _foreign_files(session: Session, file_id: int) -> int:
    return int(session.scalar(_of_others(), {"of_file": file_id}) or 0)


@cache
def _of_others() -> Select[Any]:
    return (
        select(func.count())
        .select_from(bank_report)
        .join(batch, batch.c.message_id == bank_report.c.message_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(bank_report.c.file_id == OF_FILE, contract.c.provider != bank_report.c.provider)
    )


def _is_theirs() -> ColumnElement[bool]:
    """Whether the payment went through who speaks of it."""
    account = or_(_LINE.account == contract.c.account, _LINE.account == "")
    return and_(_LINE.provider == contract.c.provider, account)


def _ours(verdict: str, name: Any, why: Any) -> Select[Any]:
    """A file's unjudged lines with the reference of a payment that has left the house."""
    judged = select(line_match.c.bank_line_id).where(line_match.c.bank_line_id == _LINE.id)
    return (
        select(_LINE.id, literal(verdict), name, _SENT.id, why)
        .join(instruction, _SENT.reference == _LINE.reference)
        .join(batch, batch.c.id == _SENT.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(_LINE.file_id == OF_FILE, ~judged.exists())
        .where(batch.c.state.not_in(("built", "released", "cancelled")))
    )
