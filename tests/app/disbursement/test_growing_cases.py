"""Words against what is known: one case about one payment, which grows; a crowd is one hold."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from app.disbursement.cases import joined
from bank_adapters.contract import ReportKind
from tests.app.disbursement.evidence_office import (
    AGAIN,
    debit,
    said,
)
from tests.factories import (
    BANK,
    SEPTEMBER,
    House,
    report,
    september_sent,
    status,
)
from tests.support.standing import nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)
SENT = 500_000


def held(house: House) -> list[tuple[str, str]]:
    return house.rows("select scope, key from hold where cleared_at is null order by id")


def test_a_case_grows_while_it_is_open(house: House) -> None:
    """Refused, refused for another reason, called executed, then booked: one case, one hold, and
    what is listed in its place does not leave."""
    one = house.reference(1, SEPTEMBER)
    for code, reason in (("RJCT", "AC04"), ("RJCT", "AC01"), ("ACCC", "")):
        house.receives(BANK, report(ReportKind.STATUS, "", status(one, code, reason)))
    said(house, one, "booked_debit")
    assert house.rows("select kind, state from bank_case") == [("conflict", "open")]
    assert house.rows("select kind from bank_case_line order by bank_line_id") == [
        ("conflict",), ("late_settlement",),
    ]  # fmt: skip
    assert held(house) == [("instruction", "1")]
    with house.database.view() as session:
        assert [one.kind for one in joined(session, [1])[1]] == ["conflict", "late_settlement"]
    for name in ("finance.one", "finance.two"):
        house.clear_hold(1, name)
    said(house, one, "ACSC")  # people let it go, and the bank says it once more
    assert held(house) == [("instruction", "1")]
    assert house.ask("select count(*) from hold") == 2
    nothing_broken(house)


def test_a_case_grows_by_its_own_payment_only(house: House) -> None:
    """By direct SQL, with the owner's rights: a line of another payment, and to a closed case."""
    for number in (1, 2):
        said(house, house.reference(number, SEPTEMBER), AGAIN)
    other = (
        "insert into bank_case_line (case_id, bank_line_id, kind, why, hold_id, added_at)"
        " select 1, bank_line_id, 'conflict', 'w', hold_id, opened_at from bank_case where id = 2"
    )
    with pytest.raises(DBAPIError, match="the payment of an open case"):
        house.tamper(other)


def test_a_crowd_of_contradictions_is_one_hold(house: House) -> None:
    """A thousand debits nobody ordered: one hold, and each line has its place."""
    lines = [debit(f"ZZZZZZZZZZZZZ{number:03}", amount=-1) for number in range(100, 130)]
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *lines))
    assert held(house) == [("provider", BANK)]
    assert "30 dòng" in house.ask("select reason from hold")
    assert house.ask("select count(*) from suspense_item") == 30
