"""What an answer leaves behind: results, names of accounts, who vouches, what an officer mends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event, insert, select

from app.beneficiaries.about_tables import destination_check, payee
from app.beneficiaries.history_tables import field_source
from app.checks import saved, told
from app.checks.reading import BadAnswer
from app.checks.tables import check_request, check_result
from app.errors import InputError, NotFound
from app.indicators import cashless
from ledger.bulk import TOGETHER
from tests.app.checks.asker import ask_and_tell, lines, make, reply, results, take_in
from tests.factories import OCTOBER, SEPTEMBER, House, in_cash, row, set_up

FIRST_NAME = "NÔNG THỊ NGƯỜI 001"


def three_registered(house: House) -> None:
    """Three people: 1 and 2 with an account, 3 in cash."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.on("2026-09-05")


pytestmark = pytest.mark.stage(of=three_registered)


@pytest.fixture
def registered(house: House) -> House:
    """The tiny province with its three people."""
    return house


def test_population_matches_and_vouches(registered: House) -> None:
    house, at = registered, registered.clock.now()
    receipt = ask_and_tell(house, "population", "matched", at, birth="1945-03-02")
    assert (receipt.rows, receipt.fresh, receipt.results) == (3, 3, {"matched": 3})
    known = house.rows(select(field_source.c.field, field_source.c.source))
    fields = ("citizen_id", "name", "birth")
    assert sorted(known) == sorted((one, "population") for one in fields * 3)
    with house.database.view() as session:
        [share] = told.shares(session, "population")
        assert list(told.queue(session, "", 10)) == []
    assert (share.people, share.told, share.good) == (3, 3, 3)


def test_what_the_register_calls_matched_is_compared(registered: House) -> None:
    """A register that says 'matched' beside another name or birth is not believed."""
    house, at = registered, registered.clock.now()
    code = make(house, "population")
    one, two, three = lines(house, code)
    answers = [
        reply(one, "matched", at, name="Nông Thị Khác"),
        reply(two, "matched", at, name="NÔNG THỊ NGƯỜI 002", birth="1945"),
        reply(three, "matched", at, birth="1946-03-02"),
    ]
    take_in(house, code, answers)
    assert [kept[2] for kept in results(house)] == ["name_differs", "matched", "birth_differs"]
    with house.database.view() as session:
        hidden = list(told.queue(session, "", 10))
        shown = list(told.queue(session, "", 10, house.keyring))
    says = ["Hai tên khác nhau. Sổ gốc: N… T… K…", "Sổ gốc: năm 1946"]
    assert [one.details for one in hidden] == says
    assert [one.citizen for one in hidden] == ["*********001", "*********003"]
    assert [one.told for one in hidden] == ["", ""]
    assert [one.told for one in shown] == ["Nông Thị Khác", "1946-03-02"]


def test_a_name_enquiry_checks_the_destination(registered: House) -> None:
    house, at = registered, registered.clock.now()
    code = make(house, "bank_name")
    one, two = lines(house, code)  # nobody asks about cash
    assert sorted(one.fields) == ["account", "bank_bin"]
    take_in(house, code, [reply(one, "found", at, name=FIRST_NAME), reply(two, "closed", at)])
    checks = house.rows(select(destination_check.c.result, destination_check.c.evidence))
    assert [kept[2] for kept in results(house)] == ["exact", "closed"]
    assert checks == [("exact", code), ("not_found", f"Tài khoản đã đóng. {code}")]
    assert house.rows(select(field_source.c.field, field_source.c.source)) == [("account", "bank")]


def test_what_is_known_is_not_asked_again(registered: House) -> None:
    house, at = registered, registered.clock.now()
    ask_and_tell(house, "bank_name", "found", at, name=FIRST_NAME)
    assert [kept[2] for kept in results(house)] == ["exact", "different"]
    assert len(lines(house, make(house, "bank_name"))) == 1
    assert len(lines(house, make(house, "bank_name", again=True))) == 2


def test_the_name_of_who_may_receive_is_right(registered: House) -> None:
    house, at = registered, registered.clock.now()
    values = {"person_id": house.ask("select min(id) from person"), "name": "Lý Văn Cả"}
    values |= {"citizen_key": "k", "citizen_tail": "1", "document": "UQ 1", "relation": "con"}
    values |= {"kind": "authorised", "version": 1, "source": "test", "recorded_at": at}
    with house.work() as session:
        session.execute(insert(payee).values(**values))
    ask_and_tell(house, "bank_name", "found", at, name="LÝ VĂN CẢ")
    assert [kept[2] for kept in results(house)] == ["exact", "different"]


def test_an_older_look_that_comes_late_changes_nothing(registered: House) -> None:
    """Results in the reverse order of time: the latest look stays the latest."""
    house, at = registered, registered.clock.now()
    before = at - timedelta(days=20)
    ask_and_tell(house, "population", "matched", at)
    ask_and_tell(house, "population", "dead", before, happened_on="2026-08-01")
    ask_and_tell(house, "bank_name", "found", at, name=FIRST_NAME)
    ask_and_tell(house, "bank_name", "not_found", before)
    with house.database.view() as session:
        assert told.waiting_deaths(session) == []
        [share] = told.shares(session, "population")
    assert share.good == 3
    assert house.rows(select(destination_check.c.result)) == [("exact",), ("different",)]
    assert {one[0] for one in house.rows(select(field_source.c.confirmed_at))} == {at}


def test_a_later_look_takes_the_place_of_the_first(registered: House) -> None:
    house, at = registered, registered.clock.now()
    ask_and_tell(house, "population", "matched", at - timedelta(days=20))
    ask_and_tell(house, "population", "not_found", at)
    with house.database.view() as session:
        assert [one.result for one in told.queue(session, "", 10)] == ["not_found"] * 3


def test_the_same_answer_twice_is_recognised(registered: House) -> None:
    house, at = registered, registered.clock.now()
    code = make(house, "insurance")
    answers = [reply(one, "none", at) for one in lines(house, code)]
    assert take_in(house, code, answers, "same").fresh == 3
    assert take_in(house, code, answers, "same").repeated
    again = take_in(house, code, answers, "as another file")
    assert (again.rows, again.fresh) == (3, 0)
    assert house.count(check_result) == 3


def test_half_an_answer_leaves_the_request_open(registered: House) -> None:
    house, at = registered, registered.clock.now()
    code = make(house, "poverty")
    asked = lines(house, code)
    state = select(check_request.c.state, check_request.c.answered)
    take_in(house, code, [reply(asked[0], "poor", at)])
    assert house.rows(state) == [("sent", 1)]
    take_in(house, code, [reply(one, "none", at) for one in asked[1:]])
    assert house.rows(state) == [("answered", 3)]


WRONG = [
    ({"ref": 99}, "Yêu cầu này không hỏi dòng số 99"),
    ({"citizen_id": "999145000777"}, "Trả lời cho người khác"),
    ({"ref": 2}, "được trả lời hai lần"),
    ({"result": "alive"}, "không thuộc: matched"),
    ({"result": "exact"}, "không thuộc: matched"),
    ({"name": "=HYPERLINK(1)"}, "công thức"),
    ({"name": "N" * 1_000_000}, "dài quá 200 ký tự"),
    ({"name": "A\x00B"}, "ký tự điều khiển"),
    ({"birth": "1945-13-01"}, "không phải ngày sinh"),
    ({"checked_at": "2027-01-01T00:00:00+07:00"}, "ở tương lai"),
    ({"checked_at": "hôm qua"}, "không phải thời điểm"),
    ({"happened_on": "2026-12-31"}, "ở tương lai"),
    ({"citizen_id": "12345"}, "không đủ 12 chữ số"),
    ({"citizen_id": None}, "còn trống"),
]


def test_one_faulty_line_refuses_the_whole_answer(registered: House) -> None:
    house, at = registered, registered.clock.now()
    code = make(house, "population")
    for change, message in WRONG:
        answers = [reply(one, "matched", at) for one in lines(house, code)]
        answers[0] |= change
        with pytest.raises(BadAnswer, match=message) as refused:
            take_in(house, code, answers)
        assert "1450" not in str(refused.value)
        assert len(str(refused.value)) < 1_000
    assert house.count(check_result) == 0
    assert house.rows(select(check_request.c.answered)) == [(0,)]


def test_an_answer_that_contradicts_an_earlier_one_is_refused(registered: House) -> None:
    house, at = registered, registered.clock.now()
    code = make(house, "insurance")
    asked = lines(house, code)
    take_in(house, code, [reply(one, "none", at) for one in asked])
    with pytest.raises(BadAnswer, match="trả lời khác trước"):
        take_in(house, code, [reply(one, "pension", at) for one in asked])


def test_who_is_not_asked(registered: House) -> None:
    house = registered
    with pytest.raises(InputError, match="Không có ai"):
        make(house, "population", area="01298")
    with pytest.raises(NotFound, match="ở đây"):
        lines(house, "population-20260905-0000")
    # A death that the register itself knows is not asked about.
    died = row(2, event="death", event_date=date(2026, 9, 1))
    house.register(OCTOBER, row(1), died, in_cash(3))
    asked = lines(house, make(house, "civil_status"))
    assert [one.fields["name"][-3:] for one in asked] == ["001", "003"]


def test_fields_saved_are_counted(registered: House) -> None:
    house, at = registered, registered.clock.now()
    house.list_month(SEPTEMBER)
    ask_and_tell(house, "population", "matched", at)
    ask_and_tell(house, "bank_name", "found", at, name=FIRST_NAME)
    ask_and_tell(house, "insurance", "none", at)
    with house.database.view() as session:
        found = saved.fields_saved(session, SEPTEMBER)
        before = saved.fields_saved(session, "2026-08")
    assert (found.people, found.saved, found.possible) == (3, 3 * 3 + 1 + 3, 18)
    assert found.by_field["account"] == 1
    assert (before.people, before.saved) == (0, 0)


@pytest.mark.stage(of=set_up)
def test_no_statement_per_person(house: House) -> None:
    """Nine hundred people are asked about and answered with as many statements as ninety, but for
    the lots in which SQLite is given rows."""
    counted = []
    for period, people in ((SEPTEMBER, 90), (OCTOBER, 900)):
        house.register(period, *(row(number) for number in range(1, people + 1)))
        said: list[str] = []

        def hear(*told: object, said: list[str] = said) -> None:
            said.append(str(told[2]))

        event.listen(house.database.engine, "before_cursor_execute", hear)
        receipt = ask_and_tell(
            house, "population", "matched", house.clock.now(), birth="1945-03-02"
        )
        event.remove(house.database.engine, "before_cursor_execute", hear)
        counted.append((receipt.rows, len(said)))
    assert [rows for rows, _ in counted] == [90, 900]
    assert 0 <= counted[1][1] - counted[0][1] <= 900 // TOGETHER
    assert counted[1][1] < 60


def test_an_account_of_somebody_else_covers_nobody(registered: House) -> None:
    """R3 counts usable accounts; what was found after the moment asked for does not count."""
    house = registered
    house.on("2026-09-07")  # a working day
    house.approve_month(SEPTEMBER)
    before = house.clock.now()
    at = house.later()
    ask_and_tell(house, "bank_name", "found", at, name=FIRST_NAME)
    with house.database.view() as session:
        counts = [cashless.count(session, SEPTEMBER, until) for until in (before, at)]
    assert [(one.covered, one.listed) for one in counts] == [(2, 3), (1, 3)]
