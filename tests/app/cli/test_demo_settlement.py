"""The demo's settlement day, and what it proves of its months: what does not add up is told."""

from __future__ import annotations

from datetime import date

import pytest

from app.cli.demo.explained import happenings, prove_closed_months, prove_explained
from app.cli.demo.settlement import prove_settlements, settle_providers, settled
from app.errors import Refused
from app.jobs.month_end import close_month
from bank_adapters.contract import LineKind, ReportKind
from ledger.chart import Cell
from ledger.journal import EntryDraft, post
from tests.factories import (
    BANK,
    COMMUNE,
    PENSION,
    POST,
    SEPTEMBER,
    House,
    booked,
    listed,
    report,
    september_sent,
)

STAGE = pytest.mark.stage(of=september_sent)


def answered(house: House, *more: int) -> None:
    """The bank has paid both, the post office has handed out the cash; `more` are stray credits."""
    sent = [house.reference(number, SEPTEMBER) for number in (1, 2, 3)]
    lines = [booked(one, -500_000, "2026-09-10") for one in sent[:2]]
    lines += [booked("", amount, "2026-09-11") for amount in more]
    stated = {"opening": 1_000_000, "closing": sum(more), "to_day": date(2026, 9, 18)}
    house.receives(BANK, report(ReportKind.STATEMENT, house.account(BANK), *lines, **stated))
    cash = listed(LineKind.PAID_CASH, sent[2], 500_000, "2026-09-12", voucher="BD1")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), cash))
    house.on("2026-09-19", "20:45")


@STAGE
def test_what_is_still_on_its_way_is_not_settled(house: House) -> None:
    house.on("2026-09-19", "20:45")
    with pytest.raises(Refused, match=f"2 ô chưa quyết toán.*{COMMUNE}/pension/banka"):
        settle_providers(house.runtime, SEPTEMBER)
    assert settled(house.home, SEPTEMBER) == {}
    assert prove_settlements(house.home, [SEPTEMBER]).ok is False


@STAGE
def test_each_provider_is_settled_with_a_difference_of_0(house: House) -> None:
    answered(house, 20_000)
    assert settle_providers(house.runtime, SEPTEMBER) == "2 cells of 2 providers settled"
    found = settled(house.home, SEPTEMBER)
    assert {name: row["difference"] for name, row in found.items()} == {BANK: 0, POST: 0}
    assert (found[BANK]["funding"], found[BANK]["credited"], found[BANK]["suspense"]) == (
        1_000_000, 1_000_000, 20_000,
    )  # fmt: skip
    assert found[POST]["cash_paid"] == 500_000
    assert prove_settlements(house.home, [SEPTEMBER]).ok
    assert prove_settlements(house.home, [SEPTEMBER, "2026-10"]).ok is False


@STAGE
def test_money_that_no_statement_knows_is_not_settled(house: House) -> None:
    answered(house)
    cell, day = Cell("local", PENSION, COMMUNE, BANK), date(2026, 9, 15)
    draft = EntryDraft("made-up", "fund_bank", cell, day, house.later(), "nobody")
    with house.work() as session:
        post(session, draft, 5_000)
    with pytest.raises(Refused, match="1 ô chưa quyết toán"):
        settle_providers(house.runtime, SEPTEMBER)


@STAGE
def test_suspense_is_explained_by_lines_with_an_owner(house: House) -> None:
    answered(house, 20_000, 30_000)
    with house.database.view() as session:
        found = prove_explained(session)
    assert (found.ok, found.figures["suspense"], found.figures["lines"]) == (True, 50_000, 2)
    cell, day = Cell("local", PENSION, COMMUNE, BANK), date(2026, 9, 15)
    draft = EntryDraft("made-up", "park_credit", cell, day, house.later(), "nobody")
    with house.work() as session:
        post(session, draft, 7_000, credit_item=77)
    with house.database.view() as session:
        found = prove_explained(session)
    assert (found.ok, found.figures["wrong"]) == (False, [f"{COMMUNE}/pension/banka suspense"])


@STAGE
def test_a_closed_month_is_as_it_was_closed(house: House) -> None:
    answered(house)
    with house.database.view() as session:
        assert prove_closed_months(session, [SEPTEMBER]).ok is False
    house.on("2026-09-30", "19:00")
    close_month(house.runtime, SEPTEMBER)
    late = booked(house.reference(1, SEPTEMBER), 500_000, "2026-09-29", is_return=True)
    house.on("2026-10-02")
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), late))
    with house.database.view() as session:
        assert prove_closed_months(session, [SEPTEMBER]).ok
        assert happenings(session, [SEPTEMBER])["late_returns"] == 1
