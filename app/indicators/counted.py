"""A month's counts by commune as a job kept them: no page counts every line of a province.

What is kept is the answer of `asked` itself. Evidence counts up to a cut-off: a month whose final
cut-off is over was counted once for all; between the cut-offs it is counted once a day, for lists
that are undone; one that is being paid is counted every few minutes, and tells as of when. A month
that nobody counted is counted at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.indicators.breakdown import Answer, asked
from app.indicators.cashless import evidence_until
from app.indicators.rates import Counts, cut_offs
from app.indicators.tallies import Tally
from app.months import shift
from app.payroll.tables import payroll
from app.tasks.answers import kept

FRESH = timedelta(minutes=15)
"""So long the counts of a month that is being paid may be shown; they tell their moment."""
DAILY = timedelta(days=1)
MONTHS = 13
_FIELDS = [one.name for one in fields(Tally)]


def name_of(period: str) -> str:
    """The name under which a month is kept."""
    return f"month:{period}"


def by_communes(session: Session, periods: Iterable[str], as_of: datetime) -> dict[str, Answer]:
    """The months by commune, as they were kept or, where they were not, as they are counted now."""
    wanted = list(periods)
    found = kept(session, map(name_of, wanted))
    query = select(payroll.c.period).where(payroll.c.period.in_(wanted)).distinct()
    listed = set(session.scalars(query))

    def answer(period: str) -> Answer:
        content = found[name_of(period)].content if name_of(period) in found else None
        if content and _serves(period, content, as_of):
            return _kept(period, content, as_of)
        if period in listed:
            return asked(session, period, as_of, "commune")
        return Answer(period, "commune", as_of, as_of > cut_offs(period).final, {}, {})

    return {period: answer(period) for period in wanted}


def by_commune(session: Session, period: str, as_of: datetime) -> Answer:
    """One month by commune, with the kinds of evidence of the whole."""
    return by_communes(session, [period], as_of)[period]


def to_count(session: Session, now: datetime) -> list[str]:
    """The last months with lists whose counts are not those of this moment."""
    last = session.scalars(
        select(payroll.c.period).distinct().order_by(payroll.c.period.desc()).limit(MONTHS)
    ).all()
    found = kept(session, map(name_of, last))
    return [one for one in last if not _is_counted(one, found.get(name_of(one)), now)]


def content_of(answer: Answer) -> dict[str, Any]:
    """What is kept of a month by commune."""
    return {
        "until": evidence_until(answer.moments, answer.as_of).isoformat(),
        "fields": _FIELDS,
        "communes": {code: astuple(one) for code, one in answer.tallies.items()},
        "evidence": answer.evidence,
    }


def counts(tally: Tally) -> Counts:
    """What the four rates need of a tally."""
    t = tally
    return Counts(t.listed, t.paid, t.cashless, t.mixed, t.usable, t.credited, t.cash)


def _is_counted(period: str, found: Any, now: datetime) -> bool:
    if found is None or found.content["fields"] != _FIELDS:
        return False
    moments = cut_offs(period)
    stands = now > moments.final or now - found.made_at < DAILY
    return stands and _until(found.content) == evidence_until(moments, now)


def _serves(period: str, content: Mapping[str, Any], as_of: datetime) -> bool:
    """Whether kept counts answer for a moment: up to the same cut-off, or lately enough."""
    wanted, until = evidence_until(cut_offs(period), as_of), _until(content)
    if content["fields"] != _FIELDS or until > wanted:
        return False
    return until == wanted or (wanted == as_of and as_of - until <= FRESH)


def _until(content: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(content["until"])


def _kept(period: str, content: Mapping[str, Any], as_of: datetime) -> Answer:
    final = as_of > cut_offs(period).final
    tallies = {code: Tally(*one) for code, one in content["communes"].items()}
    moment = _until(content) if evidence_until(cut_offs(period), as_of) == as_of else as_of
    shares = {kind: (one[0], one[1]) for kind, one in content["evidence"].items()}
    return Answer(period, "commune", moment, final, tallies, shares)


def twelve(period: str, months: int) -> list[str]:
    """So many months, ending with this one."""
    return [shift(period, -back) for back in range(months - 1, -1, -1)]
