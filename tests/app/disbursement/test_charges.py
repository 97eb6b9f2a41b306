"""What a contract lets a bank keep of returns or take as a fee: agreed by two, to the đồng, once.

Person 1 and 2 were sent 500.000 đồng each through the bank, person 3 the same in cash.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from app import schema
from app.disbursement.charge_tables import contract_charge
from app.disbursement.charges import Charge, agree
from app.disbursement.fees import Fee, FeeLine, fee_of, placed
from app.disbursement.paid import kept_in, paid_in, reported_balances
from app.errors import Forbidden, InputError, NotFound
from app.units.tables import contract
from bank_adapters.contract import ReportKind
from reconciliation import closing
from tests.app.disbursement.evidence_office import back, debit, two
from tests.factories import BANK, SEPTEMBER, House, booked, report, september_sent
from tests.support.commands import asked
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)

SENT, KEPT, DAY, NEXT = 500_000, 3_300, "2026-09-10", "2026-09-11"


def number_of(house: House) -> str:
    return str(house.ask(f"select number from contract where account = '{house.account(BANK)}'"))


def agreed(house: House, kind: str = "return", amount: int = KEPT, **more: Any) -> int:
    """Two finance officers record a charge of the bank's contract."""
    signers = two(house)
    values = {"is_borne": False, "valid_from": date(2026, 9, 1), "source": "phụ lục 2", **more}
    with house.work() as session:
        one = Charge(number_of(house), kind, amount, **values)
        return agree(session, house.keyring, signers, one, house.clock.now())


def comes(house: House, *lines: Any, **more: Any) -> None:
    kind = ReportKind.STATEMENT if more else ReportKind.ADVICE
    house.receives(BANK, report(kind, house.account(BANK), *lines, **more))


@pytest.mark.parametrize(("borne", "kind", "verdict"), [
    (False, "claim", "returned_claimed"), (True, "fee", "returned_borne"),
])  # fmt: skip
def test_a_return_less_the_agreed_charge(
    house: House, borne: bool, kind: str, verdict: str
) -> None:
    """T12: the obligation is whole again, the charge a claim or ours; books = bank."""
    one, other = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    agreed(house, is_borne=borne)
    came = replace(back(one, SENT - KEPT), charge=KEPT)
    comes(house, debit(one), debit(other), came, back(other, SENT - KEPT),
          opening=2 * SENT, closing=2 * (SENT - KEPT))  # fmt: skip
    assert house.verdicts() == ["settled", "settled", verdict, verdict]
    assert [house.state(one), house.state(other)] == ["returned", "returned"]
    found = balances(house)
    assert (found["payable"], found[kind]) == (2 * SENT, 2 * KEPT)
    if not borne:
        assert house.rows("select kind, amount, owner from suspense_item") == [
            ("charge", -2 * KEPT, "finance")
        ]
        comes(house, booked("", 2 * KEPT, NEXT, bank_reference="H", remittance="HOAN PHI"))
        assert (house.verdicts()[4], balances(house)["claim"]) == ("fee_back", 0)
    nothing_broken(house)
    if borne:
        closes(house)


def closes(house: House) -> None:
    """The month closes with what the bank kept among its fees."""
    with house.work() as session:
        paid, kept = paid_in(session, SEPTEMBER), kept_in(session, SEPTEMBER)
        reported = reported_balances(session, date(2026, 9, 30))
        cells = closing.compute(session, SEPTEMBER, paid, reported, kept)
    (cell,) = [one for place, one in cells.items() if place.provider == BANK]
    assert cell.closes, cell
    assert (cell.credited, cell.fees_and_not_ours_out) == (0, 2 * KEPT)


@pytest.mark.parametrize(("came", "stated", "since"), [
    (SENT - KEPT - 1, 0, 1), (SENT - KEPT + 1, 0, 1), (SENT - KEPT, KEPT + 1, 1),
    (SENT - KEPT, 0, 12),
])  # fmt: skip
def test_any_other_difference_waits_in_suspense(
    house: House, came: int, stated: int, since: int
) -> None:
    """T13: one đồng more or less, another charge than stated, a day before it holds."""
    one = house.reference(1, SEPTEMBER)
    agreed(house, valid_from=date(2026, 9, since))
    comes(house, debit(one), replace(back(one, came), charge=stated))
    assert (house.verdicts(), house.state(one)) == (["settled", "credit_unknown"], "settled")
    nothing_broken(house)


def test_the_newest_row_that_holds_counts(house: House) -> None:
    """A later agreement replaces an earlier one, and an amount of 0 ends it."""
    one, other = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    agreed(house, amount=1_000)
    agreed(house)
    comes(house, debit(one), debit(other), back(one, SENT - 1_000))
    assert house.verdicts()[2] == "credit_unknown"
    comes(house, back(one, SENT - KEPT, key="R2"))
    assert house.verdicts()[3] == "returned_claimed"
    agreed(house, amount=0, valid_from=date(2026, 9, 2))
    comes(house, back(other, SENT - KEPT))
    assert house.verdicts()[4] == "credit_unknown"
    nothing_broken(house)


def fee(amount: int, key: str, day: str = DAY) -> Any:
    return booked("", -amount, day, bank_reference=key, remittance="PHI DICH VU")


def test_a_fee_as_agreed_is_ours_once_a_month(house: House) -> None:
    """T15, C9: the second of the month, and one of another amount, are claims."""
    agreed(house, "month", 11_000, is_borne=True)
    comes(house, fee(11_000, "F1"), fee(11_000, "F2"), fee(11_001, "F3"))
    assert house.verdicts() == ["fee_month", "fee", "fee"]
    found = balances(house)
    assert (found["fee"], found["claim"]) == (11_000, 22_001)
    comes(house, fee(11_000, "F4"), fee(11_000, "F5", "2026-10-02"))
    assert house.verdicts()[3:] == ["fee", "fee_month"]
    nothing_broken(house)


def test_a_fee_by_the_batch_is_computed_from_the_contract(house: House) -> None:
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        connection.execute(contract.update().values(fee_per_ten_thousand=22))
        schema.install_rules(connection)
    amount = fee_of(2 * SENT, 22)
    assert (amount, fee_of(10_000, 5), fee_of(999, 5)) == (2_200, 5, 0)
    comes(house, fee(amount, "F0"))
    agreed(house, "batch", 0, is_borne=True)
    comes(house, fee(amount, "F1"), fee(amount, "F2"))
    assert house.verdicts() == ["fee", "fee_batch", "fee"]
    nothing_broken(house)


@pytest.mark.parametrize("change", [
    {"kind": "year"}, {"amount": 1_000_001}, {"source": " "}, {"kind": "month"},
    {"kind": "batch", "is_borne": True},
])  # fmt: skip
def test_what_cannot_be_agreed(house: House, change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        agreed(house, **change)
    assert house.count(contract_charge) == 0


def test_on_the_command_line(house: House) -> None:
    """Two finance officers, a contract that is there; and the database asks for the two as well."""
    house.tamper(f"insert into installation values ('clock', '{house.clock.now().isoformat()}')")
    words = ["bank", "charge", "add", number_of(house), "return", "--amount", KEPT, "--from",
             DAY, "--source", "phụ lục 2"]  # fmt: skip

    def by(*names: str) -> list[str]:
        return [word for name in names for word in ("--officer", name, "--code", house.code())]

    with pytest.raises(Forbidden):
        asked(house, *words, *by("finance.one", "checker.all"))
    with pytest.raises(NotFound):
        asked(house, *words[:3], "KHÔNG CÓ", *words[4:], *by("finance.one", "finance.two"))
    asked(house, *words, *by("finance.one", "finance.two"))
    (found,) = asked(house, "bank", "charge", "list")
    assert (found["kind"], found["amount"], found["is_borne"]) == ("return", KEPT, 0)
    with pytest.raises(DBAPIError):
        house.tamper(
            "insert into contract_charge (contract_id, kind, amount, is_borne, valid_from, source,"
            " joint_id, recorded_at) select contract_id, 'month', 5, 1, valid_from, source, 99,"
            " recorded_at from contract_charge"
        )


_DAYS = st.dates(date(2026, 9, 1), date(2026, 9, 9))
_AMOUNTS = st.integers(1, 3)


@given(
    lines=st.lists(st.tuples(_AMOUNTS, _DAYS), max_size=6),
    fees=st.lists(st.tuples(_AMOUNTS, _DAYS), max_size=6),
    order=st.randoms(use_true_random=False),
)
def test_fees_are_placed_once_whatever_the_order(
    lines: list[tuple[int, date]], fees: list[tuple[int, date]], order: Any
) -> None:
    """Each line and each fee once, equal to the đồng, and the order they come in says nothing."""
    told = [FeeLine(number, *one) for number, one in enumerate(lines)]
    owed = [Fee("fee_batch", number, amount, day, date(2026, 9, 30))
            for number, (amount, day) in enumerate(fees)]  # fmt: skip
    found = placed(told, owed)
    assert len(set(found.values())) == len(found)
    assert all(found[one.line].amount == one.amount for one in told if one.line in found)
    assert all(found[one.line].since <= one.day for one in told if one.line in found)
    shuffled = list(told)
    order.shuffle(shuffled)
    order.shuffle(owed)
    assert placed(shuffled, owed) == found
