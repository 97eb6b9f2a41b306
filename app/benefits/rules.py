"""What one person is due for a month. Pure: values in, values out, no clock, no database.

The regular part is the level of the month as known when it is paid. Arrears (truy lĩnh) follow
what came to be known too late, be it of the rates or of the person (`lookback`). They are paid
once, in the first month that knows (Circular 44/2022/TT-BTC, art. 15).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from app.benefits.book import Level
from app.benefits.choosing import Fact, Person
from app.benefits.lookback import Found, Window, look_back
from app.benefits.rates import Known, RateBook, member, standing_book
from app.benefits.reasons import DECISION, Difference, line_in_words, stretches_of
from app.benefits.values import Due, Enrolment, Entitlement, Granted
from app.months import month_of, months_between, require_month, shift

__all__ = ["Enrolment", "Entitlement", "History", "compute", "due", "standing_history"]

_OPEN = "9999-12"
_CACHE_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class History:
    """What is known beside the person: the rates, the province, and which months are paid.

    `opening` is the first month whose list these books made: what was known before it was settled
    by those who paid before. `listed` is the last month whose list was made before this one: a rate
    that it did not know is fresh. None means the period itself, and the month before it. One
    History serves a whole run: it remembers what persons alike are due.
    """

    book: RateBook
    opening: str | None = None
    listed: str | None = None
    area: str = ""
    _views: dict[str, View] = field(default_factory=dict, init=False, compare=False, repr=False)
    _due: dict[_Key, Due] = field(default_factory=dict, init=False, compare=False, repr=False)

    def view(self, period: str) -> View:
        """What the payment of `period` knows, worked out once."""
        found = self._views.get(period)
        if found is None:
            found = self._views[period] = _view(self, require_month(period))
        return found


@dataclass(frozen=True, slots=True)
class View:
    """What the list of `period` knows, and the past months that it may have to look at again.

    `all_months` for a person of whom there is news, `rate_months` for everybody else.
    """

    period: str
    now: Known
    all_months: Window
    rate_months: Window


# Period, whether there is news of the person, the facts, and what was granted in the window.
_Key = tuple[str, bool, tuple[Fact, ...], tuple[Granted, ...]]


@cache
def standing_history() -> History:
    """The national rates shipped with the service."""
    return History(standing_book())


def compute(
    enrolments: Sequence[Enrolment], period: str, history: History | None = None
) -> list[Entitlement]:
    """The lines that ONE person is due when month `period` is paid, nothing granted before."""
    return list(due(enrolments, period, history or standing_history()).lines)


def due(
    enrolments: Sequence[Enrolment],
    period: str,
    history: History,
    granted: Iterable[Granted] = (),
    *,
    has_news: bool = True,
) -> Due:
    """Everything ONE person is due when month `period` is paid; never a zero line.

    `granted` is what these books granted the person for earlier months, at least those of the
    view's window. Without news only months are looked at again whose rates are fresh. The order of
    `enrolments` makes no difference. Raises InputError or NotFound for facts that no rule fits.
    """
    view = history.view(period)
    window = view.all_months if has_news else view.rate_months
    facts = sorted(
        (_fact(one, view, window, history), one.enrolment_id, one.decision) for one in enrolments
    )
    known = tuple(sorted(one for one in granted if one.month in window.months))
    key = period, has_news, tuple(fact for fact, *_ in facts), known
    found = history._due.get(key)
    if found is None:
        found = _remember(history, key, _due(history, view, window, key))
    return Due(tuple(_owned(line, *facts[line.enrolment_id][1:]) for line in found.lines),
               found.overpaid)  # fmt: skip


def regular_levels(
    enrolments: Sequence[Enrolment], month: str, period: str, history: History
) -> dict[int, Level]:
    """The lines paid for `month` by all that is known when `period` is paid, by their place.

    Raises InputError or NotFound for facts that no rule fits.
    """
    view = history.view(period)
    facts = [_fact(one, view, view.all_months, history) for one in enrolments]
    whole = [fact._replace(start=one.start, stop=one.stop or _OPEN)
             for fact, one in zip(facts, enrolments, strict=True)]  # fmt: skip
    groups = [member(fact.programme, fact.group) for fact in whole]
    return dict(Person(whole, groups, history.book, history.area).chosen(month, view.now))


def _remember(history: History, key: _Key, found: Due) -> Due:
    if len(history._due) >= _CACHE_LIMIT:
        history._due.clear()  # bounded memory; people alike come again at once
    history._due[key] = found
    return found


def _fact(each: Enrolment, view: View, window: Window, history: History) -> Fact:
    """The enrolment without its owner, its months clipped to those that matter here."""
    level = -1 if each.individual_amount is None else each.individual_amount
    level_of = "" if level < 0 else level_month(each, history.opening or view.period)
    first = window.months[0] if window.months else view.period
    stop = _OPEN if each.stop is None or each.stop >= view.period else each.stop
    return Fact(each.programme, each.group, each.table_key, level, max(each.start, first), stop,
                level_of)  # fmt: skip


def level_month(each: Enrolment, opening: str) -> str:
    """The month whose level an individual amount is.

    That of the decision; when it is older than these books, what was paid when they opened.
    """
    return each.level_of or max(each.start, opening)


def _owned(line: Entitlement, enrolment_id: int, decision: str) -> Entitlement:
    """A line of people alike as this person's own."""
    if line.arrears_basis is None or DECISION not in line.arrears_basis:
        return replace(line, enrolment_id=enrolment_id)
    told = f"Quyết định {decision}" if decision else "quyết định hưởng"
    return replace(
        line,
        enrolment_id=enrolment_id,
        arrears_basis=line.arrears_basis.replace(DECISION, told),
        reason=line.reason.replace(DECISION, told),
        stretches=tuple(
            replace(one, basis=one.basis.replace(DECISION, told)) for one in line.stretches
        ),
    )


def _view(history: History, period: str) -> View:
    book, opening = history.book, history.opening or period
    now, taken = book.known(period), book.known(shift(opening, -1))
    seen = book.known(history.listed or shift(period, -1))

    def window(first: str, fresh: Known) -> Window:
        since = min([first, *(month_of(rate.effective_from) for rate in fresh)])
        months = months_between(since, shift(period, -1))
        then = {month: book.known(month) | taken for month in months}
        return Window(months, opening, now, then.__getitem__)

    return View(period, now, window(opening, now - taken), window(period, now - seen))


def _due(history: History, view: View, window: Window, key: _Key) -> Due:
    """What people with these facts are due; a line's `enrolment_id` is the place of its fact."""
    _, _, facts, granted = key
    groups = [member(fact.programme, fact.group) for fact in facts]
    person = Person(facts, groups, history.book, history.area)
    regular = person.chosen(view.period, view.now)
    found = look_back(person, window, granted) if window.months else Found({}, [])
    lines = tuple(
        _line(person, place, regular.get(place), found.lacking.get(place, []))
        for place in sorted(regular.keys() | found.lacking.keys())
    )
    return Due(lines, tuple(found.overpaid))


def _line(
    person: Person, place: int, regular: Level | None, lacking: list[Difference]
) -> Entitlement:
    fact, group = person.facts[place], person.groups[place]
    return Entitlement(
        programme=group.programme,
        component=group.component,
        enrolment_id=place,
        regular=regular.amount if regular else 0,
        arrears=sum(each.paid for each in lacking),
        arrears_from=lacking[0].month if lacking else None,
        arrears_to=lacking[-1].month if lacking else None,
        arrears_months=len(lacking),
        arrears_basis="; ".join(dict.fromkeys(each.basis for each in lacking)) or None,
        reason=line_in_words(regular, fact.stop if fact.stop != _OPEN else None, lacking),
        stretches=stretches_of(lacking),
    )
