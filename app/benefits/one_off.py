"""What a campaign owes: obligations of its own, written set-wise or by chunks of people.

A gift is one statement. What is paid ahead, and the education allowance, follow the rules of the
month like the monthly list, person by person in memory, by chunks. Nothing is granted twice: the
obligation's unique key holds it, and for a gift an index over person and component besides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, case, exists, func, insert, literal, select, text
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment
from app.benefits.campaigns import AHEAD, EDUCATION, Campaign
from app.benefits.entitlements import OBLIGATION_COLUMNS, PEOPLE_PER_CHUNK
from app.benefits.facts import enrolments, fact_of, is_listed
from app.benefits.rates import member
from app.benefits.rules import History, regular_levels
from app.benefits.tables import IS_GIFT, obligation
from app.errors import Refused
from app.months import in_words, months_between
from ledger.bulk import insert_rows
from ledger.money import format_number
from ledger.schema import Whole

Payers = Mapping[tuple[str, str], str]


def grant_gift(session: Session, campaign: Campaign) -> int:
    """Owe the gift to everyone who was due an allowance in the campaign's month; gives how many.

    One person, one gift, in the first programme that pays them; again it adds nothing. Raises
    Refused while that month has no list.
    """
    _refuse_unlisted(session, campaign.period)
    rows = _gifts(campaign)
    columns = list(OBLIGATION_COLUMNS)
    done = session.execute(insert(obligation).from_select(columns, rows, include_defaults=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _refuse_unlisted(session: Session, period: str) -> None:
    query = select(obligation.c.id).where(
        obligation.c.period == period, obligation.c.component.in_(("monthly", AHEAD["monthly"]))
    )
    if session.scalar(query.limit(1)) is None:
        raise Refused(
            f"Kỳ {in_words(period)} chưa có danh sách chi trả.",
            "Lập danh sách của kỳ đó trước, đợt chi lấy người từ danh sách này.",
        )


def _gifts(campaign: Campaign) -> Select[Any]:
    (component,), o = campaign.components, obligation.c
    order = case({code: place for place, code in enumerate(campaign.programmes)}, value=o.programme)
    has_it = obligation.alias("has_it")
    before = exists().where(
        text(IS_GIFT),  # of `has_it`: literal, so that its index serves
        has_it.c.person_id == o.person_id,
        has_it.c.component == component,
    )
    people = (
        select(
            o.programme, o.person_id, o.enrolment_id, o.unit_code,
            func.row_number().over(partition_by=o.person_id, order_by=(order, o.id)).label("rank"),
        )
        .join(enrolment, enrolment.c.id == o.enrolment_id)
        .where(o.period == campaign.period, o.component.in_(("monthly", AHEAD["monthly"])))
        .where(o.programme.in_(campaign.programmes), o.regular > 0, ~before)
    )  # fmt: skip
    if campaign.groups:
        people = people.where(enrolment.c.group_code.in_(campaign.groups))
    each, amount = people.subquery(), literal(campaign.amount, Whole)
    why = f"{campaign.name} ({campaign.decree})"
    return (
        select(each.c.programme, each.c.person_id, literal(campaign.period), literal(component),
               each.c.enrolment_id, each.c.unit_code, amount, literal(0, Whole), amount,
               literal(""), literal(why))
        .where(each.c.rank == 1)
        .order_by(each.c.person_id)
    )  # fmt: skip


def grant_chunk(
    session: Session,
    campaign: Campaign,
    history: History,
    payers: Payers,
    after: int,
    known: Iterable[Campaign],
) -> tuple[int, int]:
    """Owe the next people after person id `after` what a campaign of months gives them.

    Gives the last person id and the number of obligations; (after, 0) when nobody is left. People
    who have it already are passed over, so the caller may begin anew. `known` are the campaigns
    among which earlier education payments are looked up.
    """
    people: list[int] = list(session.scalars(_people(campaign, after)))
    if not people:
        return after, 0
    rows = session.execute(enrolments(campaign.period, people[0], people[-1]))
    found: list[tuple[Any, ...]] = []
    wanted, earlier = set(people), _earlier(session, campaign, people[0], people[-1])
    terms = [one for one in known if one.kind == EDUCATION and one.groups == campaign.groups]
    for person_id, group in groupby(rows, key=lambda row: row.person_id):
        if person_id in wanted:
            theirs = earlier.get(person_id, {})
            past = [one for one in terms if one.period in theirs]
            of = list(group)
            lacking = _lacking(campaign, of, history, past, sum(theirs.values()))
            found.extend(_owed(campaign, person_id, of, history, payers, lacking))
    insert_rows(session, obligation, OBLIGATION_COLUMNS, found)
    return people[-1], len(found)


def _people(campaign: Campaign, after: int) -> Select[Any]:
    """People of its programmes on the list of its month who were granted nothing by it yet."""
    has_it = exists().where(
        obligation.c.person_id == enrolment.c.person_id,
        obligation.c.period == campaign.owed_for,
        obligation.c.programme.in_(campaign.programmes),
        obligation.c.component.in_(campaign.components),
    )
    query = select(enrolment.c.person_id).where(
        is_listed(enrolment, campaign.period),
        enrolment.c.programme.in_(campaign.programmes),
        enrolment.c.person_id > after,
        ~has_it,
    )
    if campaign.groups:
        query = query.where(enrolment.c.group_code.in_(campaign.groups))
    return query.distinct().order_by(enrolment.c.person_id).limit(PEOPLE_PER_CHUNK)


def _earlier(
    session: Session, campaign: Campaign, first: int, last: int
) -> Mapping[int, Mapping[str, int]]:
    """Of each person what earlier education payments granted, VND by month of their list."""
    if campaign.kind != EDUCATION:
        return {}
    o = obligation.c
    rows = session.execute(
        select(o.person_id, o.period, o.amount).where(
            o.programme.in_(campaign.programmes),
            o.person_id.between(first, last),
            o.component == EDUCATION,
            o.period < campaign.period,
        )
    )
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for person_id, period, amount in rows:
        found[person_id][period] = amount
    return found


def _owed(
    campaign: Campaign,
    person_id: int,
    rows: Sequence[Row[Any]],
    history: History,
    payers: Payers,
    lacking: int,
) -> Iterator[tuple[Any, ...]]:
    """One obligation per programme and component, paid by who pays the largest of its lines.

    `lacking` is what earlier education payments owe still: an education payment has one line.
    """
    parts: dict[tuple[str, str], dict[int, int]] = {}
    for place, component, amount in _lines(campaign, rows, history):
        key = rows[place].programme, component
        parts.setdefault(key, {})[place] = amount
    for (programme, component), lines in parts.items():
        main = rows[max(lines, key=lambda place: (lines[place], place))]
        regular = sum(lines.values())
        yield (
            programme,
            person_id,
            campaign.owed_for,
            component,
            main.id,
            payers[programme, main.area_code],
            regular,
            lacking,
            regular + lacking,
            "mức mới" if lacking else "",
            _reason(campaign, regular, lacking),
        )


def _lacking(
    campaign: Campaign,
    rows: Sequence[Row[Any]],
    history: History,
    past: Iterable[Campaign],
    granted: int,
) -> int:
    """What earlier education payments granted too little by what is known now, in VND."""
    now = [replace(one, period=campaign.period) for one in past]
    due = sum(amount for one in now for *_, amount in _lines(one, rows, history))
    return max(due - granted, 0) if now else 0


def _lines(
    campaign: Campaign, rows: Sequence[Row[Any]], history: History
) -> Iterator[tuple[int, str, int]]:
    """(place of the row, component, VND) of what the campaign gives, nothing for zero."""
    facts = [fact_of(row, campaign.period) for row in rows]
    if campaign.kind == "ahead":
        levels = regular_levels(facts, campaign.first_month, campaign.period, history)
        for place, level in levels.items():
            group = member(facts[place].programme, facts[place].group)
            if group.programme in campaign.programmes:
                yield place, AHEAD[group.component], level.amount
        return
    known = history.view(campaign.period).now
    for place, fact in enumerate(facts):
        group = member(fact.programme, fact.group)
        months = months_between(campaign.first_month, campaign.last_month)
        due = [
            history.book.level(group, fact.table_key, month, known, history.area).amount
            for month in months
            if group.component == EDUCATION
            and fact.start <= month
            and (fact.stop is None or month <= fact.stop)
        ]
        if sum(due):
            yield place, EDUCATION, sum(due)


def _reason(campaign: Campaign, total: int, lacking: int) -> str:
    span = in_words(campaign.first_month)
    if campaign.last_month != campaign.first_month:
        span = f"{span} đến {in_words(campaign.last_month)}"
    told = f"{campaign.name}, tháng {span}: {format_number(total)}"
    late = f"; truy lĩnh các đợt trước {format_number(lacking)}" if lacking else ""
    return f"{told} ({campaign.decree}){late}"
