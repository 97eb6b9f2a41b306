"""A death that another register told: the month of death is paid, the next is held at once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.access.together import Signer
from app.beneficiaries.tables import enrolment, person
from app.checks import told
from app.checks.deaths import decide
from app.checks.tables import death_notice
from app.errors import Conflict, Forbidden, InputError, NotFound
from app.payroll.tables import bridge, flag, payroll_line
from tests.app.checks.asker import ask_and_tell, lines, make, reply, take_in
from tests.factories import OCTOBER, SEPTEMBER, House, in_cash, row
from tests.support.province import COMMUNE

NOVEMBER = "2026-11"
MAKER = f"maker.{COMMUNE}"


def september_approved(house: House) -> None:
    """September has been approved for three people; October's list is in."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.approve_month(SEPTEMBER)
    house.on("2026-10-02")
    house.register(OCTOBER, row(1), row(2), in_cash(3))


pytestmark = pytest.mark.stage(of=september_approved)


@pytest.fixture
def paid(house: House) -> House:
    """The tiny province with September paid."""
    return house


def tell_death(house: House, day: str | None, source: str = "civil_status") -> None:
    """The register of deaths tells that person 1 died; of the others it knows nothing."""
    code, at = make(house, source), house.clock.now()
    first, *others = lines(house, code)
    event = {"happened_on": day} if day else {}
    alive = "none" if source == "civil_status" else "matched"
    answers = [reply(first, "dead", at, **event), *(reply(one, alive, at) for one in others)]
    take_in(house, code, answers)


def listed(house: House, period: str) -> list[str]:
    """Last digits of the names on a month's list."""
    house.list_month(period)
    query = (
        select(person.c.name)
        .join(payroll_line, payroll_line.c.person_id == person.c.id)
        .where(payroll_line.c.payroll_id.in_(house.payrolls(period, "draft")))
    )
    return sorted({str(one[0])[-3:] for one in house.rows(query)})


def flags(house: House) -> dict[str, tuple[int, int]]:
    """Kind of each flag of the last list to (people, blocking)."""
    last = select(flag).order_by(flag.c.payroll_id)
    with house.database.view() as session:
        return {one.kind: (one.people, one.is_blocking) for one in session.execute(last)}


def verdict(house: House, what: str, evidence: str = "TLKT 12/2026", by: str = MAKER) -> int:
    """An officer decides on the one notice."""
    number, now = house.ask(select(death_notice.c.id)), house.later()
    who = Signer(house.officer(by), house.code())
    with house.work() as session:
        return decide(session, house.keyring, who, number, what, evidence, now)


def test_the_month_after_is_held_at_once(paid: House) -> None:
    house = paid
    tell_death(house, "2026-09-20")
    assert listed(house, OCTOBER) == ["002", "003"]
    assert flags(house)["told_dead"] == (1, 0)
    assert "no_route" not in flags(house)
    assert "missing" not in flags(house)
    left = select(bridge.c.cause, bridge.c.people).where(bridge.c.cause.like("left%"))
    assert set(house.rows(left)) == {("left_death", 1)}
    # Nothing was stopped silently.
    assert house.rows(select(enrolment.c.stop_period).distinct()) == [(None,)]


@pytest.mark.parametrize("day", ["2026-10-01", None])
def test_the_month_of_death_is_paid(paid: House, day: str | None) -> None:
    """Where the day is not told, the month in which it was told counts as the last."""
    house = paid
    tell_death(house, day, "population")
    assert listed(house, OCTOBER) == ["001", "002", "003"]
    house.register(NOVEMBER, row(1), row(2), in_cash(3))
    house.on("2026-11-02")
    assert listed(house, NOVEMBER) == ["002", "003"]


def test_confirmed_the_enrolment_ends_with_the_month_of_death(paid: House) -> None:
    house = paid
    tell_death(house, "2026-09-20")
    assert verdict(house, "confirmed") == 1
    ended = select(enrolment.c.stop_period, enrolment.c.stop_cause).order_by(enrolment.c.id)
    assert house.rows(ended)[0] == ("2026-09", "death")
    assert house.rows(select(person.c.died_on).order_by(person.c.id))[0] == (date(2026, 9, 20),)
    assert listed(house, OCTOBER) == ["002", "003"]
    # The commune's next list does not know it yet, and revives nobody.
    house.register(NOVEMBER, row(1), row(2), in_cash(3))
    assert house.rows(ended)[0] == ("2026-09", "death")
    assert listed(house, NOVEMBER) == ["002", "003"]
    with house.database.view() as session:
        assert told.waiting_deaths(session) == []


def test_what_was_paid_too_late_to_know_is_found(paid: House) -> None:
    """September was approved; a death in August makes it an overpayment of the next list."""
    house = paid
    tell_death(house, "2026-08-20")
    verdict(house, "confirmed")
    house.list_month(OCTOBER)
    found = house.rows("select month, amount from overpayment order by month")
    assert found == [("2026-09", 500_000)]


def test_refuted_the_held_month_comes_onto_the_next_list(paid: House) -> None:
    house = paid
    tell_death(house, "2026-09-20")
    assert listed(house, OCTOBER) == ["002", "003"]
    assert verdict(house, "refuted", "Gặp tại nhà 05/10") == 0
    house.register(NOVEMBER, row(1), row(2), in_cash(3))
    assert listed(house, NOVEMBER) == ["001", "002", "003"]
    held = "select count(*) from payroll_line where person_id = (select min(id) from person)"
    assert house.ask(held) == 3  # September, and October with November
    # Told again, the same death does not hold again what an officer has looked into.
    tell_death(house, "2026-09-20", "population")
    assert house.count(death_notice) == 1


def test_a_verdict_needs_evidence_and_is_given_once(paid: House) -> None:
    house = paid
    tell_death(house, "2026-09-20")
    with pytest.raises(InputError, match="căn cứ"):
        verdict(house, "confirmed", "  ")
    with pytest.raises(Forbidden):
        verdict(house, "confirmed", by="auditor")
    verdict(house, "confirmed")
    with pytest.raises(Conflict):
        verdict(house, "refuted")
    who = Signer(house.officer(MAKER), house.code())
    with pytest.raises(NotFound), house.work() as session:
        decide(session, house.keyring, who, 99, "refuted", "còn sống", house.later())
    for statement in ("update death_verdict set verdict = 'refuted'", "delete from death_notice"):
        with pytest.raises((DBAPIError, IntegrityError)):
            house.tamper(statement)


def test_a_pension_beside_the_social_pension_is_flagged(paid: House) -> None:
    """One that is lower is no reason; one whose amount was not told is looked at."""
    house, at = paid, paid.clock.now()
    code = make(house, "insurance")
    one, two, three = lines(house, code)
    answers = [
        reply(one, "pension", at, amount=3_000_000),
        reply(two, "monthly_benefit", at, amount=539_999),
        reply(three, "monthly_benefit", at),
    ]
    take_in(house, code, answers)
    house.list_month(OCTOBER)
    assert flags(house)["insured"] == (2, 0)
    ask_and_tell(house, "insurance", "none", house.later())
    house.register(NOVEMBER, row(1), row(2), in_cash(3))
    house.list_month(NOVEMBER)
    kinds = select(flag.c.payroll_id).where(flag.c.kind == "insured")
    assert len(house.rows(kinds)) == 1
