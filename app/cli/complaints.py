"""`ansinh complaints`: what people complain of, ask and praise; who answers, and by when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import Session

from app.access.officers import officer_named
from app.access.scope import scope_of
from app.access.viewer import viewer
from app.cli.options import answer, moment_of, open_house, person_number, with_database, with_json
from app.clock import local_date
from app.complaints import moving
from app.complaints.counting import counted
from app.complaints.opening import open_complaint
from app.complaints.reading import (
    PAGE,
    Complaint,
    Place,
    complaint_of,
    evidence_of,
    steps_of,
    waiting,
)
from app.complaints.states import CHANNELS, KINDS, STATES
from app.complaints.tables import complaint
from app.months import in_words, require_month
from app.privacy import Keyring

with_officer = click.option(
    "--officer", "username", required=True, help="Tên đăng nhập của người làm."
)


@click.group()
def complaints() -> None:
    """Phản ánh, câu hỏi và lời cảm ơn của người dân: ai trả lời, hạn ngày nào."""


@complaints.command(name="list")
@click.option("--unit", default="", help="Mã đơn vị trả lời; bỏ trống là tất cả.")
@click.option("--kind", type=click.Choice(list(KINDS)), default=None, help="Loại việc.")
@click.option("--overdue", is_flag=True, help="Chỉ việc đã quá hạn mà chưa trả lời.")
@click.option("--closed", is_flag=True, help="Việc đã đóng thay vì đang mở.")
@with_database
@with_json
def list_command(
    unit: str,
    kind: str | None,
    overdue: bool,
    closed: bool,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Việc đang mở, hạn gần nhất trước."""
    house = open_house(database_url)
    with house.database.view() as session:
        today = local_date(moment_of(session))
        within: ColumnElement[bool] = complaint.c.unit_code == unit if unit else true()
        if overdue:
            within = and_(within, complaint.c.due_on < today)
        found = _all(session, within, kind or "", closed)
    rows = [one for one in found if not overdue or one.is_overdue(today)]
    text = "\n".join(_line(one, one.is_overdue(today)) for one in rows)
    value = {"complaints": [_value(one, one.is_overdue(today)) for one in rows]}
    answer(as_json, value, text or "Không có phản ánh nào.")


def _all(session: Session, within: ColumnElement[bool], kind: str, closed: bool) -> list[Complaint]:
    found: list[Complaint] = []
    place = None
    while some := waiting(session, within, place, kind, closed):
        found += some[:PAGE]
        if len(some) <= PAGE:
            break
        place = Place(found[-1].row.due_on, found[-1].row.id)
    return found


def _line(one: Complaint, is_overdue: bool) -> str:
    row = one.row
    late = "  QUÁ HẠN" if is_overdue else ""
    who = f"AS-{row.person_id:06}  {row.person}"
    return (
        f"{row.id}  hạn {row.due_on:%d/%m/%Y}{late}  {row.unit_code or 'tỉnh'}  {who}"
        f"  [{KINDS[row.kind]}] {STATES[row.state]}{f', {row.officer}' if row.officer else ''}"
    )


def _value(one: Complaint, is_overdue: bool) -> dict[str, Any]:
    return {**one.row._mapping, "overdue": is_overdue}


@complaints.command(name="show")
@click.argument("number", type=int)
@click.option("--evidence", is_flag=True, help="Kèm chứng cứ về khoản chi lúc nhận phản ánh.")
@with_officer
@with_database
@with_json
def show_command(
    number: int, evidence: bool, username: str, database_url: str | None, as_json: bool
) -> None:
    """Một việc: người dân nói gì, đã làm gì. Chỉ đơn vị trả lời xem được."""
    house = open_house(database_url)
    with house.database.view() as session:
        now = moment_of(session)
        found = complaint_of(session, number)
        who = viewer(session, officer_named(session, username), now)
        who.require_unit(found.row.unit_code)
        steps = steps_of(session, house.keyring, number)
        proof = evidence_of(session, house.keyring, number) if evidence else None
    late = found.is_overdue(local_date(now))
    lines = [_line(found, late)]
    for one in steps:
        said = f": {one.words}" if one.words else ""
        lines.append(f"  {one.at:%d/%m/%Y %H:%M}  {STATES[one.state]} ({one.actor}){said}")
    if digest := found.row.evidence_digest:
        lines.append(f"  Chứng cứ kèm theo, SHA-256 {digest}")
    value = {**_value(found, late), "steps": [one._asdict() for one in steps], "evidence": proof}
    answer(as_json, value, "\n".join(lines))


@complaints.command(name="open")
@click.argument("person")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="Loại việc.")
@click.option("--channel", type=click.Choice(list(CHANNELS)), default="counter", show_default=True)
@click.option("--words", default="", help="Người dân nói gì.")
@click.option("--payment", type=int, default=None, help="Số lệnh chi mà việc này nói tới.")
@with_officer
@with_database
@with_json
def open_command(
    person: str,
    kind: str,
    channel: str,
    words: str,
    payment: int | None,
    username: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi nhận một phản ánh; đang có việc như vậy thì cho lại số của việc đó."""
    house, whose = open_house(database_url), person_number(person)

    def work(session: Session) -> tuple[int, Any]:
        now = moment_of(session)
        area = moving.area_of(session, whose)
        scope_of(session, username, now, moving.ROLES).require(area)
        number = open_complaint(
            session, house.keyring, username, whose, channel, kind, words, payment, now
        )
        return number, complaint_of(session, number).row.due_on

    number, due = house.database.serializable(work)
    text = f"Phản ánh số {number}, hạn trả lời {due:%d/%m/%Y}."
    answer(as_json, {"complaint": number, "due_on": due}, text)


Move = Callable[[Session, Keyring, int, datetime], None]


def _moved(
    database_url: str | None, as_json: bool, number: int, username: str, move: Move, done: str
) -> None:
    house = open_house(database_url)

    def work(session: Session) -> str:
        now = moment_of(session)
        move(session, house.keyring, officer_named(session, username), now)
        return str(complaint_of(session, number).row.state)

    state = house.database.serializable(work)
    answer(as_json, {"complaint": number, "state": state}, f"Phản ánh số {number}: {done}.")


@complaints.command(name="take")
@click.argument("number", type=int)
@with_officer
@with_database
@with_json
def take_command(number: int, username: str, database_url: str | None, as_json: bool) -> None:
    """Nhận giải quyết một việc."""

    def move(session: Session, keyring: Keyring, officer_id: int, now: datetime) -> None:
        moving.take(session, keyring, officer_id, number, now)

    _moved(database_url, as_json, number, username, move, f"{username} đang giải quyết")


@complaints.command(name="answer")
@click.argument("number", type=int)
@click.option("--words", required=True, help="Câu trả lời cho người dân, câu ngắn.")
@with_officer
@with_database
@with_json
def answer_command(
    number: int, words: str, username: str, database_url: str | None, as_json: bool
) -> None:
    """Trả lời người dân; chưa nhận thì nhận luôn."""

    def move(session: Session, keyring: Keyring, officer_id: int, now: datetime) -> None:
        moving.answer(session, keyring, officer_id, number, words, now)

    _moved(database_url, as_json, number, username, move, "đã trả lời")


@complaints.command(name="close")
@click.argument("number", type=int)
@click.option("--satisfaction", type=click.IntRange(1, 5), default=None, help="Mức hài lòng.")
@with_officer
@with_database
@with_json
def close_command(
    number: int, satisfaction: int | None, username: str, database_url: str | None, as_json: bool
) -> None:
    """Đóng một việc đã trả lời, kèm mức hài lòng của người dân nếu có."""

    def move(session: Session, keyring: Keyring, officer_id: int, now: datetime) -> None:
        moving.close(session, keyring, officer_id, number, now, satisfaction)

    _moved(database_url, as_json, number, username, move, "đã đóng")


@complaints.command(name="count")
@click.option("--period", required=True, help="Tháng nhận phản ánh, ví dụ 2026-10.")
@with_database
@with_json
def count_command(period: str, database_url: str | None, as_json: bool) -> None:
    """Đã đóng trên đã nhận, từng xã: nhận trong tháng, đóng đến bây giờ."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = counted(session, require_month(period), true())
    lines = [f"Nhận trong tháng {in_words(period)}:"]
    for one in found:
        rating = f", hài lòng {one.rating:.1f}/5" if one.rating is not None else ""
        lines.append(f"  {one.area_code}: đóng {one.closed} trên {one.received}, trả lời đúng hạn"
                     f" {one.in_time}{rating}")  # fmt: skip
    value = {"period": period, "areas": [{**one._asdict(), "rating": one.rating} for one in found]}
    answer(as_json, value, "\n".join(lines) if found else "Không có phản ánh nào trong tháng.")
