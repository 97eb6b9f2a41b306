"""`ansinh accounts follow-up`, `campaign` and `progress`: first payments, targets, figures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table
from sqlalchemy.orm import Session

from app.beneficiaries.still_cash import REASONS
from app.cashless.campaigns import begin, campaign_named, read_targets
from app.cashless.follow_up import follow_up as take_in
from app.cashless.follow_up import to_do
from app.cashless.people import commune_name
from app.cashless.progress import Progress, total
from app.cashless.progress import progress as measure
from app.cashless.progress_sheet import write_progress
from app.cli.cashless.common import FILE, is_training, new_file, with_area
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.tables import fitted
from app.clock import local_date
from app.indicators.rates import percent
from app.reference.money_providers import keeper_name
from ledger.money import format_number

_DAY = click.DateTime(["%Y-%m-%d"])
_ADVICE = "Đến nhà xem lại số và tên tài khoản, sửa có xác minh; kỳ tới trả tiền mặt."


@click.command("follow-up")
@with_area
@with_database
@with_json
def follow_up(area: str, database_url: str | None, as_json: bool) -> None:
    """Theo dõi khoản tiền đầu tiên: vào thì xác nhận tài khoản, bị trả lại thì trả tiền mặt."""
    house = open_house(database_url)
    with house.database.unit_of_work() as session:
        told = take_in(session, "cli", moment_of(session))
        rows = to_do(session, area)
    listed = [
        {"person": row.id, "name": row.name, "area": row.area_code, "hamlet": row.hamlet,
         "keeper": row.bank_bin, "tail": row.account_tail, "reason": row.reason,
         "on": row.happened_on, "to_do": _ADVICE}
        for row in rows
    ]  # fmt: skip
    lines = [
        f"{format_number(told['confirmed'])} tài khoản được xác nhận bằng khoản tiền đầu tiên;"
        f" {format_number(told['returned'])} tài khoản bị trả lại,"
        f" {format_number(told['moved'])} người chuyển sang nơi nhận kế tiếp."
    ]
    lines += [
        f"  {row.area_code}  AS-{row.id:06}  {row.name}, {row.hamlet}:"
        f" {keeper_name(row.bank_bin)} ****{row.account_tail}: {row.reason}"
        for row in rows
    ]
    lines += [_ADVICE] if rows else []
    answer(as_json, {**told, "people": listed}, "\n".join(lines))


@click.command()
@click.argument("name")
@click.option("--from", "first", type=_DAY, required=True, help="Ngày bắt đầu, 2026-12-01.")
@click.option("--to", "last", type=_DAY, required=True, help="Ngày kết thúc.")
@click.option("--targets", type=FILE, required=True, help="Tệp: Mã xã, Chỉ tiêu (số người).")
@with_database
@with_json
def campaign(
    name: str,
    first: datetime,
    last: datetime,
    targets: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi một chiến dịch: tên, ngày, chỉ tiêu số người có tài khoản của từng xã."""
    wanted = read_targets(targets)
    house = open_house(database_url)
    with house.database.unit_of_work() as session:
        now = moment_of(session)
        number = begin(session, name, first.date(), last.date(), wanted, "cli", now)
    answer(as_json, {"campaign": number, "communes": len(wanted), "target": sum(wanted.values())},
           f"Đã ghi chiến dịch “{name}”: {len(wanted)} xã,"
           f" chỉ tiêu {format_number(sum(wanted.values()))} người.")  # fmt: skip


@click.command()
@with_area
@click.option("--campaign", "name", default="", help="So với chỉ tiêu của chiến dịch này.")
@click.option("--xlsx", type=FILE, help="Ghi thêm bảng tính.")
@with_database
@with_json
def progress(
    area: str, name: str, xlsx: Path | None, database_url: str | None, as_json: bool
) -> None:
    """Tiến độ từng xã: có tài khoản, đã xác minh, còn tiền mặt và vì sao, đã mở, chỉ tiêu."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = _measured(session, area, name)
        if xlsx is not None:
            with new_file(xlsx) as out:
                write_progress(out, found, moment_of(session), is_training(session))
    whole = total(found.values())
    if as_json:
        communes = {code: one.as_json() for code, one in found.items()}
        answer(True, {"total": whole.as_json(), "communes": communes}, "")
        return
    click.echo(fitted(_table(found, whole), range(1, 7)))
    for code, people in sorted(whole.reasons.items()):
        click.echo(f"Còn tiền mặt: {REASONS.get(code, 'Chưa hỏi')}: {format_number(people)}")
    for day, people in sorted(whole.per_day.items()):
        click.echo(f"{day:%d/%m/%Y}: {format_number(people)} người có tài khoản mới")


def _measured(session: Session, area: str, name: str) -> dict[str, Progress]:
    chosen = campaign_named(session, name) if name else None
    return measure(session, area, local_date(moment_of(session)), chosen)


def _side(n: int, d: int | None) -> str:
    """A rate as people read it, below both its sides: '1.017/1.260', '80,71 %'."""
    if d is None:
        return ""
    told = percent(n, d)
    sides = f"{format_number(n)}/{format_number(d)}"
    return f"{sides}\n{told.replace('.', ',')} %" if told else sides


def _table(found: dict[str, Progress], whole: Progress) -> Table:
    table = Table("xã", box=SIMPLE_HEAD, title="Từ tiền mặt sang tài khoản")
    for title in ("có tài\nkhoản", "đã xác\nminh", "đã nhận\ntiền", "mở/\nđề nghị", "chỉ\ntiêu"):
        table.add_column(title, justify="right")
    table.add_column("còn\ntiền mặt", justify="right")
    for name, one in [*((commune_name(code), one) for code, one in found.items()), ("Cộng", whole)]:
        table.add_row(
            name, _side(one.with_account, one.people), _side(one.verified, one.with_account),
            format_number(one.first_paid), _side(one.opened, one.asked),
            _side(one.targeted, one.target), format_number(sum(one.reasons.values())),
        )  # fmt: skip
    return table
