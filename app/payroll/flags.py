"""Doubts about a payroll: cases with an owner, over the very people they are about.

Set-wise over payrolls of one month and kind. A flag is looked at anew whenever somebody acts on
its payroll: other people make another digest, and an answer to the old one counts no more; nobody
left, and the flag is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Row, Select, insert, literal, select, union_all, update
from sqlalchemy.orm import Session

from app.benefits.campaigns import Campaign
from app.payroll.bridge import rebuild, unexplained
from app.payroll.change_limits import ChangeLimits, change_limits
from app.payroll.flag_accounts import ACCOUNTS, marked
from app.payroll.flag_kinds import JUMPS, KINDS
from app.payroll.flag_people import FETCH_ROWS, queries
from app.payroll.flag_scope import Scope, looked_at
from app.payroll.tables import MONTH_LISTS, bridge, flag, payroll
from ledger.money import format_number, format_vnd
from ledger.schema import Whole

_UNITS = {"total": format_vnd}


class Found(NamedTuple):
    """A doubt as it stands now: how many people, the digest over them, and what the list says."""

    payroll_id: int
    kind: str
    people: int
    digest: str
    detail: str = ""


def raise_flags(session: Session, period: str, now: datetime) -> int:
    """Look at the month's draft payrolls but those of campaigns; gives how many flags stand."""
    kinds = (*MONTH_LISTS, "difference", "follow_up")
    return sum(_look(session, Scope(period, kind, now)) for kind in kinds)


def raise_campaign_flags(session: Session, campaign: Campaign, now: datetime) -> int:
    """Look at a campaign's draft payrolls; gives how many flags stand."""
    return _look(session, Scope(campaign.period, "campaign", now, campaign.code))


def look_again(session: Session, payroll_ids: Sequence[int], now: datetime) -> None:
    """Bring the flags of these payrolls up to now; the bridge of a changed draft is made anew."""
    rebuild(session, payroll_ids)
    of = payroll.c
    rows = session.execute(
        select(of.period, of.kind, of.campaign, of.id)
        .where(of.id.in_(list(payroll_ids)))
        .order_by(of.period, of.kind, of.campaign)
    )
    for (period, kind, campaign), group in groupby(rows, key=lambda row: tuple(row[:3])):
        ids = [row.id for row in group]
        _look(session, Scope(period, kind, now, campaign, ids))


def _look(session: Session, scope: Scope) -> int:
    found = {(one.payroll_id, one.kind): one for one in _found(session, scope)}
    for row in session.execute(_raised(scope.is_named), scope.values()).all():
        _bring_up(session, row, found.pop((row.payroll_id, row.kind), None), scope.now)
    if found:
        session.execute(insert(flag), [_row(one) for one in found.values()])
    return len(found)


@cache
def _raised(named: bool) -> Select[Any]:
    """The flags that were ever raised on the payrolls of a scope."""
    mine = looked_at(named)
    return select(flag).join(payroll, payroll.c.id == flag.c.payroll_id).where(mine)


def _bring_up(session: Session, row: Row[Any], now_found: Found | None, now: datetime) -> None:
    """Change a flag that is told otherwise now; one that stands as it did is left alone."""
    values: dict[str, Any] = {}
    if now_found is None:
        values = {"gone_at": now} if row.gone_at is None else {}
    elif row.gone_at is not None or row.digest != now_found.digest:
        told = _row(now_found)
        values = {name: told[name] for name in ("people", "sentence", "digest")}
        values["gone_at"] = None
    if values:
        session.execute(update(flag).where(flag.c.id == row.id).values(values))


def _row(one: Found) -> dict[str, Any]:
    kind = KINDS[one.kind]
    return {
        "payroll_id": one.payroll_id,
        "kind": one.kind,
        "is_blocking": int(kind.blocks),
        "people": one.people,
        "sentence": kind.sentence.format(n=format_number(one.people), detail=one.detail),
        "owner": kind.owner,
        "digest": one.digest,
        "gone_at": None,
    }


def _found(session: Session, scope: Scope) -> Iterator[Found]:
    changed: dict[int, int] = {}
    for kind, people in _doubted(session, scope):
        for payroll_id, group in groupby(people, key=itemgetter(0)):
            count, digest = _digest(person_id for _, person_id in group)
            if kind == "account_changed":
                changed[payroll_id] = count
            yield Found(payroll_id, kind, count, digest)
    if scope.kind in (*MONTH_LISTS, "difference"):
        yield from _of_bridges(session, scope, changed)


def _doubted(session: Session, scope: Scope) -> Iterator[tuple[str, Iterable[Any]]]:
    """kind -> (payroll, person), each once and in their order."""
    asked, values = queries(session, scope)
    paid_to = _paid_to(session, scope, values)
    others = {kind: query for kind, query in asked.items() if kind not in paid_to}
    known = {**paid_to, **(_at_once(session, others, values) if scope.is_named else {})}
    for kind, query in asked.items():
        if kind in known:
            yield kind, sorted(known[kind])
        else:  # of a province's drafts as they come
            yield kind, session.execute(query, values, execution_options=_STREAMED)


_STREAMED = {"yield_per": FETCH_ROWS}
_People = dict[str, set[tuple[int, int]]]


def _paid_to(session: Session, scope: Scope, values: Mapping[str, Any]) -> _People:
    """The same for the kinds that are about where a line is paid to."""
    found: _People = {kind: set() for kind in ACCOUNTS}
    rows: Iterable[Any] = session.execute(marked(scope.is_named), values)
    for payroll_id, person_id, marks in rows:
        for place, kind in enumerate(ACCOUNTS):
            if marks >> place & 1:
                found[kind].add((payroll_id, person_id))
    return found


def _at_once(
    session: Session, asked: Mapping[str, Select[Any]], values: Mapping[str, Any]
) -> _People:
    """What all these questions find, by one statement: to ask each of a commune's list by itself
    costs more than to answer it."""
    kinds = list(asked)
    found: _People = {kind: set() for kind in kinds}
    rows: Iterable[Any] = session.execute(_together(tuple(asked.values())), values)
    for place, payroll_id, person_id in rows:
        found[kinds[place]].add((payroll_id, person_id))
    return found


@lru_cache(maxsize=64)
def _together(asked: tuple[Select[Any], ...]) -> CompoundSelect[Any]:
    each = (query.order_by(None).subquery("asked").c for query in asked)
    return union_all(
        *(
            select(literal(place, Whole), of.payroll_id, of.person_id)
            for place, of in enumerate(each)
        )
    )


def _digest(people: Iterable[int]) -> tuple[int, str]:
    count, digest = 0, hashlib.sha256()
    for number in people:
        count += 1
        digest.update(f"{number}\n".encode())
    return count, digest.hexdigest()


def _of_bridges(session: Session, scope: Scope, accounts: Mapping[int, int]) -> Iterator[Found]:
    """What the list as a whole makes doubtful: what is not explained, and what jumped."""
    known = change_limits(session)
    rows = session.execute(_with_bridges(scope.is_named), scope.values())
    for _, group in groupby(rows, key=lambda row: row.id):
        causes = list(group)
        yield from _unexplained(causes)
        yield from _jumps(causes, accounts.get(causes[0].id, 0), known, scope.period)


@cache
def _with_bridges(named: bool) -> Select[Any]:
    """The payrolls of a scope, each with the rows of its bridge."""
    return (
        select(payroll.c.id, payroll.c.lines, payroll.c.total, payroll.c.programme,
               bridge.c.cause, bridge.c.people, bridge.c.amount)
        .outerjoin(bridge, bridge.c.payroll_id == payroll.c.id)
        .where(looked_at(named))
        .order_by(payroll.c.id)
    )  # fmt: skip


def _unexplained(causes: Sequence[Any]) -> Iterator[Found]:
    of = causes[0]
    lines, amount = unexplained((one for one in causes if one.cause), of.lines, of.total)
    if lines or amount:
        detail = f"{format_number(lines)} dòng, {format_vnd(amount)}"
        yield Found(of.id, "unexplained", abs(lines), _of_text(detail), detail)


def _jumps(
    causes: Sequence[Any], accounts: int, known: ChangeLimits, period: str
) -> Iterator[Found]:
    of, by = causes[0], {one.cause: one for one in causes if one.cause}
    last = by.get("previous")
    if last is None or not last.people:
        return
    missing = by["left_missing"].people if "left_missing" in by else 0
    lines = int(last.people)
    measured = {
        "total": (int(of.total) - int(last.amount), int(last.amount)),
        "people": (int(of.lines) - lines, lines),
        "missing": (int(missing), lines),
        "accounts": (accounts, lines),
    }
    for kind, measure in JUMPS.items():
        change, before = measured[measure]
        limit = known.of(of.programme, measure, period)
        if limit is not None and limit.is_passed(change, before):
            detail = _jump_in_words(measure, change, before, limit.per_cent)
            yield Found(of.id, kind, abs(change) if measure != "total" else 0,
                        _of_text(detail), detail)  # fmt: skip


def _jump_in_words(measure: str, change: int, before: int, per_cent: int) -> str:
    """'tăng 12.000.000 ₫ (24,0 % của tháng trước), quá ngưỡng 20 %'."""
    written = _UNITS.get(measure, format_number)
    tenths = abs(change) * 1000 // abs(before) if before else 0
    share = f"{tenths // 10},{tenths % 10} % của tháng trước"
    if measure in ("total", "people"):
        way = "tăng" if change > 0 else "giảm"
        return f"{way} {written(abs(change))} ({share}), quá ngưỡng {per_cent} %"
    return f"là {written(change)} ({share}), quá ngưỡng {per_cent} %"


def _of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
