"""In which order a person's destinations are used: the first now, the next when it fails.

The order is versioned; a person points to the first. To come back to an earlier destination is
a further version of it, so that no destination is current twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, exists, func, select, update
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import destination_order
from app.beneficiaries.bans import stands
from app.beneficiaries.kinds import MOBILE, POST
from app.beneficiaries.tables import banned_account, destination, person
from ledger.bulk import chunks, insert_rows

PEOPLE = 2_000
DESTINATION_COLUMNS = (
    "person_id",
    "version",
    "method",
    "kind",
    "bank_bin",
    "account_key",
    "account_cipher",
    "account_tail",
    "holder",
    "source",
    "recorded_at",
)
_ORDER_COLUMNS = ("person_id", "version", "rank", "destination_id")
_SAME = ("kind", "bank_bin", "account_key")


class Standing(NamedTuple):
    """A person's destinations in their order of use (rows of `destination` with `banned`), and
    the version of the order."""

    version: int
    rows: tuple[Row[Any], ...]


def standing(session: Session, people: Collection[int]) -> dict[int, Standing]:
    """The order of use of each of these people; two statements for at most `PEOPLE`."""
    found: dict[int, list[Row[Any]]] = {one: [] for one in people}
    versions: dict[int, int] = dict.fromkeys(people, 0)
    banned = exists().where(
        banned_account.c.account_key == destination.c.account_key,
        destination.c.method == "account",
        stands(),
    )
    current = (
        select(destination, banned.label("banned"))
        .join(person, person.c.destination_id == destination.c.id)
        .where(person.c.id.in_(people))
    )
    for row in session.execute(current):
        found[row.person_id].append(row)
    for row in session.execute(_ordered(people, banned)):
        versions[row.person_id] = row.order_version
        if row.id not in [one.id for one in found[row.person_id]]:
            found[row.person_id].append(row)
    return {one: Standing(versions[one], tuple(rows)) for one, rows in found.items()}


def _ordered(people: Collection[int], banned: Any) -> Any:
    order, later = destination_order.c, destination_order.alias("later")
    newest = select(func.max(later.c.version)).where(later.c.person_id == order.person_id)
    return (
        select(destination, banned.label("banned"), order.version.label("order_version"))
        .join(destination_order, order.destination_id == destination.c.id)
        .where(order.person_id.in_(people), order.version == newest.scalar_subquery())
        .order_by(order.person_id, order.rank)
    )


def put_first(
    session: Session, chosen: Mapping[int, int], without: Collection[int] = frozenset()
) -> None:
    """Let each person (id) use this destination (id) from now on; those before come after it.

    `without` are destinations that leave the order. Of mobile money a person keeps one account
    with a provider: the newer takes the place of the older.
    """
    for people in chunks(chosen, PEOPLE):
        known = standing(session, people)
        first = _rows(session, [chosen[one] for one in people])
        insert_rows(session, destination_order, _ORDER_COLUMNS, (
            (one, known[one].version + 1, rank, number)
            for one in people
            for rank, number in enumerate(_order(first[chosen[one]], known[one].rows, without), 1)
        ))  # fmt: skip
        _point(session, people)


def _rows(session: Session, numbers: Sequence[int]) -> dict[int, Row[Any]]:
    query = select(destination).where(destination.c.id.in_(numbers))
    return {row.id: row for row in session.execute(query)}


def _order(first: Row[Any], before: Iterable[Row[Any]], without: Collection[int]) -> list[int]:
    kept, seen = [first.id], {tuple(getattr(first, name) for name in _SAME)}
    for row in before:
        key = tuple(getattr(row, name) for name in _SAME)
        replaced = row.kind == first.kind == MOBILE and row.bank_bin == first.bank_bin
        if key not in seen and not replaced and row.id not in without:
            kept.append(row.id)
            seen.add(key)
    return kept


def _point(session: Session, people: Sequence[int]) -> None:
    order, later = destination_order.c, destination_order.alias("later")
    # By `order`, not by `person`: two levels down that would be any person of the table.
    newest = select(func.max(later.c.version)).where(later.c.person_id == order.person_id)
    first = (
        select(order.destination_id)
        .where(order.person_id == person.c.id, order.rank == 1)
        .where(order.version == newest.scalar_subquery())
        .scalar_subquery()
    )
    session.execute(update(person).where(person.c.id.in_(people)).values(destination_id=first))


def fall_back(
    session: Session, people: Iterable[int], failed: Collection[int], source: str, now: datetime
) -> int:
    """Let each of these people use the next destination that is neither banned nor failed.

    Where none is left the next one is cash, which always works. Gives how many people moved;
    `failed` are destinations (ids), which leave the order as well as those they replace.
    """
    moved = 0
    for chunk in chunks(people, PEOPLE):
        known = standing(session, chunk)
        names = _names(session, chunk)
        following = {one: _next(known[one].rows, failed) for one in chunk}
        new = again(session, following, names, source, now)
        left = [row.id for one in known.values() for row in one.rows[:1]]
        put_first(session, new, {*failed, *left})
        moved += len(chunk)
    return moved


def _next(rows: Sequence[Row[Any]], failed: Collection[int]) -> Row[Any] | None:
    return next((row for row in rows[1:] if not row.banned and row.id not in failed), None)


def _names(session: Session, people: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(person.c.id, person.c.name).where(person.c.id.in_(people)))
    return {row.id: row.name for row in rows}


def again(
    session: Session,
    which: Mapping[int, Row[Any] | None],
    names: Mapping[int, str],
    source: str,
    now: datetime,
) -> dict[int, int]:
    """A further version of a destination for each person, of cash for None; gives the new ids."""
    versions = latest_versions(session, which)
    insert_rows(session, destination, DESTINATION_COLUMNS, (
        (one, versions.get(one, 0) + 1, *_values(row, names.get(one, "")), source, now)
        for one, row in which.items()
    ))  # fmt: skip
    return newest_ids(session, which)


def _values(row: Row[Any] | None, name: str) -> tuple[Any, ...]:
    if row is None:
        return "cash", POST, "", "", None, "", name
    return tuple(getattr(row, column) for column in DESTINATION_COLUMNS[2:9])


def latest_versions(session: Session, people: Iterable[int]) -> dict[int, int]:
    """The number of the last version of each person's destination."""
    newest = func.max(destination.c.version).label("newest")
    query = select(destination.c.person_id, newest).group_by(destination.c.person_id)
    rows = session.execute(query.where(destination.c.person_id.in_(list(people))))
    return {row.person_id: row.newest for row in rows}


def newest_ids(session: Session, people: Iterable[int]) -> dict[int, int]:
    """The id of the last version of each person's destination."""
    later = destination.alias("later")
    newest = select(func.max(later.c.version)).where(later.c.person_id == destination.c.person_id)
    query = select(destination.c.person_id, destination.c.id).where(
        destination.c.person_id.in_(list(people)),
        destination.c.version == newest.scalar_subquery(),
    )
    return {row.person_id: row.id for row in session.execute(query)}
