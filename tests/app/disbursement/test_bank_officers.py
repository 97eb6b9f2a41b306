"""Who may do what about a bank's word: finance officers, with their codes, on the command line."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import Forbidden, Refused
from tests.app.disbursement.evidence_office import said
from tests.factories import BANK, SEPTEMBER, House, september_sent
from tests.support.commands import asked

pytestmark = pytest.mark.stage(of=september_sent)


@pytest.fixture
def office(house: House) -> House:
    said(house, house.reference(1, SEPTEMBER), "booked_debit")
    said(house, house.reference(1, SEPTEMBER), "RJCT")
    house.tamper(f"insert into installation values ('clock', '{house.clock.now().isoformat()}')")
    return house


def ask(house: House, *words: object) -> Any:
    """Call a command of `ansinh bank`; gives its JSON, or raises what it raised."""
    return asked(house, "bank", *words)


def by(house: House, *names: str) -> list[str]:
    """The options with which these officers confirm."""
    return [word for name in names for word in ("--officer", name, "--code", house.code())]


def test_on_the_command_line(office: House) -> None:
    """A case is shown, closed by a finance officer and by nobody else; a recall is asked for."""
    one = office.reference(1, SEPTEMBER)
    (found,) = ask(office, "cases")
    assert (found["kind"], found["reference"], found["state"]) == ("conflict", one, "open")
    with pytest.raises(Forbidden):
        ask(office, "close", 1, "--answer", "đã hỏi", *by(office, "checker.all"))
    with pytest.raises(Forbidden):
        ask(office, "recall", one, "--reason", "nhầm", "--still-due", *by(office, "checker.all"))
    with pytest.raises(Forbidden):
        ask(office, "promise", BANK, "acsc_settles", "--source", "hợp đồng 1",
            *by(office, "finance.one", "checker.all"))  # fmt: skip
    ask(office, "close", 1, "--answer", "đã hỏi ngân hàng", *by(office, "finance.one"))
    number = ask(
        office, "recall", one, "--reason", "nhầm kỳ", "--still-due", *by(office, "finance.two")
    )
    with pytest.raises(Refused):
        ask(office, "close", number["case"], "--answer", "xong", *by(office, "finance.one"))
    kinds = [(row["kind"], row["state"]) for row in ask(office, "cases", "--all")]
    assert kinds == [("conflict", "closed"), ("recall", "open")]
    assert "chưa cam kết" in ask(office, "horizon", 1)["missing"][0]
