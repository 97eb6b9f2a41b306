"""The decisions of a commune's month as letters, in one PDF."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.about_tables import decision
from app.beneficiaries.masks import masked_citizen
from app.beneficiaries.tables import enrolment
from app.benefits.book import RateBook
from app.benefits.facts import level_of_key
from app.benefits.groups import Group, group
from app.benefits.rates import individual_level, standing_book
from app.benefits.tables import arrears_grant
from app.clock import local_date
from app.errors import InputError, NotFound
from app.months import day_in, require_month, shift
from app.printing.documents.decision_letter import Letter, render_letters
from app.printing.values import short_month
from app.privacy import Keyring
from app.statements.letterheads import in_full, letterhead, place_of
from app.statements.letters import wording
from app.statements.letters.cases import Case, Recovered, cases, recovered
from app.statements.letters.words import (
    ADJUST,
    GRANT,
    PAUSE,
    RECOVERY,
    RESUME,
    STOP,
    grounds_for,
    told,
)
from app.units.lookup import payers, province_of
from app.units.tables import fund, paying_unit, programme

KINDS = (GRANT, ADJUST, STOP, PAUSE, RESUME, RECOVERY)
Stretches = dict[int, list[tuple[str, str, int, int, int, str]]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters: a commune and a month; one kind, one person, or all of them."""

    area: str
    period: str
    kind: str = ""
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """How many letters, how many without a number yet, and texts to be read before signing."""

    letters: int
    unsigned: int
    unconfirmed: tuple[str, ...]


def write_letters(
    session: Session,
    out: BinaryIO,
    wanted: Wanted,
    now: datetime,
    *,
    synthetic: bool,
    keyring: Keyring | None = None,
) -> Written:
    """Write the letters of a commune's month, kind by kind and by name. A fixed number of queries.

    IDs are masked without a `keyring`; with it they stand in full, and what is written may leave
    the house only after `record_letters`. Raises InputError for an unknown kind or month,
    NotFound where there is nothing to decide.
    """
    require_month(wanted.period)
    if wanted.kind and wanted.kind not in KINDS:
        raise InputError(f"Không có loại quyết định “{wanted.kind}”.", f"Chọn: {', '.join(KINDS)}.")
    office = _Office(session, wanted, now, keyring)
    letters = office.letters()
    first = next(letters, None)
    if first is None:
        raise NotFound(
            f"Không có quyết định nào của xã {wanted.area} trong {short_month(wanted.period)}.",
            "Kiểm tra --area, --period và --kind.",
        )
    count = render_letters(_chained(first, letters), out, synthetic=synthetic)
    return Written(count, office.unsigned, tuple(sorted(office.unconfirmed)))


def record_letters(
    session: Session, actor: str, wanted: Wanted, letters: int, reason: str, now: datetime
) -> None:
    """Write to the audit trail that letters with full IDs were made, by whom and why."""
    told = f"{letters} quyết định {wanted.period}: {reason}"
    record(session, now, actor, "papers:decision:make", f"area:{wanted.area}", told)


def _chained(first: Letter, rest: Iterator[Letter]) -> Iterator[Letter]:
    yield first
    yield from rest


@dataclass(frozen=True, slots=True)
class _About:
    """What a letter is about: `benefits` as its head names them, the programmes of all its lines,
    and whether the person died."""

    kind: str
    benefits: str
    programmes: tuple[str, ...]
    died: bool


class _Office:
    """What all letters of one commune and month share."""

    def __init__(
        self, session: Session, wanted: Wanted, now: datetime, keyring: Keyring | None
    ) -> None:
        self.session, self.wanted, self.today = session, wanted, local_date(now)
        self._keyring = keyring
        self.unsigned, self.unconfirmed = 0, set[str]()
        self._province = province_of(session)
        self._book: RateBook = standing_book().of_area(self._province)
        self._payers = payers(session, wanted.period)
        self._units = {one.code: one for one in session.execute(select(paying_unit))}
        self._funds = _funds(session)
        self._signers = _signers(session, wanted.area, wanted.period)
        self._arrears = _arrears(session, wanted.area, wanted.period)

    def letters(self) -> Iterator[Letter]:
        """Every letter that is wanted."""
        for one in cases(self.session, self.wanted.area, self.wanted.period, self.wanted.kind):
            if self._is_wanted(one.first.person_id):
                yield self._decided(one)
        if self.wanted.kind in ("", RECOVERY):
            for found in recovered(self.session, self.wanted.area, self.wanted.period):
                if self._is_wanted(found.row.person_id):
                    yield self._recovery(found)

    def _is_wanted(self, person_id: int) -> bool:
        return self.wanted.person_id in (None, person_id)

    def _decided(self, case: Case) -> Letter:
        row = case.first
        on = case.on or self.today
        self.unsigned += not case.number
        article = _article(case, self._who(row), [self._line(one) for one in case.lines],
                           self._line(case.before) if case.before else None, on)  # fmt: skip
        unit = self._unit(row.programme)
        pays = case.kind in (GRANT, ADJUST, RESUME)
        second = (self._paid_from(row.programme, unit),) if pays else ()
        groups = [group(one.group_code) for one in case.lines]
        about = _About(
            case.kind,
            wording.benefits(groups),
            tuple(one.programme for one in groups),
            died=row.stop_cause == "death",
        )
        return self._letter(about, case.number, case.on, unit, self._who(row), (article, *second))

    def _recovery(self, found: Recovered) -> Letter:
        row, who = found.row, self._who(found.row)
        months = [f"{one.reason}" for one in found.months]
        what = str(told()["programmes"][row.programme])
        article = wording.recovered(who, what, row.amount, months, row.decided_on)
        about = _About(RECOVERY, what, (row.programme,), died=bool(row.died))
        unit = self._units[row.unit_code]
        letter = self._letter(about, row.number, row.decided_on, unit, who, (article,))
        return replace(letter, signer=row.signer)

    def _letter(
        self,
        what: _About,
        number: str,
        on: date | None,
        unit: Row[Any],
        who: wording.Who,
        articles: tuple[tuple[str, ...], ...],
    ) -> Letter:
        day = on or self.today
        office = told()[unit.kind]
        body = in_full(unit.name)
        head = letterhead(unit.name, unit.area_code, day)
        head = replace(head, number=number or office["number"], undated=on is None)
        signer, title = self._signers.get((number, on), ("", ""))
        last = wording.in_force(office["carried_out_by"], who, day, died=what.died)
        return Letter(
            letterhead=head,
            authority=office["authority"].format(body=body),
            about=wording.about(what.kind, what.benefits),
            grounds=self._grounds(what, day, office),
            articles=(*articles, last),
            recipients=(f"Như Điều {len(articles) + 1}", body, office["archive"]),
            signer_title=title or office["signer_title"],
            signer=signer,
        )

    def _grounds(self, what: _About, on: date, office: dict[str, str]) -> tuple[str, ...]:
        cited = grounds_for(what.programmes, what.kind, on)
        self.unconfirmed |= {one.text for one in cited if not one.confirmed}
        return (*(one.text for one in cited), f"Theo đề nghị của {office['proposer']}")

    def _unit(self, programme_code: str) -> Row[Any]:
        return self._units[self._payers[programme_code, self.wanted.area]]

    def _paid_from(self, programme_code: str, unit: Row[Any]) -> tuple[str, ...]:
        return wording.paid_from(self._funds[programme_code], programme_code, in_full(unit.name))

    def _who(self, row: Row[Any]) -> wording.Who:
        citizen = masked_citizen(row.citizen_tail)
        if self._keyring is not None:
            bound = ("person.citizen_id", row.bound_key, row.citizen_cipher)
            citizen = self._keyring.decrypt(*bound)
        place = place_of(row.hamlet, row.area_code)
        return wording.Who(row.name, row.birth, row.sex, citizen, place)

    def _line(self, row: Row[Any]) -> wording.Line:
        of = group(row.group_code)
        return wording.Line(
            group=of,
            monthly=self._monthly(of, row),
            start=row.start_period,
            stop=row.stop_period or "",
            arrears=tuple(self._arrears.get(row.enrolment_id, ())),
        )

    def _monthly(self, of: Group, row: Row[Any]) -> int:
        """VND a month as the first list that knew the line paid it."""
        listed = max(row.known_period, row.start_period)
        known = self._book.known(listed)
        given, since = level_of_key(row.table_key)
        if of.amount_kind == "individual":
            level = individual_level(of, given)
            return self._book.individual(of, level, since or listed, listed, known).amount
        return self._book.level(of, row.table_key, listed, known, self._province).amount


def _article(
    case: Case, who: wording.Who, lines: list[wording.Line], before: wording.Line | None, on: date
) -> tuple[str, ...]:
    if case.kind == GRANT:
        return wording.granted(who, lines[0], on)
    if case.kind == ADJUST:
        return wording.adjusted(who, lines[0], before, on)
    if case.kind == RESUME:
        return wording.resumed(who, lines[0], on)
    if case.kind == PAUSE:
        return wording.paused(who, lines[0], case.first.stop_cause, on)
    return wording.ended(who, lines, case.first.stop_cause, on)


def _funds(session: Session) -> dict[str, str]:
    query = select(programme.c.code, fund.c.name).join(fund, fund.c.code == programme.c.fund)
    return {row.code: row.name for row in session.execute(query)}


def _signers(session: Session, area: str, period: str) -> dict[tuple[str, date | None], Any]:
    """Who signed what in a commune's month, where the register was told: (name, title)."""
    d = decision.c
    first, last = day_in(period, 1), day_in(shift(period, 1), 1)
    query = select(d.number, d.decided_on, d.signer, d.signer_title)
    query = query.where(d.area_code == area, d.decided_on >= first, d.decided_on < last)
    rows = session.execute(query)
    return {(row.number, row.decided_on): (row.signer, row.signer_title) for row in rows}


def _arrears(session: Session, area: str, period: str) -> Stretches:
    """Arrears for late news by line decided upon in the month, of the list that knew it first."""
    g, e = arrears_grant.c, enrolment.c
    first, last = day_in(period, 1), day_in(shift(period, 1), 1)
    query = (
        select(
            g.enrolment_id, g.first_period, g.last_period, g.months, g.monthly, g.amount, g.basis
        )
        .join(enrolment, e.id == g.enrolment_id)
        .where(e.area_code == area, e.decision_on >= first, e.decision_on < last)
        .where(g.period == e.known_period, g.is_decree == 0)
        .order_by(g.enrolment_id, g.first_period)
    )
    found: Stretches = defaultdict(list)
    for row in session.execute(query):
        found[row.enrolment_id].append(tuple(row)[1:])
    return found
