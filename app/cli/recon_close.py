"""`ansinh recon close`: a day of bank accounts by one finance officer, a month by two."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

import click
from sqlalchemy import ColumnElement

from app.cli.options import DAY, House, answer, moment_of, with_database, with_json
from app.cli.service import runtime_of
from app.cli.signing import keyring_of, opened, signers, with_officers
from app.clock import FixedClock
from app.disbursement.settling import months
from app.disbursement.settling.bank_days import DayDraft, day_drafts
from app.errors import InputError
from app.jobs.closing import close_day
from app.jobs.month_end import close_month
from app.jobs.runtime import Runtime
from app.units.tables import contract
from ledger.money import format_number, format_vnd


@click.command()
@click.option("--day", type=DAY, help="Ngày của tài khoản ngân hàng; một cán bộ tài chính khóa.")
@click.option("--period", default="", help="Tháng, ví dụ 2026-10; hai cán bộ tài chính khóa.")
@click.option("--provider", default="", help="Chỉ tài khoản tại ngân hàng này (với --day).")
@click.option("--digest", default="", help="Mã nội dung ở cuối bảng đã đọc (với --period).")
@with_officers
@with_database
@with_json
def close(
    day: datetime | None,
    period: str,
    provider: str,
    digest: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Khóa ngày hoặc khóa tháng; không có --officer thì chỉ xem. Còn lệch một đồng là không khóa.

    Ngày khóa khi sổ kế toán bằng sổ phụ và mọi dòng đã xét. Tháng khóa khi đủ sổ phụ, đủ ngày đã
    khóa, mọi nơi chi trả đã quyết toán.
    """
    if (day is None) == (not period):
        raise InputError("Cần đúng một trong --day và --period.", "Ví dụ --day 2026-10-12.")
    with opened(database_url) as house:
        if day is not None:
            _close_day(house, day.date(), provider, officers, codes, as_json)
        else:
            _close_month(house, period, digest, officers, codes, as_json)


def signing_runtime(house: House) -> Runtime:
    """What a close is handed: the keys, and the moment of this database, a training one's own.

    Raises InputError where there are no keys.
    """
    keyring_of(house)
    with house.database.view() as session:
        return replace(runtime_of(house), clock=FixedClock(moment_of(session)))


def _close_day(
    house: House,
    day: date,
    provider: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    as_json: bool,
) -> None:
    where: tuple[ColumnElement[bool], ...] = (contract.c.provider == provider,) if provider else ()
    if not officers:
        with house.database.view() as session:
            found = day_drafts(session, day, moment_of(session), where)
        _tell_days(day, found, as_json, "sẽ khóa")
        sys.exit(1 if any(one.missing for one in found) else 0)
    runtime = signing_runtime(house)
    with house.database.view() as session:
        who = signers(session, officers, codes)
    if len(who) != 1:
        raise InputError("Khóa ngày cần một cán bộ tài chính.", "Ghi một --officer và một --code.")
    done = close_day(runtime, who[0], day, where)
    _tell_days(day, [*done.closed, *done.left], as_json, "đã khóa")
    sys.exit(1 if done.left else 0)


def _tell_days(day: date, found: list[DayDraft], as_json: bool, word: str) -> None:
    lines = [_day_line(one, word) for one in found]
    lines = lines or [f"Không có tài khoản nào có sổ phụ ngày {day:%d/%m/%Y} chưa khóa."]
    value = {"day": day, "accounts": [_day_value(one) for one in found]}
    answer(as_json, value, "\n".join(lines))


def _day_line(one: DayDraft, word: str) -> str:
    place = f"{one.shown}  {one.cell.unit} {one.cell.programme}"
    if one.missing:
        return f"  CHƯA   {place}: {'; '.join(one.missing)}"
    moved = f"vào {format_number(one.came)}, ra {format_number(one.went)}"
    return f"  {word} {place}: {one.lines} dòng, {moved}, còn {format_vnd(one.balance)}"


def _day_value(one: DayDraft) -> dict[str, Any]:
    return {
        **one.values(),
        "account": one.shown,
        **asdict(one.cell),
        "books": one.books,
        "stated": one.stated,
        "missing": list(one.missing),
    }


def _close_month(
    house: House,
    period: str,
    digest: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    as_json: bool,
) -> None:
    if not officers:
        _preview(house, period, as_json)
        return
    runtime = signing_runtime(house)
    with house.database.view() as session:
        two = signers(session, officers, codes)
    said = close_month(runtime, period, two, digest)
    answer(as_json, {"period": period, "closed": said}, f"Đã khóa tháng {period}: {said}.")


def _preview(house: House, period: str, as_json: bool) -> None:
    """What closing a month would write down, or what is in its way (exit code 1)."""
    with house.database.snapshot() as session:
        found = months.preview(session, period, moment_of(session))
    value = {
        "period": period,
        "obstacles": found.obstacles,
        "cells": [
            {**asdict(cell), **asdict(one), "difference": one.difference}
            for cell, one in found.cells.items()
        ],
        "digest": found.digest,
    }
    paid = found.total("credited") + found.total("cash_paid")
    lines = [
        f"Tháng {period}: {format_number(len(found.cells))} ô, đã trả {format_vnd(paid)},"
        f" còn {format_vnd(found.total('balance'))}.",
        *(f"  CHƯA   {one}" for one in found.obstacles),
        f"Mã nội dung: {found.digest}",
    ]
    answer(as_json, value, "\n".join(lines))
    sys.exit(1 if found.obstacles else 0)
