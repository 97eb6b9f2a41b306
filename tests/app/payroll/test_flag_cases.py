"""Flags are cases: owned, listed, answered over these very people; the database asks too."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from app.access.together import Signer
from app.beneficiaries.about_tables import destination_check
from app.errors import Conflict, Forbidden, InputError, Refused
from app.payroll.approvals import approve
from app.payroll.change_limits import ChangeLimit, change_limits, set_change_limit
from app.payroll.flag_people import flagged, queries
from app.payroll.flag_scope import Scope
from app.payroll.flags import look_again
from app.payroll.flags_decided import accept, accepted_digest, decisions, mark_seen
from app.payroll.seen import shown
from app.payroll.tables import flag_decision, payroll
from tests.app.payroll.test_barred import NEAR
from tests.app.payroll.test_staff_lists import is_payee
from tests.factories import COMMUNE, OCTOBER, SEPTEMBER, House, in_cash, row, september_listed

WORDS = "Xã vừa rà soát, bổ sung đối tượng theo Nghị quyết"


def flags(house: House, payroll_id: int) -> dict[str, tuple[int, int]]:
    """kind -> (people, whether it blocks) of the flags that stand."""
    query = (
        f"select kind, people, is_blocking from flag where payroll_id = {payroll_id}"
        " and gone_at is null"
    )
    return {kind: (people, blocks) for kind, people, blocks in house.rows(query)}


def flag_id(house: House, payroll_id: int, kind: str) -> int:
    return int(house.ask(
        f"select id from flag where payroll_id = {payroll_id} and kind = '{kind}'"))  # fmt: skip


def answer(house: House, number: int, who: str, code: str = "review", words: str = WORDS) -> int:
    now = house.later()
    with house.work() as session:
        signer = Signer(house.officer(who), house.code())
        return accept(session, house.keyring, signer, [number], code, words, now)


def set_by_two(house: House, limit: ChangeLimit) -> list[Signer]:
    """A checker and an approver of the province set a limit; gives who signed."""
    house.becomes("auditor", "approver", "")
    now = house.later()
    signers = [Signer(house.officer(one), house.code()) for one in ("checker.all", "auditor")]
    with house.work() as session:
        set_change_limit(session, house.keyring, signers, limit, "Theo chỉ đạo của tỉnh", now)
    return signers


@pytest.fixture
def october(house: House) -> int:
    """October's list of thirteen people, ten of them new: more than the limit allows."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.approve_month(SEPTEMBER)
    set_by_two(house, ChangeLimit("", "people", OCTOBER, 20, 5))
    people = [row(number) for number in (1, 2, *range(11, 21))]
    house.register(OCTOBER, *people, in_cash(3))
    (number,) = house.list_month(OCTOBER)
    return number


def test_a_jump_blocks_until_another_officer_says_why(house: House, october: int) -> None:
    assert flags(house, october)["jump_people"] == (10, 1)
    answer(house, flag_id(house, october, "jump_total"), f"checker.{COMMUNE}")
    with pytest.raises(Refused, match=r"tăng 10 .333,3 % của tháng trước., quá ngưỡng 20 %"):
        house.submit([october])
    number = flag_id(house, october, "jump_people")
    for code, words in (("gì đó", WORDS), ("review", "vì thế")):
        with pytest.raises(InputError, match="Thiếu mã lý do"):
            answer(house, number, f"checker.{COMMUNE}", code, words)
    answer(house, number, f"checker.{COMMUNE}")
    house.submit([october])
    with house.database.view() as session:
        said = decisions(session, october)[-1]
    assert (said.choice, said.reason_code, said.reason, said.counts) == (
        "accepted", "review", WORDS, 1)  # fmt: skip


@pytest.mark.parametrize("who", [f"approver.{COMMUNE}", "auditor", "finance.one"])
def test_who_does_not_check_answers_nothing(house: House, october: int, who: str) -> None:
    with pytest.raises(Forbidden):
        answer(house, flag_id(house, october, "jump_total"), who)
    with pytest.raises(Forbidden), house.work() as session:
        mark_seen(session, house.officer(who), [october], house.later())


@pytest.mark.parametrize("near", NEAR)
def test_who_is_near_a_payee_answers_nothing(house: House, october: int, near: str) -> None:
    """Neither he who is paid, nor his family, says that what is odd about the list is no matter."""
    NEAR[near](house, f"checker.{COMMUNE}")
    number = flag_id(house, october, "jump_people")
    with pytest.raises(Refused, match=r"trong bảng.*Chuyển cho người khác có quyền: Cán bộ 9"):
        answer(house, number, f"checker.{COMMUNE}")
    with pytest.raises(Refused, match="trong bảng"):
        house.see_flags([october], f"checker.{COMMUNE}")
    answer(house, number, "checker.all")


def test_the_province_answers_for_a_list_of_officers(house: House) -> None:
    """Whoever checks at the unit answers nothing about the list of those who act for it."""
    house.register(SEPTEMBER, row(1), row(2))
    is_payee(house, f"maker.{COMMUNE}", 1)
    house.list_month(SEPTEMBER)
    apart = house.ask("select id from payroll where kind = 'staff'")
    assert flags(house, apart) == {"staff_payee": (1, 0)}
    with pytest.raises(Forbidden):
        house.see_flags([apart], f"checker.{COMMUNE}")
    assert house.see_flags([apart]) == 1


def test_limits_are_set_by_the_province_only(house: House) -> None:
    limit = ChangeLimit("pension", "total", OCTOBER, 10, 1_000_000)
    for names in ((f"checker.{COMMUNE}", f"approver.{COMMUNE}"), ("finance.one", "finance.two")):
        two = [Signer(house.officer(name), house.code()) for name in names]
        with pytest.raises(Forbidden), house.work() as session:
            set_change_limit(session, house.keyring, two, limit, WORDS, house.later())


def test_the_maker_does_not_answer_himself(house: House, october: int) -> None:
    """Who accepted as a checker, and then became a maker, has accepted nothing for himself."""
    who = f"checker.{COMMUNE}"
    for kind in ("jump_total", "jump_people"):
        answer(house, flag_id(house, october, kind), who)
    house.becomes(who, "maker")
    with pytest.raises(Refused, match="còn lỗi chặn"):
        house.submit([october], who)
    house.submit([october])


def test_the_database_refuses_what_blocks(house: House, october: int) -> None:
    """Past every room, and with a round as the database asks for."""
    for kind in ("jump_total", "jump_people"):
        answer(house, flag_id(house, october, kind), f"checker.{COMMUNE}")
    house.tamper(f"insert into flag (payroll_id, kind, is_blocking, people, sentence) values"
                 f" ({october}, 'deceased', 1, 1, 's')")  # fmt: skip
    house.tamper("update flag set digest = 'other' where kind = 'jump_total'")
    with house.work() as session:
        before = [one.kind for one in decisions(session, october) if not one.counts]
    assert before == ["jump_total"]
    moved = f"update payroll set state = 'submitted' where id = {october}"
    with pytest.raises(DBAPIError, match="a blocking flag stands"):
        house.tamper(moved)
    with pytest.raises(DBAPIError):
        house.tamper("update flag set is_blocking = 0")
    with pytest.raises(DBAPIError):
        house.tamper("update flag_decision set choice = 'seen'")


@pytest.mark.stage(of=september_listed)
def test_the_database_refuses_what_nobody_saw_and_another_bridge(house: House) -> None:
    (september,) = house.payrolls(SEPTEMBER, "draft")
    house.submit([september])
    house.tamper("insert into flag (payroll_id, kind, is_blocking, people, sentence) values"
                 f" ({september}, 'missing', 0, 1, 's')")  # fmt: skip
    with pytest.raises(DBAPIError, match="a flag was not seen"):
        house.tamper(f"update payroll set state = 'checked' where id = {september}")
    values = {"bridge": f"({september}, 'rate', 1, 1)", "bridge_left": f"({september}, 1, 'x')"}
    for table, row_values in values.items():
        with pytest.raises(DBAPIError, match="only a draft"):
            house.tamper(f"insert into {table} values {row_values}")
    with pytest.raises(DBAPIError, match="only a draft"):
        house.tamper("delete from bridge")


@pytest.mark.stage(of=september_listed)
def test_a_warning_is_seen_before_the_check(house: House) -> None:
    (september,) = house.payrolls(SEPTEMBER, "draft")
    check(house, 1, "close")
    house.submit([september])
    with pytest.raises(Refused, match="tên ở ngân hàng khác tên trong hồ sơ"):
        _check(house, september)
    maker = house.officer(f"maker.{COMMUNE}")
    house.becomes(f"maker.{COMMUNE}", "checker")
    with pytest.raises(Refused, match="Người lập không tự trả lời"), house.work() as session:
        mark_seen(session, maker, [september], house.later())
    assert (house.see_flags([september]), house.see_flags([september])) == (1, 0)
    check(house, 2, "different")  # another set of people asks again
    with pytest.raises(Refused, match="còn cảnh báo chưa xem"):
        _check(house, september)
    assert house.see_flags([september]) == 1
    _check(house, september)
    assert house.count(flag_decision) == 2


def _check(house: House, number: int) -> int:
    now, who = house.later(), house.officer(f"checker.{COMMUNE}")
    with house.work() as session:
        seen = shown(session, [number]).code
        done = approve(session, house.keyring, who, house.code(), "check", [number], now, seen=seen)
    return done.act_id


def check(house: House, person_id: int, result: str) -> None:
    number = house.ask(f"select destination_id from person where id = {person_id}")
    values = {"destination_id": number, "evidence": "e", "source": "bank", "checked_by": "t",
              "checked_at": house.later(), "result": result}  # fmt: skip
    with house.work() as session:
        session.execute(insert(destination_check).values(values))


@pytest.mark.stage(of=september_listed)
def test_a_flag_goes_when_its_people_do(house: House) -> None:
    (september,) = house.payrolls(SEPTEMBER, "draft")
    check(house, 1, "different")
    now = house.later()
    with house.work() as session:
        look_again(session, [september], now)
        scope = Scope(SEPTEMBER, "monthly", now, ids=[september])
        assert [one.person_id for one in flagged(session, scope, "name_differs")] == [1]
    assert flags(house, september)["name_differs"] == (1, 0)
    check(house, 1, "exact")
    with house.work() as session:
        look_again(session, [september], now + timedelta(minutes=5))
    assert "name_differs" not in flags(house, september)
    with pytest.raises(Conflict, match="đã hết"):
        answer(house, flag_id(house, september, "name_differs"), f"checker.{COMMUNE}")


@pytest.mark.stage(of=september_listed)
def test_what_the_causes_do_not_explain_blocks_at_once(house: House) -> None:
    (september,) = house.payrolls(SEPTEMBER, "draft")
    house.tamper(f"update payroll set total = total + 1 where id = {september}")
    with pytest.raises(Refused, match=r"Chênh lệch chưa giải thích: 0 dòng, 1"):
        house.submit([september])
    with house.work() as session:
        look_again(session, [september], house.later())
    with pytest.raises(Refused, match="phải sửa"):
        answer(house, flag_id(house, september, "unexplained"), f"checker.{COMMUNE}")


@pytest.mark.stage(of=september_listed)
def test_who_works_here_and_unusual_sums_are_shown(house: House) -> None:
    """An officer who is paid, known only after the list was made; a level that doubled against the
    months before. Next month the officer stands on a list apart."""
    house.tamper("update officer set citizen_key = (select citizen_key from person where id = 2)"
                 f" where username = 'checker.{COMMUNE}'")  # fmt: skip
    house.register(OCTOBER, row(1), row(2), in_cash(3), row(4, start_period="2026-07"))
    (september,) = house.payrolls(SEPTEMBER, "draft")
    with house.work() as session:
        look_again(session, [september], house.later())
    assert flags(house, september)["staff_payee"] == (1, 0)
    house.list_month(OCTOBER)
    month = select(payroll.c.id).where(payroll.c.period == OCTOBER)
    apart = house.ask(month.where(payroll.c.kind == "staff"))
    assert len(house.lines_of(apart)) == 1
    found = flags(house, house.ask(month.where(payroll.c.kind == "monthly")))
    assert "staff_payee" not in found
    assert found["unusual_amount"] == (1, 0)  # the months since July at once


def test_two_of_the_province_set_a_limit(house: House) -> None:
    limit = ChangeLimit("pension", "total", OCTOBER, 10, 1_000_000)
    signers = set_by_two(house, limit)
    with house.database.view() as session:
        known = change_limits(session)
        new, old = (known.of("pension", "total", month) for month in (OCTOBER, SEPTEMBER))
        other = known.of("assistance", "total", OCTOBER)
    assert [one and one.per_cent for one in (new, old, other)] == [10, 20, 20]
    assert new is not None
    assert new.is_passed(1_100_001, 10_000_000)
    assert not new.is_passed(1_000_000, 10_000_000)
    with pytest.raises(Refused, match="hai người"), house.work() as session:
        set_change_limit(
            session, house.keyring, signers[:1] * 2, limit, "Theo chỉ đạo", house.later()
        )


def test_the_day_of_a_list_is_that_of_viet_nam() -> None:
    """At one in the night of the 24th a paper that ran out on the 23rd has run out."""
    night = datetime(2026, 9, 23, 18, 0, tzinfo=UTC)
    assert Scope(OCTOBER, "monthly", night).values()["today"] == date(2026, 9, 24)


def test_an_acceptance_of_one_flag_is_bound_as_it_always_was() -> None:
    """Else those of earlier versions would prove nothing any more."""
    told = "7|abc|law\nNghị định 335/2026/NĐ-CP"
    bound = accepted_digest([(7, "abc")], "law", "Nghị định 335/2026/NĐ-CP")
    assert bound == hashlib.sha256(told.encode()).hexdigest()


OF_DESTINATIONS = (
    "account_changed", "account_unproven", "mobile_limit", "name_differs", "shared_account",
)  # fmt: skip


@pytest.mark.stage(of=september_listed)
def test_where_a_line_is_paid_is_looked_up_for_the_line(house: House) -> None:
    """However few accounts PostgreSQL believes to have changed, it does not read a list for each
    of them, nor compare a list with everybody's accounts."""
    engine, told = house.database.engine, "explain"
    if house.database.is_sqlite:
        told = "explain query plan"
    with house.database.view() as session:
        asked, values = queries(session, Scope(SEPTEMBER, "monthly", house.clock.now(), ids=[1]))
        for kind in OF_DESTINATIONS:
            query = asked[kind].params(values)
            sql = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
            no_limit = (-1,) * sql.count("LIMIT ?")
            plan = str(session.connection().exec_driver_sql(f"{told} {sql}", no_limit).all())
            assert "CORRELATED SCALAR SUBQUERY" in plan or "SubPlan" in plan, kind
            assert kind == "name_differs" or "Semi Join" not in plan, kind
