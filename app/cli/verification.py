"""`ansinh verification`: did the money arrive? A sample of a month, and what people say."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.orm import Session

from app.access.officers import officer_named
from app.access.scope import scope_of
from app.cli.complaints import with_officer
from app.cli.options import (
    amount_of,
    answer,
    moment_of,
    open_house,
    person_number,
    with_database,
    with_json,
)
from app.complaints.confirming import confirm_payment
from app.complaints.hearing import heard
from app.complaints.moving import ROLES, area_of
from app.complaints.sampling import draw, publish, sample_of
from app.complaints.states import CHANNELS
from app.complaints.visiting import RESULTS, record_visit, rows_of
from app.months import in_words, require_month
from ledger.money import format_vnd

SAID = {
    "received": "đã nhận đủ",
    "wrong_amount": "nhận sai số tiền",
    "not_received": "chưa nhận",
    "not_met": "không gặp",
    None: "chưa hỏi",
}


@click.group()
def verification() -> None:
    """Tiền có tới tay không: mẫu kiểm tra hằng tháng của xã và lời người dân."""


@verification.command(name="publish")
@click.option("--period", required=True, help="Tháng chi trả, ví dụ 2026-10.")
@click.option("--area", required=True, help="Mã xã 5 chữ số.")
@with_officer
@with_database
@with_json
def publish_command(
    period: str, area: str, username: str, database_url: str | None, as_json: bool
) -> None:
    """Công bố số gieo của mẫu, trước khi rút; ai cũng rút lại được."""
    house = open_house(database_url)

    def work(session: Session) -> Any:
        who = officer_named(session, username)
        return sample_of(session, publish(session, who, period, area, moment_of(session)))

    found = house.database.serializable(work)
    text = (
        f"Mẫu số {found.id}, tháng {in_words(period)}, xã {area}.\nSố gieo: {found.seed}\n"
        f"Công bố lúc {found.published_at.isoformat(timespec='seconds')}. Rút sau khi đã công bố."
    )
    answer(as_json, {"sample": found.id, "seed": found.seed}, text)


@verification.command(name="draw")
@click.argument("sample", type=int)
@with_officer
@with_database
@with_json
def draw_command(sample: int, username: str, database_url: str | None, as_json: bool) -> None:
    """Rút mẫu đã công bố trong các khoản đã chi của tháng."""
    house = open_house(database_url)

    def work(session: Session) -> int:
        return draw(session, officer_named(session, username), sample, moment_of(session))

    size = house.database.serializable(work)
    answer(as_json, {"sample": sample, "size": size}, f"Mẫu số {sample}: đã rút {size} khoản.")


@verification.command(name="show")
@click.argument("sample", type=int)
@with_officer
@with_database
@with_json
def show_command(sample: int, username: str, database_url: str | None, as_json: bool) -> None:
    """Các dòng của mẫu: hỏi ai, khoản nào, người dân nói gì."""
    house = open_house(database_url)
    with house.database.view() as session:
        scope = scope_of(session, username, moment_of(session))
        scope.require(sample_of(session, sample).area_code)
        found = rows_of(session, sample)
    lines = [
        f"{one.ordinal}  AS-{one.person_id:06}  {one.name}  {format_vnd(one.amount)}"
        f"  {SAID[one.result]}{f', phản ánh {one.complaint_id}' if one.complaint_id else ''}"
        for one in found
    ]
    value = {"sample": sample, "rows": [dict(one._mapping) for one in found]}
    answer(as_json, value, "\n".join(lines) or "Chưa rút.")


@verification.command(name="visit")
@click.argument("sample", type=int)
@click.argument("row", type=int)
@click.option("--result", type=click.Choice(RESULTS), required=True, help="Người dân nói gì.")
@click.option("--amount", default=None, help="Số tiền thực nhận, khi nhận sai số tiền.")
@with_officer
@with_database
@with_json
def visit_command(
    sample: int,
    row: int,
    result: str,
    amount: str | None,
    username: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi kết quả gặp một người của mẫu; chưa nhận hoặc sai tiền thì mở phản ánh."""
    house = open_house(database_url)
    told = None if amount is None else amount_of(amount)

    def work(session: Session) -> int | None:
        who, now = officer_named(session, username), moment_of(session)
        return record_visit(session, house.keyring, who, sample, row, result, told, now)

    number = house.database.serializable(work)
    text = f"Dòng {row}: {SAID[result]}{f', phản ánh số {number}' if number else ''}."
    answer(as_json, {"sample": sample, "row": row, "complaint": number}, text)


@verification.command(name="confirm")
@click.argument("person")
@click.argument("payment", type=int)
@click.option("--received/--not-received", "is_received", required=True, help="Đã nhận hay chưa.")
@click.option("--channel", type=click.Choice(list(CHANNELS)), default="counter", show_default=True)
@with_officer
@with_database
@with_json
def confirm_command(
    person: str,
    payment: int,
    is_received: bool,
    channel: str,
    username: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi lời người dân về một lệnh chi: đã nhận hay chưa."""
    house, whose = open_house(database_url), person_number(person)

    def work(session: Session) -> int | None:
        now = moment_of(session)
        scope_of(session, username, now, ROLES).require(area_of(session, whose))
        return confirm_payment(
            session, house.keyring, username, whose, payment, is_received, channel, now
        )

    number = house.database.serializable(work)
    text = "Đã ghi: đã nhận." if is_received else f"Đã ghi: chưa nhận, phản ánh số {number}."
    answer(as_json, {"payment": payment, "received": is_received, "complaint": number}, text)


@verification.command(name="count")
@click.option("--period", required=True, help="Tháng chi trả, ví dụ 2026-10.")
@with_database
@with_json
def count_command(period: str, database_url: str | None, as_json: bool) -> None:
    """Người dân nói đã nhận, trên số khoản đã nghe họ nói: từng xã."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = heard(session, require_month(period), moment_of(session))
    text = "\n".join(f"{one.area_code}: {one.came} trên {one.asked} khoản" for one in found)
    value = {"period": period, "areas": [one._asdict() for one in found]}
    answer(as_json, value, text or "Chưa nghe ai nói về tháng này.")
