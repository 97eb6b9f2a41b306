"""Frauds of officers: one's own payroll, a code used twice, two accounts."""

# ruff: noqa: S608  (every statement is this file's own; nothing in it comes from outside)

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.access.officers import add_officer
from app.cli.frauds.acting import code_at, officer_of, tick, unit_of
from app.cli.frauds.bench import Attempt, Bench
from app.demo.province import demo_secret
from app.disbursement.batches import release
from app.payroll.approvals import approve
from app.payroll.digest import combined, lines_digests
from app.payroll.seen import shown

_COLUMNS = "payroll_id, round, ordinal, step, maker_id, digest, officer_id, act_id"
_APPROVAL = (
    f"insert into approval ({_COLUMNS})"
    " select id, round, 1, 'check', {maker}, digest, maker_id, (select max(id) from act)"
    " from payroll where id = :id"
)
_ROLE = (
    "insert into role_grant (officer_id, role, unit_code, department, kind, valid_from,"
    " valid_until, granted_at) select :who, :role, :unit, '', 'founding', valid_from, valid_until,"
    " granted_at from role_grant where id = 1"
)


def approve_own(bench: Bench) -> Iterator[Attempt]:
    """The maker gets his own payroll approved."""
    number = bench.stage.month.submitted
    with bench.runtime.database.view() as session:
        unit = unit_of(session, number)
    yield bench.do("tự kiểm tra", lambda session: _check(session, bench, f"maker.{unit}"))
    yield bench.do(
        "tự cấp quyền kiểm tra rồi tự kiểm tra",
        lambda session: _with_role(session, bench, unit),
    )
    yield bench.do("một người làm cả hai bước", lambda session: _both(session, bench, unit))
    yield bench.sql("SQL ghi mình là người duyệt", _APPROVAL.format(maker="maker_id"), id=number)
    yield bench.sql(
        "SQL ghi người lập là người khác", _APPROVAL.format(maker="maker_id + 1"), id=number
    )
    yield bench.sql(
        "SQL đổi người lập",
        "update payroll set maker_id = maker_id + 1 where id = :id", id=number,
    )  # fmt: skip
    yield bench.sql(
        "SQL chuyển thẳng sang đã duyệt",
        "update payroll set state = 'approved' where id = :id", id=number,
    )  # fmt: skip
    moved = "update payroll set state = '{}' where id = :id"
    yield bench.sql(
        "SQL chuyển từng bước, không ai duyệt",
        moved.format("checked"), moved.format("approved"), id=number,
    )  # fmt: skip
    yield bench.do(
        "SQL ghi khống hai lần duyệt của người khác",
        lambda session: _forge(session, bench, unit),
    )


def _with_role(session: Session, bench: Bench, unit: str) -> None:
    maker = f"maker.{unit}"
    values = {"who": officer_of(session, maker), "role": "checker", "unit": unit}
    session.execute(text(_ROLE), values)
    _check(session, bench, maker)


def _check(session: Session, bench: Bench, username: str, step: str = "check") -> None:
    code, now = bench.code(username)
    _approve(session, bench, officer_of(session, username), code, now, step)


def _approve(
    session: Session, bench: Bench, who: int, code: str, now: datetime, step: str = "check"
) -> None:
    ids = [bench.stage.month.submitted]
    seen = shown(session, ids).code
    approve(session, bench.runtime.keyring, who, code, step, ids, now, seen=seen)


def _both(session: Session, bench: Bench, unit: str) -> None:
    checker = f"checker.{unit}"
    _check(session, bench, checker)
    values = {"who": officer_of(session, checker), "role": "approver", "unit": unit}
    session.execute(text(_ROLE), values)
    _check(session, bench, checker, "approve")


def _forge(session: Session, bench: Bench, unit: str) -> None:
    """Acts and approvals of the right people, as they would stand, without their codes."""
    number = bench.stage.month.submitted
    digest = combined(lines_digests(session, [number]))
    steps = (("check", "checker"), ("approve", "approver"))
    for ordinal, (step, role) in enumerate(steps, start=1):
        who = officer_of(session, f"{role}.{unit}")
        act: Any = session.execute(
            text("insert into act (step, officer_id, timecode, digest, things, total, acted_at,"
                 " seal) select :step, :who, 1, :digest, lines, total, opened_at,"
                 " (select seal from act where step = :step limit 1)"
                 " from payroll where id = :id returning id"),
            {"step": step, "who": who, "digest": digest, "id": number},
        ).scalar_one()  # fmt: skip
        session.execute(
            text(f"insert into approval ({_COLUMNS}) select id, round, :ordinal, :step, maker_id,"
                 " digest, :who, :act from payroll where id = :id"),
            {"ordinal": ordinal, "step": step, "who": who, "act": act, "id": number},
        )  # fmt: skip
    for state in ("checked", "approved"):
        session.execute(
            text("update payroll set state = :state where id = :id"),
            {"state": state, "id": number},
        )


def code_twice(bench: Bench) -> Iterator[Attempt]:
    """One code for two releases."""
    one, two = bench.stage.month.funded
    yield bench.do(
        "cùng mã cho lô thứ hai",
        lambda session: _release_twice(session, bench, one, two, timedelta(0)),
    )
    yield bench.do(
        "mã cũ sau hai phút",
        lambda session: _release_twice(session, bench, one, two, timedelta(minutes=2)),
    )
    columns = "officer_id, timecode, digest, things, total, acted_at, seal"
    yield bench.sql(
        "SQL ghi thêm hành động với mã cũ",
        f"insert into act (step, {columns}) select 'release', {columns}"
        " from act where id = (select max(id) from act)",
    )
    yield bench.sql(
        "SQL ghi đè hành động cũ",
        f"insert or replace into act (id, step, {columns}) select id, 'release', {columns}"
        " from act where id = (select max(id) from act)",
    )
    yield bench.sql("SQL xoá hành động cũ", "delete from act where id = (select max(id) from act)")


def _release_twice(session: Session, bench: Bench, one: int, two: int, later: timedelta) -> None:
    now = tick(bench.runtime)
    keyring = bench.runtime.keyring
    codes = _finance(session, now)
    release(session, keyring, codes, [one], now)
    release(session, keyring, codes, [two], now + later)


def _finance(session: Session, now: datetime) -> list[tuple[int, str]]:
    names = ("finance.one", "finance.two")
    return [(officer_of(session, name), code_at(name, now)) for name in names]


def two_accounts(bench: Bench) -> Iterator[Attempt]:
    """One human being, twice an officer, to check what he made."""
    with bench.runtime.database.view() as session:
        unit = unit_of(session, bench.stage.month.submitted)
    maker, citizen_id = f"maker.{unit}", _citizen_id(bench, f"maker.{unit}")
    spaced = f"{citizen_id[:3]} {citizen_id[3:6]} {citizen_id[6:]}"
    yield bench.do("xin tài khoản thứ hai", lambda s: _enrol(s, bench, unit, citizen_id))
    yield bench.do("viết số định danh cách quãng", lambda s: _enrol(s, bench, unit, spaced))
    copied = (
        "insert into officer (username, name, person_key, totp_secret)"
        " select 'second', name, {key}, totp_secret from officer where username = :maker"
    )
    yield bench.sql("SQL thêm tài khoản", copied.format(key="person_key"), maker=maker)
    yield bench.do(
        "SQL thêm tài khoản với số định danh bịa, rồi tự kiểm tra",
        lambda session: _second_account(session, bench, unit, copied),
    )
    yield bench.sql(
        "SQL ghi đè người kiểm tra bằng tài khoản của mình",
        "insert or replace into officer (id, username, name, person_key, totp_secret)"
        " select (select id from officer where username = :checker), 'second', name,"
        " person_key || 'x', totp_secret from officer where username = :maker",
        maker=maker, checker=f"checker.{unit}",
    )  # fmt: skip


def _citizen_id(bench: Bench, username: str) -> str:
    """The made-up ID of a training officer, found by its blind index."""
    with bench.runtime.database.view() as session:
        key = session.execute(
            text("select person_key from officer where username = :name"), {"name": username}
        ).scalar_one()
    known = (f"09718099{number:04}" for number in range(10_000))
    return next(one for one in known if bench.runtime.keyring.index(
        "officer.citizen_id", one) == key)  # fmt: skip


def _enrol(session: Session, bench: Bench, unit: str, citizen_id: str) -> None:
    keyring, secret = bench.runtime.keyring, demo_secret("second")
    number = add_officer(session, keyring, "second", "Người thứ hai", citizen_id, secret)
    session.execute(text(_ROLE), {"who": number, "role": "checker", "unit": unit})


def _second_account(session: Session, bench: Bench, unit: str, copied: str) -> None:
    maker = f"maker.{unit}"
    session.execute(text(copied.format(key="person_key || 'x'")), {"maker": maker})
    who = officer_of(session, "second")
    session.execute(text(_ROLE), {"who": who, "role": "checker", "unit": unit})
    code, now = bench.code(maker)
    _approve(session, bench, who, code, now)
