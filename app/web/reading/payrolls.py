"""Payrolls: the list of a month, and one with its bridge, flags, approvals and batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, distinct, func, select
from sqlalchemy.orm import Session

from app.access.tables import act, officer
from app.disbursement.tables import batch
from app.payroll.approval_tables import approval
from app.payroll.tables import MONTH_LISTS, bridge, flag, flag_decision, payroll, payroll_line
from app.reference.areas import commune
from app.units.tables import contract, fund, paying_unit, programme, provider
from app.web.paging import Order, Paging
from reconciliation.tables import closing

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "unit": paying_unit.c.sort_key,
    "programme": payroll.c.programme,
    "state": payroll.c.state,
    "lines": payroll.c.lines,
    "total": payroll.c.total,
}
_MADE = {"draft": 0, "submitted": 1, "checked": 2, "approved": 3, "closed": 5}
STEPS = ("made", "checked", "approved", "sent", "reconciled")


def conditions(period: str, arguments: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """What the list is narrowed to by the filters of its form."""
    found: list[ColumnElement[bool]] = [payroll.c.period == period]
    for name, column in (
        ("programme", payroll.c.programme),
        ("state", payroll.c.state),
        ("unit", payroll.c.unit_code),
        ("kind", payroll.c.kind),
    ):
        if name in arguments:
            found.append(column == arguments[name])
    if "cause" in arguments:
        found.append(payroll.c.kind.in_((*MONTH_LISTS, "difference")))
    return found


def totals(session: Session, where: list[ColumnElement[bool]], cause: str | None) -> Row[Any]:
    """(payrolls, lines, total, people, amount) of the list; the last two are of one cause."""
    query = select(
        func.count().label("payrolls"),
        func.coalesce(func.sum(payroll.c.lines), 0).label("lines"),
        func.coalesce(func.sum(payroll.c.total), 0).label("total"),
        func.coalesce(func.sum(bridge.c.people), 0).label("people"),
        func.coalesce(func.sum(bridge.c.amount), 0).label("amount"),
    )
    return session.execute(_joined(query, cause).where(*where)).one()


def listed(
    session: Session,
    where: list[ColumnElement[bool]],
    cause: str | None,
    order: Order,
    paging: Paging,
) -> list[Row[Any]]:
    """One page of the list; `people` and `amount` are those of one cause of the bridge."""
    query = select(
        payroll,
        paying_unit.c.name.label("unit_name"),
        programme.c.name.label("programme_name"),
        func.coalesce(bridge.c.people, 0).label("people"),
        func.coalesce(bridge.c.amount, 0).label("amount"),
    )
    query = _joined(query, cause).where(*where).order_by(*order.by(payroll.c.id))
    return list(session.execute(query.limit(paging.size).offset(paging.offset)))


def _joined(query: Select[Any], cause: str | None) -> Select[Any]:
    of_cause = and_(bridge.c.payroll_id == payroll.c.id, bridge.c.cause == (cause or ""))
    return (
        query.select_from(payroll)
        .join(paying_unit, paying_unit.c.code == payroll.c.unit_code)
        .join(programme, programme.c.code == payroll.c.programme)
        .outerjoin(bridge, of_cause)
    )


def programmes(session: Session) -> list[Row[Any]]:
    """(code, name) of every programme."""
    return list(session.execute(select(programme.c.code, programme.c.name).order_by("code")))


def one(session: Session, payroll_id: int) -> Row[Any] | None:
    """A payroll with the names around it, or None."""
    maker = officer.alias("maker")
    return session.execute(
        select(
            payroll,
            paying_unit.c.name.label("unit_name"),
            paying_unit.c.budget_code,
            paying_unit.c.area_code,
            programme.c.name.label("programme_name"),
            fund.c.name.label("fund_name"),
            maker.c.name.label("maker_name"),
        )
        .join(paying_unit, paying_unit.c.code == payroll.c.unit_code)
        .join(programme, programme.c.code == payroll.c.programme)
        .join(fund, fund.c.code == payroll.c.fund)
        .outerjoin(maker, maker.c.id == payroll.c.maker_id)
        .where(payroll.c.id == payroll_id)
    ).first()


def by_method(session: Session, payroll_id: int) -> Row[Any]:
    """(people, people with an account, VND to accounts) of a payroll's lines as listed."""
    line = payroll_line.c
    to_account = case((line.method == "account", line.person_id))
    amount = func.sum(case((line.method == "account", line.amount), else_=0))
    return session.execute(
        select(
            func.count(distinct(line.person_id)).label("people"),
            func.count(distinct(to_account)).label("with_account"),
            func.coalesce(amount, 0).label("to_accounts"),
        ).where(line.payroll_id == payroll_id)
    ).one()


def flags(session: Session, payroll_id: int) -> list[Row[Any]]:
    """The doubts about a payroll that stand, the blocking ones first."""
    return list(
        session.execute(
            select(flag)
            .where(flag.c.payroll_id == payroll_id, flag.c.gone_at.is_(None))
            .order_by(flag.c.is_blocking.desc(), flag.c.kind)
        )
    )


def flag_of(session: Session, payroll_id: int, kind: str) -> Row[Any] | None:
    """The doubt of one kind about a payroll, if it stands."""
    mine = (flag.c.payroll_id == payroll_id, flag.c.kind == kind, flag.c.gone_at.is_(None))
    return session.execute(select(flag).where(*mine)).first()


def answers(session: Session, payroll_id: int) -> list[Row[Any]]:
    """(flag_id, choice, reason, name) of the answers to flags over their people of today."""
    return list(
        session.execute(
            select(flag_decision.c.flag_id, flag_decision.c.choice, flag_decision.c.reason,
                   officer.c.name)
            .join(flag, flag.c.id == flag_decision.c.flag_id)
            .join(officer, officer.c.id == flag_decision.c.officer_id)
            .where(flag.c.payroll_id == payroll_id, flag.c.digest == flag_decision.c.digest)
            .order_by(flag_decision.c.id)
        )
    )  # fmt: skip


def approvals(session: Session, payroll_id: int) -> list[Row[Any]]:
    """(step, name, acted_at, things, total) of each approval in time's order."""
    return list(
        session.execute(
            select(approval.c.step, officer.c.name, act.c.acted_at, act.c.things, act.c.total)
            .join(officer, officer.c.id == approval.c.officer_id)
            .join(act, act.c.id == approval.c.act_id)
            .join(payroll, payroll.c.id == approval.c.payroll_id)
            .where(approval.c.payroll_id == payroll_id, approval.c.round == payroll.c.round)
            .order_by(act.c.acted_at, approval.c.ordinal)
        )
    )


def batches(session: Session, payroll_id: int) -> list[Row[Any]]:
    """The batches of a payroll with their provider."""
    return list(
        session.execute(
            select(
                batch.c.id,
                batch.c.state,
                batch.c.lines.label("instructions"),
                batch.c.total,
                provider.c.code.label("provider"),
                provider.c.name.label("provider_name"),
            )
            .join(contract, contract.c.id == batch.c.contract_id)
            .join(provider, provider.c.code == contract.c.provider)
            .where(batch.c.payroll_id == payroll_id)
            .order_by(provider.c.code, batch.c.id)
        )
    )


def steps_done(session: Session, found: Row[Any], sent: list[Row[Any]]) -> int:
    """How many of the five steps lie behind this payroll."""
    done = _MADE.get(found.state, 0)
    live = [one for one in sent if one.state != "cancelled"]
    if done == 3 and live and all(one.state == "done" for one in live):
        done = 4
    if done == 4 and {one.provider for one in live} <= _closed_providers(session, found):
        done = 5
    return done


def _closed_providers(session: Session, found: Row[Any]) -> set[str]:
    c = closing.c
    return set(
        session.scalars(
            select(c.provider).where(
                c.period == found.period,
                c.fund == found.fund,
                c.programme == found.programme,
                c.unit == found.unit_code,
            )
        )
    )


def place(area_code: str) -> str:
    """The province of a paying unit's commune; empty for an unknown code."""
    area = commune(area_code)
    return area.province_name if area else ""
