"""The month that the stage begins: one payroll submitted, some approved, built and funded."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment
from app.cli.demo.timeline import days
from app.cli.frauds.acting import code_at, officer_of, tick, unit_of
from app.disbursement.funding import receive_slips
from app.disbursement.tables import batch, funding_request
from app.errors import Refused
from app.jobs import month_end, payrolls, sending
from app.jobs.runtime import Runtime
from app.months import shift
from app.payroll.approvals import approve, submit
from app.payroll.flags_decided import mark_seen
from app.payroll.seen import shown
from app.payroll.tables import payroll, payroll_line
from app.units.tables import contract, provider


@dataclass(frozen=True, slots=True)
class Month:
    """Whom the frauds are about.

    `submitted` is a payroll that waits for its checker, `approved` one whose lines are
    approved, `funded` two batches with their money, `unfunded` one whose money has not come.
    """

    period: str
    submitted: int
    approved: int
    funded: tuple[int, int]
    unfunded: int


def begin_month(runtime: Runtime, period: str) -> Month:
    """Begin the month by the jobs and acts of every day. Raises Refused for too small a demo."""
    # The registers stay as they were: every enrolment that runs is on next month's list too.
    with runtime.database.unit_of_work() as session:
        session.execute(
            update(enrolment)
            .where(enrolment.c.seen_period == shift(period, -1), enrolment.c.stop_period.is_(None))
            .values(seen_period=period)
        )
    payrolls.open_payrolls(runtime, period)
    with runtime.database.view() as session:
        advance, bank, other = _choose(session, period)
    for number in (*advance, bank):
        _approve(runtime, number)
    _submit(runtime, other)
    _see(runtime, other)
    month_end.request_funding(runtime, period)
    sending.build_batches(runtime, period, days(period).due)
    # The Treasury's slips come last: the newest entries of the books are money received.
    with runtime.database.unit_of_work() as session:
        receive_slips(session, period, tick(runtime))
    month_end.seal_chain(runtime)
    with runtime.database.view() as session:
        one, two = (_batch_of(session, number, 1) for number in advance)
        unfunded = _batch_of(session, bank, 0)
        return Month(period, other, advance[0], (one, two), unfunded)


def _choose(session: Session, period: str) -> tuple[tuple[int, int], int, int]:
    """Two payrolls paid by advance (one into accounts), one by the bank, and another one."""
    line = payroll_line.c
    rows = session.execute(
        select(line.payroll_id, provider.c.holds_advance, line.method, func.count())
        .join(payroll, payroll.c.id == line.payroll_id)
        .join(contract, contract.c.id == line.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(payroll.c.period == period, payroll.c.state == "draft")
        .group_by(line.payroll_id, provider.c.holds_advance, line.method)
        .order_by(line.payroll_id)
    ).all()
    into_accounts = {row[0] for row in rows if row[1] and row[2] == "account"}
    advance = {row[0] for row in rows if row[1]}
    bank = {row[0] for row in rows if not row[1]}
    first = min(into_accounts, default=0)
    third = min(bank - {first}, default=0)
    second = min(advance - {first, third}, default=0)
    other = min({row[0] for row in rows} - {first, second, third}, default=0)
    if not all((first, second, third, other)):
        raise Refused("Bản chạy thử này quá nhỏ.", "Chạy `ansinh demo --people 60` trở lên.")
    return (first, second), third, other


def _approve(runtime: Runtime, number: int) -> None:
    _submit(runtime, number)
    _see(runtime, number)
    for step, role in (("check", "checker"), ("approve", "approver")):
        now = tick(runtime)
        with runtime.database.signed_work() as session:
            name = f"{role}.{unit_of(session, number)}"
            approve(session, runtime.keyring, officer_of(session, name), code_at(name, now),
                    step, [number], now, seen=shown(session, [number]).code)  # fmt: skip


def _see(runtime: Runtime, number: int) -> None:
    """The unit's checker has looked at the flags: none stands in the way of what is tried."""
    with runtime.database.unit_of_work() as session:
        who = officer_of(session, f"checker.{unit_of(session, number)}")
        mark_seen(session, who, [number], tick(runtime))


def _submit(runtime: Runtime, number: int) -> None:
    now = tick(runtime)
    with runtime.database.signed_work() as session:
        name = f"maker.{unit_of(session, number)}"
        submit(session, runtime.keyring, officer_of(session, name), code_at(name, now),
               [number], now, seen=shown(session, [number]).code)  # fmt: skip


def _batch_of(session: Session, payroll_id: int, holds_advance: int) -> int:
    """The payroll's batch at a provider that holds an advance (with accounts if it has any), or
    at one that does not and whose money has not come."""
    query = (
        select(batch.c.id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(batch.c.payroll_id == payroll_id, provider.c.holds_advance == holds_advance)
    )
    if not holds_advance:
        query = query.join(
            funding_request, funding_request.c.contract_id == batch.c.contract_id
        ).where(funding_request.c.amount > 0, funding_request.c.received_on.is_(None))
    accounts = (
        select(func.count())
        .where(payroll_line.c.payroll_id == payroll_id, payroll_line.c.method == "account")
        .where(payroll_line.c.contract_id == batch.c.contract_id)
        .scalar_subquery()
    )
    found = session.scalars(query.order_by(accounts.desc(), batch.c.id)).all()
    if not found:
        raise Refused("Bản chạy thử này không có lô phù hợp.", "Chạy `ansinh demo` lớn hơn.")
    first: int = found[0]
    return first
