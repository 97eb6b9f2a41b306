"""A role that is limited to a department: it acts where the programme at hand is that department's,
not where it is another's, and not where no one programme is at hand.

What each act asks for stands in `matrix.csv`, column `limited`: `own`, the department of the
programme at hand; `any`, the act is about a person, who is not of one programme; `no`, it is about
more than one programme, so only a role without a limit does it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from secrets import token_bytes

import pytest

from app.access.granting import Terms, grant
from app.access.officers import add_officer
from app.access.together import Signer
from app.disbursement.clearing import clear, stop
from app.disbursement.holds import set_hold
from app.disbursement.year_end.carrying import Decision, write_decision
from app.errors import AnSinhError, Forbidden
from app.payroll.change_limits import ChangeLimit, set_change_limit
from app.payroll.flags_decided import accept
from app.payroll.limit_tables import LINE_MONTH
from app.payroll.limits import Limit, set_limit
from app.payroll.returning import withdraw
from app.signing.register import issue_list
from app.statements.treasury_document import permit_treasury
from tests.app.access.a_month import acts_of, through_the_month
from tests.app.access.acting import ACTS, WHY, Bench, allowed
from tests.app.access.test_matrix import HERE, a_month, matrix
from tests.app.cli.test_payroll_reading import october_jumps
from tests.app.disbursement.test_recovery import DECISION, decided, died_in_august
from tests.app.disbursement.year_end_office import (
    AT_BANK,
    all_handed_back,
    refund,
    slip,
)
from tests.factories import (
    ASSISTANCE,
    COMMUNE,
    OCTOBER,
    PENSION,
    SEPTEMBER,
    House,
    row,
    september_listed,
)
from tests.support.province import SECRET

OWN, OTHER = "health", "home_affairs"
WORDS = "Xã vừa rà soát, bổ sung đối tượng"
PLACES = {"maker": COMMUNE, "checker": COMMUNE, "approver": COMMUNE, "releaser": "", "admin": ""}
NO_ROLE = ("không có quyền", "cần một quản trị viên", "Chỉ người giữ", "Chỉ người trình")


def limited_to(house: House, department: str, role: str, unit: str) -> str:
    """A new officer who holds a role for the programmes of one department; gives his name."""
    name = f"{role}.{department}"
    with house.work() as session:
        number = f"001180{len(house.rows('select id from officer')):06}"
        who = add_officer(session, house.keyring, name, name, number, SECRET)
    now = house.later()
    terms = Terms(role, unit, now, now + timedelta(days=300), department)
    with house.work() as session:
        grant(session, house.keyring, who, terms, house.admins(), now)
    return name


def by_department(house: House) -> None:
    """The month of the matrix, and for each role two officers: of the pension's department, and
    of another one."""
    a_month(house)
    for role, place in PLACES.items():
        for department in (OWN, OTHER):
            limited_to(house, department, role, place)


def tried(house: House, state: str, payroll: int) -> dict[tuple[str, str], AnSinhError | None]:
    """(act, officer) of the acts of a state, and what was said to each who has the role."""
    return {
        (action, f"{role}.{department}"): allowed(
            house, ACTS[action], f"{role}.{department}", payroll
        )
        for action in acts_of(state)
        for role in sorted(matrix()[action][0] & set(PLACES))
        for department in (OWN, OTHER)
    }


def limits() -> dict[str, str]:
    """What each act asks of a role that is limited to a department."""
    with (HERE / "matrix.csv").open(encoding="utf-8") as file:
        return {one["action"]: one["limited"] for one in csv.DictReader(file)}


def may(action: str, officer: str) -> bool:
    """What the matrix says."""
    told = limits()[action]
    return told == "any" or (told == "own" and officer.endswith(f".{OWN}"))


@pytest.mark.stage(of=by_department)
def test_a_limited_role_acts_on_its_own_programmes_alone(house: House) -> None:
    found = through_the_month(house, partial(tried, house), f"maker.{OWN}")
    assert {action for action, _ in found} == set(matrix())
    wrongly_done = [one for one, said in found.items() if said is None and not may(*one)]
    refused = {one: str(said) for one, said in found.items() if said is not None}
    wrongly_refused = {one: said for one, said in refused.items() if may(*one)}
    assert (wrongly_done, wrongly_refused) == ([], {})
    for_another_reason = [said for said in refused.values() if not any(w in said for w in NO_ROLE)]
    assert for_another_reason == []


def _limit(at: Bench) -> None:
    limit = Limit(LINE_MONTH, PENSION, at.now.date(), 1_000_000_000, WHY)
    two = [at.signer(), at.signer("finance.two")]
    set_limit(at.session, at.house.keyring, two, limit, at.now)


def _change_limit(at: Bench) -> None:
    two = [at.signer(), at.signer("approver.all")]
    limit = ChangeLimit(PENSION, "total", "2027-01", 10, 1)
    set_change_limit(at.session, at.house.keyring, two, limit, WHY, at.now)


def _stop(at: Bench) -> None:
    who = at.house.acting(at.who)
    stop(at.session, at.house.keyring, who, "programme", PENSION, WHY, at.house.clock.now())


def _clear(at: Bench) -> None:
    number = set_hold(at.session, "programme", PENSION, WHY, "auditor", at.now)
    clear(at.session, at.house.keyring, at.house.acting(at.who), number, at.house.clock.now())


def _carry(at: Bench) -> None:
    one = Decision(AT_BANK, 2026, "12/QĐ-UBND", date(2026, 8, 3), 1)
    write_decision(at.session, at.house.keyring, at.signer(), one, at.now)


def _issue(at: Bench) -> None:
    issue_list(at.session, at.payroll, at.house.officer(at.who), token_bytes, at.now)


def _treasury(at: Bench) -> None:
    permit_treasury(at.session, at.who, at.payroll, "nộp Kho bạc khu vực", at.now)


ABOUT_ONE_PROGRAMME: dict[str, tuple[str, Callable[[Bench], None]]] = {
    "limit": ("releaser", _limit),
    "change limit": ("checker", _change_limit),
    "stop": ("approver", _stop),
    "clear": ("releaser", _clear),
    "carry over": ("releaser", _carry),
    "numbered list": ("checker", _issue),
    "treasury table": ("checker", _treasury),
}


def september_approved(house: House) -> None:
    """September's list is approved."""
    september_listed(house)
    house.approve_month(SEPTEMBER)


@pytest.mark.stage(of=september_approved)
def test_what_is_about_one_programme_is_for_its_department(house: House) -> None:
    (payroll,) = house.payrolls(SEPTEMBER, "approved")
    if not house.rows("select id from officer where username = 'approver.all'"):
        with house.work() as session:
            add_officer(session, house.keyring, "approver.all", "A", "001180999999", SECRET)
        house.grant("approver.all", "approver", "")
    roles = {role for role, _ in ABOUT_ONE_PROGRAMME.values()}
    for department in (OWN, OTHER):
        for role in sorted(roles):
            limited_to(house, department, role, "")
    house.later()
    for name, (role, act) in ABOUT_ONE_PROGRAMME.items():
        assert allowed(house, act, f"{role}.{OWN}", payroll) is None, name
        assert isinstance(allowed(house, act, f"{role}.{OTHER}", payroll), Forbidden), name


def two_programmes_built(house: House) -> None:
    """September's batches of two programmes are built for the 10th."""
    house.register(SEPTEMBER, row(1), row(2, programme=ASSISTANCE, group="C6c"))
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    house.build(SEPTEMBER, date(2026, 9, 10))


@pytest.mark.stage(of=two_programmes_built)
def test_batches_of_two_programmes_are_released_by_who_may_for_both(house: House) -> None:
    house.tamper(f"update programme set department = '{OTHER}' where code = '{ASSISTANCE}'")
    pension, assistance = (
        [number for (number,) in house.rows(
            "select b.id from batch b join contract c on c.id = b.contract_id"
            f" where c.programme = '{code}'")]
        for code in (PENSION, ASSISTANCE)
    )  # fmt: skip
    name = limited_to(house, OWN, "releaser", "")
    with pytest.raises(Forbidden, match="chương trình assistance"):
        house.release([*pension, *assistance], ("finance.one", name))
    assert house.release(pension, ("finance.one", name)) == 1
    assert house.release(assistance) == 1


@pytest.mark.stage(of=october_jumps)
def test_a_flag_is_answered_by_the_department_of_its_list(house: House) -> None:
    house.list_month(OCTOBER)
    (number,) = house.rows("select id from flag where kind = 'jump_total'")[0]
    names = [limited_to(house, one, "checker", COMMUNE) for one in (OWN, OTHER)]

    def answer(name: str) -> int:
        now, who = house.later(), Signer(house.officer(name), house.code())
        with house.work() as session:
            return accept(session, house.keyring, who, [number], "review", WORDS, now)

    with pytest.raises(Forbidden, match="chương trình pension"):
        answer(names[1])
    assert answer(names[0])


@pytest.mark.stage(of=all_handed_back)
def test_a_slip_of_the_treasury_is_for_the_department(house: House) -> None:
    paid = slip("KB-7", 400_000, "2027-01-19")
    names = [limited_to(house, one, "releaser", "") for one in (OWN, OTHER)]
    house.on("2027-01-20")
    with pytest.raises(Forbidden, match="chương trình pension"):
        refund(house, paid, ("finance.one", names[1]))
    assert refund(house, paid, ("finance.one", names[0])).is_new


@pytest.mark.stage(of=died_in_august)
def test_what_is_recovered_is_for_the_department(house: House) -> None:
    names = [limited_to(house, one, "releaser", "") for one in (OWN, OTHER)]
    with pytest.raises(Forbidden, match="chương trình pension"):
        decided(house, DECISION, "finance.one", names[1])
    assert decided(house, DECISION, "finance.one", names[0]).is_new


@pytest.mark.stage(of=september_listed)
def test_a_maker_who_is_one_no_more_withdraws_nothing(house: House) -> None:
    ids, name = house.payrolls(SEPTEMBER, "draft"), f"maker.{COMMUNE}"
    house.submit(ids)
    house.becomes(name, "checker")
    now = house.later()
    with pytest.raises(Forbidden, match="maker"), house.work() as session:
        withdraw(session, house.keyring, house.officer(name), house.code(), ids, WHY, now)
