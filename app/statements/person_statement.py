"""One person's months, and the statement of one of them as PDF, in words for that person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy import Row, exists, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.masks import masked_account
from app.benefits.groups import PROGRAMMES, public_name
from app.benefits.tables import arrears_grant, obligation
from app.clock import local_date
from app.errors import NotFound
from app.months import day_in, span_in_words
from app.payroll.tables import payroll, payroll_line
from app.printing.documents.statement import PersonStatement, StatementLine, render_statement
from app.printing.values import day, short_month
from app.privacy import Keyring
from app.reference.money_providers import keeper
from app.statements.letterheads import commune_body, letterhead, place_of
from app.statements.reading import Story, of_people, of_person, person_of, stories
from app.statements.verify_code import code_of, content_bits, grouped, read
from app.statements.words import status
from ledger.money import format_vnd


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One obligation of a month, in đồng. `account` is masked, empty for cash or no line yet;
    `status` is a sentence."""

    obligation_id: int
    programme: str
    group: str
    decision: str
    regular: int
    arrears: int
    arrears_basis: str
    reason: str
    method: str
    account: str
    bank: str
    status: str

    @property
    def amount(self) -> int:
        """What is owed in all."""
        return self.regular + self.arrears


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """A month of a person: what was owed for it and what became of it."""

    period: str
    lines: tuple[MonthLine, ...]

    @property
    def regular(self) -> int:
        """The month's allowances."""
        return sum(line.regular for line in self.lines)

    @property
    def arrears(self) -> int:
        """What is paid later for earlier months."""
        return sum(line.arrears for line in self.lines)

    @property
    def amount(self) -> int:
        """All of it."""
        return self.regular + self.arrears


def person_code(person_id: int) -> str:
    """The number by which a person is called on paper: 'AS-000123'."""
    return f"AS-{person_id:06}"


def person_months(session: Session, person_id: int) -> list[PersonMonth]:
    """A person's months, the newest first; five queries. Raises NotFound for an unknown person."""
    person_of(session, person_id)
    told = stories(session, *of_person(person_id))
    return [
        PersonMonth(period, tuple(_line(one) for one in group))
        for period, group in groupby(told, key=lambda one: one.owed.period)
    ]


def _line(story: Story) -> MonthLine:
    owed = story.owed
    method, account, at = _destination(story)
    return MonthLine(
        obligation_id=owed.id,
        programme=owed.programme_name,
        group=public_name(owed.group_code),
        decision=_decision(owed),
        regular=owed.regular,
        arrears=owed.arrears,
        arrears_basis=owed.arrears_basis,
        reason=owed.reason,
        method=method,
        account=account,
        bank=at,
        status=status(story),
    )


@dataclass(frozen=True, slots=True)
class Paper:
    """How statements are written: with whose keys their codes are made, whether the people are made
    up, and where anyone can verify a code ('' for nowhere)."""

    keyring: Keyring
    synthetic: bool
    public_url: str = ""


def write_statement(
    session: Session, person_id: int, period: str, paper: Paper, out: BinaryIO
) -> None:
    """Write a person's statement of a month to `out`. Raises NotFound when nothing is owed.

    What an earlier month left unpaid and this month's lists took up again is told in the
    status, apart from the month's own amounts.
    """
    who = person_of(session, person_id)
    found = next(statements_of(session, [who], period, paper), None)
    if found is None:
        raise NotFound(
            f"{who.name} không có khoản trợ cấp nào {short_month(period)}.",
            "Chọn tháng khác, hoặc xem lại quyết định hưởng của người này.",
        )
    render_statement(found, out)


def statements_of(
    session: Session, people: Sequence[Row[Any]], period: str, paper: Paper
) -> Iterator[PersonStatement]:
    """The statements of these people (rows of `person_of`) who are owed something for a month, in
    their order; five queries for all of them."""
    ids = [one.id for one in people]
    told = stories(session, *of_people(ids), _in_month(period))
    by_person = defaultdict(list)
    for one in told:
        by_person[one.owed.person_id].append(one)
    granted = _grants(session, ids, period)
    for who in people:
        mine = [one for one in by_person[who.id] if one.owed.period == period]
        earlier = [one for one in by_person[who.id] if one.owed.period != period]
        if mine:
            yield _statement(who, period, mine, earlier, granted[who.id], paper)


class Known(NamedTuple):
    """What anybody may know of a statement who holds it: who pays, how much, and whether what is
    owed is still what stood on it."""

    unit: str
    period: str
    total: int
    is_same: bool


def known_by_code(session: Session, keyring: Keyring, code: str) -> Known | None:
    """The statement with this code of 16 signs, None for none of ours."""
    found = read(keyring, code)
    if found is None:
        return None
    told = stories(session, *of_person(found.person_id), obligation.c.period == found.period)
    if not told:
        return None
    now = content_bits(keyring, found.person_id, found.period, _content(told))
    total = sum(one.owed.amount for one in told)
    return Known(told[0].owed.unit_name, found.period, total, now == found.content)


def _in_month(period: str) -> Any:
    """Owed for the month, or standing on one of its lists."""
    listed = exists(
        select(payroll_line.c.id)
        .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
        .where(payroll_line.c.obligation_id == obligation.c.id, payroll.c.period == period)
        .correlate(obligation)
    )
    return or_(obligation.c.period == period, listed)


def _statement(
    who: Row[Any],
    period: str,
    mine: Sequence[Story],
    earlier: Sequence[Story],
    granted: Sequence[Row[Any]],
    paper: Paper,
) -> PersonStatement:
    owed = mine[0].owed
    method, account, at = _destination(mine[0])
    code = printed_code(paper.keyring, who.id, period, mine)
    return PersonStatement(
        letterhead=letterhead(owed.unit_name, owed.area_code, _as_of(period, (*mine, *earlier))),
        person_code=person_code(who.id),
        name=who.name,
        born=who.birth[:4],
        place=place_of(who.hamlet, who.area_code),
        period=period,
        monthly=tuple(_monthly(one.owed) for one in mine if one.owed.regular),
        arrears=tuple(_arrears(granted, mine)),
        method=_method_in_words(method, mine[0]),
        status=_status(mine, earlier),
        contact=f"{commune_body(who.area_code) or owed.unit_name}, trong giờ hành chính",
        verify_code=code,
        synthetic=paper.synthetic,
        account=account,
        bank=at,
        verify_link=verify_link(paper, code),
    )


def printed_code(keyring: Keyring, person_id: int, period: str, told: Sequence[Story]) -> str:
    """The code that a paper about all that somebody is owed for a month carries: '7F3K-9XQ2-…'."""
    return grouped(code_of(keyring, person_id, period, _content(told)))


def verify_link(paper: Paper, code: str) -> str:
    """Where anyone can verify a code as it is printed; '' for nowhere."""
    plain = code.replace("-", "")
    return f"{paper.public_url.rstrip('/')}/verify/{plain}" if paper.public_url else ""


def _content(told: Sequence[Story]) -> str:
    """What a code hangs on: what is owed, and the full digests of the approved lists."""
    parts = []
    for one in sorted(told, key=lambda story: story.owed.id):
        digests = [line.digest or "" for line in one.lines[:1]]
        parts.append("|".join((str(one.owed.id), str(one.owed.amount), *digests)))
    return "\n".join(parts)


def _monthly(owed: Row[Any]) -> StatementLine:
    return StatementLine(_label(owed), _decision(owed), owed.regular)


def _label(owed: Row[Any]) -> str:
    group = public_name(owed.group_code)
    return group if group == owed.programme_name else f"{owed.programme_name}: {group}"


def _decision(owed: Row[Any]) -> str:
    return f"Quyết định {owed.decision_number} ngày {day(owed.decision_on)}"


def _grants(
    session: Session, person_ids: Sequence[int], period: str
) -> defaultdict[int, list[Row[Any]]]:
    """The arrears that a month's obligations of these people carry, by person."""
    of = arrears_grant.c
    query = (
        select(arrears_grant)
        .where(of.programme.in_(PROGRAMMES), of.person_id.in_(person_ids), of.period == period)
        .order_by(of.programme, of.id)
    )
    found = defaultdict(list)
    for row in session.execute(query):
        found[row.person_id].append(row)
    return found


def _arrears(granted: Sequence[Row[Any]], mine: Sequence[Story]) -> list[StatementLine]:
    """One line per decree and stretch of months; per obligation where the grants do not add up."""
    owing = [one.owed for one in mine if one.owed.arrears]
    programmes = {owed.programme for owed in owing}
    grants = [one for one in granted if one.programme in programmes]
    if sum(one.amount for one in grants) == sum(owed.arrears for owed in owing):
        return [StatementLine(_grant_label(one), one.basis, one.amount) for one in grants]
    return [StatementLine(_label(owed), owed.arrears_basis, owed.arrears) for owed in owing]


def _grant_label(row: Row[Any]) -> str:
    span = span_in_words([row.first_period, row.last_period])
    return f"Chênh lệch mức hưởng tháng {span} ({row.months} tháng)"


def _destination(story: Story) -> tuple[str, str, str]:
    """(method, masked account, bank) of the last attempt, or of the list; '' when on none."""
    places = [*story.lines[-1:], *(one.row for one in story.attempts[-1:])]
    if not places:
        return "", "", ""
    row = places[-1]
    if row.method == "cash":
        return "cash", "", ""
    holder = keeper(row.bank_bin)
    return "account", masked_account(row.account_tail), holder.name if holder else ""


def _method_in_words(method: str, story: Story) -> str:
    if method == "account":
        return "Chuyển khoản vào tài khoản đã đăng ký"
    if method == "cash":
        at = f" tại {story.attempts[-1].row.provider_name}" if story.attempts else ""
        return f"Nhận tiền mặt{at}"
    return "Chưa đăng ký hình thức nhận"


def _status(mine: Sequence[Story], earlier: Sequence[Story]) -> str:
    if len(mine) == 1:
        told = [status(mine[0])]
    else:
        told = [f"{_label(one.owed)}: {_inside(status(one))}" for one in mine]
    for one in earlier:
        amount, month = format_vnd(one.owed.amount), short_month(one.owed.period)
        told.append(f"Khoản còn lại của {month} ({amount}): {_inside(status(one))}")
    return "\n".join(told)


def _inside(sentence: str) -> str:
    """A sentence after a colon; the name of a bank keeps its capital only by chance, so none
    is changed but the words we begin with."""
    first = sentence.partition(" ")[0]
    return sentence[:1].lower() + sentence[1:] if first in ("Đã", "Đang", "Chưa") else sentence


def _as_of(period: str, told: Sequence[Story]) -> date:
    """The day of the last fact the statement tells."""
    moments: list[datetime] = []
    for one in told:
        moments += [line.opened_at for line in one.lines]
        for attempt in one.attempts:
            moments.append(attempt.row.built_at)
            moments += [row.recorded_at for row in attempt.outcomes]
    return local_date(max(moments)) if moments else day_in(period, 1)
