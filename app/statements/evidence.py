"""What proves that money went, came or stayed: our files and their events, the bank's lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.access.tables import act, officer
from app.beneficiaries.masks import masked_account, masked_text
from app.clock import TIME_ZONE
from app.disbursement.tables import batch, batch_event, batch_release
from app.units.tables import contract, provider
from reconciliation.tables import bank_line, bank_report, inbound_file, line_match

Values = dict[str, Any]
Batches = dict[int, Values]


def moment(value: datetime) -> str:
    """A moment as ISO text in Viet Nam's time."""
    return value.astimezone(TIME_ZONE).isoformat(timespec="seconds")


def batches_of(session: Session, ids: Iterable[int]) -> Batches:
    """Batches by id, each with its file, its releases and its events; three queries."""
    numbers = sorted(set(ids))
    releases, events = _releases(session, numbers), _events(session, numbers)
    rows = session.execute(
        select(batch, contract.c.number, contract.c.provider, provider.c.name)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(batch.c.id.in_(numbers))
    )
    return {
        row.id: {**_batch(row), "releases": releases[row.id], "events": events[row.id]}
        for row in rows
    }


def _batch(row: Any) -> Values:
    listed = row._mapping
    return {
        "id": row.id,
        "message_id": row.message_id,
        "provider": row.provider,
        "provider_name": row.name,
        "contract": row.number,
        "state": row.state,
        "requested_on": row.requested_on.isoformat(),
        "payments": listed[batch.c.lines],
        "total": row.total,
        "lines_digest": row.lines_digest,
        "file_name": row.file_name,
        "sha256": row.sha256,
    }


def _releases(session: Session, ids: list[int]) -> dict[int, list[Values]]:
    rows = session.execute(
        select(batch_release.c.batch_id, officer.c.name, act.c.id, act.c.acted_at, act.c.digest)
        .join(officer, officer.c.id == batch_release.c.officer_id)
        .join(act, act.c.id == batch_release.c.act_id)
        .where(batch_release.c.batch_id.in_(ids))
        .order_by(batch_release.c.batch_id, act.c.id)
    )
    found: defaultdict[int, list[Values]] = defaultdict(list)
    for row in rows:
        told = {"officer": row.name, "at": moment(row.acted_at), "act": row.id}
        found[row.batch_id].append({**told, "act_digest": row.digest})
    return found


def _events(session: Session, ids: list[int]) -> dict[int, list[Values]]:
    rows = session.execute(
        select(batch_event)
        .where(batch_event.c.batch_id.in_(ids))
        .order_by(batch_event.c.batch_id, batch_event.c.seq)
    )
    found: defaultdict[int, list[Values]] = defaultdict(list)
    for row in rows:
        told = {"state": row.state, "at": moment(row.at), "actor": row.actor}
        found[row.batch_id].append({**told, "evidence": row.evidence})
    return found


def evidence_of(session: Session, line_ids: Iterable[int]) -> dict[int, Values]:
    """By bank line: the line, how it was matched, its reports, the file that brought it."""
    numbers = sorted(set(line_ids))
    rows = session.execute(
        select(
            bank_line,
            line_match.c.pass_name,
            line_match.c.why,
            inbound_file.c.name.label("file_name"),
            inbound_file.c.sha256,
            inbound_file.c.received_at,
        )
        .join(inbound_file, inbound_file.c.id == bank_line.c.file_id)
        .outerjoin(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .where(bank_line.c.id.in_(numbers))
    ).all()
    reports = _reports(session, numbers)
    return {row.id: _evidence(row, reports[row.id]) for row in rows}


def _evidence(row: Row[Any], reports: list[Values]) -> Values:
    return {
        "bank_line": {
            "id": row.id,
            "kind": row.kind,
            "amount": row.amount,
            "booked_on": row.booked_on.isoformat(),
            "bank_reference": row.bank_reference or None,
            "voucher": row.voucher or None,
            "account": masked_account(row.account[-4:]) or None,
            "text": masked_text(row.remittance) or None,
        },
        "match": {"pass": row.pass_name, "why": row.why},
        "reports": reports,
        "file": {
            "name": row.file_name,
            "sha256": row.sha256,
            "received_at": moment(row.received_at),
        },
    }


def _reports(session: Session, line_ids: list[int]) -> dict[int, list[Values]]:
    """The reports of a line's file on a line's account; of the file where none names it."""
    line, report = bank_line.c, bank_report.c
    rows = session.execute(
        select(line.id, report.kind, report.report_id, report.sequence, report.message_id)
        .join(bank_report, report.file_id == line.file_id)
        .where(line.id.in_(line_ids))
        .where((report.account == line.account) | (func.length(line.account) == 0))
        .order_by(line.id, report.id)
    )
    found: defaultdict[int, list[Values]] = defaultdict(list)
    for row in rows:
        told = {"kind": row.kind, "report": row.report_id, "sequence": row.sequence}
        found[row.id].append({**told, "message_id": row.message_id or None})
    return found
