"""Decisions: who may, what the database refuses, and what becomes of the next list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from app.access.together import Signer
from app.disbursement.acts import prove_acts
from app.doubles.deciding import Decision, decide
from app.errors import AnSinhError, Conflict, Forbidden, InputError, NotFound, Refused
from tests.app.doubles.people import cases, id_of, look, make_officer, person_of, set_person
from tests.factories import OCTOBER, SEPTEMBER, House, in_cash, row
from tests.support.province import COMMUNE

SHARED = "100009991000"
ONE, TWO = f"checker.{COMMUNE}", f"approver.{COMMUNE}"


@pytest.fixture
def doubted(house: House) -> House:
    """Case 1 holds person 2, who came to the account of person 1 a month later."""
    house.register("2026-08", row(1, account=SHARED))
    house.clock.advance(timedelta(days=31))
    house.register(SEPTEMBER, row(1, account=SHARED), row(2, account=SHARED))
    house.list_month(SEPTEMBER)
    return house


def settle(house: House, case: int, decision: Decision, *usernames: str) -> int:
    """These officers decide, each with a code of his own."""
    now = house.later()
    signers = [Signer(house.officer(name), house.code()) for name in usernames]
    with house.work() as session:
        return decide(session, house.keyring, case, decision, signers, now)


def paid(house: House, period: str) -> list[int]:
    """Persons on the month's list."""
    query = (
        "select l.person_id from payroll_line l join payroll p on p.id = l.payroll_id"
        f" where p.period = '{period}' order by l.person_id"
    )
    return [one[0] for one in house.rows(query)]


def flags(house: House, period: str) -> dict[str, int]:
    """kind -> people, over the month's lists."""
    query = (
        "select f.kind, f.people from flag f join payroll p on p.id = f.payroll_id"
        f" where p.period = '{period}'"
    )
    return dict(house.rows(query))


def test_who_is_held_is_told_and_paid_when_cleared(doubted: House) -> None:
    """Left off the list with a sentence, owed all the while, on the next list with both months."""
    assert paid(doubted, SEPTEMBER) == [1]
    assert flags(doubted, SEPTEMBER)["left_off"] == 1
    assert "no_route" not in flags(doubted, SEPTEMBER)
    settle(doubted, 1, Decision("different", "Vợ chồng, có giấy xác nhận của ngân hàng"), ONE, TWO)
    doubted.register(OCTOBER, row(1, account=SHARED), row(2, account=SHARED))
    doubted.list_month(OCTOBER)
    assert paid(doubted, OCTOBER) == [1, 2, 2]
    assert cases(doubted) == []


def test_fraud_is_never_listed_again(doubted: House) -> None:
    settle(doubted, 1, Decision("fraud", "Không có người này ở xã"), ONE, TWO)
    doubted.register(OCTOBER, row(1, account=SHARED), row(2, account=SHARED))
    doubted.list_month(OCTOBER)
    assert paid(doubted, OCTOBER) == [1]
    assert flags(doubted, OCTOBER)["left_off"] == 1


def test_what_is_allowed_is_asked_again_after_its_month(doubted: House) -> None:
    allowed = Decision("allowed", "Nhận chung trong khi chờ mở tài khoản", SEPTEMBER)
    settle(doubted, 1, allowed, ONE, TWO)
    assert look(doubted, SEPTEMBER).new == 0
    doubted.register(OCTOBER, row(1, account=SHARED), row(2, account=SHARED))
    doubted.list_month(OCTOBER)
    assert paid(doubted, OCTOBER) == [1]
    assert [one.case for one in cases(doubted)] == [2]
    assert look(doubted, OCTOBER).new == 0


def test_other_facts_are_another_case(doubted: House) -> None:
    settle(doubted, 1, Decision("different", "Đã xem giấy tờ"), ONE, TWO)
    people = (row(1, account=SHARED), row(2, account=SHARED), row(30, account=SHARED))
    doubted.register(OCTOBER, *people)
    assert look(doubted, OCTOBER).new == 1


def test_one_person_twice_is_listed_once(house: House) -> None:
    """What the lost row was owed stays as it is; the commune's workbook may still name it."""
    twice = (in_cash(1, name="Đàm Thị Hương"), in_cash(555, name="Đàm Thị Hường"))
    house.register(SEPTEMBER, *twice)
    house.approve_month(SEPTEMBER)
    before = house.rows("select * from obligation order by id")
    settle(house, 1, Decision("merge", "Cùng một người, đã đối chiếu căn cước"), ONE, TWO)
    assert house.rows("select id, merged_into_id from person order by id") == [(1, None), (2, 1)]
    house.register(OCTOBER, *twice)
    house.list_month(OCTOBER)
    assert paid(house, OCTOBER) == [1]
    assert house.rows("select * from obligation where period = '2026-09' order by id") == before
    amounts = house.rows("select person_id, regular from obligation where period = '2026-10'")
    assert amounts == [(1, 540_000)]
    assert look(house, OCTOBER).cases == 0


def test_a_month_paid_to_both_rows_is_found(house: House) -> None:
    """The rise of July is looked back at: September was granted twice, and is not granted again."""
    twice = (in_cash(1, name="Đàm Thị Hương"), in_cash(555, name="Đàm Thị Hường"))
    house.register(SEPTEMBER, *twice)
    house.approve_month(SEPTEMBER)
    settle(house, 1, Decision("merge", "Cùng một người"), ONE, TWO)
    house.register(OCTOBER, *twice)
    house.list_month(OCTOBER)
    found = house.rows("select person_id, month, amount from overpayment")
    assert found == [(1, "2026-09", 460_000)]


def test_a_lost_row_that_waits_is_not_paid(house: House) -> None:
    """Both owed for September and not listed yet: only the row that stays is."""
    house.register("2026-08", row(1, account=SHARED))
    house.clock.advance(timedelta(days=31))
    twice = (row(1, account=SHARED), row(2, account=SHARED))
    house.register(SEPTEMBER, *twice)
    house.list_month(SEPTEMBER)
    settle(house, 1, Decision("merge", "Cùng một người", kept_id=1), ONE, TWO)
    house.register(OCTOBER, *twice)
    house.list_month(OCTOBER)
    assert paid(house, OCTOBER) == [1]
    assert flags(house, OCTOBER)["left_off"] == 1


REFUSED: dict[str, tuple[int, Decision, tuple[str, ...], type[AnSinhError]]] = {
    "one officer": (1, Decision("different", "Đã xem"), (ONE,), Refused),
    "the same twice": (1, Decision("different", "Đã xem"), (ONE, ONE), Refused),
    "fraud by one": (1, Decision("fraud", "Đã xem"), (ONE,), Refused),
    "no reason": (1, Decision("different", " . "), (ONE, TWO), InputError),
    "no verdict": (1, Decision("maybe", "Đã xem"), (ONE, TWO), InputError),
    "no end": (1, Decision("allowed", "Đã xem"), (ONE, TWO), InputError),
    "month": (1, Decision("allowed", "Đã xem", "2026-13"), (ONE, TWO), InputError),
    "stranger": (1, Decision("merge", "Đã xem", kept_id=9), (ONE, TWO), InputError),
    "no case": (9, Decision("different", "Đã xem"), (ONE, TWO), NotFound),
    "the maker": (1, Decision("different", "Đã xem"), (f"maker.{COMMUNE}", TWO), Forbidden),
}


def test_refused(doubted: House) -> None:
    for case, decision, who, error in REFUSED.values():
        with pytest.raises(error):
            settle(doubted, case, decision, *who)
    assert doubted.rows("select * from doubt_decision") == []
    assert len(cases(doubted)) == 1


def test_decided_once(doubted: House) -> None:
    settle(doubted, 1, Decision("fraud", "Không có người này"), ONE, TWO)
    with pytest.raises(Conflict, match="đã có quyết định"):
        settle(doubted, 1, Decision("different", "Đổi ý"), ONE, TWO)


def test_nobody_decides_about_himself(house: House) -> None:
    house.register(SEPTEMBER, in_cash(7, name="Lý A Páo"), in_cash(30, name="Bế Thị Hoa"))
    make_officer(house, id_of(7))
    look(house)
    (case,) = cases(house, "staff")
    with pytest.raises(Refused, match="chính mình"):
        settle(house, case.case, Decision("different", "Tôi đây"), "new.checker", TWO)
    settle(house, case.case, Decision("different", "Đúng là người hưởng"), ONE, TWO)


def test_a_case_that_is_gone_is_not_decided(doubted: House) -> None:
    doubted.register(OCTOBER, row(1, account=SHARED), row(2))
    look(doubted, OCTOBER)
    with pytest.raises(Conflict, match="không còn căn cứ"):
        settle(doubted, 1, Decision("different", "Đã xem"), ONE, TWO)


_VALUES = {
    "doubt_id": "1", "is_exact": "1", "is_blocking": "1", "verdict": "'different'",
    "reason": "'r'", "officer_id": "1", "act_id": "1", "second_id": "2", "second_act_id": "2",
    "decided_at": "'2026-09-01T00:00:00.000000+00:00'",
}  # fmt: skip
_ALONE = {"second_id": "null", "second_act_id": "null"}
_NEAR = {**_ALONE, "is_blocking": "0"}
FORGED: dict[str, dict[str, str]] = {
    "alone": _ALONE,
    "the same person twice": {"second_id": "1"},
    "one act for both": {"second_act_id": "1"},
    "as if it did not block": _NEAR,
    "allowed alone": {**_NEAR, "verdict": "'allowed'", "until_period": "'2026-12'"},
    "no reason": {"reason": "' '"},
    "merged into nobody": {"verdict": "'merge'"},
    "allowed for ever": {"verdict": "'allowed'"},
    "a second without a code": {"second_act_id": "null"},
}


def test_the_database_refuses(doubted: House) -> None:
    """By SQL, as the owner, with acts that were really done for something else."""
    doubted.on("2026-09-21")  # a working day
    doubted.submit(doubted.payrolls(SEPTEMBER, "draft"))
    doubted.approve("check", doubted.payrolls(SEPTEMBER, "submitted"))
    for changes in FORGED.values():
        with pytest.raises(DBAPIError):
            _forge(doubted, {**_VALUES, **changes})
    _forge(doubted, _VALUES)  # what is refused above is refused for what was changed in it
    with pytest.raises(DBAPIError):
        _forge(doubted, {**_VALUES, "act_id": "2", "second_act_id": "1"})


def _forge(house: House, values: dict[str, str]) -> None:
    names, told = ", ".join(values), ", ".join(values.values())
    house.tamper(f"insert into doubt_decision ({names}) values ({told})")


def test_a_decision_with_other_peoples_acts_does_not_prove(doubted: House) -> None:
    """The database knows acts, not what they were about; the nightly proof does."""
    settle(doubted, 1, Decision("different", "Đã xem giấy tờ"), ONE, TWO)
    with doubted.database.view() as session:
        assert prove_acts(session, doubted.keyring).ok
    doubted.tamper("drop trigger doubt_decision_no_update" if _is_sqlite(doubted) else
                   "alter table doubt_decision disable trigger all")  # fmt: skip
    doubted.tamper("update doubt_decision set reason = 'x'")
    with doubted.database.view() as session:
        assert not prove_acts(session, doubted.keyring).ok


def _is_sqlite(house: House) -> bool:
    return house.database.is_sqlite


def test_death_ends_with_the_register(house: House) -> None:
    """A death told by mistake is taken back in the register; then nobody has to decide."""
    house.register(SEPTEMBER, in_cash(1), in_cash(30, name="Bế Thị Hoa"))
    number = person_of(house, id_of(1))
    set_person(house, number, died_on=house.clock.now().date() - timedelta(days=60))
    house.list_month(SEPTEMBER)
    assert paid(house, SEPTEMBER) == [2]
    set_person(house, number, died_on=None)
    house.register(OCTOBER, in_cash(1), in_cash(30, name="Bế Thị Hoa"))
    house.list_month(OCTOBER)
    assert paid(house, OCTOBER) == [1, 1, 2]


def test_two_others_take_a_decision_back(doubted: House) -> None:
    """Fraud was found wrongly: who found it may not judge it again, two others may, once."""
    settle(doubted, 1, Decision("fraud", "Không có người này"), ONE, TWO)
    again = Decision("different", "Xã đã xác minh tận nhà", again=True)
    for names in ((ONE, "finance.one"), ("finance.one",)):
        with pytest.raises(Refused):
            settle(doubted, 1, again, *names)
    settle(doubted, 1, again, "finance.one", "finance.two")
    doubted.register(OCTOBER, row(1, account=SHARED), row(2, account=SHARED))
    doubted.list_month(OCTOBER)
    assert paid(doubted, OCTOBER) == [1, 2, 2]
    assert len(doubted.rows("select id from doubt_decision")) == 2
    with doubted.database.view() as session:
        assert prove_acts(session, doubted.keyring).ok


def test_what_is_not_decided_is_not_taken_back(doubted: House) -> None:
    with pytest.raises(InputError, match="chưa có quyết định"):
        settle(doubted, 1, Decision("fraud", "Đã xem", again=True), ONE, TWO)
