"""`snapshot.json`: what the installation says of the unit's month, as figures to be checked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.import_tables import import_file
from app.disbursement.tables import funding_request, hold
from app.dossier.raw import received_path
from app.dossier.scope import Scope
from app.indicators.cashless import compute
from app.months import shift
from app.statements.evidence import moment
from app.units.tables import contract, fund, programme, provider
from ledger.chain import head
from reconciliation import closing as terms
from reconciliation.tables import closing

FORMAT = "an-sinh/audit-pack/1"
Values = dict[str, Any]

# Which recipes make up which figure of a closing: what the checker adds up again.
CLOSING_TERMS = {
    "money": list(terms.MONEY),
    "funding": list(terms.FUNDING),
    "not_ours_in": list(terms.NOT_OURS_IN),
    "fees_and_not_ours_out": list(terms.NOT_OURS_OUT),
    "back_to_treasury": list(terms.TO_TREASURY),
}


def about(scope: Scope, now: datetime, versions: Values, synthetic: bool) -> Values:
    """What the pack is about, and when and by which version it was made."""
    unit = scope.unit
    return {
        "format": FORMAT,
        "made_at": moment(now),
        "synthetic": synthetic,
        "versions": versions,
        "unit": {name: unit._mapping[name] for name in ("code", "name", "kind", "budget_code")},
        "period": scope.period,
        "first_day": scope.first.isoformat(),
        "last_day": scope.last.isoformat(),
    }


def contracts(session: Session, scope: Scope) -> list[Values]:
    """The unit's contracts, with the names around them."""
    rows = session.execute(
        select(
            contract.c.id,
            contract.c.number,
            contract.c.programme,
            programme.c.name.label("programme_name"),
            contract.c.fund,
            fund.c.name.label("fund_name"),
            contract.c.provider,
            provider.c.name.label("provider_name"),
            contract.c.account,
            provider.c.holds_advance,
        )
        .join(programme, programme.c.code == contract.c.programme)
        .join(fund, fund.c.code == contract.c.fund)
        .join(provider, provider.c.code == contract.c.provider)
        .where(contract.c.unit_code == scope.unit.code)
        .order_by(contract.c.id)
    )
    return [dict(row._mapping) for row in rows]


def closings(session: Session, scope: Scope) -> Values:
    """The unit's closed cells with every figure, and the balances they were opened with."""
    rows = _closings(session, scope, scope.period)
    before = _closings(session, scope, shift(scope.period, -1))
    cell = ("fund", "programme", "provider")
    return {
        "closed": bool(rows),
        "closing_terms": CLOSING_TERMS,
        "closings": rows,
        "closed_before": [{name: row[name] for name in (*cell, "balance")} for row in before],
    }


def _closings(session: Session, scope: Scope, period: str) -> list[Values]:
    rows = session.execute(
        select(closing)
        .where(closing.c.period == period, closing.c.unit == scope.unit.code)
        .order_by(closing.c.fund, closing.c.programme, closing.c.provider)
    )
    return [{**row._mapping, "closed_at": moment(row.closed_at)} for row in rows]


def funding(session: Session, scope: Scope) -> list[Values]:
    """What was asked of the Treasury for the month and when it came, in đồng."""
    asked = funding_request.c
    rows = session.execute(
        select(asked.reference, asked.contract_id, asked.listed, asked.unspent, asked.amount,
               asked.received_on)
        .where(asked.period == scope.period, asked.contract_id.in_(scope.contracts))
        .order_by(asked.id)
    )  # fmt: skip
    return [
        {**row._mapping, "received_on": row.received_on and row.received_on.isoformat()}
        for row in rows
    ]


def cashless(session: Session, scope: Scope, now: datetime) -> list[Values]:
    """The rates over the unit's own lists."""
    figures = compute(session, scope.period, now, unit=scope.unit.code)
    return [one.as_json() for one in figures]


def holds(session: Session, scope: Scope, offered: list[Values]) -> list[Values]:
    """Holds on the unit, its programmes and providers, or all, that stood in or after the month."""
    scopes = [("global", ""), ("unit", scope.unit.code)]
    scopes += [("programme", one["programme"]) for one in offered]
    scopes += [("provider", one["provider"]) for one in offered]
    touched = or_(*(and_(hold.c.scope == one, hold.c.key == key) for one, key in set(scopes)))
    rows = session.execute(select(hold).where(touched).order_by(hold.c.id))
    return [
        {
            "id": row.id,
            "scope": row.scope,
            "key": row.key,
            "reason": row.reason,
            "set_by": row.set_by,
            "set_at": moment(row.set_at),
            "cleared_at": moment(row.cleared_at) if row.cleared_at else None,
        }
        for row in rows
        if row.cleared_at is None or row.cleared_at.date() >= scope.first
    ]


def registers(session: Session, scope: Scope) -> list[Values]:
    """The register files of the unit's place for the month: hash, rows, when and by whom."""
    file = import_file.c
    rows = session.execute(
        select(file.name, file.sha256, file.rows, file.imported_at, file.imported_by)
        .where(file.period == scope.period, file.area_code == scope.unit.area_code)
        .order_by(file.id)
    )
    return [{**row._mapping, "imported_at": moment(row.imported_at)} for row in rows]


def received(files: list[Any]) -> list[Values]:
    """The received files of the pack with what the installation knows of them."""
    names = ("id", "provider", "name", "sha256", "size_bytes", "state", "lines", "own_lines")
    return [
        {
            **{name: row._mapping[name] for name in names},
            "received_at": moment(row.received_at),
            "raw": received_path(row),
        }
        for row in files
    ]


def chain_head(session: Session) -> Values:
    """The last link of the whole chain at the moment of the pack."""
    last = head(session)
    return {"position": last.position, "link": last.link}
