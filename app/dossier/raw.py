"""The raw bytes of a pack: every file sent for the month's lists, every file received about them.

A provider's file may speak of several units; it is evidence only whole, so it is never cut, and
the index says how many of its lines are the unit's.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.clock import TIME_ZONE
from app.disbursement.tables import batch, funding_request, instruction
from app.dossier.folder import Draft, digest_of
from app.dossier.scope import Scope
from app.units.tables import contract
from ledger.schema import whole_sum
from reconciliation.intake import stored_path
from reconciliation.matching import FUNDING
from reconciliation.tables import bank_line, bank_report, inbound_file, line_match

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

Values = dict[str, Any]


def copy_sent(session: Session, scope: Scope, outbound: Path, draft: Draft) -> list[str]:
    """The sealed files of the month's batches; gives the names of those not found as sealed."""
    missing = []
    sealed = select(batch.c.id, batch.c.file_name, batch.c.sha256).where(
        batch.c.id.in_(scope.batches), batch.c.sha256.is_not(None)
    )
    for row in session.execute(sealed.order_by(batch.c.id)).all():
        source = outbound / row.file_name
        if _is(source, row.sha256):
            draft.copy(sent_path(row), source, f"tệp gửi của lô {row.id} / file sent")
        else:
            missing.append(row.file_name)
    return missing


def sent_path(row: Any) -> str:
    """Where the sealed file of a batch (a row with id and file_name) lies in the pack."""
    return f"raw/sent/{row.id:08}-{_safe(row.file_name)}"


def received_path(row: Any) -> str:
    """Where a received file (a row with id, provider, name) lies in the pack."""
    return f"raw/received/{_safe(row.provider)}/{row.id:08}-{_safe(row.name)}"


def copy_received(files: list[Row[Any]], inbound: Path, draft: Draft) -> list[str]:
    """The files as providers sent them; gives the names of those not found as received."""
    missing = []
    for row in files:
        source = stored_path(inbound, row.sha256)
        if _is(source, row.sha256):
            draft.copy(received_path(row), source, _about(row))
        else:
            missing.append(f"{row.provider}/{row.name}")
    return missing


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and digest_of(path) == sha256


def _about(row: Row[Any]) -> str:
    others = row.lines - row.own_lines
    note = f"; {others} dòng của đơn vị khác / lines of other units" if others else ""
    return f"tệp nhận từ {row.provider} / file received{note}"


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name).lstrip(".") or "_"


def received(session: Session, scope: Scope) -> list[Row[Any]]:
    """Every file that speaks of the unit's month: its row, `lines`, and `own_lines`."""
    touching = or_(*(inbound_file.c.id.in_(one) for one in _touching(scope)))
    ours = or_(
        _on_own_account(scope, bank_line),
        and_(bank_line.c.account == "", bank_line.c.reference.in_(_references(scope, False))),
    )
    return list(
        session.execute(
            select(
                inbound_file,
                func.count(bank_line.c.id).label("lines"),
                func.coalesce(whole_sum(case((ours, 1), else_=0)), 0).label("own_lines"),
            )
            .outerjoin(bank_line, bank_line.c.file_id == inbound_file.c.id)
            .where(touching)
            .group_by(*inbound_file.c)
            .order_by(inbound_file.c.id)
        )
    )


def _touching(scope: Scope) -> tuple[Select[Any], ...]:
    """Ids of files: with a line about one of the month's payments, a line booked in the month on
    an account of the unit, the month's money from the Treasury, a report on such an account, an
    answer to one of the month's batches."""
    line, report = bank_line.c, bank_report.c
    of_money = (
        select(line.file_id)
        .join(line_match, line_match.c.bank_line_id == line.id)
        .join(funding_request, funding_request.c.id == line_match.c.target_id)
        .where(
            line_match.c.withdrawn_by == 0,
            line_match.c.verdict == FUNDING,
            funding_request.c.period == scope.period,
        )
        .where(funding_request.c.contract_id.in_(scope.contracts))
    )
    answers = (
        select(report.file_id)
        .join(batch, batch.c.message_id == report.message_id)
        .where(batch.c.id.in_(scope.batches))
    )
    in_month = line.booked_on.between(scope.first, scope.last)
    return (
        select(line.file_id).where(line.reference.in_(_references(scope, True))),
        select(line.file_id).where(_on_own_account(scope, bank_line), in_month),
        of_money,
        select(report.file_id).where(_on_own_account(scope, bank_report), _reported(scope)),
        answers,
    )


def _reported(scope: Scope) -> ColumnElement[bool]:
    """A report's last line is of the month; one without lines came in the month."""
    first = datetime.combine(scope.first, time(), TIME_ZONE)
    end = datetime.combine(scope.last + timedelta(days=1), time(), TIME_ZONE)
    came = select(inbound_file.c.id).where(
        inbound_file.c.received_at >= first, inbound_file.c.received_at < end
    )
    empty = and_(bank_report.c.last_day.is_(None), bank_report.c.file_id.in_(came))
    return or_(bank_report.c.last_day.between(scope.first, scope.last), empty)


def _on_own_account(scope: Scope, table: Any) -> ColumnElement[bool]:
    return (
        select(contract.c.id)
        .where(contract.c.unit_code == scope.unit.code)
        .where(contract.c.provider == table.c.provider, contract.c.account == table.c.account)
        .exists()
    )


def _references(scope: Scope, of_month: bool) -> Select[Any]:
    """References of the month's instructions, or of all that the unit ever gave."""
    batches = scope.batches
    if not of_month:
        batches = select(batch.c.id).where(batch.c.contract_id.in_(scope.contracts))
    return select(instruction.c.reference).where(instruction.c.batch_id.in_(batches))


def unread(session: Session, scope: Scope) -> list[Values]:
    """Files of the unit's providers that came in the month and could not be read: whose they are
    cannot be told, so they are named here and not copied."""
    first = datetime.combine(scope.first, time(), TIME_ZONE)
    end = datetime.combine(scope.last + timedelta(days=1), time(), TIME_ZONE)
    file = inbound_file.c
    providers = select(contract.c.provider).where(contract.c.unit_code == scope.unit.code)
    rows = session.execute(
        select(file.id, file.provider, file.name, file.sha256, file.state, file.why)
        .where(file.state.in_(("received", "quarantined")), file.provider.in_(providers))
        .where(file.received_at >= first, file.received_at < end)
        .order_by(file.id)
    )
    return [dict(row._mapping) for row in rows]
