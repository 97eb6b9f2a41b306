"""`ansinh payroll seen|accept|change-limit`: what officers answer to flags, how much may change."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

import click
from sqlalchemy.orm import Session

from app.access.officers import officer_named
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.payroll.told import folded
from app.cli.signing import signed, signer, signers, with_officer, with_officers
from app.months import in_words
from app.payroll.change_limits import MEASURES, ChangeLimit, change_limits, set_change_limit
from app.payroll.flag_kinds import REASONS
from app.payroll.flags_decided import accept, mark_seen
from app.privacy import Keyring
from ledger.money import format_number


@click.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--officer", required=True, help="Tên đăng nhập của người kiểm tra.")
@with_database
@with_json
def seen(numbers: tuple[int, ...], officer: str, database_url: str | None, as_json: bool) -> None:
    """Người kiểm tra đã xem mọi cảnh báo của các bảng này."""
    with open_house(database_url).database.unit_of_work() as session:
        who = officer_named(session, officer)
        count = mark_seen(session, who, numbers, moment_of(session))
    answer(as_json, {"payrolls": numbers, "answers": count}, f"Đã ghi {count} cảnh báo đã xem.")


@click.command(name="accept")
@click.argument("flag_ids", type=int, nargs=-1, required=True, metavar="FLAG...")
@click.option("--reason-code", type=click.Choice(list(REASONS)), required=True)
@click.option("--reason", required=True, help="Lý do bằng lời.")
@with_officer
@with_database
@with_json
def accept_command(
    flag_ids: tuple[int, ...],
    reason_code: str,
    reason: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Trả lời những lỗi chặn được phép giải thích; người lập không tự trả lời."""

    def work(session: Session, keyring: Keyring) -> int:
        who = signer(session, officer, code)
        now = moment_of(session)
        return accept(session, keyring, who, flag_ids, reason_code, reason, now)

    act_id = signed(database_url, work)
    answer(as_json, {"flags": flag_ids, "act": act_id}, f"Đã ghi lý do cho {len(flag_ids)} lỗi.")


@click.group(name="change-limit")
def change_limit() -> None:
    """Ngưỡng thay đổi so với tháng trước: quá ngưỡng thì phải có lý do."""


@change_limit.command(name="list")
@with_database
@with_json
def list_command(database_url: str | None, as_json: bool) -> None:
    """Các ngưỡng: kèm theo phần mềm và do hai người đặt."""
    with open_house(database_url).database.view() as session:
        found = [asdict(one) for one in change_limits(session)]
    answer(as_json, found, "\n".join(folded(_line(ChangeLimit(**one))) for one in found))


@change_limit.command(name="set")
@click.option("--programme", default="", help="Bỏ trống là mọi chương trình.")
@click.option("--measure", type=click.Choice(MEASURES), required=True)
@click.option("--from", "from_period", required=True, help="Từ kỳ, ví dụ 2026-10.")
@click.option("--per-cent", type=click.IntRange(0), required=True)
@click.option("--floor", type=click.IntRange(0), required=True, help="Số người hoặc số đồng.")
@click.option("--reason", required=True, help="Lý do bằng lời.")
@with_officers
@with_database
@with_json
def set_command(
    programme: str,
    measure: str,
    from_period: str,
    per_cent: int,
    floor: int,
    reason: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Người kiểm tra và người duyệt của tỉnh cùng đặt một ngưỡng."""
    one = ChangeLimit(programme, measure, from_period, per_cent, floor)

    def work(session: Session, keyring: Keyring) -> int:
        now: datetime = moment_of(session)
        two = signers(session, officers, codes)
        return set_change_limit(session, keyring, two, one, reason, now)

    number = signed(database_url, work)
    answer(
        as_json,
        {"limit": number, **asdict(one)},
        folded(f"Đã đặt ngưỡng {number}: {_line(replace(one, by=str(number)))}."),
    )


_MEASURES = {
    "total": ("tổng tiền", "đồng"),
    "people": ("số người", "người"),
    "missing": ("số người vắng", "người"),
    "accounts": ("số tài khoản mới hoặc đổi", "người"),
}


def _line(one: ChangeLimit) -> str:
    where = one.programme or "mọi chương trình"
    what, unit = _MEASURES[one.measure]
    return (
        f"{where}, {what} ({one.measure}): quá {one.per_cent} % và quá {format_number(one.floor)}"
        f" {unit}, từ {in_words(one.from_period)},"
        f" {'kèm phần mềm' if one.by == 'shipped' else 'số ' + one.by}"
    )


COMMANDS = (seen, accept_command, change_limit)
