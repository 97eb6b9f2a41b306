"""One person's months, and the statement of one of them as PDF, in words for that person."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, BinaryIO

from sqlalchemy import Row, exists, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.masks import masked_account
from app.benefits.groups import public_name
from app.benefits.tables import arrears_grant, obligation
from app.clock import local_date
from app.errors import NotFound
from app.months import day_in, span_in_words
from app.payroll.digest import short_code
from app.payroll.tables import payroll, payroll_line
from app.printing.documents.statement import PersonStatement, StatementLine, render_statement
from app.printing.values import day, short_month
from app.reference.money_providers import keeper
from app.statements.letterheads import commune_body, letterhead, place_of
from app.statements.reading import Story, of_person, person_of, stories
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


def write_statement(
    session: Session, person_id: int, period: str, out: BinaryIO, synthetic: bool
) -> None:
    """Write a person's statement of a month to `out`. Raises NotFound when nothing is owed.

    What an earlier month left unpaid and this month's lists took up again is told in the
    status, apart from the month's own amounts.
    """
    who = person_of(session, person_id)
    told = stories(session, *of_person(person_id), _in_month(period))
    mine = [one for one in told if one.owed.period == period]
    if not mine:
        raise NotFound(
            f"{who.name} không có khoản trợ cấp nào {short_month(period)}.",
            "Chọn tháng khác, hoặc xem lại quyết định hưởng của người này.",
        )
    earlier = [one for one in told if one.owed.period != period]
    render_statement(_statement(session, who, period, mine, earlier, synthetic), out)


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
    session: Session,
    who: Row[Any],
    period: str,
    mine: Sequence[Story],
    earlier: Sequence[Story],
    synthetic: bool,
) -> PersonStatement:
    owed = mine[0].owed
    method, account, at = _destination(mine[0])
    return PersonStatement(
        letterhead=letterhead(owed.unit_name, owed.area_code, _as_of(period, (*mine, *earlier))),
        person_code=person_code(who.id),
        name=who.name,
        born=who.birth[:4],
        place=place_of(who.hamlet, who.area_code),
        period=period,
        monthly=tuple(_monthly(one.owed) for one in mine if one.owed.regular),
        arrears=tuple(_arrears(session, who.id, period, mine)),
        method=_method_in_words(method, mine[0]),
        status=_status(mine, earlier),
        contact=f"{commune_body(who.area_code) or owed.unit_name}, trong giờ hành chính",
        verify_code=statement_code(who.id, period, mine),
        synthetic=synthetic,
        account=account,
        bank=at,
    )


def statement_code(person_id: int, period: str, told: Sequence[Story]) -> str:
    """The code that proves a statement, e.g. '7F3K-9XQ2'; the same whenever it is printed.

    It hangs on the full digests of the approved lists, which no paper shows.
    """
    parts = [f"statement|{person_id}|{period}"]
    for one in sorted(told, key=lambda story: story.owed.id):
        digests = [line.digest or "" for line in one.lines[:1]]
        parts.append("|".join((str(one.owed.id), str(one.owed.amount), *digests)))
    return short_code(hashlib.sha256("\n".join(parts).encode()).hexdigest())


def _monthly(owed: Row[Any]) -> StatementLine:
    return StatementLine(_label(owed), _decision(owed), owed.regular)


def _label(owed: Row[Any]) -> str:
    group = public_name(owed.group_code)
    return group if group == owed.programme_name else f"{owed.programme_name}: {group}"


def _decision(owed: Row[Any]) -> str:
    return f"Quyết định {owed.decision_number} ngày {day(owed.decision_on)}"


def _arrears(
    session: Session, person_id: int, period: str, mine: Sequence[Story]
) -> list[StatementLine]:
    """One line per decree and stretch of months; per obligation where the grants do not add up."""
    owing = [one.owed for one in mine if one.owed.arrears]
    grants = session.execute(
        select(arrears_grant)
        .where(arrears_grant.c.person_id == person_id, arrears_grant.c.period == period)
        .where(arrears_grant.c.programme.in_([owed.programme for owed in owing]))
        .order_by(arrears_grant.c.programme, arrears_grant.c.id)
    ).all()
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
