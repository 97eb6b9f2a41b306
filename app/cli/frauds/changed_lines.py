"""Frauds after approval: another account or amount in lines that people have confirmed."""

# ruff: noqa: S608  (every statement is this file's own; nothing in it comes from outside)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli.frauds.bench import Attempt, Bench
from app.disbursement.digests import batch_digests
from app.payroll.digest import combined, lines_digests


def change_line(bench: Bench) -> Iterator[Attempt]:
    """After approval another person's account takes the money."""
    number = bench.stage.month.approved
    one = "id = (select min(id) from payroll_line where payroll_id = :id)"
    change = f"update payroll_line set amount = amount + 1000000 where {one}"
    columns = "id, kind, period, number, unit_code, programme, fund"
    rest = "lines, total, digest, maker_id, opened_at, round"
    yield bench.sql("SQL sửa số tiền", change, id=number)
    yield bench.sql("SQL xoá một dòng", f"delete from payroll_line where {one}", id=number)
    yield bench.sql(
        "SQL đưa bảng về nháp rồi sửa",
        "update payroll set state = 'draft' where id = :id", change, id=number,
    )  # fmt: skip
    yield bench.sql(
        "SQL ghi đè bảng thành nháp rồi sửa",
        f"insert or replace into payroll ({columns}, state, {rest})"
        f" select {columns}, 'draft', {rest} from payroll where id = :id", change, id=number,
    )  # fmt: skip
    yield bench.owner("đổi tài khoản nhận", lambda session: _swap_line(session, number))
    yield bench.owner("đổi cả dấu của bảng", lambda session: _swap_digest(session, number))
    yield bench.owner("đổi cả dấu của người duyệt", lambda session: _swap_act(session, number))
    yield bench.owner("đổi tài khoản ở lệnh và dấu của lô", _swap_instruction)


_OTHER = "(select max(id) from destination where account_cipher is not null)"


def _swap_line(session: Session, number: int) -> None:
    session.execute(
        text(f"update payroll_line set destination_id = {_OTHER}"
             " where id = (select min(id) from payroll_line where payroll_id = :id)"),
        {"id": number},
    )  # fmt: skip


def _swap_digest(session: Session, number: int) -> str:
    _swap_line(session, number)
    digest = lines_digests(session, [number])[number]
    tables = ("payroll", "id"), ("payroll_round", "payroll_id"), ("approval", "payroll_id")
    for table, column in tables:
        session.execute(
            text(f"update {table} set digest = :digest where {column} = :id"),
            {"digest": digest, "id": number},
        )
    return digest


def _swap_act(session: Session, number: int) -> None:
    digest = combined({number: _swap_digest(session, number)})
    session.execute(
        text("update act set digest = :digest where id in"
             " (select act_id from approval where payroll_id = :id)"),
        {"digest": digest, "id": number},
    )  # fmt: skip


def _swap_instruction(session: Session) -> None:
    row: Any = session.execute(
        text("select id, batch_id from instruction where state = 'ready' order by id limit 1")
    ).one()
    session.execute(
        text(f"update instruction set destination_id = {_OTHER} where id = :id"),
        {"id": row.id},
    )
    session.execute(
        text("update batch set lines_digest = :digest where id = :id"),
        {
            "digest": batch_digests(session, [row.batch_id])[row.batch_id],
            "id": row.batch_id,
        },
    )
