"""Who may not act on a payroll because of what stands on it: by the rooms and by the rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.access.scope import scope_of
from app.beneficiaries.changes import Actor, set_field
from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.kinds import NewAccount
from app.beneficiaries.papers import Payee, set_payee
from app.errors import Refused
from app.payroll.barred import near_lines
from app.payroll.barred_tables import payroll_barred
from app.payroll.editors import editors
from app.reference.banks import TEST_BANK_A
from tests.factories import (
    COMMUNE,
    OCTOBER,
    SEPTEMBER,
    House,
    in_cash,
    row,
    september_listed,
)
from tests.support.forging import forged_act, forged_approval, forged_release
from tests.support.scans import times_read_through

MAKER, CHECKER, APPROVER = (f"{role}.{COMMUNE}" for role in ("maker", "checker", "approver"))
EARLY = "2026-08-20T01:00:00.000000+00:00"
PERSON = "(select id from person order by id limit 1 offset {n})"


def is_payee(house: House, username: str) -> None:
    """The officer is the first person on the list."""
    house.tamper(
        f"update officer set citizen_key = (select citizen_key from person where id ="
        f" {PERSON.format(n=0)}) where username = '{username}'"
    )


def knew_him_by_an_older_id(house: House, username: str) -> None:
    """The officer enrolled with the ID that the first person had before."""
    house.tamper(
        "insert into citizen_change (person_id, old_key, old_cipher, old_tail, new_key, new_tail,"
        " reason, document, changed_on, recorded_at, recorded_by) select id, 'older',"
        f" citizen_cipher, '001', citizen_key, '002', 'reissued', 'd', '2026-08-21', '{EARLY}', 'x'"
        f" from person where id = {PERSON.format(n=0)}"
    )
    house.tamper(f"update officer set citizen_key = 'older' where username = '{username}'")


def takes_the_money(house: House, username: str) -> None:
    """The officer is the guardian of the first person."""
    house.tamper(
        "insert into payee (person_id, version, kind, name, citizen_key, citizen_tail, relation,"
        f" document, source, recorded_at) select {PERSON.format(n=0)}, 1, 'guardian', 'n',"
        f" person_key, '001', 'con', 'd', 's', '{EARLY}' from officer"
        f" where username = '{username}'"
    )
    house.tamper(f"update officer set citizen_key = person_key where username = '{username}'")


def lives_with_one(house: House, username: str) -> None:
    """The officer, registered in another commune, shares a household with the second person."""
    house.tamper("insert into household (area_code, number) values ('01273', '7')")
    house.register(SEPTEMBER, row(9), commune="01279")
    for who in (PERSON.format(n=1), "(select max(id) from person)"):
        house.tamper(
            f"update person set household_id = (select max(id) from household) where id = {who}"
        )
    house.tamper(
        "update officer set citizen_key = (select citizen_key from person where id ="
        f" (select max(id) from person)) where username = '{username}'"
    )


def shares_an_account(house: House, username: str) -> None:
    """The officer, registered in another commune, has the account of the second person."""
    house.register(SEPTEMBER, row(9, account=row(2).account), commune="01279")
    house.tamper(
        "update officer set citizen_key = (select citizen_key from person where id ="
        f" (select max(id) from person)) where username = '{username}'"
    )


NEAR = {
    "payee": is_payee,
    "older id": knew_him_by_an_older_id,
    "guardian": takes_the_money,
    "household": lives_with_one,
    "account": shares_an_account,
}


def refuse_row(house: House, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"barred|near a line|acted on the payroll|two persons"):
        house.tamper(statement)


def submitted_by_hand(house: House, number: int, username: str) -> str:
    """Write a whole round by SQL; gives the statement that moves the payroll."""
    who, act_id = house.officer(username), forged_act(house, username, "submit")
    house.tamper(
        "insert into payroll_round (payroll_id, round, maker_id, digest, lines, total, act_id,"
        f" submitted_at) select id, round + 1, {who}, 'd', lines, total, {act_id}, '{EARLY}'"
        f" from payroll where id = {number}"
    )
    house.tamper(
        "insert into payroll_step (payroll_id, round, ordinal, duty, role, held_at, quorum,"
        f" rule_id) select {number}, 1, ordinal, duty, role, held_at, quorum, id from approval_rule"
        " where above = 0 and kind = ''"
    )
    return (
        f"update payroll set state = 'submitted', round = 1, digest = 'd', maker_id = {who}"
        f" where id = {number}"
    )


@pytest.mark.stage(of=september_listed)
@pytest.mark.parametrize("near", NEAR)
def test_nobody_checks_what_is_paid_to_him_or_his(house: House, near: str) -> None:
    (number,) = house.payrolls(SEPTEMBER, "draft")
    NEAR[near](house, CHECKER)
    house.submit([number])
    with pytest.raises(Refused, match=r"trong bảng.*Chuyển cho người khác có quyền: Cán bộ 9"):
        house.approve("check", [number])
    refuse_row(house, forged_approval(house, number, 1, "check", CHECKER))
    house.approve("check", [number], "checker.all")
    house.approve("approve", [number])


@pytest.mark.stage(of=september_listed)
@pytest.mark.parametrize("near", ["payee", "household"])
def test_who_is_near_only_after_the_submission_acts_no_more(house: House, near: str) -> None:
    """An account of an officer, or his household, is known a day later: to each act anew."""
    (number,) = house.payrolls(SEPTEMBER, "draft")
    house.submit([number])
    NEAR[near](house, CHECKER)
    with pytest.raises(Refused, match=r"trong bảng.*Chuyển cho người khác có quyền: Cán bộ 9"):
        house.approve("check", [number])
    house.approve("check", [number], "checker.all")
    house.approve("approve", [number])
    house.fund(SEPTEMBER)
    bank, _ = house.build(SEPTEMBER, date(2026, 9, 10))
    house.tamper("update officer set citizen_key = 'nobody'")
    is_payee(house, "finance.one")
    with pytest.raises(Refused, match=r"trong bảng"):
        house.release([bank])


@pytest.mark.stage(of=september_listed)
@pytest.mark.parametrize("near", ["payee", "account"])
def test_nobody_makes_a_list_that_pays_him_or_his(house: House, near: str) -> None:
    (number,) = house.payrolls(SEPTEMBER, "draft")
    NEAR[near](house, MAKER)
    with pytest.raises(Refused, match=r"Chưa có ai khác có quyền này: nhờ cấp tỉnh"):
        house.submit([number])
    house.tamper(
        "insert into payroll_barred values"
        f" ({number}, {house.officer(MAKER)}, 'payee', '9999-12-31T00:00:00.000000+00:00',"
        " '2026-09-01T00:00:00.000000+00:00')"
    )
    refuse_row(house, submitted_by_hand(house, number, MAKER))


@pytest.mark.stage(of=september_listed)
def test_a_list_submitted_by_hand_still_knows_whose_line_it_is(house: House) -> None:
    """No row says who is barred: the officer's own line is found all the same."""
    (number,) = house.payrolls(SEPTEMBER, "draft")
    is_payee(house, CHECKER)
    house.tamper(submitted_by_hand(house, number, MAKER))
    assert house.count(payroll_barred) == 0
    refuse_row(house, forged_approval(house, number, 1, "check", CHECKER))


@pytest.mark.stage(of=september_listed)
def test_nobody_submits_his_own_line_by_hand(house: House) -> None:
    (number,) = house.payrolls(SEPTEMBER, "draft")
    is_payee(house, MAKER)
    refuse_row(house, submitted_by_hand(house, number, MAKER))


@pytest.mark.stage(of=september_listed)
def test_nobody_releases_what_is_paid_to_him(house: House) -> None:
    is_payee(house, "finance.one")
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    number, _ = house.build(SEPTEMBER, date(2026, 9, 10))
    with pytest.raises(Refused, match=r"có khoản tiền của mình"):
        house.release([number])
    refuse_row(
        house,
        forged_release(house, number, "finance.one"),
    )


def new_account(house: House, proposed: str, confirmed: str, person: int = 1) -> None:
    now = house.later()
    new = NewAccount(TEST_BANK_A, f"2000{person:03}2000", f"NONG THI NGUOI {person:03}")
    with house.work() as session:
        repair_destination(session, house.keyring, person, new, "Đơn", house.officer(proposed),
                           house.officer(confirmed), now)  # fmt: skip


def a_new_account(house: House, who: str) -> None:
    new_account(house, who, "auditor")


def a_field(house: House, who: str) -> None:
    with house.work() as session:
        now = house.later()
        actor = Actor(scope_of(session, who, now), now, "Đơn 1")
        set_field(session, house.keyring, actor, 1, "hamlet", "Tổ 9")


def a_payee(house: House, who: str) -> None:
    with house.work() as session:
        now = house.later()
        actor = Actor(scope_of(session, who, now), now, "Giấy 1")
        about = Payee("guardian", "Nông Văn Con", "001145000777", "con", "Giấy 1", None, None)
        set_payee(session, house.keyring, actor, 1, about, 12)


def a_list(house: House, who: str) -> None:
    house.tamper(
        "insert into import_file (sha256, name, area_code, period, rows, imported_at, imported_by)"
        f" values ('x', 'x', '{COMMUNE}', '2026-08', 1, '{EARLY}', '{who}')"
    )


def a_decision(house: House, who: str) -> None:
    house.tamper(
        "insert into decision (area_code, number, decided_on, kind, signer, signer_title,"
        f" recorded_at, recorded_by) values ('{COMMUNE}', '1/QĐ-UBND', '2026-01-05', 'grant', 's',"
        f" 't', '{EARLY}', '{who}')"
    )


def an_event(house: House, who: str) -> None:
    house.tamper(
        "insert into life_event (person_id, kind, happened_period, known_period, facts, source,"
        " digest, state, entered_by, recorded_at) values (1, 'death', '2026-09', '2026-09', 'f',"
        f" 's', 'd', 'proposed', {house.officer(who)}, '{EARLY}')"
    )


EDITS: dict[str, Callable[[House, str], None]] = {
    "account": a_new_account,
    "field": a_field,
    "payee": a_payee,
    "list": a_list,
    "decision": a_decision,
    "event": an_event,
}


@pytest.mark.stage(of=september_listed)
@pytest.mark.parametrize("edit", EDITS)
def test_whoever_changed_a_fact_does_not_check_it(house: House, edit: str) -> None:
    """The editor, not only the maker; the next month, after the approval, he may again."""
    (number,) = house.payrolls(SEPTEMBER, "draft")
    EDITS[edit](house, CHECKER)
    house.submit([number])
    with pytest.raises(Refused, match=r"đã sửa dữ liệu"):
        house.approve("check", [number])
    refuse_row(house, forged_approval(house, number, 1, "check", CHECKER))
    house.approve("check", [number], "checker.all")
    house.approve("approve", [number])
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    october = house.list_month(OCTOBER)
    house.submit(october)
    house.approve("check", october)


@pytest.mark.stage(of=september_listed)
def test_whoever_confirmed_anothers_change_may_check_the_list(house: House) -> None:
    (number,) = house.payrolls(SEPTEMBER, "draft")
    new_account(house, MAKER, CHECKER)
    house.submit([number])
    house.approve("check", [number])


@pytest.mark.stage(of=september_listed)
@pytest.mark.parametrize(("days", "may"), [(30, False), (31, True)])
@pytest.mark.parametrize("proposes", [True, False])
def test_an_account_changed_in_thirty_days_is_not_released_by_who_changed_it(
    house: House, days: int, may: bool, proposes: bool
) -> None:
    """Proposer and confirmer alike; who edits it for September's list releases no September."""
    house.on("2026-08-24")  # thirty days later, and a day more, are days of office
    pair = ("finance.one", MAKER) if proposes else (MAKER, "finance.one")
    new_account(house, *pair)
    changed = house.clock.now()
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    bank, _ = house.build(SEPTEMBER, date(2026, 12, 10))
    house.clock.move_to(changed + timedelta(days=days) - timedelta(minutes=1))
    if may and not proposes:
        assert house.release([bank]) == 1
        return
    with pytest.raises(Refused, match=r"đã đổi tài khoản|đã sửa dữ liệu"):
        house.release([bank])
    refuse_row(house, forged_release(house, bank, "finance.one"))


@pytest.mark.stage(of=september_listed)
def test_five_persons_for_one_list(house: House) -> None:
    """Who made, checked or approved it releases none of it, by the room and by the row."""
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    bank, _ = house.build(SEPTEMBER, date(2026, 9, 10))
    for name in (MAKER, CHECKER, APPROVER):
        house.becomes(name, "releaser", "")
        with pytest.raises(Refused, match=r"không được giải ngân"):
            house.release([bank], (name, "finance.one"))
        refuse_row(house, forged_release(house, bank, name))
    refuse_row(house, f"update batch set state = 'released' where id = {bank}")
    assert house.release([bank]) == 1


@pytest.mark.stage(of=september_listed)
def test_who_is_barred_stays_so(house: House) -> None:
    (number,) = house.payrolls(SEPTEMBER, "draft")
    new_account(house, CHECKER, MAKER)
    house.submit([number])
    assert house.count(payroll_barred) > 0
    for statement in ("delete from payroll_barred", "update payroll_barred set why = 'changer'"):
        with pytest.raises(DBAPIError):
            house.tamper(statement)


def test_who_is_near_is_found_once_and_not_for_every_line(house: House) -> None:
    explain = "explain query plan" if house.database.is_sqlite else "explain"
    literal = {"literal_binds": True}
    asked = near_lines().params(ids=[1]).compile(house.database.engine, compile_kwargs=literal)
    with house.database.view() as session:
        plan = session.execute(text(f"{explain} {asked}")).all()
    found_once = re.findall(r"(?:MATERIALIZE|CTE) (?!Scan)(\w+)", str(plan))
    assert len(found_once) == len(set(found_once))
    assert {"named", "near", "own", "shared"} <= set(found_once)


@pytest.mark.stage(of=september_listed)
def test_who_edited_a_list_is_found_without_everybodys_papers(house: House) -> None:
    with house.database.view() as session:
        editors(session, house.payrolls(SEPTEMBER, "draft"))
        read = {one: times_read_through(session, one) for one in ("decision", "enrolment")}
    assert read == {"decision": 0, "enrolment": 0}
