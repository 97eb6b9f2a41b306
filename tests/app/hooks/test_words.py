"""What calls may do to payments: as much as any word of a bank, and never more (P20, P21)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import permutations

import pytest
from sqlalchemy import select

from app.channels.inbound_tables import inbound_event
from app.disbursement import cases
from app.disbursement.evidence_tables import bank_case
from app.disbursement.originals import prove_originals
from app.disbursement.proofs import prove_everything
from app.disbursement.tables import hold
from bank_adapters.contract import ReportKind
from ledger.balances import account_balances
from tests.app.disbursement.evidence_office import back, debit
from tests.app.hooks.test_storm import SIZES, some_sent
from tests.factories import BANK, SEPTEMBER, House, report, row, september_sent
from tests.support.calling import Line, judged, line, may_call, receiving, ring, said
from tests.support.commands import ansinh, ansinh_json
from tests.support.providers import Providers

SENT = 500_000
ORDERS = list(permutations(("ACCC", "RJCT", "RTRN")))
PEOPLE = SIZES[2_000]
DOZEN = 12

pytestmark = pytest.mark.stage(of=some_sent)


@pytest.fixture
def bank(house: House) -> Iterator[Line]:
    may_call(house)
    with receiving(house) as port, line(port) as one:
        yield one


def tell(house: House, bank: Line, reference: str, status: str, **more: object) -> None:
    now = house.later()
    event = f"evt_{now:%d%H%M%S}"
    assert bank.send(ring(event, said(reference, status, **more), now)) == 200


def books(house: House) -> dict[str, int]:
    """What every kind of account holds."""
    found: dict[str, int] = {}
    with house.database.view() as session:
        for one in account_balances(session):
            found[one.kind] = found.get(one.kind, 0) + abs(one.balance)
    return found


def nothing_broken(house: House) -> None:
    with house.database.view() as session:
        assert [one for one in prove_everything(session) if not one.ok] == []


def payments(house: House) -> list[str]:
    """The references of the first dozen, by person."""
    return [house.reference(number, SEPTEMBER) for number in range(1, DOZEN + 1)]


def then_booked(house: House, references: list[str]) -> None:
    """The bank's account shows each of them leave and come back."""
    moved = [move(one) for one in references for move in (debit, back)]
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *moved))


def test_words_in_every_order(house: House, bank: Line) -> None:
    """P20: paid, refused, returned, in each of the six orders, then booked: the same books."""
    six = payments(house)[: len(ORDERS)]
    for step in range(3):
        for one, order in zip(six, ORDERS, strict=True):
            tell(house, bank, one, order[step])
    assert judged(house) == "conflict 6, credited 6"
    assert {house.state(one) for one in six} == {"settled"}
    assert books(house)["transit"] == PEOPLE * SENT
    then_booked(house, six)
    money = books(house)
    assert {house.state(one) for one in six} == {"returned"}
    assert (money["payable"], money["transit"], money.get("suspense", 0)) == (
        6 * SENT, (PEOPLE - 6) * SENT, 0,
    )  # fmt: skip
    assert set(house.rows(select(hold.c.scope))) == {("instruction",)}
    nothing_broken(house)


def test_words_in_files_of_their_own(house: House, bank: Line) -> None:
    """A refusal that was acted upon is not taken back by a call: the bank's money is followed."""
    six = payments(house)[: len(ORDERS)]
    for step in range(3):
        for one, order in zip(six, ORDERS, strict=True):
            tell(house, bank, one, order[step])
        judged(house)
    before = books(house)["bank"]
    then_booked(house, six)
    money = books(house)
    assert (money["bank"], money["payable"]) == (before, 6 * SENT)
    for one, order in zip(six, ORDERS, strict=True):
        refused_first = order.index("RJCT") < order.index("ACCC")
        assert house.state(one) == ("rejected" if refused_first else "returned")
    nothing_broken(house)


WRONG: list[tuple[str, dict[str, object]]] = [
    ("ACCC", {"amount": SENT + 1}),
    ("RJCT", {"amount": SENT - 1}),
    ("ACCC", {"account": "9999999999"}),
    ("RJCT", {"account": row(12).account}),
    ("PDNG", {"amount": "500000"}),
    ("ACCP", {"amount": SENT + 1, "account": "9999999999"}),
]


def test_another_amount_or_account_moves_nothing(house: House, bank: Line) -> None:
    """P21: a case and a hold on each one payment, however often it is said; the bank goes on."""
    all_of_them, before = payments(house), books(house)
    for number, (word, wrong) in enumerate(WRONG):
        for _ in range(5):
            told = {"account": row(number + 1).account, **wrong}
            tell(house, bank, all_of_them[number], word, **told)
    tell(house, bank, all_of_them[11], "ACCP", account=row(12).account)
    assert judged(house) == f"accepted 1, conflict {len(WRONG)}"
    assert {house.state(one) for one in all_of_them[:11]} == {"ready"}
    assert books(house) == before
    opened = house.rows(select(bank_case.c.kind, bank_case.c.state))
    assert opened == [("conflict", "open")] * len(WRONG)
    assert house.rows(select(hold.c.scope)) == [("instruction",)] * len(WRONG)
    nothing_broken(house)


def test_a_crowd_of_contradictions_holds_no_provider(
    house: House, bank: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "SINGLE_HOLDS_MOST", 3)
    for one in payments(house):
        tell(house, bank, one, "ACCC", amount=1)
    judged(house)
    assert house.rows(select(hold.c.scope)) == [("instruction",)] * DOZEN


def test_an_account_that_agrees_or_is_not_told(house: House, bank: Line) -> None:
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    account = row(1).account
    for told in ("", account, f" {account[:4]} {account[4:]}"):
        tell(house, bank, one, "ACCP", account=told, amount=None)
    tell(house, bank, two, "ACCP", account=f"******{row(2).account[-4:]}", amount=0)
    assert judged(house) == "accepted 2"
    assert house.rows(select(hold.c.id)) == []


def test_words_about_nobody_are_kept_and_noted(house: House, bank: Line) -> None:
    now = house.later()
    for number, body in enumerate((b"", b"{", b"[]", said("NOBODY", "ACCC"), said("", "RJCT"))):
        assert bank.send(ring(f"evt_{number}", body, now)) == 200
    assert judged(house) == ""
    assert house.verdicts() == ["noted"]
    (why,) = house.rows("select why from inbound_file where state = 'applied'")[0]
    assert (
        why
        == f"{BANK}/callback: 4 tin không nêu mã lệnh chi; {BANK}/callback: 3 tin không đọc được"
    )
    assert house.rows(select(hold.c.id)) == []


@pytest.mark.stage(of=september_sent)
def test_a_payment_of_another_provider_is_nobodys(house: House, bank: Line) -> None:
    one = house.reference(3, SEPTEMBER)
    tell(house, bank, one, "RJCT")
    judged(house)
    assert (house.verdicts(), house.state(one)) == (["noted"], "ready")


def test_what_is_in_the_database_can_be_proven_and_tells_nobody(house: House, bank: Line) -> None:
    """Every line stands in a file, and no account in a column."""
    tell(house, bank, house.reference(1, SEPTEMBER), "ACCC", account=row(1).account)
    judged(house)
    adapters = Providers(house.home).adapters
    with house.database.view() as session:
        assert prove_originals(session, house.runtime.inbound, adapters).ok
    kept = house.rows(select(inbound_event))[0]
    text = "|".join(one.hex() if isinstance(one, bytes) else str(one) for one in kept)
    assert row(1).account not in text
    assert row(1).account.encode().hex() not in text
    (stored,) = [one for one in house.runtime.inbound.rglob("*") if one.is_file()]
    assert json.loads(stored.read_text().splitlines()[1])["account"] == row(1).account


def test_what_came_is_told_by_day(house: House, bank: Line) -> None:
    tell(house, bank, house.reference(1, SEPTEMBER), "ACCC")
    tell(house, bank, house.reference(2, SEPTEMBER), "ACCC")
    day = house.clock.now().date().isoformat()
    told = {"provider": BANK, "day": day, "events": 2, "packed": 0, "waiting": 2}
    assert ansinh_json(house, "bank", "events") == {"events": [told]}
    judged(house)
    assert f"{BANK}  {day}  2 tin, 0 chưa vào tệp" in ansinh(house, "bank", "events").output
    assert "Chưa có" in ansinh(house, "bank", "events", "--provider", "x").output
