"""Files that came from banks: what each brought, and how many of its lines were known before."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from app.channels.lookup import in_force
from app.units.tables import provider
from app.web.paging import Paging
from ledger.schema import whole_sum
from reconciliation.tables import bank_report, inbound_file


def count(session: Session) -> int:
    """How many files ever came."""
    return session.scalar(select(func.count()).select_from(inbound_file)) or 0


def listed(session: Session, paged: Paging) -> list[Row[Any]]:
    """One page of the files, the newest first, with `lines` and how many `repeated` others."""
    f, r = inbound_file.c, bank_report.c
    shown = select(f.id).order_by(f.id.desc()).limit(paged.size).offset(paged.offset).subquery()
    sums = (
        select(
            r.file_id, whole_sum(r.lines).label("lines"), whole_sum(r.repeated).label("repeated")
        )
        .where(r.file_id.in_(select(shown.c.id)))
        .group_by(r.file_id)
        .subquery("sums")
    )
    query = (
        select(inbound_file, provider.c.name.label("provider_name"), _of(sums.c.lines, "lines"),
               _of(sums.c.repeated, "repeated"))
        .join(shown, shown.c.id == f.id)
        .outerjoin(provider, provider.c.code == f.provider)
        .outerjoin(sums, sums.c.file_id == f.id)
    )  # fmt: skip
    return list(session.execute(query.order_by(f.id.desc())))


def _of(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return func.coalesce(column, 0).label(name)


def by_hand(session: Session, today: date) -> list[tuple[str, str]]:
    """(code, name) of the providers whose files officers carry."""
    codes = [row.provider for row in in_force(session, today) if row.courier == "hand"]
    query = select(provider.c.code, provider.c.name).where(provider.c.code.in_(codes))
    return [(row.code, row.name) for row in session.execute(query.order_by(provider.c.code))]
