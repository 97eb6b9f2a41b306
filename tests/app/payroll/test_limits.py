"""Limits of a line and of a day: with the figures, by two persons, and by the rows."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError

from app.access.together import Signer
from app.errors import InputError, NotFound, Refused
from app.payroll.limit_tables import ACCOUNT_DAY, LINE_MONTH, payment_limit
from app.payroll.limits import Limit, set_limit
from tests.factories import BANK, SEPTEMBER, House, row, september_listed
from tests.support.province import PENSION

FIRST = date(2026, 8, 21)


def limited(
    house: House, measure: str, scope: str, amount: int, since: date = FIRST, reason: str = "CV 1"
) -> int:
    now = house.later()
    pair = [Signer(house.officer(name), house.code()) for name in ("finance.one", "finance.two")]
    with house.work() as session:
        limit = Limit(measure, scope, since, amount, reason)
        return set_limit(session, house.keyring, pair, limit, now)


@pytest.mark.stage(of=september_listed)
def test_a_line_above_the_limit_is_not_submitted(house: House) -> None:
    """One đồng too much stops the list with the figures; the newest limit of the narrower scope
    counts."""
    drafts = house.payrolls(SEPTEMBER, "draft")
    house.on("2026-08-21")
    limited(house, LINE_MONTH, "", 1)
    limited(house, LINE_MONTH, PENSION, 499_999)
    said = r"dòng 1: 500\.000\s₫ vượt hạn mức 499\.999\s₫ một tháng \(1 tháng\)"
    with pytest.raises(Refused, match=said):
        house.submit(drafts)
    limited(house, LINE_MONTH, PENSION, 500_000)
    house.submit(drafts)


def test_arrears_bring_the_limit_once_more_for_each_month(house: House) -> None:
    """A month of arrears and the month itself: twice the level, and not a đồng more."""
    house.on("2026-08-21")
    house.register("2026-08", row(2))
    house.list_month("2026-08")
    house.register(SEPTEMBER, row(1, start_period="2026-08"), row(2))
    drafts = house.list_month(SEPTEMBER)
    assert max(one[0] for one in house.lines_of(drafts[-1])) == 2 * 500_000
    limited(house, LINE_MONTH, PENSION, 499_999)
    with pytest.raises(Refused, match=r"1\.000\.000\s₫ vượt hạn mức .* \(2 tháng\)"):
        house.submit(drafts)
    limited(house, LINE_MONTH, PENSION, 500_000)
    house.submit(drafts)


@pytest.mark.stage(of=september_listed)
def test_a_day_of_an_account_is_not_released_beyond_its_limit(house: House) -> None:
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    bank, cash = house.build(SEPTEMBER, date(2026, 9, 10))
    limited(house, ACCOUNT_DAY, BANK, 999_999)
    said = r"đã giải ngân 0\s₫, thêm 1\.000\.000\s₫ là vượt hạn mức 999\.999\s₫ một ngày"
    with pytest.raises(Refused, match=said):
        house.release([bank, cash])
    limited(house, ACCOUNT_DAY, BANK, 1_000_000)
    assert house.release([bank, cash]) == 2


def test_what_cannot_be_a_limit(house: House) -> None:
    house.on("2026-08-21")
    for amount, since, reason in ((0, FIRST, "r"), (1, date(2026, 8, 20), "r"), (1, FIRST, " ")):
        with pytest.raises(InputError):
            limited(house, LINE_MONTH, PENSION, amount, since, reason)
    with pytest.raises(NotFound):
        limited(house, ACCOUNT_DAY, PENSION, 1)
    assert house.count(payment_limit) == 0


def test_nobody_sets_a_limit_by_hand(house: House) -> None:
    limited(house, LINE_MONTH, PENSION, 500_000)
    columns = "measure, scope, from_day, amount, reason, joint_id, recorded_at"
    forged = [
        f"insert into payment_limit ({columns}) select 'account_day', '', from_day, 1, 'r', 1,"
        " recorded_at from payment_limit",
        f"insert into payment_limit ({columns}) select {columns} from payment_limit",
        "update payment_limit set amount = 1",
        "delete from payment_limit",
    ]
    for statement in forged:
        with pytest.raises(DBAPIError):
            house.tamper(statement)
