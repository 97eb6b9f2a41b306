"""Where a list says the money goes: a change is a new version, and comes first in the order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import destination_order
from app.beneficiaries.bans import stands
from app.beneficiaries.import_tables import import_row
from app.beneficiaries.said import is_told, said_before
from app.beneficiaries.tables import banned_account, destination, person
from app.beneficiaries.told import Act, of_list
from app.errors import Conflict

_SHOWN = 20


def take_destinations(session: Session, act: Act) -> None:
    """A destination that differs from the present one becomes its next version.

    What the last list said already is no news: a list that was filled in before an officer or a
    bank changed the destination does not set it back. Raises Conflict for a banned account.
    """
    _refuse_banned(session, act)
    row = import_row.c
    versions = destination.alias("versions")
    latest = (
        select(func.coalesce(func.max(versions.c.version), 0))
        .where(versions.c.person_id == person.c.id)
        .scalar_subquery()
    )
    copied = ("method", "bank_bin", "account_key", "account_cipher", "account_tail", "holder")
    usual = case((row.method == "account", "bank"), else_="post")
    fresh = _news(
        act,
        person.c.id,
        latest + 1,
        *(row[name] for name in copied),
        case((row.kind != "", row.kind), else_=usual),
        literal(act.source),
        act.moment,
    ).order_by(row.row_number)
    columns = ["person_id", "version", *copied, "kind", "source", "recorded_at"]
    last = session.scalar(select(func.max(destination.c.id))) or 0
    session.execute(insert(destination).from_select(columns, fresh, include_defaults=False))
    # Only who got a new one: an officer may have put an older version first. By their ids, or
    # everybody's destinations would be read.
    told = (destination.c.source == act.source, destination.c.recorded_at == act.now)
    mine = (destination.c.id > last, *told)
    point_to_latest(session, select(destination.c.person_id).where(*mine))
    _put_first(session, mine)


def _news(act: Act, *columns: Any) -> Select[Any]:
    """These columns of the rows whose destination is neither the present one nor said before."""
    row, present = import_row.c, destination.alias("present")
    same = and_(present.c.id == person.c.destination_id, is_told(present))
    return (
        select(*columns)
        .select_from(import_row)
        .join(person, person.c.citizen_key == row.citizen_key)
        .outerjoin(present, same)
        .where(of_list(act), row.event != "move_out")
        .where(present.c.id.is_(None), ~said_before())
    )


def _refuse_banned(session: Session, act: Act) -> None:
    row = import_row.c
    banned = and_(banned_account.c.account_key == row.account_key, stands())
    query = _news(act, row.row_number).join(banned_account, banned).order_by(row.row_number)
    if places := session.scalars(query.limit(_SHOWN)).all():
        raise Conflict(
            f"Danh sách xã {act.area}, dòng {', '.join(map(str, places))}: tài khoản này đã bị"
            " loại (đã đóng hoặc bị trả lại), không dùng lại; chưa có gì được nhập.",
            "Ghi tài khoản khác hoặc “Tiền mặt” ở dòng ấy rồi nhập lại.",
        )


def point_to_latest(session: Session, people: Any) -> None:
    """Let each of these people point to the latest version of the destination."""
    newest = destination.alias("newest")
    latest = (
        select(newest.c.id)
        .where(newest.c.person_id == person.c.id)
        .order_by(newest.c.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    session.execute(update(person).where(person.c.id.in_(people)).values(destination_id=latest))


def _put_first(session: Session, new: tuple[ColumnElement[bool], ...]) -> None:
    """Of people with an order of destinations, the new one comes first and the others after it."""
    order = destination_order.alias("present")
    last = (
        select(order.c.person_id, func.max(order.c.version).label("version"))
        .where(order.c.person_id.in_(select(destination.c.person_id).where(*new)))
        .group_by(order.c.person_id)
        .subquery()
    )
    first = (
        select(last.c.person_id, last.c.version + 1, literal(1), destination.c.id)
        .join(last, last.c.person_id == destination.c.person_id)
        .where(*new)
    )
    same = and_(order.c.person_id == last.c.person_id, order.c.version == last.c.version)
    others = select(
        last.c.person_id, last.c.version + 1, order.c.rank + 1, order.c.destination_id
    ).join(order, same)
    columns = ["person_id", "version", "rank", "destination_id"]
    both = union_all(first, others)
    session.execute(insert(destination_order).from_select(columns, both, include_defaults=False))
