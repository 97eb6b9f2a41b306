"""Days and months: closed when books and statement are one, and then for ever."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Table, insert, select
from sqlalchemy.exc import DBAPIError

from app.access.together import Signer
from app.disbursement.settling import months
from app.disbursement.settling.bank_days import ClosedDays, DayDraft, close_days, day_drafts
from app.disbursement.settling.statements_due import late, owed
from app.disbursement.settling.tables import month_close
from app.disbursement.tables import outcome
from app.disbursement.tasks import tasks
from app.errors import Conflict, Forbidden, NotFound, Refused
from app.jobs.month_end import close_month
from app.units.tables import contract
from bank_adapters.contract import ReportKind
from ledger.balances import cell_balances
from reconciliation.closed_days import bank_day
from reconciliation.tables import bank_line, inbound_file
from tests.app.disbursement.test_settling import settle
from tests.app.disbursement.test_settling import shown as settlement
from tests.app.disbursement.year_end_office import AT_BANK, TWO, autumn_paid, broken, signers
from tests.factories import (
    BANK,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    booked,
    report,
    september_sent,
)

TENTH, ELEVENTH = date(2026, 9, 10), date(2026, 9, 11)


def september_stated(house: House) -> None:
    """September's statement of the 10th and 11th is here; it is the evening of the 18th."""
    autumn_paid(house)
    house.on("2026-09-18", "17:00")


def days(house: House, day: date) -> list[DayDraft]:
    with house.work() as session:
        return day_drafts(session, day, house.clock.now())


def close(house: House, day: date, who: str = "finance.one") -> ClosedDays:
    house.later()
    one = Signer(house.officer(who), house.code())
    with house.work() as session:
        return close_days(session, house.keyring, one, day, house.clock.now())


def refused(house: House, table: Table, values: dict[str, Any], why: str) -> None:
    with pytest.raises(DBAPIError, match=why), house.owner.engine.begin() as connection:
        connection.execute(insert(table).values(values))


@pytest.mark.stage(of=september_sent)
def test_money_that_came_back_before_its_debit_leaves_no_difference(house: House) -> None:
    """It waited as money of unknown origin; since the debit is here it counts with the payment."""
    one, two = (house.reference(number, SEPTEMBER) for number in (1, 2))
    account, came = house.account(BANK), booked(one, 500_000, "2026-09-10", is_return=True)
    went = [booked(name, -500_000, "2026-09-11") for name in (one, two)]
    tenth = report(ReportKind.STATEMENT, account, came, opening=1_000_000, closing=1_500_000)
    house.receives(BANK, tenth)
    eleventh = report(ReportKind.STATEMENT, account, *went, opening=1_500_000, closing=500_000)
    house.receives(BANK, eleventh)
    house.on("2026-09-12")
    close(house, ELEVENTH)
    found = settlement(house, provider=BANK).figures
    assert (found.received, found.other_in, found.credited) == (1_000_000, 0, 500_000)
    assert (found.unspent, found.suspense, found.difference) == (500_000, 0, 0)


@pytest.mark.stage(of=september_stated)
def test_a_day_closes_when_books_are_the_statement(house: House) -> None:
    (one,) = days(house, ELEVENTH)
    assert (one.opening, one.came, one.went, one.balance) == (
        1_000_000,
        500_000,
        1_000_000,
        500_000,
    )
    assert (one.lines, one.books, one.missing) == (3, 500_000, ())
    assert len(close(house, ELEVENTH).closed) == 1
    assert broken(house) == {}
    with pytest.raises(NotFound, match="chưa khóa"):
        close(house, ELEVENTH)
    for who in ("auditor", "maker.01273"):
        with pytest.raises(Forbidden):
            close(house, ELEVENTH, who)


@pytest.mark.stage(of=september_sent)
def test_a_day_without_its_statement_stays_open_and_is_a_task(house: House) -> None:
    """The order was for the 10th: from the 11th on its statement is late."""
    house.on("2026-09-11", "09:00")
    with house.work() as session:
        (one,) = late(session, house.clock.now())
        told = [each for each in tasks(session, {}, house.clock.now()) if "sổ phụ" in each.found]
    assert (one.provider, one.day) == (BANK, TENTH)
    assert one.account not in one.about
    assert [each.owner for each in told] == ["Cán bộ tài chính"]
    with pytest.raises(Refused, match="chưa có sổ phụ đến ngày 10/09/2026"):
        close(house, TENTH)
    house.on("2026-09-30", "19:00")
    with pytest.raises(Refused, match="chưa có sổ phụ"):
        close_month(house.runtime, SEPTEMBER)


@pytest.mark.stage(of=september_stated)
def test_a_gap_between_statements_closes_nothing(house: House) -> None:
    account = house.account(BANK)
    for number, day in (("5", "2026-09-14"), ("8", "2026-09-17")):
        lines = (booked("X", 1, day), booked("X", -1, day))
        stated = report(ReportKind.STATEMENT, account, *lines, opening=500_000, closing=500_000,
                        sequence=number)  # fmt: skip
        house.receives(BANK, stated)
    with house.work() as session:
        assert [one.what for one in owed(session, date(2026, 9, 17))] == ["thiếu sổ phụ 6 đến 7"]
    with pytest.raises(Refused, match="thiếu sổ phụ 6 đến 7"):
        close(house, date(2026, 9, 17))


@pytest.mark.stage(of=september_stated)
def test_money_of_unknown_origin_is_judged_and_does_not_stop_a_day(house: House) -> None:
    stray = booked("X", 7, "2026-09-14")
    told = report(
        ReportKind.STATEMENT, house.account(BANK), stray, opening=500_000, closing=500_007
    )
    house.receives(BANK, told)
    (one,) = days(house, date(2026, 9, 14))
    assert (one.books, one.stated, one.missing) == (500_007, 500_007, ())
    with house.work() as session:
        held = cell_balances(session, ("suspense",), AT_BANK)["suspense"]
    assert held == 7
    assert len(close(house, date(2026, 9, 14)).closed) == 1


@pytest.mark.stage(of=september_stated)
def test_what_comes_for_a_closed_day_is_kept_apart(house: House) -> None:
    """A statement that now says otherwise contradicts the one that was taken for final."""
    close(house, ELEVENTH)
    doctored = report(ReportKind.ADVICE, house.account(BANK),
                      booked("FEE", -5_000, "2026-09-11"))  # fmt: skip
    assert house.receives(BANK, doctored) == {"quarantined": 1}
    why = house.ask(select(inbound_file.c.why).order_by(inbound_file.c.id.desc()))
    assert "ngày đã khóa, đến 11/09/2026" in why
    later = report(ReportKind.ADVICE, house.account(BANK),
                   booked("FEE", -5_000, "2026-09-14"))  # fmt: skip
    assert "quarantined" not in house.receives(BANK, later)


@pytest.mark.stage(of=september_stated)
def test_the_database_keeps_closed_days(house: House) -> None:
    close(house, ELEVENTH)
    with house.database.view() as session:
        line = dict(session.execute(select(bank_line).limit(1)).one()._mapping)
        ended = dict(session.execute(select(outcome).where(outcome.c.state == "settled")
                                     .limit(1)).one()._mapping)  # fmt: skip
        closed = dict(session.execute(select(bank_day)).one()._mapping)
    with house.owner.engine.begin() as connection:
        file = {"id": 99, "provider": BANK, "name": "n", "sha256": "s", "size_bytes": 1, "why": "",
                "received_at": house.clock.now(), "state": "received"}  # fmt: skip
        connection.execute(insert(inbound_file).values(file))
    new = {**line, "id": 999, "entry_key": "new", "file_id": 99}
    refused(house, bank_line, new, "the day is closed for this account")
    again = {**ended, "id": 999, "bank_line_id": None, "report_id": 1, "state": "returned"}
    refused(house, outcome, again, "closed for this account|is not evidence|does not refuse")
    for changes, why in (
        ({"day": date(2026, 9, 12), "since": date(2026, 9, 12), "opening": 500_000, "came": 0,
          "went": 0}, "a statement of the day"),
        ({"day": date(2026, 9, 12), "since": date(2026, 9, 11)}, "bank_day"),
        ({"day": date(2026, 9, 12), "came": 1}, "bank_day"),
    ):  # fmt: skip
        refused(house, bank_day, {**closed, **changes}, why)
    for wrong in ("update bank_day set balance = 0", "delete from bank_day"):
        with pytest.raises(DBAPIError, match="append-only"):
            house.tamper(wrong)


def shown(house: House, period: str = SEPTEMBER) -> str:
    with house.work() as session:
        return months.digest_of(period, months.computed(session, period))


@pytest.mark.stage(of=september_stated)
def test_two_close_a_month_when_everything_is_settled(house: House) -> None:
    house.on("2026-09-30", "19:00")
    with house.work() as session:
        wrong = months.obstacles(session, SEPTEMBER, house.clock.now())
    assert any("chưa khóa ngày 11/09/2026" in one for one in wrong)
    assert sum("chưa quyết toán" in one for one in wrong) == 2
    with pytest.raises(Refused, match="chưa khóa ngày"):
        close_month(house.runtime, SEPTEMBER, signers(house), shown(house))
    close(house, ELEVENTH)
    for code in (POST, BANK):
        settle(house, where=(contract.c.provider == code,))
    for names in (("finance.one", "finance.one"), ("finance.one",)):
        with pytest.raises(Refused, match="hai người"):
            close_month(house.runtime, SEPTEMBER, signers(house, names), shown(house))
    with pytest.raises(Conflict, match="Mã nội dung"):
        close_month(house.runtime, SEPTEMBER, signers(house), "0" * 64)
    close_month(house.runtime, SEPTEMBER, signers(house, TWO), shown(house))
    assert house.count(month_close) == 1
    assert broken(house) == {}
    forged = {"period": OCTOBER, "cells": 1, "digest": "d", "joint_id": 1,
              "closed_at": house.clock.now()}  # fmt: skip
    refused(house, month_close, forged, "two officers confirm it")
    house.on("2026-10-31", "19:00")
    with pytest.raises(DBAPIError, match="two officers close a month"):
        close_month(house.runtime, OCTOBER)


@pytest.mark.stage(of=september_stated)
def test_a_late_return_of_a_closed_month_is_octobers(house: House) -> None:
    """1 was paid in September, which is closed; in October his money comes back."""
    house.on("2026-09-30", "19:00")
    close(house, ELEVENTH)
    settle(house, where=(contract.c.provider.in_((POST, BANK)),))
    close_month(house.runtime, SEPTEMBER, signers(house), shown(house))
    before = house.rows("select * from closing order by unit, provider")
    settled = house.rows("select * from provider_settlement order by id")
    house.on("2026-10-05")
    one = house.reference(1, SEPTEMBER)
    back = booked(one, 500_000, "2026-10-05", is_return=True)
    house.receives(BANK, report(ReportKind.STATEMENT, house.account(BANK), back,
                                opening=500_000, closing=1_000_000))  # fmt: skip
    assert house.state(one) == "returned"
    assert house.rows("select * from closing order by unit, provider") == before
    assert house.rows("select * from provider_settlement order by id") == settled
    close(house, date(2026, 10, 5))
    assert broken(house) == {}
    with house.work() as session:
        owing = cell_balances(session, ("payable", "bank"), AT_BANK)
    assert owing["bank"] == -1_000_000


SATURDAY, SUNDAY, MONDAY = "2026-09-12", "2026-09-13", "2026-09-14"


def stated(house: House, number: str, opening: int, *lines: Any) -> dict[str, int]:
    """One statement of the account with a bank; its lines make its closing."""
    closing = opening + sum(one.amount for one in lines)
    told = report(ReportKind.STATEMENT, house.account(BANK), *lines, opening=opening,
                  closing=closing, sequence=number)  # fmt: skip
    return house.receives(BANK, told)


@pytest.mark.stage(of=september_stated)
def test_money_that_moves_on_a_weekend_is_in_the_day_that_closes_after_it(house: House) -> None:
    """Transfers go through at all hours: a bank states Saturday by itself, another Sunday with
    Monday; neither is a banking day, and Monday's close covers both."""
    stated(house, "5", 500_000, booked("X", 3, SATURDAY))
    stated(house, "6", 500_003, booked("Y", 4, SUNDAY), booked("Z", -7, MONDAY))
    with house.work() as session:
        assert owed(session, date.fromisoformat(MONDAY)) == []
    assert len(close(house, ELEVENTH).closed) == 1
    (one,) = days(house, date.fromisoformat(MONDAY))
    assert (one.opening, one.came, one.went, one.lines) == (500_000, 7, 7, 3)
    assert (one.books, one.stated, one.missing) == (500_000, 500_000, ())
    assert len(close(house, date.fromisoformat(MONDAY)).closed) == 1
    assert broken(house) == {}
