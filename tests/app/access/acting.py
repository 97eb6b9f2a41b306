"""Every act of the matrix through the rooms' own functions: one officer, and the second who is due.

An act is tried in a unit of work of its own that is then taken back, so that the next one finds
the month as it was. `Bench.who` acts; the others are the officers whom the act needs besides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.ending import end
from app.access.granting import Terms, grant
from app.access.role_tables import role_grant
from app.access.scope import Scope, scope_of
from app.access.together import Signer
from app.beneficiaries.changes import Actor, set_field
from app.beneficiaries.kinds import NewAccount
from app.beneficiaries.papers import (
    Decision,
    Payee,
    set_decision,
    set_disability,
    set_payee,
    set_poverty,
)
from app.beneficiaries.reissue import NewId, reissue
from app.beneficiaries.revealing import ROLES, permit
from app.beneficiaries.signed_changes import change_account, change_order
from app.checks import deaths
from app.disbursement import batches
from app.disbursement.clearing import Officer, clear, stop
from app.disbursement.holds import set_hold
from app.disbursement.undoing import undo
from app.doubles import deciding as doubts
from app.errors import AnSinhError
from app.events import deciding
from app.events.deaths import enter_death
from app.payroll.approvals import approve, submit
from app.payroll.barred import bar
from app.payroll.excluding import exclude
from app.payroll.flags_decided import mark_seen
from app.payroll.ladders import set_ladder, training_ladder
from app.payroll.limit_tables import LINE_MONTH
from app.payroll.limits import Limit, set_limit
from app.payroll.returning import return_to_maker, withdraw
from app.payroll.seen import shown
from app.reference.banks import TEST_BANK_A
from tests.factories import COMMUNE, House

PERSON = 1
SECOND = {
    "maker": f"maker.{COMMUNE}",
    "checker": "checker.all",
    "approver": f"approver.{COMMUNE}",
    "releaser": "finance.two",
    "admin": "admin.two",
}
WHY = "Văn bản số 1"


@dataclass(frozen=True, slots=True)
class Bench:
    """An officer at work: the session of his act, the moment, and what the month stands at."""

    session: Session
    house: House
    who: str
    now: datetime
    payroll: int

    def signer(self, name: str = "") -> Signer:
        """An officer with his code: the one who acts when none is named."""
        return Signer(self.house.officer(name or self.who), self.house.code())

    @property
    def scope(self) -> Scope:
        """Whose people the officer may change."""
        return scope_of(self.session, self.who, self.now, ROLES)

    @property
    def actor(self) -> Actor:
        """The officer as the register's changes ask for him."""
        return Actor(self.scope, self.now, WHY)

    def pairs(self, *names: str) -> list[tuple[str, str]]:
        """Usernames with their codes."""
        return [(name, self.house.code()) for name in names]


class _TakenBack(Exception):
    """What was done was allowed, and is undone."""


def _take_back() -> None:
    raise _TakenBack


def allowed(
    house: House, act: Callable[[Bench], object], who: str, payroll: int
) -> AnSinhError | None:
    """Try an act and take it back; None when it was done, else what was said."""
    try:
        with house.work() as session:
            act(Bench(session, house, who, house.clock.now(), payroll))
            session.flush()
            _take_back()
    except AnSinhError as refusal:
        return refusal
    except _TakenBack:
        pass
    return None


def _field(at: Bench) -> None:
    set_field(at.session, at.house.keyring, at.actor, PERSON, "hamlet", "Tổ 99")


def _payee(at: Bench) -> None:
    about = Payee("guardian", "Nông Văn Con", "001145000777", "con", WHY, date(2026, 8, 1))
    set_payee(at.session, at.house.keyring, at.actor, PERSON, about, 12)


def _disability(at: Bench) -> None:
    set_disability(at.session, at.actor, PERSON, "vận động", "severe", "1/GXN", None)


def _poverty(at: Bench) -> None:
    set_poverty(at.session, at.actor, COMMUNE, "7", "2026-09", "poor", "1/QĐ", None)


def _decision(at: Bench) -> None:
    about = Decision(COMMUNE, "77/QĐ", date(2026, 8, 1), "grant", "Ông A", "Chủ tịch")
    set_decision(at.session, at.house.keyring, at.house.home, at.actor, about, None)


def _reissue(at: Bench, *names: str) -> None:
    new = NewId("001145999777", "reissued", WHY, date(2026, 8, 20))
    reissue(at.session, at.house.keyring, PERSON, new, at.pairs(*names), at.now)


def _reveal(at: Bench) -> None:
    permit(at.session, at.scope, PERSON, "account", "đối chiếu với ngân hàng", at.now, 100)


def _account(at: Bench, *names: str) -> None:
    new = NewAccount(TEST_BANK_A, "2000999001", "NONG THI NGUOI 001")
    two = [at.signer(name) for name in names]
    change_account(at.session, at.house.keyring, two, PERSON, new, WHY, at.now)


def _reorder(at: Bench) -> None:
    two = [at.signer(), at.signer(SECOND["checker"])]
    change_order(at.session, at.house.keyring, two, PERSON, 1, WHY, at.now)


def _enter(at: Bench) -> None:
    enter_death(at.session, PERSON, date(2026, 8, 19), at.house.officer(at.who), at.now)


def _decide(at: Bench) -> None:
    given = deciding.Verdict(at.house.officer(at.who), "confirmed", number="9/QĐ")
    number = at.session.scalars(select(deciding.life_event.c.id)).first()
    assert number is not None
    deciding.decide(at.session, number, given, at.now)


def _death(at: Bench) -> None:
    deaths.decide(at.session, at.house.keyring, at.signer(), 1, "refuted", "còn sống, đã gặp",
                  at.now)  # fmt: skip


def _submit(at: Bench) -> None:
    seen = shown(at.session, [at.payroll]).code
    submit(at.session, at.house.keyring, *at.signer(), [at.payroll], at.now, seen=seen)


def _seen(at: Bench) -> None:
    mark_seen(at.session, at.signer().officer_id, [at.payroll], at.now)


def _step(at: Bench, duty: str) -> None:
    bar(at.session, [at.payroll], at.now)  # as the submission found it, had he been near then
    if duty == "check":
        _seen(at)
    seen = shown(at.session, [at.payroll]).code
    approve(at.session, at.house.keyring, *at.signer(), duty, [at.payroll], at.now, seen=seen)


def _release(at: Bench, *names: str) -> None:
    bar(at.session, [at.payroll], at.now)
    two = [tuple(at.signer(name)) for name in names]
    batches.release(at.session, at.house.keyring, two, [1], at.now)


def _exclude(at: Bench) -> None:
    exclude(at.session, at.house.keyring, *at.signer(), at.payroll, [2], WHY, at.now)


def _withdraw(at: Bench) -> None:
    withdraw(at.session, at.house.keyring, *at.signer(), [at.payroll], WHY, at.now)


def _return(at: Bench) -> None:
    return_to_maker(at.session, at.house.keyring, *at.signer(), [at.payroll], WHY, at.now)


def _undo(at: Bench, *names: str) -> None:
    two = [at.signer(name) for name in names]
    undo(at.session, at.house.keyring, two, at.payroll, WHY, at.now)


def _limit(at: Bench, *names: str) -> None:
    limit = Limit(LINE_MONTH, "", at.now.date(), 1_000_000_000, WHY)
    set_limit(at.session, at.house.keyring, [at.signer(one) for one in names], limit, at.now)


def _ladder(at: Bench, *names: str) -> None:
    two = [at.signer(one) for one in names]
    set_ladder(at.session, at.house.keyring, two, "2027-01", training_ladder(), at.now)


def _officer(at: Bench) -> Officer:
    return Officer(at.house.officer(at.who), at.who, at.house.code())


def _stop(at: Bench) -> None:
    stop(at.session, at.house.keyring, _officer(at), "unit", COMMUNE, WHY, at.now)


def _clear(at: Bench) -> None:
    number = set_hold(at.session, "unit", COMMUNE, WHY, "auditor", at.now)
    clear(at.session, at.house.keyring, _officer(at), number, at.now)


def _doubt(at: Bench) -> None:
    said = doubts.Decision("different", "đã gặp cả hai người")
    doubts.decide(at.session, at.house.keyring, 1, said, [at.signer()], at.now)


def _grant(at: Bench, *names: str) -> None:
    terms = Terms("auditor", "", at.now, at.now + timedelta(days=30))
    who, two = at.house.officer("newcomer"), [at.signer(one) for one in names]
    grant(at.session, at.house.keyring, who, terms, two, at.now)


def _end(at: Bench) -> None:
    newest = select(role_grant.c.id).where(role_grant.c.officer_id == at.house.officer("leaver"))
    number = at.session.scalars(newest).first()
    assert number is not None
    end(at.session, at.house.keyring, number, WHY, [at.signer()], at.now)


Act = Callable[[Bench], None]

ACTS: dict[str, Act] = {
    "person.set": _field,
    "person.payee": _payee,
    "person.disability": _disability,
    "person.reissue": lambda at: _reissue(at, at.who, SECOND["checker"]),
    "person.reissue.second": lambda at: _reissue(at, SECOND["checker"], at.who),
    "person.reveal": _reveal,
    "household.poverty": _poverty,
    "decision.set": _decision,
    "account.change": lambda at: _account(at, at.who, SECOND["checker"]),
    "account.confirm": lambda at: _account(at, SECOND["maker"], at.who),
    "account.reorder": _reorder,
    "event.enter": _enter,
    "event.decide": _decide,
    "death.decide": _death,
    "doubt.decide": _doubt,
    "payroll.submit": _submit,
    "payroll.exclude": _exclude,
    "payroll.withdraw": _withdraw,
    "payroll.seen": _seen,
    "payroll.check": lambda at: _step(at, "check"),
    "payroll.return": _return,
    "payroll.approve": lambda at: _step(at, "approve"),
    "payroll.undo": lambda at: _undo(at, at.who, SECOND["releaser"]),
    "payroll.undo.second": lambda at: _undo(at, SECOND["approver"], at.who),
    "batch.release": lambda at: _release(at, at.who, SECOND["releaser"]),
    "batch.release.second": lambda at: _release(at, SECOND["releaser"], at.who),
    "limit.set": lambda at: _limit(at, at.who, SECOND["releaser"]),
    "limit.set.second": lambda at: _limit(at, SECOND["releaser"], at.who),
    "ladder.set": lambda at: _ladder(at, at.who, SECOND["admin"]),
    "ladder.set.second": lambda at: _ladder(at, SECOND["admin"], at.who),
    "hold.set": _stop,
    "hold.clear": _clear,
    "role.grant": lambda at: _grant(at, at.who, SECOND["admin"]),
    "role.grant.second": lambda at: _grant(at, SECOND["admin"], at.who),
    "role.end": _end,
}
