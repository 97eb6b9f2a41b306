"""A bank that executed a payment twice owes the money: a claim, until it gives it back (T16).

While such a claim is open, a credit that names the payment in its amount pays the claim: it is no
return, the payee has got his money once and keeps it. A second credit is the return.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Insert, and_, bindparam, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from app.disbursement import evidence
from app.disbursement.expected import expected_payments
from app.disbursement.parked import AGAIN, DOUBLE
from app.disbursement.tables import batch, instruction
from app.units.tables import contract
from ledger.bulk import written
from ledger.schema import Whole
from reconciliation import matching
from reconciliation.tables import bank_line, line_match, suspense_item

REFUND = "double-refund"
_SAYS = "ngân hàng hoàn lại lần thực hiện thừa của một lệnh"


def judge_twice(session: Session, file_id: int) -> int:
    """Judge a file's debits of payments that were debited before, and take its credits for claims
    that are open as their refunds; gives how many it judged. Nothing is posted yet.

    To be run when the file's first debits are booked and before its credits are returns.
    """
    expected = expected_payments()
    claimed = sum(
        matching.run_payment_pass(session, file_id, one, expected) for one in evidence.EXECUTED
    )
    return claimed + written(session, _refunds(), {"of_file": file_id})


@cache
def _refunds() -> Insert:
    """The first credit about a payment goes with the oldest open claim about it."""
    credit, claim = _credits(), _claims()
    rows = select(
        credit.c.id, literal(matching.FEE_BACK), literal(REFUND), claim.c.id, literal(_SAYS)
    ).join(
        claim,
        (claim.c.instruction_id == credit.c.instruction_id) & (claim.c.nth == credit.c.nth),
    )
    columns = ["bank_line_id", "verdict", "pass_name", "target_id", "why"]
    return insert(line_match).from_select(columns, rows, include_defaults=False)


def _credits() -> Any:
    """A file's credits that name a payment and are of its amount and on the account it was paid
    from, numbered by payment."""
    line, judged = bank_line.c, line_match.alias("judged")
    unjudged = ~select(judged.c.bank_line_id).where(judged.c.bank_line_id == line.id).exists()
    return (
        select(line.id, instruction.c.id.label("instruction_id"), _nth(line.id))
        .join(instruction, instruction.c.reference == line.reference)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(contract.c.provider == line.provider, contract.c.account == line.account)
        .where(line.file_id == bindparam("of_file", type_=Whole), line.kind == "booked")
        .where(line.amount == instruction.c.amount, unjudged)
        .subquery("credit")
    )


def _claims() -> Any:
    """Claims for payments executed twice, numbered by payment: those open, and this file's own."""
    item, found, debit = suspense_item.c, line_match.alias("found"), bank_line.alias("debit")
    is_new = and_(item.bank_line_id.is_(None), debit.c.file_id == bindparam("of_file", type_=Whole))
    nth = func.row_number().over(partition_by=found.c.target_id, order_by=found.c.bank_line_id)
    return (
        select(
            found.c.bank_line_id.label("id"),
            found.c.target_id.label("instruction_id"),
            nth.label("nth"),
        )
        .join(debit, debit.c.id == found.c.bank_line_id)
        .outerjoin(suspense_item, item.bank_line_id == found.c.bank_line_id)
        .where(found.c.verdict == matching.DEBIT_UNKNOWN, found.c.pass_name == AGAIN)
        .where(item.resolved_at.is_(None), or_(item.kind == DOUBLE, is_new))
        .subquery("claim")
    )


def _nth(line_id: Any) -> Any:
    return func.row_number().over(partition_by=instruction.c.id, order_by=line_id).label("nth")
