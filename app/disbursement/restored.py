"""What a restored database has forgotten: batches that left after its backup was taken.

The send journal outlives the database. What it says has left is moved, by legal steps, to where
it cannot leave again: in doubt. What the books do not know at all is kept by its message id, which
is made from the payroll and its references: should the same batch be built anew, it is taken as
sent too.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement import claims, submission
from app.disbursement.batches import add_event
from app.disbursement.holds import GLOBAL, RESTORED, set_hold
from app.disbursement.journal import Handed, Journal
from app.disbursement.left_since import believed_kept, left_since, newest_unknown
from app.disbursement.states import BUILT, CANCELLED, IN_DOUBT, RELEASED, SENDING
from app.disbursement.submission import Sealed
from app.disbursement.tables import batch, comparison, handed_over, hold, restoration
from app.errors import NotFound
from ledger.bulk import insert_one, insert_rows
from ledger.periods import first_open_day

OWNER = "restore"
SET_BY = "ansinh restore"
NAMED = 3
EVIDENCE, JOURNAL_LOST, WORKER_LOST = "send_journal", "send journal lost", "worker lost"
JOURNAL_DAMAGED = "send journal damaged"
COLUMNS = (
    "restoration_id", "ordinal", "batch_id", "believed", "at", "name", "sha256", "message_id",
    "provider", "lines", "total",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """The backup that a database comes from: its folder's name, moment, and entries in the chain.

    `lost_entries` is how many entries more the newest surviving anchor knows, None without one.
    """

    backup: str
    at: datetime
    entries: int
    lost_entries: int | None


@dataclass(frozen=True, slots=True)
class Recovered:
    """Numbers of batches now in doubt, and files that no batch of the books belongs to."""

    restoration_id: int
    in_doubt: tuple[int, ...]
    unknown: tuple[Handed, ...]


def recover(
    session: Session, hold_id: int, taken: Taken, journal: Journal, lost: bool, now: datetime
) -> Recovered:
    """Take from the journal what has left; where the newest one is lost, or a line of it cannot
    be read, every released batch whose day has come may have left as well.

    Writes the restoration and the surviving lines, posts T4 where it is missing.
    """
    left, gap = _first_lines(journal.lines), _gap(journal, lost)
    number = insert_one(
        session, restoration, hold_id=hold_id, backup=taken.backup, taken_at=taken.at,
        restored_at=now, entries=taken.entries, lost_entries=taken.lost_entries,
        journal="lost" if lost else "kept", journal_lines=len(journal.lines),
        journal_unreadable=len(journal.unreadable), not_in_journal=_not_in(session, left),
    )  # fmt: skip
    today = local_date(now)
    known = [(row, _line_of(row, left)) for row in _unsent(session)]
    known += [(row, newest_unknown(row, journal.lines)) for row in believed_kept(session)]
    stuck = [(row, line) for row, line in known if line or _may_have_left(row, bool(gap), today)]
    unknown = _unknown(session, left, taken)
    _keep(session, number, [(row, line) for row, line in stuck if line], unknown)
    _hold_providers(session, unknown, now)
    for row, line in stuck:
        _to_doubt(session, row, line, now, gap or WORKER_LOST)
    return Recovered(number, tuple(row.id for row, _ in stuck), unknown)


def _gap(journal: Journal, lost: bool) -> str:
    """Why the journal may not name all that has left, "" when it does.

    A last line that a power cut tore looks like a damaged one, so it counts as one.
    """
    if lost:
        return JOURNAL_LOST
    return JOURNAL_DAMAGED if journal.unreadable else ""


def _first_lines(lines: Iterable[Handed]) -> dict[tuple[str, object], Handed]:
    """The first line of each message: a resend is a later line of the same one."""
    found: dict[tuple[str, object], Handed] = {}
    for line in sorted(lines, key=lambda one: one.at):
        found.setdefault(_key(line), line)
    return found


def _key(line: Handed) -> tuple[str, object]:
    # The first version's lines name the batch only; numbers of batches built later may differ.
    return ("message", line.message_id) if line.message_id else ("batch", line.batch)


def _line_of(row: Any, left: dict[tuple[str, object], Handed]) -> Handed | None:
    return left.get(("message", row.message_id)) or left.get(("batch", row.id))


def _unsent(session: Session) -> list[Row[Any]]:
    """Batches that the books believe have not left, or are just leaving."""
    query = select(batch).where(batch.c.state.in_((BUILT, RELEASED, SENDING)))
    return list(session.execute(query.order_by(batch.c.id)))


def _may_have_left(row: Row[Any], has_gap: bool, today: date) -> bool:
    """Without a line: one that was just leaving; where the journal has a gap, one that could be,
    be it that a first try had handed nothing over."""
    could = row.state in (RELEASED, IN_DOUBT) and row.requested_on <= today
    return row.state == SENDING or (has_gap and could)


def _not_in(session: Session, left: dict[tuple[str, object], Handed]) -> int:
    """How many batches left by the books while the journal has no line: it may have been cut."""
    gone = session.execute(
        select(batch.c.id, batch.c.message_id).where(batch.c.sha256.is_not(None))
    )
    return sum(1 for row in gone if _line_of(row, left) is None)


def _unknown(
    session: Session, left: dict[tuple[str, object], Handed], taken: Taken
) -> tuple[Handed, ...]:
    """Lines of no batch in the books: built and sent after the backup, hence not older than it."""
    query = select(batch.c.id, batch.c.message_id).where(batch.c.state != CANCELLED)
    rows = session.execute(query).all()
    known = {("message", row.message_id) for row in rows} | {("batch", row.id) for row in rows}
    lines = (line for key, line in left.items() if key not in known)
    return tuple(line for line in lines if line.message_id or line.at >= taken.at)


def _keep(
    session: Session,
    number: int,
    known: list[tuple[Row[Any], Handed | None]],
    unknown: Iterable[Handed],
) -> None:
    """The surviving lines as rows, so that people compare them and nothing of them leaves again."""
    stored = [(row.id, row.state, line) for row, line in known if line]
    stored += [(None, "", line) for line in unknown]
    rows = (
        (number, ordinal, batch_id, believed, line.at, line.name, line.sha256, line.message_id,
         line.provider, line.lines, line.total)
        for ordinal, (batch_id, believed, line) in enumerate(stored, start=1)
    )  # fmt: skip
    insert_rows(session, handed_over, COLUMNS, rows)


def _hold_providers(session: Session, unknown: Iterable[Handed], now: datetime) -> None:
    """A provider that has files of which the books know nothing waits for people, even after the
    comparison is signed: a list made anew in another order would have other references."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for line in unknown:
        names[line.provider].append(line.name)
    for provider in sorted(names.keys() - {""}):
        shown = ", ".join(names[provider][:NAMED])
        reason = f"{len(names[provider])} tệp đã gửi mà sổ khôi phục không biết: {shown}."
        set_hold(session, "provider", provider, f"{reason} Chờ sao kê.", SET_BY, now)


def _to_doubt(
    session: Session, row: Row[Any], line: Handed | None, now: datetime, without_line: str
) -> None:
    """From what the backup believes to in doubt, one legal move after the other."""
    evidence = f"{EVIDENCE}:{line.name}" if line else without_line
    if row.state == BUILT:
        session.execute(update(batch).where(batch.c.id == row.id).values(state=RELEASED))
        add_event(session, row.id, RELEASED, line.at if line else now, OWNER, evidence)
    if row.state == IN_DOUBT:
        _leave_anew(session, row.id, line, now)
    elif row.state != SENDING:
        _leave(session, row.id, line, evidence, now)
    claims.record(session, row.id, IN_DOUBT, evidence, now)


def _leave(
    session: Session, batch_id: int, line: Handed | None, evidence: str, now: datetime
) -> None:
    """What claiming would have done: the file, T4, the event; no rule can unsend it any more."""
    began = line.at if line else now
    file = {"file_name": line.name, "sha256": line.sha256} if line else {}
    session.execute(
        update(batch)
        .where(batch.c.id == batch_id, batch.c.state == RELEASED)
        .values(state=SENDING, owner=OWNER, lease_until=now, **file)
    )
    details = submission.details(session, batch_id)
    day = first_open_day(session, details.programme, local_date(began))
    claims.post_sent(session, details, day, now)
    add_event(session, batch_id, SENDING, began, OWNER, evidence)


def _leave_anew(session: Session, batch_id: int, line: Handed | None, now: datetime) -> None:
    """What claiming it once more would have done; its money is in transit already."""
    mine = update(batch).where(batch.c.id == batch_id, batch.c.state == IN_DOUBT)
    session.execute(mine.values(state=SENDING, owner=OWNER, lease_until=now))
    began = line.at if line else now
    add_event(session, batch_id, SENDING, began, OWNER, claims.NOT_HANDED_OVER)


def forgotten(session: Session, rows: Iterable[Any], journal: Journal) -> list[int]:
    """Batches that the journal says have left: the database is older than the journal.

    Those are meant among `rows`, which are released, and those that the books believe were never
    handed over. A line is written when the claim is committed, and nothing leads back to
    released. What a restore has looked at is not meant: it knows.
    """
    left = _first_lines(journal.lines)
    found = (row for row in rows if _line_of(row, left))
    gone = [row.id for row in found if left_before(session, row.message_id) is None]
    return gone + left_since(session, journal)


def left_before(session: Session, message_id: str) -> Row[Any] | None:
    """The surviving line of a message that left before a restore, None when there is none."""
    query = select(handed_over).where(
        handed_over.c.message_id == message_id, handed_over.c.batch_id.is_(None)
    )
    return session.execute(query.order_by(handed_over.c.at)).first()


def claim_as_left(session: Session, row: Any, owner: str, now: datetime) -> bool:
    """Claim a batch that was built anew after a restore, and put it in doubt: it left before."""
    line = left_before(session, row.message_id)
    if line is None:
        raise NotFound(f"Không có dòng nhật ký gửi nào của lô {row.id}.")
    sealed = Sealed(row.id, Path(line.name), line.name, line.sha256)
    if not claims.claim(session, sealed, owner, now, line.at):
        return False
    return claims.record(session, row.id, IN_DOUBT, f"{EVIDENCE}:{line.name}", now)


def is_recovered(session: Session, hold_id: int) -> bool:
    """Whether the restore that set a hold came to the end of its recovery."""
    found = select(restoration.c.id).where(restoration.c.hold_id == hold_id)
    return session.scalar(found) is not None


def standing_restoration(session: Session) -> Row[Any]:
    """The restoration whose hold stands. Raises NotFound."""
    row = session.execute(
        select(restoration)
        .join(hold, hold.c.id == restoration.c.hold_id)
        .where(hold.c.cleared_at.is_(None), hold.c.scope == GLOBAL, hold.c.key == RESTORED)
        .order_by(restoration.c.id.desc())
    ).first()
    if row is None:
        raise NotFound(
            "Cơ sở dữ liệu này không chờ đối chiếu sau khôi phục.",
            "Nếu vừa chạy `ansinh restore run` mà bị ngắt, hãy chạy lại lệnh đó.",
        )
    return row


def newest_comparison(session: Session, restoration_id: int) -> Row[Any] | None:
    """The last comparison of a restoration, None when nobody made one."""
    newest = select(func.max(comparison.c.id)).where(comparison.c.restoration_id == restoration_id)
    return session.execute(select(comparison).where(comparison.c.id.in_(newest))).first()


def excused(session: Session) -> set[int]:
    """Batches whose two releasers were lost with the machine: the journal proves that they left.

    Either the hold of that restore still stands, or two officers signed a comparison that names
    them; a row that was slipped in afterwards is in none.
    """
    rows = session.execute(
        select(handed_over.c.batch_id, handed_over.c.restoration_id, hold.c.cleared_at)
        .join(restoration, restoration.c.id == handed_over.c.restoration_id)
        .join(hold, hold.c.id == restoration.c.hold_id)
        .where(handed_over.c.believed == BUILT)
    ).all()
    signed = {row.restoration_id for row in rows if row.cleared_at is not None}
    named = {number: _named(session, number) for number in signed}
    return {
        row.batch_id
        for row in rows
        if row.cleared_at is None or row.batch_id in named[row.restoration_id]
    }


def _named(session: Session, restoration_id: int) -> set[int]:
    newest = newest_comparison(session, restoration_id)
    return {one["id"] for one in json.loads(newest.content)["batches"]} if newest else set()
