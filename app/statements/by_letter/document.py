"""The letters of a case of a commune's month, in one PDF, behind the list that goes with them.

They lie as they are carried out: hamlet by hamlet, in each by Vietnamese names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any, BinaryIO

from sqlalchemy import Row, Select, case, distinct, func, select
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.benefits.tables import obligation
from app.clock import local_date
from app.errors import InputError, NotFound
from app.months import require_month
from app.printing.documents.notice_letter import Delivery, NoticeLetter, render_notice_letters
from app.printing.documents.paper_head import NO_HAMLET
from app.printing.values import short_month
from app.statements.by_letter.cases import CASES
from app.statements.by_letter.wording import Payment, said
from app.statements.letterheads import commune_body, letterhead, place_of
from app.statements.papers import FETCH_ROWS
from app.statements.person_statement import Paper, printed_code, verify_link
from app.statements.reading import Story, of_people, stories
from app.text import hamlet_key
from ledger.money import format_vnd

AT_ONCE = 100
"""People whose letters are written together: what is held does not grow with the commune."""
KINDS = tuple(CASES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters: a commune, a month of lists, a case of `KINDS`; whom to call, '' for none."""

    area: str
    period: str
    kind: str
    help_number: str = ""


def write_by_letter(
    session: Session,
    wanted: Wanted,
    paper: Paper,
    now: datetime,
    out: BinaryIO,
    told: Callable[[int], None],
) -> int:
    """Write the letters of a case; gives how many, and tells how many so far. Three queries, and
    four for each hundred people.

    Raises InputError for an unknown case or month, NotFound where the case is nobody's.
    """
    require_month(wanted.period)
    if wanted.kind not in CASES:
        raise InputError("Không có loại thư này.", f"Chọn: {', '.join(KINDS)}.")
    rows = CASES[wanted.kind](wanted.area, wanted.period)
    hamlets = _hamlets(session, rows)
    if not hamlets:
        month = short_month(wanted.period)
        raise NotFound(
            f"Trong {month} xã này không có ai cần báo việc đã chọn.",
            "Không có thư nào phải in. Chọn việc hoặc tháng khác.",
        )
    ordered, today = _ordered(rows, [name for name, _ in hamlets]), local_date(now)
    delivery = Delivery(
        letterhead=letterhead(_body(wanted.area), wanted.area, today),
        period=wanted.period,
        hamlets=[(name or NO_HAMLET, count) for name, count in hamlets],
        people=((one.name, one.birth[:4], one.hamlet or NO_HAMLET)
                for one, *_ in _by_person(session, ordered)),
    )  # fmt: skip
    letters = _letters(session, ordered, wanted, paper, today, told)
    return render_notice_letters(delivery, letters, out, synthetic=paper.synthetic)


def record_by_letter(
    session: Session, actor: str, wanted: Wanted, count: int, now: datetime
) -> None:
    """Write to the trail that a commune's letters of a case were made, and by whom."""
    record(session, now, actor, "papers:letters:write", f"area:{wanted.area}",
           f"{wanted.kind} {wanted.period}", after={"letters": count})  # fmt: skip


def _hamlets(session: Session, rows: Select[Any]) -> list[tuple[str, int]]:
    """(hamlet, people) as a commune delivers."""
    of = rows.subquery().c
    query = select(of.hamlet, func.count(distinct(of.person_id))).group_by(of.hamlet)
    found = [(str(name), int(count)) for name, count in session.execute(query)]
    return sorted(found, key=lambda one: (hamlet_key(one[0]), one[0]))


def _ordered(rows: Select[Any], hamlets: Sequence[str]) -> Select[Any]:
    of = (found := rows.subquery()).c
    places = case({name: at for at, name in enumerate(hamlets)}, value=of.hamlet)
    return select(found).order_by(places, of.sort_key, of.birth, of.person_id, of.obligation_id)


def _by_person(session: Session, ordered: Select[Any]) -> Iterator[list[Row[Any]]]:
    """The rows of one person after the other, as they come."""
    found = session.execute(ordered.execution_options(yield_per=FETCH_ROWS))
    for _, mine in groupby(found, key=lambda row: row.person_id):
        yield list(mine)


def _letters(
    session: Session,
    ordered: Select[Any],
    wanted: Wanted,
    paper: Paper,
    today: date,
    told: Callable[[int], None],
) -> Iterator[NoticeLetter]:
    count, people = 0, _by_person(session, ordered)
    while chunk := list(islice(people, AT_ONCE)):
        known = _known(session, chunk)
        for mine in chunk:
            yield _letter(mine, known[mine[0].person_id], wanted, paper, today)
        count += len(chunk)
        told(count)


def _known(session: Session, chunk: Sequence[Sequence[Row[Any]]]) -> dict[int, list[Story]]:
    """What is owed to these people for the months that their letters tell of."""
    people = [mine[0].person_id for mine in chunk]
    months = {row.owed_for for mine in chunk for row in mine}
    found: defaultdict[int, list[Story]] = defaultdict(list)
    for one in stories(session, *of_people(people), obligation.c.period.in_(months)):
        found[one.owed.person_id].append(one)
    return found


def _letter(
    mine: Sequence[Row[Any]], known: Sequence[Story], wanted: Wanted, paper: Paper, today: date
) -> NoticeLetter:
    who, by_id = mine[0], {one.owed.id: one for one in known}
    payments = [Payment(by_id[row.obligation_id], row.amount) for row in mine]
    told = said(wanted.kind, wanted.period, payments, _body(wanted.area), wanted.help_number)
    # The newest month that the letter tells of is what its code is verified by.
    month = max(row.owed_for for row in mine)
    of_month = [one for one in known if one.owed.period == month]
    total = format_vnd(sum(one.owed.amount for one in of_month))
    code = printed_code(paper.keyring, who.person_id, month, of_month)
    return NoticeLetter(
        letterhead=letterhead(payments[0].story.owed.unit_name, wanted.area, today),
        name=who.name,
        place=place_of(who.hamlet, who.area_code),
        about=told.about,
        paragraphs=told.paragraphs,
        strong=told.total,
        todo=told.todo,
        verify_code=code,
        verified_as=f"Quét mã hoặc đọc mã này cho cán bộ xã: {short_month(month)}, tổng {total}.",
        verify_link=verify_link(paper, code),
    )


def _body(area: str) -> str:
    return commune_body(area) or "Ủy ban nhân dân xã"
