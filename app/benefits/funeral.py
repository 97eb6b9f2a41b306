"""What is paid when a person dies, beside the allowances up to the month of death. Pure.

One funeral support only, the highest one (Decree 20/2021/NĐ-CP, art. 11): to whoever arranges the
burial. The three months of current allowances of a meritorious person (Decree 131/2021/NĐ-CP) are
no funeral support and stand beside it: to the relative who represents the family. Multiples and
measures are data (`data/supports.csv`); the answer is a proposal for a decision, never a payment.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from app.benefits.book import Level, Rate, RateBook
from app.benefits.rates import base_salaries, member
from app.benefits.rules import History, regular_levels
from app.benefits.values import Enrolment
from app.errors import InputError
from app.months import month_of
from ledger.money import format_number

ARRANGER, RELATIVE = "arranger", "relative"
PAYEES = {ARRANGER: "người lo mai táng", RELATIVE: "đại diện thân nhân"}


@dataclass(frozen=True, slots=True)
class Support:
    """A payment at a death: `times` the measure `of`.

    `who` has it: people of a programme, or who died in a disaster. `of`: assistance or pension
    (their standard), base_salary, or current (the person's own allowances of the month of death).
    """

    code: str
    name: str
    who: str
    of: str
    times: int
    effective_from: date
    article: str
    confirmed: bool
    note: str


@dataclass(frozen=True, slots=True)
class Deceased:
    """A person who died: the lines of the register, and what it does not hold.

    `sought` are programmes that were asked for and qualified for, without a decision before the
    death. `child_of_parent`: a child for whom a poor single parent is paid. `other_allowance`:
    aged 80 or over with a survivor's or another monthly allowance. `in_disaster`: died in a
    disaster or another event of article 12.
    """

    died_on: date
    enrolments: Sequence[Enrolment] = ()
    sought: frozenset[str] = frozenset()
    child_of_parent: bool = False
    other_allowance: bool = False
    in_disaster: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """One payment in VND, to whom, why, and by which article. Not confirmed: read the text."""

    code: str
    name: str
    payee: str
    amount: int
    article: str
    reason: str
    confirmed: bool


@cache
def all_supports() -> Mapping[str, Support]:
    """Every payment at a death by its code."""
    text = files("app.benefits").joinpath("data/supports.csv").read_text("utf-8")
    return {row["code"]: _support(row) for row in csv.DictReader(text.splitlines())}


def _support(row: Mapping[str, str]) -> Support:
    return Support(
        code=row["code"],
        name=row["name"],
        who=row["who"],
        of=row["of"],
        times=int(row["times"]),
        effective_from=date.fromisoformat(row["effective_from"]),
        article=row["article"],
        confirmed=row["confirmed"] == "yes",
        note=row["note"],
    )


def at_death(who: Deceased, period: str, history: History) -> tuple[Proposal, ...]:
    """What is due at this death, as known when month `period` is paid; the funeral support first.

    Raises InputError for a death after that month, and as `rules.due` for facts no rule fits.
    """
    month = month_of(who.died_on)
    if month > period:
        raise InputError("Ngày mất sau kỳ chi trả.", "Kiểm tra lại ngày mất hoặc chọn kỳ sau.")
    levels = regular_levels(who.enrolments, month, period, history)
    found = [_proposed(one, who, levels, period, history) for one in all_supports().values()]
    known = [one for one in found if one is not None]
    funerals = [one for one in known if one.payee == ARRANGER]
    best = [max(funerals, key=_by_amount)] if funerals else []
    return (*best, *(one for one in known if one.payee == RELATIVE))


def _by_amount(one: Proposal) -> int:
    return one.amount


def _proposed(
    of: Support, who: Deceased, levels: Mapping[int, Level], period: str, history: History
) -> Proposal | None:
    if who.died_on < of.effective_from or not _fits(of, who, levels):
        return None
    if of.of == "current":
        mine = [levels[place] for place in _merit(who, levels)]
        current = sum(one.amount for one in mine)
        words = f"{of.times} tháng × {format_number(current)} đang hưởng"
        return _told(of, RELATIVE, current, words, all(one.confirmed for one in mine))
    rate = _measure(of, who.died_on, period, history)
    if rate is None:
        return None
    words = f"{of.times} × {format_number(rate.standard)} ({rate.decree})"
    return _told(of, ARRANGER, rate.standard, words, rate.confirmed)


def _told(of: Support, payee: str, measure: int, words: str, confirmed: bool) -> Proposal:
    amount = of.times * measure
    reason = f"{words} = {format_number(amount)}"
    return Proposal(of.code, of.name, payee, amount, of.article, reason, confirmed and of.confirmed)


def _fits(of: Support, who: Deceased, levels: Mapping[int, Level]) -> bool:
    """Whether the person is one of those this payment is for."""
    programmes = {who.enrolments[place].programme for place in _own(who, levels)}
    if of.who == "disaster":
        return who.in_disaster
    besides = who.child_of_parent or who.other_allowance
    return (of.who == "assistance" and besides) or of.who in programmes | who.sought


def _own(who: Deceased, levels: Mapping[int, Level]) -> list[int]:
    """The places of lines for the person's own sake: a carer's line is for somebody else's."""
    found = []
    for place in levels:
        one = who.enrolments[place]
        if member(one.programme, one.group).component == "monthly":
            found.append(place)
    return found


def _merit(who: Deceased, levels: Mapping[int, Level]) -> list[int]:
    return [place for place in _own(who, levels) if who.enrolments[place].programme == "merit"]


def _measure(of: Support, died_on: date, period: str, history: History) -> Rate | None:
    book: RateBook = base_salaries() if of.of == "base_salary" else history.book
    return book.standard(of.of, month_of(died_on), book.known(period), history.area)
