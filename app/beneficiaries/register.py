"""Applying checked rows to the register: staged in bulk, then set-wise, one file at a time.

A person is found by the blind index of the ID. What changed is updated; a new destination
is a new version; an enrolment that the file no longer names keeps its old `seen_period`, so
that a missing person shows in the bridge instead of vanishing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import citizen_change
from app.beneficiaries.rows import RegisterRow, WorkbookResult
from app.beneficiaries.tables import (
    destination,
    enrolment,
    enrolment_change,
    import_file,
    import_row,
    person,
)
from app.months import shift
from app.privacy import Keyring
from app.text import fold, given_key, sort_key
from ledger.bulk import insert_rows

_COLUMNS = [column.name for column in import_row.columns]


class Reissued(NamedTuple):
    """People whose ID was issued anew: old index to today's, and today's to the binding key."""

    current: Mapping[str, str]
    bound: Mapping[str, str]


def reissued(session: Session) -> Reissued:
    """The few people whose ID is not the one they came with."""
    rows = session.execute(
        select(citizen_change.c.old_key, person.c.citizen_key, person.c.bound_key).join(
            person, person.c.id == citizen_change.c.person_id
        )
    ).all()
    return Reissued(
        {row.old_key: row.citizen_key for row in rows},
        {row.citizen_key: row.bound_key for row in rows},
    )


def is_applied(session: Session, sha256: str) -> bool:
    """Whether exactly this file was applied before."""
    return (
        session.scalar(select(import_file.c.id).where(import_file.c.sha256 == sha256)) is not None
    )


def apply_workbook(
    session: Session, keyring: Keyring, result: WorkbookResult, actor: str, now: datetime
) -> int:
    """Apply one clean workbook; gives the number of rows, 0 when it was applied before."""
    if is_applied(session, result.sha256):
        return 0
    values = {
        "sha256": result.sha256,
        "name": result.file,
        "area_code": result.commune_code,
        "period": result.period,
        "rows": len(result.rows),
        "imported_at": now,
        "imported_by": actor,
    }
    session.execute(insert(import_file).values(values))
    insert_rows(session, import_row, _COLUMNS, _staged(keyring, result, reissued(session)))
    _apply(session, result.commune_code, result.period, now)
    return len(result.rows)


def _staged(keyring: Keyring, result: WorkbookResult, known: Reissued) -> Iterator[Sequence[Any]]:
    seen: set[str] = set()
    for row in result.rows:
        told = keyring.index("person.citizen_id", row.citizen_id)
        key = known.current.get(told, told)
        first = key not in seen
        seen.add(key)
        yield _row(keyring, result, row, key, known.bound.get(key, key), first)


def _row(
    keyring: Keyring, result: WorkbookResult, row: RegisterRow, key: str, bound: str, first: bool
) -> Sequence[Any]:
    birth = row.birth_date.isoformat() if row.birth_date else str(row.birth_year)
    stop, cause = _stop(row)
    return (
        result.commune_code,
        row.row,
        int(first),
        key,
        keyring.encrypt("person.citizen_id", bound, row.citizen_id),
        row.citizen_id[-3:],
        row.name,
        sort_key(row.name),
        fold(row.name),
        birth,
        row.sex,
        row.ethnicity,
        row.hamlet,
        keyring.encrypt("person.phone", bound, row.phone) if row.phone else None,
        row.programme,
        row.group,
        row.table_key,
        row.decision_number,
        row.decision_date,
        row.start_period,
        stop,
        cause,
        row.event,
        row.method,
        row.bank_bin,
        *_account(keyring, row, bound),
        row.holder_name or row.name,
        bound,
        given_key(row.name),
        phone_index(keyring, row.phone) if row.phone else "",
        row.phone[-3:],
        "bank" if row.method == "account" else "post",
    )


def _account(keyring: Keyring, row: RegisterRow, bound: str) -> tuple[str, bytes | None, str]:
    """Blind index, cipher text and last digits of the account; empty for cash."""
    if row.method != "account":
        return "", None, ""
    cipher = keyring.encrypt("destination.account", bound, row.account)
    return account_index(keyring, row.bank_bin, row.account), cipher, row.account[-4:]


def phone_index(keyring: Keyring, phone: str) -> str:
    """The blind index of a phone number as the register stores it."""
    return keyring.index("person.phone", phone)


def account_index(keyring: Keyring, bank_bin: str, account: str) -> str:
    """The blind index of an account at a bank."""
    return keyring.index("destination.account", f"{bank_bin}|{account}")


def _stop(row: RegisterRow) -> tuple[str | None, str]:
    """The last payable month: the month of death or of the move is paid (Decree 20/2021)."""
    if row.event in ("death", "move_out") and row.event_date is not None:
        return row.event_date.strftime("%Y-%m"), row.event
    return None, ""


def _apply(session: Session, area: str, period: str, now: datetime) -> None:
    staged = import_row.c.area_code == area
    _people(session, area)
    _destinations(session, area, now)
    _enrolments(session, area, period, now)
    session.execute(delete(import_row).where(staged))


_IDENTITY = ("name", "sort_key", "search_key", "birth", "sex", "ethnicity", "hamlet")
_NAMES_AND_PHONE = ("given_key", "phone_cipher", "phone_key", "phone_tail")


def _people(session: Session, area: str) -> None:
    """New people are inserted, known people updated where something differs."""
    row = import_row.c
    columns = ["citizen_key", "citizen_cipher", "citizen_tail", *_IDENTITY, "area_code"]
    columns += ["bound_key", *_NAMES_AND_PHONE]
    known = select(person.c.id).where(person.c.citizen_key == row.citizen_key).exists()
    fresh = (
        select(*(row[name] for name in columns))
        .where(row.area_code == area, row.is_first == 1, ~known)
        .order_by(row.row_number)
    )
    session.execute(insert(person).from_select(columns, fresh, include_defaults=False))
    changed = or_(*(person.c[name] != row[name] for name in (*_IDENTITY, "area_code", "phone_key")))
    stays = row.event != "move_out"
    session.execute(
        update(person)
        .where(person.c.citizen_key == row.citizen_key)
        .where(row.area_code == area, row.is_first == 1, stays, changed)
        .values({name: row[name] for name in (*_IDENTITY, "area_code", *_NAMES_AND_PHONE)})
    )


def _destinations(session: Session, area: str, now: datetime) -> None:
    """A destination that differs from the present one becomes its next version."""
    row, present = import_row.c, destination.alias("present")
    same = and_(
        present.c.id == person.c.destination_id,
        present.c.kind == row.kind,
        present.c.account_key == row.account_key,
        present.c.holder == row.holder,
    )
    versions = destination.alias("versions")
    latest = (
        select(func.coalesce(func.max(versions.c.version), 0))
        .where(versions.c.person_id == person.c.id)
        .scalar_subquery()
    )
    copied = ("method", "bank_bin", "account_key", "account_cipher", "account_tail", "holder",
              "kind")  # fmt: skip
    fresh = (
        select(
            person.c.id,
            latest + 1,
            *(row[name] for name in copied),
            literal(f"import:{area}"),
            literal(now, destination.c.recorded_at.type),
        )
        .join(person, person.c.citizen_key == row.citizen_key)
        .outerjoin(present, same)
        .where(row.area_code == area, row.is_first == 1, row.event != "move_out")
        .where(present.c.id.is_(None))
        .order_by(row.row_number)
    )
    columns = ["person_id", "version", *copied, "source", "recorded_at"]
    session.execute(insert(destination).from_select(columns, fresh, include_defaults=False))
    point_to_latest(session, select(person.c.id).join(
        import_row, person.c.citizen_key == row.citizen_key
    ).where(row.area_code == area))  # fmt: skip


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


def _enrolments(session: Session, area: str, period: str, now: datetime) -> None:
    """New enrolments are added; of known ones the file tells the end and the row of the table."""
    row = import_row.c
    same = and_(
        enrolment.c.person_id == person.c.id,
        enrolment.c.programme == row.programme,
        enrolment.c.group_code == row.group_code,
        enrolment.c.area_code == row.area_code,
        enrolment.c.start_period == row.start_period,
    )
    joined = import_row.join(person, person.c.citizen_key == row.citizen_key)
    copied = ["programme", "group_code", "table_key", "area_code", "decision_number"]
    copied += ["decision_on", "start_period", "stop_period", "stop_cause"]
    now_told = (literal(period), literal(period), literal(period))
    fresh = (
        select(person.c.id, *(row[name] for name in copied), *now_told)
        .select_from(joined.outerjoin(enrolment, same))
        .where(row.area_code == area, enrolment.c.id.is_(None))
        .order_by(row.row_number)
    )
    columns = ["person_id", *copied, "seen_period", "known_period", "changed_period"]
    session.execute(insert(enrolment).from_select(columns, fresh, include_defaults=False))
    _changes(session, joined.join(enrolment, same), area, period, now)
    told = or_(*(_told(enrolment.c[name]) != _told(row[name]) for name in _TOLD))
    missed = enrolment.c.seen_period < shift(period, -1)
    is_known = (same, person.c.citizen_key == row.citizen_key, row.area_code == area)
    session.execute(update(enrolment).where(*is_known, told | missed).values(changed_period=period))
    session.execute(
        update(enrolment)
        .where(*is_known)
        .values(
            seen_period=period,
            table_key=row.table_key,
            stop_period=row.stop_period,
            stop_cause=row.stop_cause,
        )
    )


_TOLD = ("stop_period", "table_key")


def _changes(session: Session, known: FromClause, area: str, period: str, now: datetime) -> None:
    """Keep what was known of each field that the file changes."""
    row = import_row.c
    columns = ["enrolment_id", "period", "field", "old", "new", "recorded_at"]
    for name in _TOLD:
        old, new = _told(enrolment.c[name]), _told(row[name])
        at = literal(now, enrolment_change.c.recorded_at.type)
        rows = (
            select(enrolment.c.id, literal(period), literal(name), old, new, at)
            .select_from(known)
            .where(row.area_code == area, old != new)
            .order_by(row.row_number)
        )
        session.execute(insert(enrolment_change).from_select(columns, rows, include_defaults=False))


def _told(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A field as text, '' for nothing."""
    return func.coalesce(column, "")


def faults(results: Iterable[WorkbookResult]) -> int:
    """How many errors stand in these files."""
    return sum(len(result.errors) for result in results)
