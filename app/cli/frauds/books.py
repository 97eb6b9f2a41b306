"""Frauds against the books: an edited posting, a truncated journal, an obligation paid twice."""

# ruff: noqa: S608  (every statement is this file's own; nothing in it comes from outside)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.cli.frauds.bench import Attempt, Bench
from app.clock import local_date
from app.disbursement.batches import build
from app.disbursement.tables import instruction
from ledger.chain import GENESIS, head, link_of
from ledger.chart import Cell
from ledger.digest import entry_digest
from ledger.journal import EntryDraft, post_many
from ledger.totals import carry_totals

STOLEN = 1_000_000


def edit_posting(bench: Bench) -> Iterator[Attempt]:
    """Change what was written, ever more carefully."""
    first = "(select min(id) from entry)"
    one = f"entry_id = {first} and line = (select min(line) from posting where entry_id = {first})"
    yield bench.sql("SQL sửa số tiền", f"update posting set debit = debit + 1 where {one}")
    yield bench.sql("SQL xoá dòng", f"delete from posting where {one}")
    yield bench.sql(
        "SQL ghi đè dòng",
        "insert or replace into posting select entry_id, line, account_id, item, seq,"
        f" debit * 2, credit * 2, balance from posting where {one}",
    )
    yield bench.sql(
        "SQL thêm dòng vào bút toán cũ",
        "insert into posting select entry_id, 99, account_id, item, seq + 100000, debit, credit,"
        f" balance from posting where {one}",
    )
    yield bench.owner("sửa cả hai vế và số dư", _raise)
    yield bench.owner("sửa cả dấu của bút toán", _raise_with_digest)
    yield bench.owner("viết lại cả chuỗi", _raise_with_chain)


def _raise(session: Session) -> int:
    """More money received than came: both sides, the running balances and the sealed total."""
    row: Any = session.execute(
        text("select id from entry where kind in ('fund_bank', 'fund_advance') order by id limit 1")
    ).one()
    sides = session.execute(
        text("select account_id, item, seq, debit from posting where entry_id = :id"),
        {"id": row.id},
    ).all()
    for side in sides:
        values = {"by": -STOLEN if side.debit else STOLEN, **side._mapping}
        session.execute(
            text("update posting set balance = balance + :by where account_id = :account_id"
                 " and item = :item and seq >= :seq"), values,
        )  # fmt: skip
    for side_name in ("debit", "credit"):
        session.execute(
            text(f"update posting set {side_name} = {side_name} + :more"
                 f" where entry_id = :id and {side_name} > 0"),
            {"more": STOLEN, "id": row.id},
        )  # fmt: skip
    session.execute(
        text("update entry_seal set total = total + :more where entry_id = :id"),
        {"more": STOLEN, "id": row.id},
    )
    return int(row.id)


def _raise_with_digest(session: Session) -> None:
    number = _raise(session)
    session.execute(
        text("update entry_seal set digest = :digest where entry_id = :id"),
        {"digest": entry_digest(session, number), "id": number},
    )


def _raise_with_chain(session: Session) -> None:
    _raise_with_digest(session)
    link = GENESIS
    rows = session.execute(
        text("select c.position, c.fiscal_year, c.voucher, s.digest from chain_link c"
             " join entry_seal s on s.entry_id = c.entry_id order by c.position")
    ).all()  # fmt: skip
    for row in rows:
        link = link_of(link, row.position, row.fiscal_year, row.voucher, row.digest)
        session.execute(
            text("update chain_link set link = :link where position = :position"),
            {"link": link, "position": row.position},
        )


def truncate_journal(bench: Bench) -> Iterator[Attempt]:
    """Make the newest entry, money received from the Treasury, not have happened."""
    last = "(select entry_id from chain_link order by position desc limit 1)"
    yield bench.sql("SQL xoá bút toán cuối", f"delete from posting where entry_id = {last}")
    yield bench.owner("chỉ xoá các dòng", lambda session: _cut(session, with_chain=False))
    yield bench.owner("xoá cả bút toán, dấu, mắt xích; cộng lại tổng kiểm soát", _cut)


def _cut(session: Session, with_chain: bool = True) -> None:
    row: Any = session.execute(
        text("select e.id, e.key, e.kind from entry e join chain_link c on c.entry_id = e.id"
             " order by c.position desc limit 1")
    ).one()  # fmt: skip
    tables = (("chain_link", "entry_id"), ("entry_seal", "entry_id"), ("entry", "id"))
    for table, column in (("posting", "entry_id"), *(tables if with_chain else ())):
        session.execute(text(f"delete from {table} where {column} = :id"), {"id": row.id})
    if with_chain:
        session.execute(text("delete from control_total"))
        carry_totals(session, head(session).position)
    if row.kind.startswith("fund_"):
        session.execute(
            text("update funding_request set received_on = null where reference = :reference"),
            {"reference": row.key.removeprefix("funding:")},
        )


def pay_twice(bench: Bench) -> Iterator[Attempt]:
    """Pay once more what was paid."""
    paid = bench.first("select * from instruction where state = 'settled' order by id limit 1")
    yield bench.sql(
        "SQL thêm lệnh thứ hai đang sống",
        "insert into instruction (obligation_id, attempt, reference, batch_id, payroll_line_id,"
        " destination_id, method, amount, replaces_id, state) select obligation_id, attempt + 1,"
        " 'GIANLAN000000001', batch_id, payroll_line_id, destination_id, method, amount, id,"
        " 'ready' from instruction where id = :id",
        id=paid.id,
    )
    yield bench.sql(
        "SQL đưa lệnh đã trả về chờ gửi",
        "update instruction set state = 'ready' where id = :id", id=paid.id,
    )  # fmt: skip
    yield bench.sql(
        "SQL coi lệnh đã trả là bị trả lại, không có chứng cứ",
        "update instruction set state = 'returned' where id = :id", id=paid.id,
    )  # fmt: skip
    yield bench.sql(
        "SQL thêm nghĩa vụ thứ hai cho cùng người, cùng tháng",
        _copy(bench, "obligation", "id = :id"), id=paid.obligation_id,
    )  # fmt: skip
    yield bench.do("lập lại lô đã lập", lambda session: _build_again(session, bench, paid))
    yield bench.do("rút khoản phải trả lần thứ hai", lambda session: _drain(session, bench, paid))


def _copy(bench: Bench, table: str, where: str) -> str:
    """INSERT..SELECT of a row under a new id."""
    with bench.runtime.database.view() as session:
        rows = session.execute(text(f"select name from pragma_table_info('{table}')")).scalars()
        names = ", ".join(f'"{name}"' for name in rows if name != "id")
    return f"insert into {table} ({names}) select {names} from {table} where {where}"


def _build_again(session: Session, bench: Bench, paid: Any) -> None:
    row: Any = session.execute(
        text("select payroll_id, contract_id from batch where id = :id"), {"id": paid.batch_id}
    ).one()
    now = bench.stage.now
    build(session, row.payroll_id, row.contract_id, local_date(now), now)


def _drain(session: Session, bench: Bench, paid: Any) -> None:
    row: Any = session.execute(
        text("select c.fund, c.programme, c.unit_code, c.provider from batch b"
             " join contract c on c.id = b.contract_id where b.id = :id"), {"id": paid.batch_id},
    ).one()  # fmt: skip
    draft = EntryDraft(
        key=f"batch:{paid.batch_id}:commit:again",
        recipe="commit",
        cell=Cell(*row),
        effective_on=local_date(bench.stage.now),
        recorded_at=bench.stage.now,
        source=f"batch:{paid.batch_id}",
    )
    items = select(
        instruction.c.obligation_id.label("item"), instruction.c.amount.label("amount")
    ).where(instruction.c.id == paid.id)
    post_many(session, draft, items, count=1, total=paid.amount)
