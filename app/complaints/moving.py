"""What becomes of a complaint: taken by an officer, answered, closed or opened again.

A move is a step with its words, written in the same unit of work; the database refuses one
without the other.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.access.roles import require_one_of
from app.access.tables import officer
from app.audit.trail import record
from app.beneficiaries.near import refuse_near
from app.beneficiaries.tables import person
from app.complaints.states import ANSWERED, CLOSED, COMPLAINT_MOVES, REOPENED, STATES, TAKEN
from app.complaints.tables import complaint, complaint_step
from app.complaints.terms import due_on
from app.errors import Conflict, InputError, NotFound, Refused
from app.privacy import Keyring
from app.text import nfc

WORDS = "complaint.words"
ROLES = ("maker", "checker", "approver", "releaser")
"""Who may take and answer: at the unit that answers, or for the whole province."""

SAID = 3
"""Letters that an answer or a complaint has at least."""
LONGEST = 2_000
BEST = 5
_LETTER = re.compile(r"[^\W\d_]")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def bound_to(complaint_id: int, seq: int) -> str:
    """What the words of a step are bound to."""
    return f"{complaint_id}:{seq}"


def read_words(words: str, least: int = SAID) -> str:
    """Words as they are kept: composed, without signs that nobody sees. Raises InputError where
    they are too long, or have fewer than `least` letters."""
    said = _UNSEEN.sub("", nfc(words)).strip()
    if len(said) > LONGEST:
        raise InputError(f"Nội dung dài quá {LONGEST} ký tự.", "Viết ngắn lại.")
    if len(_LETTER.findall(said)) < least:
        raise InputError("Nội dung chưa nói được gì.", "Viết một câu ngắn.")
    return said


def area_of(session: Session, person_id: int) -> str:
    """The commune of a person. Raises NotFound."""
    found = session.scalar(select(person.c.area_code).where(person.c.id == person_id))
    if found is None:
        raise NotFound(f"Không có người hưởng số {person_id}.", "Kiểm tra lại số.")
    return str(found)


def take(session: Session, keyring: Keyring, officer_id: int, number: int, now: datetime) -> None:
    """An officer takes a complaint, from the one who has it too.

    Raises NotFound, Forbidden without a role at the unit that answers, Refused for an officer who
    is near the person or has it already, Conflict where it was answered.
    """
    row = _held(session, number)
    name = _permit(session, officer_id, row, now)
    if row.officer_id == officer_id and row.state == TAKEN:
        raise Refused("Bạn đang giải quyết việc này rồi.", "Trả lời người dân.")
    _move(session, keyring, row, TAKEN, "", name, now, officer_id=officer_id)


def answer(
    session: Session, keyring: Keyring, officer_id: int, number: int, words: str, now: datetime
) -> None:
    """An officer answers; he takes the complaint with it, where he has not.

    Raises as `take`, and InputError for an answer that says nothing.
    """
    said, row = read_words(words), _held(session, number)
    name = _permit(session, officer_id, row, now)
    if row.officer_id != officer_id or row.state != TAKEN:
        _move(session, keyring, row, TAKEN, "", name, now, officer_id=officer_id)
        row = _held(session, number)
    _move(session, keyring, row, ANSWERED, said, name, now, answered_at=now)


def close(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    number: int,
    now: datetime,
    satisfaction: int | None = None,
) -> None:
    """An officer closes what was answered, with what the person says of it (1 to 5), if anything.

    Raises NotFound, Forbidden, Refused as `take`; Conflict where it was not answered.
    """
    row = _held(session, number)
    name = _permit(session, officer_id, row, now)
    heard = None if satisfaction is None else _rated(satisfaction)
    told = heard if row.satisfaction is None else row.satisfaction  # the person's own word stands
    _move(session, keyring, row, CLOSED, "", name, now, closed_at=now, satisfaction=told)


def reopen(
    session: Session, keyring: Keyring, who: str, number: int, words: str, now: datetime
) -> None:
    """The person is not content, or says it again: answered anew within the term of its kind.

    `who` as in `open_complaint`. Raises NotFound; Conflict where it waits for an answer anyway,
    and where another one about the same is open.
    """
    row = _held(session, number)
    other = open_about(session, row.person_id, row.kind, row.payment_id)
    if other is not None and other.id != row.id:
        raise Conflict(f"Việc này đang mở ở số {other.id}.", "Xem việc đó.")
    due = due_on(session, row.kind, now)
    said = read_words(words, 0)
    _move(session, keyring, row, REOPENED, said, who, now, due_on=due, answered_at=None,
          closed_at=None, satisfaction=None)  # fmt: skip


def say_more(
    session: Session, keyring: Keyring, who: str, number: int, said: str, now: datetime
) -> None:
    """Keep what is said besides, while it waits for its answer; the same words again, or none, are
    nothing new. `who` as in `open_complaint`, `said` as `read_words` gives it. Raises NotFound."""
    row = _held(session, number)
    last = complaint_step.c
    query = select(last.words_cipher).where(last.complaint_id == number, last.seq == row.steps)
    sealed = session.scalars(query).one()
    if said and said != keyring.decrypt(WORDS, bound_to(number, row.steps), sealed):
        _step(session, keyring, row, row.state, said, who, now, act="say")


def rate(
    session: Session, keyring: Keyring, who: str, number: int, satisfaction: int, now: datetime
) -> None:
    """What the person says of the answer, from 1 to 5; the last word counts.

    Raises NotFound, InputError; Refused where nothing was answered yet.
    """
    row = _held(session, number)
    if row.state not in (ANSWERED, CLOSED):
        raise Refused("Việc này chưa được trả lời.", "Chờ trả lời rồi chấm.")
    told = _rated(satisfaction)
    _step(session, keyring, row, row.state, "", who, now, act="rate", satisfaction=told)


def open_about(session: Session, person_id: int, kind: str, payment_id: int | None) -> Any:
    """(id, state) of the complaint that is open about the same, None without."""
    mine = complaint.c
    query = select(mine.id, mine.state).where(
        mine.person_id == person_id,
        mine.kind == kind,
        mine.payment_id.is_not_distinct_from(payment_id),
        mine.state != CLOSED,
    )
    return session.execute(query).one_or_none()


def _rated(satisfaction: int) -> int:
    if not 1 <= satisfaction <= BEST:
        raise InputError("Mức hài lòng từ 1 đến 5.", "Chọn một số từ 1 đến 5.")
    return satisfaction


def _held(session: Session, number: int) -> Row[Any]:
    """The complaint, held until the end of the unit of work. Raises NotFound."""
    query = select(complaint).where(complaint.c.id == number).with_for_update()
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"Không có phản ánh số {number}.", "Xem số trong danh sách.")
    return row


def _permit(session: Session, officer_id: int, row: Row[Any], now: datetime) -> str:
    """The user name of an officer who may deal with it. Raises Forbidden, Refused."""
    require_one_of(session, officer_id, ROLES, row.unit_code, now)
    refuse_near(session, [officer_id], row.person_id)
    return username_of(session, officer_id)


def username_of(session: Session, officer_id: int) -> str:
    """An officer's user name, as steps and the trail name who acted."""
    return str(session.scalar(select(officer.c.username).where(officer.c.id == officer_id)))


def _move(
    session: Session,
    keyring: Keyring,
    row: Row[Any],
    state: str,
    words: str,
    who: str,
    now: datetime,
    **values: Any,
) -> None:
    """Raises Conflict for a move that is none; an officer may take over what another has."""
    if (row.state, state) not in COMPLAINT_MOVES and not row.state == state == TAKEN:
        raise Conflict(f"Phản ánh số {row.id} đang ở bước “{STATES[row.state]}”.", "Xem lại trang.")
    _step(session, keyring, row, state, words, who, now, act=state, **values)


def _step(
    session: Session,
    keyring: Keyring,
    row: Row[Any],
    state: str,
    words: str,
    who: str,
    now: datetime,
    *,
    act: str,
    **values: Any,
) -> None:
    seq = row.steps + 1
    sealed = keyring.encrypt(WORDS, bound_to(row.id, seq), words)
    step = {"complaint_id": row.id, "seq": seq, "state": state, "words_cipher": sealed}
    session.execute(insert(complaint_step).values(**step, actor=who, at=now))
    moved = update(complaint).where(complaint.c.id == row.id)
    session.execute(moved.values(state=state, steps=seq, **values))
    before, after = {"state": row.state}, {"state": state}
    about = f"complaint:{row.id}"
    record(session, now, who, f"complaints:case:{act}", about, before=before, after=after)
