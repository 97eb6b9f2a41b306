"""What a line may be: ranked, with the reasons in words; nothing is written, officers decide.

Person 1 and 2 were sent 500.000 đồng each through the bank, person 3 the same in cash.
"""

from __future__ import annotations

import pytest

from app.disbursement.workbench.suggesting import Suggestion, is_nearly, suggest
from app.errors import Refused
from tests.app.disbursement.test_charges import agreed
from tests.factories import SEPTEMBER, House, booked, row, september_sent
from tests.reconciliation.desk import DAY, NEXT, SENT, bare, came, match
from tests.support.commands import asked

pytestmark = pytest.mark.stage(of=september_sent)


def told(house: House, line: int) -> list[Suggestion]:
    with house.database.view() as session:
        return suggest(session, line)


def test_nearly_our_reference() -> None:
    assert is_nearly("CT ABCDEFGHJKMN2345 X", "ABCDEFGHJKMN2346")
    assert is_nearly("ABCDEFGHJKMN234", "ABCDEFGHJKMN2346")
    assert not is_nearly("ABCDEFGHJK 234567", "ABCDEFGHJKMN2346")


def test_the_likeliest_comes_first(house: House) -> None:
    """Both have the amount; one's reference is nearly there, the other's payee is named so."""
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    wrong = one[:-1] + ("2" if one[-1] != "2" else "3")
    line = came(house, bare(remittance=f"CHI TRO CAP {wrong}", counterparty=row(2).holder_name))
    first, second = told(house, line)
    assert (first.parts, second.parts) == (((one, SENT),), ((two, SENT),))
    assert "nội dung có mã gần giống mã lệnh" in first.why
    assert any("chỉ để tham khảo" in why for why in second.why)
    assert house.state(one) == "ready"
    shown = asked(house, "recon", "suggest", line)
    assert shown[0]["parts"] == [[one, SENT]]


def test_sums_of_one_batch_and_a_fee(house: House) -> None:
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    agreed(house, "month", 11_000, is_borne=True)
    _, odd, both, fee, with_fee = (
        came(house, bare(amount, f"FT-{amount}"))
        for amount in (3 * SENT, -SENT + 1, -2 * SENT - 11_000, -11_000, -SENT - 11_000)
    )
    assert told(house, odd) == []
    ((*parts, fees),) = (each.parts for each in told(house, both))
    assert (sorted(parts), fees) == (sorted([(one, SENT), (two, SENT)]), ("fee:month", 11_000))
    assert [each.parts for each in told(house, fee)] == [(("fee:month", 11_000),)]
    assert {each.parts for each in told(house, with_fee)} == {
        ((each, SENT), ("fee:month", 11_000)) for each in (one, two)
    }


def test_a_whole_batch(house: House) -> None:
    line = came(house, bare(-2 * SENT))
    (only,) = told(house, line)
    assert {word for word, _ in only.parts} == {house.reference(n, SEPTEMBER) for n in (1, 2)}
    match(house, line, *only.parts)
    with pytest.raises(Refused, match="đã làm rõ"):
        told(house, line)


def test_returns_and_claims(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    came(house, booked(one, -SENT, DAY))
    fee = came(house, bare(-5_500, remittance="thu phi quan ly"))
    back, refund = came(house, bare(SENT, "A", NEXT)), came(house, bare(5_500, "B", NEXT))
    assert [each.parts for each in told(house, back)] == [((one, SENT),)]
    assert "chỉ một lệnh có số tiền này" in told(house, back)[0].why
    assert [each.parts for each in told(house, refund)] == [((f"claim:{fee}", 5_500),)]
    assert house.ask("select count(*) from line_proposal") == 0
