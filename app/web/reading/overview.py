"""The month at a glance: rates by commune, the bridge, what is paid and what is proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from app.access.viewer import Viewer
from app.disbursement.tables import batch
from app.indicators.counted import by_commune, counts
from app.indicators.rates import NO_COUNTS, Counts, Figure, figures, percent
from app.payroll.tables import payroll
from app.reference.areas import Area, commune, communes_of
from app.units.tables import paying_unit, programme
from ledger.balances import trial_balance
from reconciliation.tables import bank_line, closing, line_match, suspense_item


@dataclass(frozen=True, slots=True)
class CommuneMonth:
    """A commune's counts of a month, and its R1 ('72.40', None when nobody was paid)."""

    area: Area
    counts: Counts

    @property
    def rate(self) -> str | None:
        return percent(self.counts.cashless, self.counts.paid)

    @property
    def order(self) -> tuple[int, str]:
        """From the lowest rate; communes without one come last."""
        paid = self.counts.paid
        tens = 10**6 * self.counts.cashless // paid if paid else 10**7
        return tens, self.area.code


@dataclass(frozen=True, slots=True)
class Month:
    """The rates of a month with what they were counted from."""

    figures: list[Figure]
    counts: Counts
    communes: list[CommuneMonth]
    province: str
    final: bool


def month(session: Session, period: str, as_of: datetime, whose: Viewer) -> Month:
    """The rates of all communes that somebody sees and of each of them."""
    counted = by_commune(session, period, as_of)
    tallies = counted.tallies.items()
    found = {code: counts(one) for code, one in tallies if whose.sees_area(code)}
    total = sum(found.values(), NO_COUNTS)
    final = counted.final
    known = [area for code in sorted(found) if (area := commune(code)) is not None]
    inside = communes_of(known[0].province_code) if known else ()
    here = [area for area in inside if whose.sees_area(area.code)]
    rows = [CommuneMonth(area, found.get(area.code, NO_COUNTS)) for area in here]
    rows += [CommuneMonth(area, found[area.code]) for area in known if area not in here]
    province = known[0].province_name if known else ""
    told = figures(total, counted.as_of, counted.moments, final=final)
    return Month(told, total, rows, province, final)


def payrolls_of(session: Session, period: str, *where: Any) -> list[Row[Any]]:
    """Per programme and kind those of a month that fit: payrolls, lines, VND; what still waits."""
    open_states = payroll.c.state.in_(("draft", "submitted", "checked"))
    waiting = func.sum(case((open_states, 1), else_=0))
    return list(
        session.execute(
            select(
                programme.c.code,
                programme.c.name,
                payroll.c.kind,
                func.count().label("payrolls"),
                func.sum(payroll.c.lines).label("lines"),
                func.sum(payroll.c.total).label("total"),
                waiting.label("waiting"),
            )
            .join(payroll, payroll.c.programme == programme.c.code)
            .where(payroll.c.period == period, payroll.c.state != "void", *where)
            .group_by(programme.c.code, programme.c.name, payroll.c.kind)
            .order_by(payroll.c.kind.desc(), programme.c.code)
        )
    )


def batches_of(session: Session, period: str, *where: Any) -> list[Row[Any]]:
    """Those that fit, per state: batches, instructions and VND of a month."""
    return list(
        session.execute(
            select(
                batch.c.state,
                func.count().label("batches"),
                func.sum(batch.c.lines).label("instructions"),
                func.sum(batch.c.total).label("total"),
            )
            .join(payroll, payroll.c.id == batch.c.payroll_id)
            .where(payroll.c.period == period, *where)
            .group_by(batch.c.state)
            .order_by(batch.c.state)
        )
    )


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof by its key in the catalogue, whether it holds, and the figures it is read from."""

    key: str
    holds: bool
    figures: dict[str, int]


def proofs(session: Session, period: str) -> list[Proof]:
    """What must hold at any time, cheap enough for every look at the page."""
    return [_books(session), _matched(session), _explained(session), _closed(session, period)]


def _books(session: Session) -> Proof:
    lines = trial_balance(session)
    debit, credit = sum(one.debit for one in lines), sum(one.credit for one in lines)
    return Proof("books", debit == credit, {"debit": debit, "credit": credit})


def _matched(session: Session) -> Proof:
    # A match is of a line that is there, and of one line only.
    lines, matches = (
        session.scalar(select(func.count()).select_from(one)) or 0
        for one in (bank_line, line_match)
    )
    left = lines - matches
    return Proof("matched", left == 0, {"lines": lines, "left": left})


def _explained(session: Session) -> Proof:
    open_items = suspense_item.c.resolved_at.is_(None)
    items, amount = session.execute(
        select(func.count(), func.coalesce(func.sum(suspense_item.c.amount), 0)).where(open_items)
    ).one()
    nameless = session.scalar(select(func.count()).where(open_items, suspense_item.c.owner == ""))
    figures = {"items": items, "amount": int(amount)}
    return Proof("explained", nameless == 0, figures)


def _closed(session: Session, period: str) -> Proof:
    cells, different = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(func.abs(difference())), 0),
        ).where(closing.c.period == period)
    ).one()
    return Proof("closed", different == 0, {"cells": cells, "difference": int(different)})


def difference() -> Any:
    """What the provider reported (the books' own where it reports none) less what the books say."""
    c = closing.c
    return func.coalesce(c.reported_balance, c.balance) - c.balance


def earlier_and_later(session: Session, period: str) -> tuple[str | None, str | None]:
    """The months with payrolls before and after this one."""
    before = select(func.max(payroll.c.period)).where(payroll.c.period < period)
    after = select(func.min(payroll.c.period)).where(payroll.c.period > period)
    return session.scalar(before), session.scalar(after)


def area_codes(session: Session) -> list[str]:
    """The communes in which paying units stand."""
    return list(session.scalars(select(paying_unit.c.area_code).distinct().order_by("area_code")))
