"""Knowing a caller: three questions by chance, two right answers; no try is made twice.

Wrong checks are counted in the database, for a person whoever asks and for an officer whomever he
asks about, one check of a person at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.orm import Session

from app.access.scope import Scope
from app.audit.trail import record
from app.beneficiaries.near import refuse_near
from app.clock import local_date
from app.errors import Conflict, InputError, NotFound, Refused, Remembered
from app.hotline.asking import lookup_of, require_here, require_live
from app.hotline.finding import PHONE as BY_PHONE
from app.hotline.questions import Dice, drawn, known_of, right_answers
from app.hotline.states import BORN, PHONE
from app.hotline.tables import hotline_check, hotline_hit, hotline_verdict

NEEDED = 2
"""Right answers of three."""
DAY = timedelta(days=1)
OF_PERSON, OF_OFFICER = 3, 10
"""Wrong checks a day: of one person, by one officer."""


def begin(
    session: Session, whose: Scope, lookup_id: int, ordinal: int, dice: Dice, now: datetime
) -> None:
    """Draw the questions for one of those whom a look-up found; the same again changes nothing.

    Raises NotFound, Refused where the look-up is over, the person is the officer's own household,
    or too little is known of the person,
    Conflict where another of them was chosen, Remembered after too many wrong checks.
    """
    hit = _hit(session, whose, lookup_id, ordinal)
    require_here(session, whose, hit.person_id)
    refuse_near(session, [whose.officer_id], hit.person_id)
    with session.info["apart"](*turns(whose, hit.person_id)) as alone:
        row = lookup_of(alone, whose, lookup_id)
        require_live(row, now)
        if row.person_id is None:
            _require_tries(alone, whose, hit.person_id, now)
            _draw(alone, whose, row, hit, dice, now)
        elif row.person_id != hit.person_id:
            raise Conflict("Lượt này đã chọn một người rồi.", "Tra cứu lại nếu chọn nhầm.")


def _hit(session: Session, whose: Scope, lookup_id: int, ordinal: int) -> Any:
    """One of those whom the officer's look-up has found. Raises NotFound."""
    of, lookup = hotline_hit.c, lookup_of(session, whose, lookup_id)
    query = select(of.person_id, of.found_by).where(of.lookup_id == lookup.id)
    found = session.execute(query.where(of.ordinal == ordinal)).one_or_none()
    if found is None:
        raise NotFound("Không có lượt tra cứu này.", "Tra cứu lại.")
    return found


def _draw(
    session: Session, whose: Scope, row: Row[Any], hit: Any, dice: Dice, now: datetime
) -> None:
    """Write down the questions for a caller. Raises Refused where too little is known."""
    never = [BORN] * ("birth" in row.keys) + [PHONE] * (hit.found_by == BY_PHONE)
    questions = _left_open(session, hit.person_id, never, now)
    questions = questions or drawn(known_of(session, hit.person_id, local_date(now)), never, dice)
    if not questions:
        raise Refused(
            "Chưa đủ dữ kiện để hỏi người này qua điện thoại.",
            "Mời người dân mang căn cước đến UBND xã.",
        )
    values = {"lookup_id": row.id, "officer_id": whose.officer_id, "begun_at": now}
    session.execute(insert(hotline_check).values(
        **values, person_id=hit.person_id, questions=" ".join(questions)))  # fmt: skip
    record(session, now, whose.username, "hotline:check:begin", f"person:{hit.person_id}",
           f"lookup:{row.id}", after={"questions": questions})  # fmt: skip


def _left_open(
    session: Session, person_id: int, never: Sequence[str], now: datetime
) -> Sequence[str]:
    """The questions that this person was asked last and nobody answered, where none is of `never`:
    they are asked again, else one would look up anew until the questions suit him."""
    query = (
        select(hotline_check.c.questions, hotline_verdict.c.lookup_id.label("answered"))
        .outerjoin(hotline_verdict, hotline_verdict.c.lookup_id == hotline_check.c.lookup_id)
        .where(hotline_check.c.person_id == person_id, hotline_check.c.begun_at > now - DAY)
        .order_by(hotline_check.c.lookup_id.desc())
        .limit(1)
    )
    last = session.execute(query).one_or_none()
    questions = [] if last is None or last.answered else last.questions.split()
    return [] if set(questions) & set(never) else questions


def answer(
    session: Session, whose: Scope, lookup_id: int, typed: Mapping[str, str], now: datetime
) -> bool:
    """Compare what the caller said, by question; whether the person is open to the officer now.

    Raises NotFound, Refused, InputError with fewer than two answers, Conflict where the check was
    answered before, Remembered after too many wrong checks.
    """
    row = _asked(session, whose, lookup_id, now)
    questions = row.questions.split()
    if sum(bool(typed.get(one, "").strip()) for one in questions) < NEEDED:
        raise InputError("Cần ít nhất hai câu trả lời.", "Hỏi người gọi rồi ghi lại.")
    # Both counts hold while this is written: of the officer, and of the person whoever asks.
    with session.info["apart"](*turns(whose, row.person_id)) as alone:
        _asked(alone, whose, lookup_id, now)
        _require_tries(alone, whose, row.person_id, now)
        known = known_of(alone, row.person_id, local_date(now))
        return _judged(alone, whose, row, right_answers(known, questions, typed), now)


def _asked(session: Session, whose: Scope, lookup_id: int, now: datetime) -> Row[Any]:
    """A look-up whose questions wait for their answers. Raises NotFound, Conflict, Refused."""
    row = lookup_of(session, whose, lookup_id)
    if row.person_id is None:
        raise NotFound("Không có lượt tra cứu này.", "Tra cứu lại.")
    if row.is_passed is not None:
        raise Conflict("Lượt này đã trả lời rồi.", "Tra cứu lại từ đầu.")
    require_live(row, now)
    require_here(session, whose, row.person_id)
    return row


def _judged(session: Session, whose: Scope, row: Row[Any], right: int, now: datetime) -> bool:
    """Write the verdict down. What a passed check opens is told from that moment on."""
    passed = right >= NEEDED
    values = {"lookup_id": row.id, "right_answers": right, "is_passed": int(passed)}
    session.execute(insert(hotline_verdict).values(**values, answered_at=now))
    action = "hotline:check:pass" if passed else "hotline:check:fail"
    record(session, now, whose.username, action, f"person:{row.person_id}", f"lookup:{row.id}",
           after={"reason": row.reason})  # fmt: skip
    return passed


def turns(whose: Scope, person_id: int) -> tuple[str, str]:
    """The names under which checks wait for each other, always in this order."""
    return f"hotline:officer:{whose.officer_id}", f"hotline:person:{person_id}"


def _require_tries(session: Session, whose: Scope, person_id: int, now: datetime) -> None:
    remember = partial(_remember, whose, person_id, now)
    if _wrong(session, hotline_check.c.person_id == person_id, now) >= OF_PERSON:
        raise Remembered(
            "Hôm nay đã hỏi sai người này nhiều lần.",
            "Mời người dân mang căn cước đến UBND xã.",
            remember,
        )
    if _wrong(session, hotline_check.c.officer_id == whose.officer_id, now) >= OF_OFFICER:
        raise Remembered(
            "Hôm nay bạn đã có nhiều lượt kiểm tra sai.",
            "Việc này đã báo cho kiểm toán. Nhờ người trực khác.",
            remember,
        )


def _wrong(session: Session, mine: Any, now: datetime) -> int:
    query = (
        select(func.count())
        .select_from(hotline_check)
        .join(hotline_verdict, hotline_verdict.c.lookup_id == hotline_check.c.lookup_id)
        .where(mine, hotline_check.c.begun_at > now - DAY, hotline_verdict.c.is_passed == 0)
    )
    return session.scalar(query) or 0


def _remember(whose: Scope, person_id: int, now: datetime, session: Session) -> None:
    record(session, now, whose.username, "hotline:check:refuse", f"person:{person_id}")
