"""Applying checked rows to the register: staged in bulk, then set-wise, one file at a time.

A person is found by the blind index of the ID. What changed is updated; a new destination
is a new version; an enrolment that the file no longer names keeps its old `seen_period`, so
that a missing person shows in the bridge instead of vanishing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import person_change
from app.beneficiaries.import_tables import import_file, import_row
from app.beneficiaries.listed_destinations import take_destinations
from app.beneficiaries.rows import WorkbookResult
from app.beneficiaries.staging import stage
from app.beneficiaries.tables import enrolment, enrolment_change, person
from app.beneficiaries.told import (
    HISTORY,
    Act,
    changed_for,
    keep_history,
    keeps_phone,
    take_facts,
)
from app.beneficiaries.told_deaths import take_deaths
from app.errors import Conflict, InputError
from app.months import in_words, shift
from app.privacy import Keyring
from app.units.areas import predecessors

# A month before every month: an enrolment that no list of ours named.
NEVER = "0000-01"


def is_applied(session: Session, sha256: str) -> bool:
    """Whether exactly this file was applied before."""
    return (
        session.scalar(select(import_file.c.id).where(import_file.c.sha256 == sha256)) is not None
    )


def latest_version(session: Session, area: str, period: str) -> int:
    """The version of the list of a commune and month that was applied last, 0 for none."""
    file = import_file.c
    found = session.scalar(
        select(func.max(file.version)).where(file.area_code == area, file.period == period)
    )
    return found or 0


def apply_workbook(
    session: Session,
    keyring: Keyring,
    result: WorkbookResult,
    actor: str,
    now: datetime,
    *,
    correct: bool = False,
) -> int:
    """Apply one clean list; gives the number of rows, 0 when it was applied before.

    `correct` lets it take the place of the list of the same commune and month; the caller knows
    whether that is still possible. Raises Conflict for a second list without it, InputError for
    one with errors.
    """
    if result.errors:
        raise InputError(f"Tệp {result.file} còn lỗi.", "Sửa trong tệp rồi nhập lại cả tệp.")
    if is_applied(session, result.sha256):
        return 0
    before = latest_version(session, result.commune_code, result.period)
    if before and not correct:
        raise Conflict(
            f"Xã {result.commune_code} đã có danh sách tháng {in_words(result.period)}.",
            "Nếu đây là bản sửa, nhập lại với lựa chọn thay bản trước.",
        )
    values = {
        "sha256": result.sha256,
        "name": result.file,
        "area_code": result.commune_code,
        "period": result.period,
        "rows": len(result.rows),
        "imported_at": now,
        "imported_by": actor,
        "version": before + 1,
    }
    session.execute(insert(import_file).values(values))
    stage(session, keyring, result)
    _apply(session, Act(result.commune_code, result.period, actor, now), is_correction=before > 0)
    return len(result.rows)


def _apply(session: Session, act: Act, *, is_correction: bool) -> None:
    keep_history(session, act)
    _people(session, act.area)
    take_destinations(session, act)
    _enrolments(session, act)
    take_deaths(session, act)
    if is_correction:
        _withdraw(session, act)
    take_facts(session, act)
    session.execute(delete(import_row).where(import_row.c.area_code == act.area))


def _withdraw(session: Session, act: Act) -> None:
    """Enrolments that the list before named and its correction does not: as if never named."""
    row = import_row.c
    named = (
        select(row.row_number)
        .join(person, person.c.citizen_key == row.citizen_key)
        .where(
            row.area_code == act.area,
            person.c.id == enrolment.c.person_id,
            row.programme == enrolment.c.programme,
            row.group_code == enrolment.c.group_code,
            row.start_period == enrolment.c.start_period,
        )
        .exists()
    )
    is_new = enrolment.c.known_period == act.period
    session.execute(
        update(enrolment)
        .where(enrolment.c.area_code == act.area, enrolment.c.seen_period == act.period, ~named)
        .values(seen_period=case((is_new, NEVER), else_=shift(act.period, -1)))
    )


_IDENTITY = ("name", "sort_key", "search_key", "birth", "sex", "ethnicity", "hamlet")
_PHONE = ("phone_cipher", "phone_key", "phone_tail")
_NAMES_AND_PHONE = ("given_key", *_PHONE)


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
    session.execute(_new_people(session).from_select(columns, fresh, include_defaults=False))
    changed = or_(*(person.c[name] != row[name] for name in (*_IDENTITY, "area_code", "phone_key")))
    stays = row.event != "move_out"
    session.execute(
        update(person)
        .where(person.c.citizen_key == row.citizen_key)
        .where(row.area_code == area, row.is_first == 1, stays, changed)
        .values(
            {name: row[name] for name in (*_IDENTITY, "area_code", "given_key")}
            | {name: case((keeps_phone(), person.c[name]), else_=row[name]) for name in _PHONE}
        )
    )


def _new_people(session: Session) -> Any:
    """Whoever moves stands on two communes' lists, which may be taken in side by side."""
    if session.get_bind().dialect.name == "sqlite":  # has one writer
        return insert(person)
    return postgresql.insert(person).on_conflict_do_nothing(index_elements=[person.c.citizen_key])


def _enrolments(session: Session, act: Act) -> None:
    """New enrolments are added; of known ones the file tells the end and the row of the table."""
    row, area, period, now = import_row.c, act.area, act.period, act.now
    # What was decided in a commune that was merged keeps its code: it is the same line.
    places = (area, *predecessors(session, area, period))
    same = and_(
        enrolment.c.person_id == person.c.id,
        enrolment.c.programme == row.programme,
        enrolment.c.group_code == row.group_code,
        enrolment.c.area_code.in_(places),
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
    _decisions(session, joined.join(enrolment, same), act)
    told = or_(*(_told(enrolment.c[name]) != _told(_kept(name)) for name in _TOLD))
    missed = enrolment.c.seen_period < shift(period, -1)
    is_known = (same, person.c.citizen_key == row.citizen_key, row.area_code == area)
    session.execute(update(enrolment).where(*is_known, told | missed).values(changed_period=period))
    session.execute(
        update(enrolment)
        .where(*is_known)
        .values(
            seen_period=period,
            table_key=_kept("table_key"),
            stop_period=_kept("stop_period"),
            stop_cause=_kept("stop_cause"),
            decision_number=row.decision_number,
            decision_on=row.decision_on,
        )
    )


def _decisions(session: Session, known: FromClause, act: Act) -> None:
    """Keep which decision an enrolment named before the list names another."""
    row = import_row.c
    old, new = (
        table.decision_number + " " + cast(table.decision_on, Text) for table in (enrolment.c, row)
    )
    told = (literal(act.source), act.moment, literal(act.actor))
    rows = (
        select(enrolment.c.person_id, literal("decision"), old, new, *told)
        .select_from(known)
        .where(row.area_code == act.area, old != new)
        .order_by(row.row_number)
    )
    session.execute(insert(person_change).from_select(HISTORY, rows, include_defaults=False))


def _kept(name: str) -> ColumnElement[Any]:
    """What a field becomes: an end that was decided here stands, unless the file tells of an
    earlier death."""
    row = import_row.c
    died_before = and_(row.stop_cause == "death", row.stop_period < enrolment.c.stop_period)
    return case(
        (died_before, row[name]),
        (enrolment.c.stop_decision != "", enrolment.c[name]),
        else_=_as_told(name),
    )


_TOLD = ("stop_period", "table_key")


def _changes(session: Session, of: FromClause, area: str, period: str, now: datetime) -> None:
    """Keep what was known of each field that the file changes."""
    row = import_row.c
    columns = ["enrolment_id", "period", "field", "old", "new", "recorded_at"]
    for name in _TOLD:
        old, new = _told(enrolment.c[name]), _told(_kept(name))
        at = literal(now, enrolment_change.c.recorded_at.type)
        rows = (
            select(enrolment.c.id, literal(period), literal(name), old, new, at)
            .select_from(of)
            .where(row.area_code == area, old != new, ~changed_for(period, name))
            .order_by(row.row_number)
        )
        session.execute(insert(enrolment_change).from_select(columns, rows, include_defaults=False))


def _as_told(name: str) -> ColumnElement[Any]:
    """A field as the file tells it; a list that missed a confirmed death revives nobody."""
    unknown = and_(
        person.c.died_on.is_not(None),
        enrolment.c.stop_cause == "death",
        import_row.c.stop_period.is_(None),
    )
    told: ColumnElement[Any] = import_row.c[name]
    return told if name == "table_key" else case((unknown, enrolment.c[name]), else_=told)


def _told(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A field as text, '' for nothing."""
    return func.coalesce(column, "")
