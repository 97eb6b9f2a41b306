"""Our files at a bank of other people's making, over a real OpenSSH server: what it rejects, sends
back, says nothing of, or leaves off its statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.disbursement.cases import cases
from app.disbursement.holds import standing
from app.disbursement.tasks import tasks
from app.jobs.runtime import Runtime
from tests.factories import BANK, COMMUNE, POST, SEPTEMBER, House, in_cash, row
from tests.flows.test_real_channel import profile_of, real_house, run
from tests.support.channels import set_up_channel
from tests.support.mock_bank import MockBank, mock_bank, pseudo_iban
from tests.support.sshd import Sshd, sshd

OURS, OPEN, CLOSED = (pseudo_iban(number) for number in ("70012730001", "10000001", "10000002"))


def september_for_mock(house: House) -> None:
    """September stands released; accounts have the shape that this bank knows."""
    house.tamper(f"update contract set account = '{OURS}' where provider = '{BANK}'"
                 f" and unit_code = '{COMMUNE}' and programme = 'pension'")  # fmt: skip
    house.register(SEPTEMBER, row(1, account=OPEN), row(2, account=CLOSED), in_cash(3))
    house.on("2026-09-10")
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    house.release(house.build(SEPTEMBER))


pytestmark = [pytest.mark.flow, pytest.mark.stage(of=september_for_mock)]


@pytest.fixture(scope="module")
def server() -> Iterator[Sshd]:
    with sshd() as running:
        yield running


@pytest.fixture
def bank(server: Sshd) -> Iterator[MockBank]:
    with mock_bank(server, BANK, "2026-09-10T09:00") as running:
        yield running


def account(bank: MockBank, behaviour: str, **parameters: Any) -> None:
    """The unit's account at the bank, and one of a payee that is closed."""
    told = {"id": "UNIT", "iban": OURS, "name": "UBND", "currency": "VND", "balance": 10_000_000}
    bank.call("POST", "accounts", {**told, "behaviour": behaviour, "parameters": parameters})
    shut = {"id": "SHUT", "iban": CLOSED, "name": "NONG", "currency": "VND", "balance": 0}
    bank.call("POST", "accounts", {**shut, "behaviour": "closed-account"})


def sent(house: House, server: Sshd) -> Runtime:
    """The month's files are at the bank."""
    settings, runtime = real_house(house, server)
    set_up_channel(house, settings, BANK, "sftp", profile_of(server, BANK))
    set_up_channel(house, settings, POST, "hand")
    run(runtime, "send", house.later())
    return runtime


def states(house: House) -> list[str]:
    return [house.state(house.reference(number, SEPTEMBER)) for number in (1, 2)]


def test_a_closed_account_is_rejected_and_the_other_paid(
    house: House, server: Sshd, bank: MockBank
) -> None:
    account(bank, "accept")
    runtime = sent(house, server)
    bank.read_files()
    run(runtime, "collect", house.later())
    assert states(house)[1] == "rejected"  # by the status, AC04; the other waits for its booking
    bank.days(2)
    run(runtime, "collect", house.later())
    assert states(house) == ["settled", "rejected"]


def test_money_that_comes_back_is_returned(house: House, server: Sshd, bank: MockBank) -> None:
    reference = house.reference(1, SEPTEMBER)
    account(bank, "return-later", days=1, reason="MD07", end_to_end_id=reference)
    runtime = sent(house, server)
    bank.read_files()
    for _ in range(4):
        bank.days(1)
        run(runtime, "collect", house.later())
    assert states(house) == ["returned", "rejected"]


def test_what_a_silent_bank_refused_stays_open(house: House, server: Sshd, bank: MockBank) -> None:
    account(bank, "silent")
    runtime = sent(house, server)
    bank.read_files()
    bank.days(5)
    run(runtime, "collect", house.later())
    run(runtime, "send", house.later())
    waiting = [path for path in (server.root / BANK / "to-bank").iterdir() if path.is_file()]
    assert waiting == []  # no file was sent a second time
    # One is booked; that the other was rejected nobody said, so nobody guesses.
    assert states(house) == ["settled", "ready"]


def told_twice(house: House, runtime: Runtime) -> None:
    """The file that left goes out once more, as after a doubt that was none."""
    (name,) = house.rows(f"select b.file_name from batch b join contract c on c.id = b.contract_id"
                         f" where c.provider = '{BANK}'")[0]  # fmt: skip
    courier = runtime.connected().courier(BANK)
    courier.put(name, runtime.outbound / name)
    courier.close()


def test_a_repetition_is_refused_and_that_refuses_no_payment(
    house: House, server: Sshd, bank: MockBank
) -> None:
    account(bank, "accept")
    runtime = sent(house, server)
    bank.read_files()
    told_twice(house, runtime)
    bank.read_files()
    run(runtime, "collect", house.later())
    assert states(house)[0] != "rejected"  # DUPL proves that the first one came
    with house.database.view() as session:
        assert (cases(session), standing(session)) == ([], [])
    bank.days(2)
    run(runtime, "collect", house.later())
    assert states(house) == ["settled", "rejected"]


def test_a_statement_with_a_gap_is_kept_apart(house: House, server: Sshd, bank: MockBank) -> None:
    account(bank, "statement-gap")
    runtime = sent(house, server)
    bank.read_files()
    bank.days(2)
    run(runtime, "collect", house.later())
    why = "select why from inbound_file where state = 'quarantined' and name like '%-UNIT-%'"
    assert [one for (one,) in house.rows(why) if "không cân, số dư cuối lệch -500000" in one]
    # The bank's advice had settled what the statement leaves out; its day is not closed by that.
    assert states(house) == ["settled", "rejected"]
    with house.database.view() as session:
        waits = tasks(session, {}, house.clock.now())
        assert "-UNIT-" in next(one.about for one in waits if "không cân" in one.found)
