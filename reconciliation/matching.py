"""The matcher: passes from strongest to weakest, each line and each expectation used once.

A pass is one INSERT..SELECT: lines of a file that no pass has judged yet, joined with what is
expected. Expectations come as SELECTs from the room that knows them, so that this engine
knows no instruction and no person. A pass only writes verdicts; whoever asked applies them.

Expected payments have columns: target_id, provider, account, reference, amount, is_open,
is_settled. Expected money (funding) has: target_id, provider, account, reference, amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from ledger.schema import Whole
from reconciliation.tables import bank_line, inbound_file, line_match, suspense_item

SETTLED, REJECTED, RETURNED, CARRIED = "settled", "rejected", "returned", "carried_over"
FUNDING, FEE, FEE_BACK, NOTED = "funding", "fee", "fee_back", "noted"
CREDIT_UNKNOWN, DEBIT_UNKNOWN, CONFLICT = "credit_unknown", "debit_unknown", "conflict"

REFUSED_STATUSES = ("RJCT", "CANC")
# Refusals that say "I have had this one already": the first may have been paid (ruling 14).
REPETITION_REASONS = ("AM05", "DUPL", "DU01", "DU02", "DU03", "DU04", "DU05")


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass: its name, the verdict it gives, and why in words."""

    name: str
    verdict: str
    why: str


PAYMENT_PASSES: Sequence[Pass] = (
    Pass("reference-debit", SETTLED, "mã tham chiếu và số tiền khớp, ngân hàng đã ghi nợ"),
    Pass("reference-paid", SETTLED, "mã tham chiếu và số tiền khớp danh sách đã chi"),
    Pass("reference-return", RETURNED, "mã tham chiếu và số tiền khớp, tiền bị trả lại"),
    Pass("reference-refused", REJECTED, "ngân hàng từ chối lệnh"),
    Pass("reference-unpaid", CARRIED, "danh sách chưa chi của đơn vị chi trả"),
)


def run_payment_pass(session: Session, file_id: int, one: Pass, expected: Select[Any]) -> int:
    """Run one pass against expected payments; gives how many lines it judged."""
    line, wanted = bank_line.c, expected.subquery("wanted")
    joined = bank_line.join(
        wanted,
        and_(
            wanted.c.reference == line.reference,
            wanted.c.provider == line.provider,
            wanted.c.account == line.account,
        ),
    )
    place = func.row_number().over(partition_by=wanted.c.target_id, order_by=line.id)
    candidates = (
        select(line.id.label("bank_line_id"), wanted.c.target_id, place.label("place"))
        .select_from(joined)
        .where(line.file_id == file_id, ~_judged(), _condition(one, wanted))
        .subquery("candidates")
    )
    rows = select(
        candidates.c.bank_line_id,
        literal(one.verdict),
        literal(one.name),
        candidates.c.target_id,
        literal(one.why),
    ).where(candidates.c.place == 1)
    return _write(session, rows)


def _condition(one: Pass, wanted: Any) -> ColumnElement[bool]:
    line = bank_line.c
    if one.name == "reference-debit":
        return and_(line.kind == "booked", line.amount == -wanted.c.amount, wanted.c.is_open == 1)
    if one.name == "reference-paid":
        paid = line.kind.in_(("paid", "paid_cash"))
        return and_(paid, line.amount == wanted.c.amount, wanted.c.is_open == 1)
    if one.name == "reference-return":
        back = and_(line.kind == "booked", line.amount == wanted.c.amount)
        return and_(back, wanted.c.is_settled == 1)
    if one.name == "reference-refused":
        refused = and_(line.kind == "status", line.status.in_(REFUSED_STATUSES))
        plain = line.reason.not_in(REPETITION_REASONS)
        return and_(refused, plain, wanted.c.is_open == 1)
    return and_(line.kind == "unpaid", wanted.c.is_open == 1)


def run_funding_pass(session: Session, file_id: int, expected: Select[Any]) -> int:
    """Credits that carry the reference of a withdrawal request, of equal amount."""
    line, wanted = bank_line.c, expected.subquery("wanted")
    named = or_(
        line.reference == wanted.c.reference,
        line.remittance.contains(wanted.c.reference),
    )
    rows = (
        select(
            func.min(line.id),
            literal(FUNDING),
            literal("funding-reference"),
            wanted.c.target_id,
            literal("mã giấy rút dự toán và số tiền khớp"),
        )
        .select_from(
            bank_line.join(
                wanted,
                and_(
                    wanted.c.provider == line.provider,
                    wanted.c.account == line.account,
                    wanted.c.amount == line.amount,
                    named,
                ),
            )
        )
        .where(line.file_id == file_id, line.kind == "booked", ~_judged())
        .group_by(wanted.c.target_id)
    )
    return _write(session, rows)


def run_refund_pass(session: Session, file_id: int) -> int:
    """Credits that pay back a fee that is still claimed: same account, same amount, said so."""
    line, claim, fee = bank_line.c, suspense_item.c, bank_line.alias("fee")
    rows = (
        select(
            func.min(line.id),
            literal(FEE_BACK),
            literal("fee-refund"),
            claim.bank_line_id,
            literal("ngân hàng hoàn lại phí trừ sai tài khoản"),
        )
        .select_from(suspense_item)
        .join(fee, fee.c.id == claim.bank_line_id)
        .join(
            bank_line,
            and_(
                line.provider == fee.c.provider,
                line.account == fee.c.account,
                line.amount == -fee.c.amount,
            ),
        )
        .where(line.file_id == file_id, line.kind == "booked", ~_judged())
        .where(claim.kind == FEE, claim.resolved_at.is_(None))
        .where(func.upper(line.remittance).contains("HOAN"))
        .group_by(claim.bank_line_id)
    )
    return _write(session, rows)


def judge_the_rest(session: Session, file_id: int) -> None:
    """Everything no pass could place: noted, a fee, a conflict, or of unknown origin."""
    line = bank_line.c
    text = func.lower(line.remittance)
    is_fee = or_(text.like("%phi %"), text.like("%phí %"), text.like("%fee%"))
    repetition = line.reason.in_(REPETITION_REASONS)
    for verdict, why, condition in (
        (CONFLICT, "trùng lệnh: có thể lệnh trước đã được thực hiện",
         and_(line.kind == "status", repetition)),
        (NOTED, "chỉ cập nhật trạng thái", line.kind.in_(("status", "paid", "paid_cash", "unpaid"))),
        (FEE, "phí ngân hàng trừ vào tài khoản chi trợ cấp", and_(line.amount < 0, is_fee)),
        (DEBIT_UNKNOWN, "ghi nợ không rõ lý do", line.amount < 0),
        (CREDIT_UNKNOWN, "tiền vào không rõ nguồn", line.amount > 0),
    ):  # fmt: skip
        rows = select(
            line.id, literal(verdict), literal("rest"), literal(None, Whole), literal(why)
        ).where(line.file_id == file_id, ~_judged(), condition)
        _write(session, rows)


def _judged() -> ColumnElement[bool]:
    return select(line_match.c.bank_line_id).where(
        line_match.c.bank_line_id == bank_line.c.id
    ).exists()  # fmt: skip


def _write(session: Session, rows: Select[Any]) -> int:
    columns = ["bank_line_id", "verdict", "pass_name", "target_id", "why"]
    written = session.execute(
        insert(line_match).from_select(columns, rows, include_defaults=False)
    )
    return int(written.rowcount)


def unjudged(session: Session) -> int:
    """Bank lines of files that were acted upon but have no verdict: must be 0."""
    from_applied = select(func.count()).select_from(bank_line).where(~_judged())
    return int(session.scalar(from_applied.where(_applied())) or 0)


def _applied() -> ColumnElement[bool]:
    return select(inbound_file.c.id).where(
        inbound_file.c.id == bank_line.c.file_id, inbound_file.c.state == "applied"
    ).exists()  # fmt: skip
