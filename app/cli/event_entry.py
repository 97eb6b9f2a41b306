"""`ansinh events`, what officers enter: deaths, moves, papers, people somebody is paid for."""

from __future__ import annotations

from datetime import datetime

import click

from app.access.officers import officer_named
from app.access.roles import require_one_of
from app.audit.trail import record
from app.cli.options import answer, moment_of, open_house, person_number, with_database, with_json
from app.events.deaths import enter_death
from app.events.deciding import DECIDERS
from app.events.find.uncollected import enter_resume
from app.events.papers import Dependant, add_dependant, add_study
from app.events.transfers import enter_move
from app.units.areas import Merge, merge_area

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(name="death")
@click.argument("person")
@click.option("--on", "day", type=DAY, required=True, help="Ngày mất, ví dụ 2026-11-10.")
@click.option("--officer", "username", required=True, help="Tên đăng nhập của người ghi nhận.")
@with_database
@with_json
def death(
    person: str, day: datetime, username: str, database_url: str | None, as_json: bool
) -> None:
    """Ghi nhận một người qua đời; người khác xác nhận thì mới thôi chi."""
    house, number, on = open_house(database_url), person_number(person), day.date()
    with house.database.unit_of_work() as session:
        who = officer_named(session, username)
        event = enter_death(session, number, on, who, moment_of(session))
    _entered(as_json, event)


@click.command(name="move")
@click.argument("person")
@click.option("--to", "area", required=True, help="Mã xã nơi đến, 5 chữ số.")
@click.option("--on", "day", type=DAY, required=True, help="Ngày chuyển, ví dụ 2026-11-10.")
@click.option("--officer", "username", required=True, help="Tên đăng nhập của người ghi nhận.")
@with_database
@with_json
def move(
    person: str,
    area: str,
    day: datetime,
    username: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi nhận một người chuyển xã; hai xã cùng thấy và mỗi xã xác nhận phần mình."""
    house, number, on = open_house(database_url), person_number(person), day.date()
    with house.database.unit_of_work() as session:
        who = officer_named(session, username)
        event = enter_move(session, number, area, on, who, moment_of(session))
    _entered(as_json, event)


@click.command(name="resume")
@click.argument("person")
@click.option("--officer", "username", required=True, help="Tên đăng nhập của người ghi nhận.")
@with_database
@with_json
def resume(person: str, username: str, database_url: str | None, as_json: bool) -> None:
    """Đề xuất chi trả lại cho người đang tạm dừng; các tháng tạm dừng được truy lĩnh."""
    house, number = open_house(database_url), person_number(person)
    with house.database.unit_of_work() as session:
        who = officer_named(session, username)
        entered = enter_resume(session, number, who, moment_of(session))
    numbers = ", ".join(map(str, entered))
    answer(as_json, {"events": entered}, f"Đã ghi nhận, đề xuất số {numbers}.")


@click.command(name="dependant")
@click.argument("person")
@click.option("--name", required=True, help="Họ tên người được nuôi.")
@click.option("--birth", required=True, help="Ngày sinh, ví dụ 2015-03-20; hoặc năm 2015.")
@click.option("--relation", required=True, help="Quan hệ, ví dụ con.")
@click.option("--disability", type=click.Choice(["extreme", "severe", "light"]), default=None)
@click.option("--number", type=int, default=0, help="Sửa người đã ghi; bỏ trống là thêm mới.")
@click.option("--not-counted", is_flag=True, help="Không còn được tính.")
@click.option("--officer", "username", required=True, help="Tên đăng nhập của người ghi nhận.")
@with_database
@with_json
def dependant(
    person: str,
    name: str,
    birth: str,
    relation: str,
    disability: str | None,
    number: int,
    not_counted: bool,
    username: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi người mà người hưởng được nhận tiền để nuôi, để thấy tuổi của họ."""
    house, who = open_house(database_url), person_number(person)
    told = Dependant(name, birth, relation, disability or "", not not_counted)
    with house.database.unit_of_work() as session:
        officer, now = officer_named(session, username), moment_of(session)
        given = add_dependant(session, who, told, officer, now, number=number)
    answer(as_json, {"number": given}, f"Đã ghi người phụ thuộc số {given}.")


@click.command(name="study")
@click.argument("person")
@click.option("--until", "day", type=DAY, required=True, help="Học đến ngày, ví dụ 2027-05-31.")
@click.option("--paper", required=True, help="Giấy xác nhận của trường.")
@click.option("--number", type=int, default=0, help="Số người phụ thuộc; bỏ trống là chính họ.")
@click.option("--officer", "username", required=True, help="Tên đăng nhập của người ghi nhận.")
@with_database
@with_json
def study(
    person: str,
    day: datetime,
    paper: str,
    number: int,
    username: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi giấy của trường: người hưởng hay người phụ thuộc học đến khi nào."""
    house, who = open_house(database_url), person_number(person)
    with house.database.unit_of_work() as session:
        officer, now = officer_named(session, username), moment_of(session)
        add_study(session, who, day.date(), paper, officer, now, number=number)
    answer(as_json, {"person": who, "until": day.date()}, "Đã ghi giấy của trường.")


@click.command(name="merge-area")
@click.argument("old")
@click.option("--into", "new", required=True, help="Mã xã mới, 5 chữ số.")
@click.option("--from", "since", required=True, help="Từ kỳ nào, ví dụ 2026-12.")
@click.option("--decree", required=True, help="Nghị quyết sáp nhập.")
@click.option("--officer", "username", required=True, help="Tên đăng nhập của người ghi nhận.")
@with_database
@with_json
def merge_area_command(
    old: str,
    new: str,
    since: str,
    decree: str,
    username: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi xã OLD nhập vào xã khác: hồ sơ cũ giữ mã cũ, danh sách và đơn vị theo mã mới."""
    house = open_house(database_url)
    with house.database.unit_of_work() as session:
        who, now = officer_named(session, username), moment_of(session)
        require_one_of(session, who, DECIDERS, "", now)
        merge_area(session, Merge(old, new, since, decree), username, now)
        record(session, now, username, "cli:area:merge", f"area:{old}", f"{new}, {since}, {decree}")
    text = f"Từ kỳ {since}, mã {old} được hiểu là {new}; mã {old} không dùng lại."
    answer(as_json, {"old": old, "new": new, "from": since}, text)


def _entered(as_json: bool, event: int) -> None:
    text = f"Đã ghi nhận, đề xuất số {event}. Cán bộ khác xác nhận: ansinh events confirm {event}"
    answer(as_json, {"event": event}, text)
