"""A self-made bank line: a payment that nobody answered yet is made to look paid."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli.frauds.bench import Attempt, Bench, Job
from app.cli.frauds.sending import ready_to_send
from app.jobs.collecting import apply_files
from app.jobs.sending import send_batches


def make_bank_line(bench: Bench) -> Iterator[Attempt]:
    """Make a payment that nobody answered yet look paid."""
    yield _on_sent(bench, "SQL thêm dòng vào tệp đã đọc", _hang_on_file)
    yield _on_sent(bench, "SQL bịa cả tệp, để hệ thống tự đối chiếu", _make_file, apply_files)
    yield _on_sent(bench, "SQL đổi trạng thái lệnh", _settle_bare)
    yield _on_sent(bench, "thêm dòng vào tệp thật", _hang_on_file, owner=True)
    yield _on_sent(bench, "thêm dòng và báo cáo vào tệp thật", _hang_with_report, apply_files,
                   owner=True)  # fmt: skip


def _on_sent(
    bench: Bench,
    how: str,
    forge: Callable[[Session, Any], None],
    then: Job | None = None,
    owner: bool = False,
) -> Attempt:
    """Send a batch properly, then forge its answer."""
    exchange = ready_to_send(bench)
    couriers: Any = dict.fromkeys(bench.runtime.adapters, exchange.courier)
    send_batches(replace(bench.runtime, couriers=couriers))
    row = bench.first(
        "select i.id, i.reference, i.amount, i.method, c.provider, c.account, b.requested_on,"
        " (select max(f.id) from inbound_file f where f.provider = c.provider) as file_id"
        " from instruction i join batch b on b.id = i.batch_id join contract c"
        " on c.id = b.contract_id where b.id = :id order by i.id limit 1",
        id=bench.stage.month.funded[0],
    )

    def work(session: Session) -> None:
        forge(session, row)

    return bench.owner(how, work, then) if owner else bench.do(how, work, then)


def _settle_bare(session: Session, row: Any) -> None:
    session.execute(text("update instruction set state = 'settled' where id = :id"), {"id": row.id})


def _hang_on_file(session: Session, row: Any) -> None:
    _line(session, row, row.file_id)


def _line(session: Session, row: Any, file_id: int) -> None:
    values = {**row._mapping, "file": file_id, "kind": _paid(row)}
    session.execute(
        text("insert into bank_line (file_id, provider, account, entry_key, kind, amount,"
             " reference, booked_on, value_on, bank_reference, status, reason, is_return,"
             " voucher, counterparty, remittance) values (:file, :provider, :account,"
             " 'tu-ghi|' || :reference, :kind, :amount, :reference, :requested_on,"
             " :requested_on, '', 'PAID', '', 0, 'BD0001', '', '')"),
        values,
    )  # fmt: skip


def _paid(row: Any) -> str:
    return "paid_cash" if row.method == "cash" else "paid"


def _report(session: Session, row: Any, file_id: int) -> None:
    session.execute(
        text("insert into bank_report (file_id, provider, account, kind, report_id, sequence,"
             " message_id, group_status, lines, repeated, booked, last_day) values (:file,"
             " :provider, :account, 'settlement', 'TU-GHI', '', '', '', 1, 0, 0, :requested_on)"),
        {**row._mapping, "file": file_id},
    )  # fmt: skip


def _make_file(session: Session, row: Any) -> None:
    digest = hashlib.sha256(row.reference.encode()).hexdigest()
    file_id = session.execute(
        text("insert into inbound_file (provider, name, sha256, size_bytes, received_at, state,"
             " why) select provider, 'tu-ghi.xlsx', :digest, size_bytes, received_at, 'read', ''"
             " from inbound_file where id = :file returning id"),
        {"digest": digest, "file": row.file_id},
    ).scalar_one()  # fmt: skip
    _report(session, row, file_id)
    _line(session, row, file_id)


def _hang_with_report(session: Session, row: Any) -> None:
    """Line and report on a genuine file, which is then to be applied again."""
    _report(session, row, row.file_id)
    _line(session, row, row.file_id)
    session.execute(
        text("update inbound_file set state = 'read' where id = :file"), {"file": row.file_id}
    )
