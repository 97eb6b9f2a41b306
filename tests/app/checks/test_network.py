"""Asking a register over real HTTP: what goes out, what is refused, what is safe to repeat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.beneficiaries.tables import person
from app.checks.client import Endpoint, RegisterClient
from app.checks.contracts import CONTRACTS, contract
from app.checks.tables import check_answer, check_request, check_result
from app.clock import FixedClock
from app.demo.register_people import known_people
from app.demo.register_server import StandIn, running
from app.demo.registers import Known, Registers
from app.errors import AnSinhError, Refused, Unavailable
from app.jobs.checking import ask_register
from tests.app.checks.asker import lines, make, results
from tests.factories import SEPTEMBER, START, House, in_cash, row

SECRET = "s3cret" * 8


class Desk:
    """A client's side of a stand-in: asks for a house, and keeps how long it was told to wait."""

    def __init__(self, house: House, server: StandIn) -> None:
        self.house, self.server = house, server
        self.waited: list[int] = []

    def ask(
        self,
        source: str,
        code: str = "",
        scheme: str = "bearer",
        secret: str = SECRET,
        batch: int = 500,
        seconds: tuple[int, float] = (20, 20),
    ) -> str:
        """Ask, or go on asking, about everybody; gives the request's number."""
        code = code or make(self.house, source, "rest")
        endpoint = Endpoint(self.server.url(source), scheme, secret)
        client = RegisterClient(contract(source), endpoint, self.waited.append, seconds)
        try:
            ask_register(self.house.runtime, contract(source), client, code, "test", batch)
        finally:
            client.close()
        return code

    def last(self) -> tuple[str, int, str]:
        """State, lines answered and fault of the last request."""
        columns = check_request.c.state, check_request.c.answered, check_request.c.fault
        found = self.house.rows(select(*columns).order_by(check_request.c.id.desc()))[0]
        return found[0], found[1], found[2]


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    """Four people, and a register that knows them."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3), row(4))
    house.on("2026-09-05")
    registers = Registers(7, date(2026, 9, 5))
    with house.database.view() as session:
        registers.learn(known_people(session, house.keyring))
    server = StandIn(registers, SECRET, FixedClock(house.clock.now()))
    with running(server):
        yield Desk(house, server)


def test_every_register_answers_in_batches(desk: Desk) -> None:
    for source, scheme in zip(CONTRACTS, ["bearer", "hmac"] * 3, strict=False):
        desk.ask(source, scheme=scheme, batch=2)
        assert desk.last()[0] == "answered", source
    told = {kept[1] for kept in results(desk.house)}
    assert told == set(CONTRACTS)
    assert desk.server.served == 4 * 2 + 2


def test_each_kind_of_answer_ends_where_it_belongs(desk: Desk) -> None:
    first = lines(desk.house, make(desk.house, "population"))[0].fields["citizen_id"]
    told: dict[tuple[str, str], Any] = {
        ("population", first): {"result": "dead", "happened_on": "2026-08-30", "extra": "x"},
    }
    desk.server.registers.told.update(told)
    desk.ask("population")
    assert results(desk.house)[0][2] == "dead"
    assert desk.house.ask("select last_period from death_notice") == "2026-08"


def test_a_passing_fault_is_tried_again(desk: Desk) -> None:
    desk.server.faults.extend(["busy", "dropped"])
    desk.ask("insurance")
    assert desk.last()[:2] == ("answered", 4)
    assert desk.waited == [1, 2]
    # The register worked once: the other tries carried the same idempotency key.
    assert desk.server.served == 1


LASTING = [
    (["busy"] * 3, Unavailable, "đang bận"),
    (["slow"] * 3, Unavailable, "không trả lời"),
    (["dropped"] * 3, Unavailable, "không trả lời"),
    (["redirect"], Refused, "chuyển hướng"),
    (["html"], Refused, "không phải JSON"),
    (["broken"], Refused, "không đúng mẫu"),
    (["other_request"], Refused, "yêu cầu khác"),
    (["stranger"], AnSinhError, "Trả lời cho người khác"),
    (["huge"], Refused, "lớn bất thường"),
]


def test_a_lasting_fault_is_told_and_nothing_is_kept(desk: Desk) -> None:
    code = make(desk.house, "insurance", "rest")
    for faults, kind, message in LASTING:
        desk.server.faults.clear()
        desk.server.faults.extend(faults)
        with pytest.raises(kind, match=message):
            desk.ask("insurance", code, seconds=(20, 0.3 if "slow" in faults else 20))
        state, answered, fault = desk.last()
        assert (state, answered) == ("failed", 0), faults
        assert fault
        assert "145000" not in fault
    assert desk.house.count(check_result) == 0
    desk.server.faults.clear()
    desk.ask("insurance", code)
    assert desk.last()[:2] == ("answered", 4)


def test_half_an_answer_is_kept_and_the_rest_asked_for(desk: Desk) -> None:
    desk.server.faults.append("half")
    with pytest.raises(Unavailable, match="thiếu 2 dòng"):
        desk.ask("poverty")
    assert desk.last() == ("failed", 2, "Còn 2 dòng chưa có trả lời.")
    code = str(desk.house.ask(select(check_request.c.code)))
    desk.ask("poverty", code)
    assert desk.last() == ("answered", 4, "")
    assert desk.house.count(check_answer) == 2


def test_an_answer_that_is_played_again_is_not_taken_for_another(desk: Desk) -> None:
    """The second batch is answered with the first one's lines."""
    desk.server.faults.extend(["", "replay"])
    with pytest.raises(Unavailable, match="thiếu 2 dòng"):
        desk.ask("insurance", batch=2)
    assert desk.last()[:2] == ("failed", 2)
    desk.ask("insurance", str(desk.house.ask(select(check_request.c.code))))
    assert desk.last()[:2] == ("answered", 4)


def test_who_does_not_know_the_secret_learns_nothing(desk: Desk) -> None:
    for scheme in ("bearer", "hmac"):
        with pytest.raises(Refused, match="mã 401"):
            desk.ask("population", scheme=scheme, secret="guess")
    assert desk.server.served == 0
    assert SECRET not in repr(Endpoint("https://x", "bearer", SECRET))


def test_nothing_listens(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    server = StandIn(Registers(1, date(2026, 9, 5)), SECRET, FixedClock(START))
    server.server_close()
    with pytest.raises(Unavailable, match="không trả lời"):
        Desk(house, server).ask("population")


def test_the_stand_in_is_the_same_for_the_same_seed() -> None:
    people = [Known(f"999145{number:06}", f"Nông Thị {number}", "1945") for number in range(2000)]
    answers = []
    for order in (people, people[::-1]):
        one = Registers(7, date(2026, 9, 5))
        one.learn(order)
        said = [
            one.answer("population", {"ref": 1, "citizen_id": who.citizen_id}, START)["result"]
            for who in people
        ]
        answers.append(said)
    assert answers[0] == answers[1]
    assert answers[0].count("matched") / 2000 > 0.98
    assert {"dead", "name_differs", "birth_differs", "not_found"} < set(answers[0])


def test_only_what_the_contract_names_is_sent(desk: Desk) -> None:
    """No name goes to a bank; no account, phone or group code to anybody."""
    sent = {
        source: set(lines(desk.house, make(desk.house, source))[0].fields) for source in CONTRACTS
    }
    assert sent == {
        "population": {"citizen_id", "name", "birth"},
        "civil_status": {"citizen_id", "name"},
        "insurance": {"citizen_id", "name", "birth"},
        "bank_name": {"bank_bin", "account"},
        "poverty": {"citizen_id", "name"},
    }
    assert desk.house.count(person) == 4
