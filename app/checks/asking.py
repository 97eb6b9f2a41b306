"""Whom a register is asked about, set-wise; and the lines to send, streamed and decrypted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import destination_check
from app.beneficiaries.tables import destination, enrolment, person
from app.checks.contracts import Asked, Contract
from app.checks.tables import MADE, check_asked, check_request, check_result
from app.errors import InputError, NotFound
from app.privacy import Keyring
from ledger.bulk import insert_one, written
from ledger.schema import Whole

CHUNK = 5_000
ACCOUNT_KINDS = ("bank", "vneid")
_NAME_KNOWN = ("exact", "confirmed")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to ask: the commune ('' for all), since when, and whether known accounts again."""

    area: str = ""
    since: date | None = None
    again: bool = False


def make_request(
    session: Session, told: Contract, wish: Wish, channel: str, actor: str, now: datetime
) -> Row[Any]:
    """Write down a request and whom it asks about; gives its row.

    Those asked are the people of whom an enrolment runs. An account whose holder's name is known
    to be right is not asked about again. Raises InputError when there is nobody to ask about.
    """
    values = {
        "code": _code(session, told.code, wish, now),
        "source": told.code,
        "area_code": wish.area,
        "channel": channel,
        "since": wish.since,
        "people": 0,
        "answered": 0,
        "digest": "",
        "state": MADE,
        "made_by": actor,
        "made_at": now,
        "moved_at": now,
        "fault": "",
    }
    number = insert_one(session, check_request, **values)
    columns = ["request_id", "line", "person_id", "subject_key", "destination_id"]
    rows = _asked(told, wish, number)
    people = written(
        session, insert(check_asked).from_select(columns, rows, include_defaults=False)
    )
    if not people:
        raise InputError("Không có ai cần hỏi nguồn này.", "Kiểm tra mã xã và danh sách.")
    session.execute(update(check_request).where(check_request.c.id == number).values(people=people))
    return session.execute(select(check_request).where(check_request.c.id == number)).one()


def _code(session: Session, source: str, wish: Wish, now: datetime) -> str:
    """A number that no other installation gives out, e.g. 'population-20261120-9f2c41d07b3a'."""
    last = session.scalar(select(func.coalesce(func.max(check_request.c.id), 0)))
    seed = f"{source}|{wish.area}|{now.isoformat()}|{last}".encode()
    return f"{source}-{now:%Y%m%d}-{hashlib.sha256(seed).hexdigest()[:12]}"


def _asked(told: Contract, wish: Wish, number: int) -> Select[Any]:
    by_account = told.code == "bank_name"
    subject = destination.c.account_key if by_account else person.c.citizen_key
    place = func.row_number().over(order_by=person.c.id)
    where = [is_running(), person.c.erased_at.is_(None), person.c.merged_into_id.is_(None)]
    where += [person.c.died_on.is_(None)]
    if wish.area:
        where.append(person.c.area_code == wish.area)
    current = destination.c.id == person.c.destination_id
    chosen = select(literal(number, Whole), place, person.c.id, subject, destination.c.id)
    if by_account:
        where.append(and_(destination.c.method == "account", destination.c.kind.in_(ACCOUNT_KINDS)))
        if not wish.again:
            where.append(~_name_known())
        return chosen.join(destination, current).where(*where).order_by(person.c.id)
    return chosen.outerjoin(destination, current).where(*where).order_by(person.c.id)


def is_running() -> ColumnElement[bool]:
    """Whether an enrolment of a person ran in the month of the last list that named it."""
    mine, stop = enrolment.c.person_id == person.c.id, enrolment.c.stop_period
    return exists().where(mine, or_(stop.is_(None), stop >= enrolment.c.seen_period))


def _name_known() -> ColumnElement[bool]:
    """Whether the last check of the destination in use found the right name."""
    newer = destination_check.alias("newer")
    later = exists().where(
        newer.c.destination_id == destination_check.c.destination_id,
        newer.c.id > destination_check.c.id,
    )
    return exists().where(
        destination_check.c.destination_id == destination.c.id,
        destination_check.c.result.in_(_NAME_KNOWN),
        ~later,
    )


def find_request(session: Session, code: str) -> Row[Any]:
    """The request of a number. Raises NotFound for one that was not made here."""
    row = session.execute(select(check_request).where(check_request.c.code == code)).one_or_none()
    if row is None:
        raise NotFound(
            f"Không có yêu cầu kiểm tra “{code[:40]}” ở đây.",
            "Kiểm tra mã yêu cầu trong tệp; tệp của nơi khác thì không nhận.",
        )
    return row


def move(
    session: Session, number: int, state: str, now: datetime, *, fault: str = "", digest: str = ""
) -> None:
    """Write down what became of a request; `digest` is that of the file made for it."""
    values: dict[str, Any] = {"state": state, "moved_at": now, "fault": fault}
    if digest:
        values["digest"] = digest
    session.execute(update(check_request).where(check_request.c.id == number).values(values))


def unanswered(request_id: int, after: int, count: int) -> Select[Any]:
    """The next lines after line `after` of which nothing was told yet."""
    told = exists().where(
        check_result.c.request_id == check_asked.c.request_id,
        check_result.c.line == check_asked.c.line,
    )
    return _lines(request_id, after, count).where(~told)


def _lines(request_id: int, after: int, count: int) -> Select[Any]:
    columns = (
        check_asked.c.line,
        person.c.bound_key,
        person.c.name,
        person.c.birth,
        person.c.citizen_cipher,
        destination.c.bank_bin,
        destination.c.account_cipher,
    )
    return (
        select(*columns)
        .join(person, person.c.id == check_asked.c.person_id)
        .outerjoin(destination, destination.c.id == check_asked.c.destination_id)
        .where(check_asked.c.request_id == request_id, check_asked.c.line > after)
        .order_by(check_asked.c.line)
        .limit(count)
    )


def all_lines(
    session: Session, keyring: Keyring, told: Contract, request_id: int
) -> Iterator[Asked]:
    """Every line of a request, in chunks: one question to the database per 5,000."""
    after = 0
    while rows := session.execute(_lines(request_id, after, CHUNK)).all():
        yield from (asked(keyring, told, row) for row in rows)
        after = rows[-1].line


def asked(keyring: Keyring, told: Contract, row: Row[Any]) -> Asked:
    """A line as it is sent; only the fields of the contract are decrypted."""
    fields = {name: _field(keyring, row, name) for name in told.asks}
    return Asked(row.line, fields)


def _field(keyring: Keyring, row: Row[Any], name: str) -> str:
    if name == "citizen_id":
        return keyring.decrypt("person.citizen_id", row.bound_key, row.citizen_cipher)
    if name == "account":
        return keyring.decrypt("destination.account", row.bound_key, row.account_cipher)
    return str(getattr(row, name))
