"""`ansinh year-end`: plan, carry over, hand back, settle and close a budget year."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.options import DAY, House, amount_of, answer, with_cell, with_database, with_json
from app.cli.service import runtime_of
from app.cli.signing import (
    keyring_of,
    opened,
    signed,
    signer,
    signers,
    with_officer,
    with_officers,
)
from app.clock import SystemClock
from app.disbursement.year_end import text
from app.disbursement.year_end.carrying import Decision, cell_named, write_decision
from app.disbursement.year_end.figures import figures
from app.disbursement.year_end.handing_back import Accepted, accept
from app.disbursement.year_end.obstacles import obstacles
from app.disbursement.year_end.plan import plan as plan_of
from app.disbursement.year_end.refunds import Refunded, Slip
from app.disbursement.year_end.refunds import refund as refund_by
from app.disbursement.year_end.settling import preview
from app.jobs.year_end import settle_year
from app.privacy import Keyring
from ledger.money import format_vnd
from ledger.years import opening_balances
from reconciliation.years import closed_years


@click.group("year-end")
def year_end() -> None:
    """Cuối năm ngân sách: kế hoạch, chuyển nguồn, nộp trả, quyết toán, số dư đầu năm."""


def _with_year(command: Any) -> Any:
    return click.option(
        "--year", required=True, type=click.IntRange(2000, 2199), help="Năm ngân sách."
    )(command)


@year_end.command()
@_with_year
@with_database
@with_json
def plan(year: int, database_url: str | None, as_json: bool) -> None:
    """Ngày phải nhớ, số liệu từng nơi, khoản phải nộp trả. Chỉ đọc."""
    with opened(database_url) as house, house.database.view() as session:
        found = plan_of(session, year, SystemClock().now(), figures(session, year))
    answer(as_json, found.as_json(), text.plan_text(found))


@year_end.command()
@_with_year
@with_cell
@click.option("--number", required=True, help="Số quyết định chuyển nguồn.")
@click.option("--date", "decided_on", required=True, type=DAY, help="Ngày quyết định.")
@click.option("--amount", required=True, help="Số tiền; 0 là huỷ quyết định đã ghi.")
@with_officer
@with_database
@with_json
def carry(
    year: int,
    unit: str,
    programme: str,
    provider: str,
    number: str,
    decided_on: datetime,
    amount: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi một quyết định cho chuyển nguồn sang năm sau."""
    now, value = SystemClock().now(), amount_of(amount)

    def work(session: Session, keyring: Keyring) -> bool:
        cell = cell_named(session, unit, programme, provider)
        one = Decision(cell, year, number, decided_on.date(), value)
        return write_decision(session, keyring, signer(session, officer, code), one, now)

    is_new = signed(database_url, work)
    says = f"Đã ghi quyết định {number}: {format_vnd(value)}."
    answer(as_json, {"is_new": is_new}, says if is_new else "Quyết định này đã ghi đúng như vậy.")


@year_end.command(name="return")
@_with_year
@click.option("--digest", default="", help="Mã nội dung ở cuối bảng kế hoạch đã đọc.")
@with_officers
@with_database
@with_json
def return_command(
    year: int,
    digest: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người duyệt số phải nộp trả Kho bạc theo kế hoạch."""
    now = SystemClock().now()

    def work(session: Session, keyring: Keyring) -> Accepted:
        return accept(session, keyring, signers(session, officers, codes), digest, year, now)

    done = signed(database_url, work)
    value = {"joint_act": done.joint_id, "lines": [asdict(one) for one in done.lines]}
    says = f"Đã ghi phải nộp trả {format_vnd(done.total)}, {len(done.lines)} dòng."
    answer(as_json, value, says if done.lines else "Không còn khoản nào phải duyệt nộp trả.")


@year_end.command()
@_with_year
@with_cell
@click.option("--slip", required=True, help="Số chứng từ nộp trả Kho bạc.")
@click.option("--date", "paid_on", required=True, type=DAY, help="Ngày trên chứng từ.")
@click.option("--amount", required=True, help="Số tiền trên chứng từ.")
@with_officers
@with_database
@with_json
def refund(
    year: int,
    unit: str,
    programme: str,
    provider: str,
    slip: str,
    paid_on: datetime,
    amount: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người ghi tiền đã nộp trả Kho bạc theo chứng từ."""
    now, value = SystemClock().now(), amount_of(amount)

    def work(session: Session, keyring: Keyring) -> Refunded:
        cell = cell_named(session, unit, programme, provider)
        one = Slip(cell, year, slip, paid_on.date(), value)
        return refund_by(session, keyring, signers(session, officers, codes), one, now)

    done = signed(database_url, work)
    says = f"Đã ghi nộp trả {format_vnd(value)} theo chứng từ {slip}, bút toán {done.entry_id}."
    answer(as_json, asdict(done), says if done.is_new else f"Chứng từ {slip} đã ghi từ trước.")


@year_end.command()
@_with_year
@click.option("--digest", default="", help="Mã nội dung ở cuối bảng xem trước đã đọc.")
@with_officers
@with_database
@with_json
def settle(
    year: int,
    digest: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Quyết toán và khoá năm vĩnh viễn; không có --officer thì chỉ xem trước."""
    with opened(database_url) as house:
        if not officers:
            _preview(house, year, as_json)
            return
        keyring_of(house)
        with house.database.view() as session:
            two = signers(session, officers, codes)
        done = settle_year(runtime_of(house), two, digest, year)
    says = f"Đã quyết toán {format_vnd(done.total)} và khoá năm {year}."
    answer(as_json, asdict(done), says if done.is_new else f"Năm {year} đã khoá từ trước.")


def _preview(house: House, year: int, as_json: bool) -> None:
    """What settling would do, or what is in its way (exit code 1)."""
    with house.database.view() as session:
        wrong = obstacles(session, year, SystemClock().now())
        shown = preview(session, year)
    value = {
        "obstacles": [asdict(one) for one in wrong],
        "lines": [asdict(one) for one in shown.lines],
        "leaves": shown.leaves,
        "digest": shown.digest,
    }
    answer(as_json, value, text.preview_text(year, shown, wrong))
    sys.exit(1 if wrong else 0)


@year_end.command()
@_with_year
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Ghi ra tệp.")
@with_database
def opening(year: int, form: str, output: Path | None, database_url: str | None) -> None:
    """Số dư đầu năm, từng tài khoản: đúng bằng số cuối năm trước."""
    with opened(database_url) as house, house.database.view() as session:
        rows = text.opening_rows(opening_balances(session, year))
        is_closed = year - 1 in closed_years(session)
    if form == "table":
        told = text.opening_text(year, rows, is_closed)
    elif form == "json":
        value = {"year": year, "closed": is_closed, "accounts": rows}
        told = json.dumps(value, ensure_ascii=False, indent=1)
    else:
        told = _csv(rows)
    if output is None:
        click.echo(told)
    else:
        output.write_text(told + "\n", encoding="utf-8")
        click.echo(f"Đã ghi {len(rows)} tài khoản vào {output}.")


def _csv(rows: list[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, text.OPENING_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().rstrip("\n")
