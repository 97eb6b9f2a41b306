"""What an officer changes in the register; each command names the officer and the ground."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.access.scope import scope_of
from app.beneficiaries.changes import FIELDS, Actor, set_field
from app.beneficiaries.papers import (
    Decision,
    Payee,
    set_decision,
    set_disability,
    set_payee,
    set_poverty,
)
from app.beneficiaries.reissue import NewId, reissue
from app.beneficiaries.revealing import ROLES
from app.beneficiaries.wishing import keep_wish
from app.cli.options import answer, open_house, person_number, with_database, with_json
from app.cli.signing import keyring_of, signed, with_officers
from app.clock import SystemClock, local_date
from app.errors import InputError
from app.messaging.wishes import WISHES

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_with_officer = click.option("--officer", required=True, help="Tên đăng nhập.")
_with_ground = click.option("--reference", required=True, help="Căn cứ: giấy tờ, đơn, cuộc gọi.")


def _acted(
    database_url: str | None, officer: str, reference: str, work: Callable[[Session, Actor], Any]
) -> Any:
    """Run a change as this officer in one unit of work. Raises InputError without a ground."""
    if not reference.strip():
        raise InputError("Chưa nêu căn cứ.", "Ghi giấy tờ, đơn hoặc cuộc gọi làm căn cứ.")
    house = open_house(database_url)
    with house.database.unit_of_work() as session:
        now = SystemClock().now()
        scope = scope_of(session, officer, now, ROLES)
        return work(session, Actor(scope, now, reference))


@click.command(name="set")
@click.argument("person")
@click.option("--field", type=click.Choice(FIELDS), required=True)
@click.option("--value", required=True, help="Giá trị mới; để trống là bỏ.")
@_with_ground
@_with_officer
@with_database
@with_json
def set_command(
    person: str, field: str, value: str, reference: str, officer: str, database_url: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Sửa một mục của một người; giữ giá trị cũ, ai sửa, căn cứ nào."""
    number, keyring = person_number(person), keyring_of(open_house(database_url))
    done = _acted(database_url, officer, reference, lambda session, actor:
                  set_field(session, keyring, actor, number, field, value))  # fmt: skip
    answer(as_json, {"person": number, "field": field, "changed": done},
           "Đã sửa." if done else "Đã đúng như vậy từ trước, không đổi gì.")  # fmt: skip


@click.command(name="wish")
@click.argument("person")
@click.option("--wish", type=click.Choice(WISHES), required=True,
              help="no_messages: không nhận tin; no_amounts: tin không ghi số tiền.")  # fmt: skip
@click.option("--ends", is_flag=True, help="Người đó không còn muốn vậy nữa.")
@_with_ground
@_with_officer
@with_database
@with_json
def wish_command(
    person: str, wish: str, ends: bool, reference: str, officer: str, database_url: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Ghi điều một người muốn về tin nhắn; xem ai muốn gì: ansinh sms wishes."""
    number = person_number(person)
    done = _acted(database_url, officer, reference, lambda session, actor:
                  keep_wish(session, actor, number, wish, not ends))  # fmt: skip
    answer(as_json, {"person": number, "wish": wish, "on": not ends, "changed": done},
           "Đã ghi." if done else "Đã ghi như vậy từ trước, không đổi gì.")  # fmt: skip


@click.command(name="reissue")
@click.argument("person")
@click.option("--new-id", required=True, help="Số định danh mới, 12 chữ số.")
@click.option("--reason", type=click.Choice(["reissued", "corrected"]), required=True)
@click.option("--document", required=True, help="Giấy tờ làm căn cứ.")
@click.option("--on", "changed_on", type=_DAY, help="Ngày cấp; bỏ trống là hôm nay.")
@with_officers
@with_database
@with_json
def reissue_command(
    person: str, new_id: str, reason: str, document: str, changed_on: datetime | None,
    officers: tuple[str, ...], codes: tuple[str, ...], database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Đổi số định danh (cấp lại, cải chính); hai người xác nhận, số cũ vẫn tìm ra người."""
    number, now = person_number(person), SystemClock().now()
    day = changed_on.date() if changed_on else local_date(now)
    pairs = _pairs(officers, codes)
    new = NewId(new_id.strip(), reason, document, day)
    signed(database_url,
           lambda session, keyring: reissue(session, keyring, number, new, pairs, now))  # fmt: skip
    answer(as_json, {"person": number, "citizen_id": f"*********{new.citizen_id[-3:]}"},
           "Đã đổi số định danh. Số cũ vẫn tìm ra người này.")  # fmt: skip


def _pairs(officers: tuple[str, ...], codes: tuple[str, ...]) -> list[tuple[str, str]]:
    if len(officers) != len(codes):
        raise InputError("Mỗi người một --officer và một --code.", "Ghi cùng thứ tự.")
    return list(zip(officers, codes, strict=True))


@click.command(name="poverty")
@click.argument("household")
@click.option("--area", required=True, help="Mã xã.")
@click.option("--level", type=click.Choice(["poor", "near_poor", "none"]), required=True)
@click.option("--from", "since", required=True, help="Từ tháng, ví dụ 2026-01.")
@click.option("--decision", required=True, help="Số quyết định.")
@click.option("--decided-on", type=_DAY)
@_with_officer
@with_database
def poverty_command(
    household: str, area: str, level: str, since: str, decision: str, decided_on: datetime | None,
    officer: str, database_url: str | None,
) -> None:  # fmt: skip
    """Hộ nghèo, cận nghèo hay không còn, từ một tháng, theo quyết định."""
    _acted(database_url, officer, decision, lambda session, actor: set_poverty(
        session, actor, area, household, since, level, decision, _date(decided_on)))  # fmt: skip
    click.echo("Đã ghi.")


@click.command(name="disability")
@click.argument("person")
@click.option("--kind", required=True, help="Dạng khuyết tật.")
@click.option("--degree", type=click.Choice(["extreme", "severe", "light"]), required=True)
@click.option("--certificate", required=True, help="Số giấy xác nhận.")
@click.option("--on", "certified_on", type=_DAY)
@_with_officer
@with_database
def disability_command(
    person: str, kind: str, degree: str, certificate: str, certified_on: datetime | None,
    officer: str, database_url: str | None,
) -> None:  # fmt: skip
    """Ghi giấy xác nhận mức độ khuyết tật."""
    number = person_number(person)
    _acted(database_url, officer, certificate, lambda session, actor: set_disability(
        session, actor, number, kind, degree, certificate, _date(certified_on)))  # fmt: skip
    click.echo("Đã ghi.")


@click.command(name="decision")
@click.argument("number")
@click.option("--area", required=True, help="Mã xã.")
@click.option("--on", "decided_on", type=_DAY, required=True, help="Ngày quyết định.")
@click.option("--kind", type=click.Choice(["grant", "adjust", "stop", "other"]), default="grant")
@click.option("--signer", required=True, help="Người ký.")
@click.option("--title", required=True, help="Chức vụ người ký.")
@click.option("--document", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Bản quét; được giữ dưới dạng mã hoá.")  # fmt: skip
@_with_officer
@with_database
def decision_command(
    number: str, area: str, decided_on: datetime, kind: str, signer: str, title: str,
    document: Path | None, officer: str, database_url: str | None,
) -> None:  # fmt: skip
    """Ghi người ký và bản quét của một quyết định."""
    house = open_house(database_url)
    about = Decision(area, number, decided_on.date(), kind, signer, title)
    digest = _acted(database_url, officer, number, lambda session, actor: set_decision(
        session, keyring_of(house), house.home, actor, about, document))  # fmt: skip
    click.echo(f"Đã ghi.{f' Mã bản quét {digest[:16]}.' if digest else ''}")


@click.command(name="payee")
@click.argument("person")
@click.option("--kind", type=click.Choice(["self", "guardian", "authorised"]), required=True)
@click.option("--name", default="", help="Họ và tên người nhận thay.")
@click.option("--id", "citizen_id", default="", help="Số định danh người nhận thay.")
@click.option("--relation", default="", help="Quan hệ.")
@click.option("--document", default="", help="Quyết định giám hộ hoặc giấy uỷ quyền.")
@click.option("--signed-on", type=_DAY)
@click.option("--valid-until", type=_DAY)
@_with_officer
@with_database
def payee_command(
    person: str, kind: str, name: str, citizen_id: str, relation: str, document: str,
    signed_on: datetime | None, valid_until: datetime | None, officer: str,
    database_url: str | None,
) -> None:  # fmt: skip
    """Ai nhận thay: người giám hộ, người được uỷ quyền (có hạn), hay lại chính người hưởng."""
    number, house = person_number(person), open_house(database_url)
    who = Payee(kind, name, citizen_id, relation, document, _date(signed_on), _date(valid_until))
    until = _acted(database_url, officer, document or kind, lambda session, actor: set_payee(
        session, keyring_of(house), actor, number, who, house.settings.authorisation_months
    ))  # fmt: skip
    said = f" Có hạn đến hết ngày {until:%d/%m/%Y}." if until else ""
    if until and until < local_date(SystemClock().now()):
        said += " Giấy đã hết hạn: người hưởng tự nhận."
    click.echo(f"Đã ghi.{said}")


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
