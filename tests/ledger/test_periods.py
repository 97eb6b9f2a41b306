"""Closed months: refused by the database, and where a late fact goes instead."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from ledger.chain import head, voucher_of
from ledger.errors import PeriodClosed, Unbalanced, WrongPeriod
from ledger.periods import (
    close_day,
    close_period,
    closed_through,
    days_of,
    first_open_day,
    is_closed,
    period_of,
)
from ledger.proof import verify
from ledger.tables import period_gate
from tests.ledger.books import LATER, MERIT, NOW, PENSION, TODAY, Books, create_books, engine_for

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_the_days_of_a_period(period: str, first: date, last: date) -> None:
    assert days_of(period) == (first, last)
    assert period_of(first) == period_of(last) == period


def test_nothing_enters_a_closed_period(books: Books) -> None:
    books.post("fund_bank", 5, key="before")
    assert close_period(books.session, "pension", "2026-10", NOW)
    books.session.commit()
    for day in (date(2026, 10, 1), date(2026, 10, 31)):
        with pytest.raises(PeriodClosed):
            books.post("fund_bank", 5, effective_on=day)
        books.session.rollback()
    books.post("fund_bank", 5, effective_on=date(2026, 11, 1))
    books.post("fund_bank", 5, effective_on=date(2026, 9, 30))
    books.post("fund_bank", 5, cell=MERIT)
    assert not books.post("fund_bank", 5, key="before").is_new
    books.session.commit()


def test_nothing_moves_an_account_on_its_closed_day(books: Books) -> None:
    """Other accounts stay open on that day, and a late fact goes to the first open one."""
    books.post("fund_bank", 5, key="before")
    assert closed_through(books.session, PENSION) is None
    assert close_day(books.session, "bank", PENSION, TODAY, LATER)
    assert not close_day(books.session, "bank", PENSION, TODAY - DAY, LATER)
    books.session.commit()
    for day in (TODAY, TODAY - DAY):
        with pytest.raises(PeriodClosed, match="day closed"):
            books.post("fund_bank", 5, effective_on=day)
        books.session.rollback()
    books.post("fund_bank", 5, effective_on=TODAY + DAY)
    books.post("fund_bank", 5, cell=MERIT)
    books.post("accrue", 5, credit_item=1)
    books.session.commit()
    assert first_open_day(books.session, "pension", TODAY, PENSION) == TODAY + DAY
    assert first_open_day(books.session, "pension", TODAY) == TODAY
    (proof,) = [one for one in verify(books.session) if one.name == "closed_periods"]
    assert (proof.ok, proof.figures["days"]) == (True, 1)


def test_closing_seals_everything_and_happens_once(books: Books) -> None:
    books.month()
    assert head(books.session).position == 0
    assert close_period(books.session, "pension", "2026-10", NOW)
    books.session.commit()
    assert head(books.session).position == 6
    assert not close_period(books.session, "pension", "2026-10", NOW)
    assert is_closed(books.session, "pension", "2026-10")
    assert not is_closed(books.session, "merit", "2026-10")
    with pytest.raises(ValueError, match="month"):
        close_period(books.session, "pension", "2026-14", NOW)


def test_january_may_belong_to_the_year_before(books: Books) -> None:
    """The adjustment period: its own period and vouchers, closed apart from January."""
    january = {"effective_on": date(2027, 1, 20)}
    close_period(books.session, "pension", "2026-12", LATER)
    posted = books.post("fund_bank", 5, fiscal_year=2026, **january)
    books.session.commit()
    for year, day in ((2025, date(2027, 1, 20)), (2026, date(2027, 2, 1)), (2027, TODAY)):
        with pytest.raises(Unbalanced, match="fiscal year"):
            books.post("fund_bank", 5, effective_on=day, fiscal_year=year)
        books.session.rollback()
    assert close_period(books.session, "pension", "2026-13", LATER)
    books.session.commit()
    assert first_open_day(books.session, "pension", date(2026, 5, 5)) == date(2027, 1, 1)
    books.post("fund_bank", 5, **january)
    with pytest.raises(PeriodClosed):
        books.post("fund_bank", 6, fiscal_year=2026, **january)
    books.session.rollback()
    voucher = voucher_of(books.session, [posted.entry_id])[posted.entry_id]
    assert (voucher.fiscal_year, voucher.number) == (2026, 1)
    assert all(proof.ok for proof in verify(books.session))


def test_an_adjustment_needs_an_open_january_too(books: Books) -> None:
    """Its money moves in January, whose balances the close has told."""
    for period in ("2026-12", "2027-01"):
        close_period(books.session, "pension", period, LATER)
    books.session.commit()
    with pytest.raises(PeriodClosed):
        books.post("fund_bank", 5, fiscal_year=2026, effective_on=date(2027, 1, 20))


@pytest.mark.parametrize(
    ("programme", "period", "now"),
    [
        ("pension", "2026-11", NOW),
        ("pension", "2026-13", LATER),
        ("nosuch", "2026-09", NOW),
    ],
)
def test_what_cannot_be_closed_yet(
    books: Books, programme: str, period: str, now: datetime
) -> None:
    with pytest.raises(WrongPeriod):
        close_period(books.session, programme, period, now)


def test_a_late_fact_goes_to_the_first_open_day(books: Books) -> None:
    for period in ("2026-11", "2026-12", "2027-02"):
        close_period(books.session, "pension", period, LATER)
    cases = {
        TODAY: TODAY,
        date(2026, 11, 20): date(2027, 1, 1),
        date(2026, 12, 31): date(2027, 1, 1),
        date(2027, 2, 1): date(2027, 3, 1),
    }
    for wanted, expected in cases.items():
        assert first_open_day(books.session, "pension", wanted) == expected
        assert first_open_day(books.session, "merit", wanted) == wanted


@pytest.mark.postgres
def test_a_close_waits_for_the_entries_being_written(postgres_url: str) -> None:
    """Else an entry could be committed into the month behind the back of the close."""
    engine = engine_for(postgres_url)
    create_books(engine, PENSION, MERIT)

    with Session(engine) as session:
        Books(session, engine).post("fund_bank", 5)
        closing = threading.Thread(target=_close, args=(engine,))
        closing.start()
        closing.join(0.3)
        assert closing.is_alive()
        session.commit()
    closing.join(120)  # a busy machine closes slowly; a test that hangs still ends
    with Session(engine) as session:
        assert head(session).position == 1
        with pytest.raises(PeriodClosed):
            Books(session, engine, written=9).post("fund_bank", 5)
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("level", ["SERIALIZABLE", "REPEATABLE READ"])
def test_a_writer_who_sees_the_books_of_before_the_close_is_refused(
    postgres_url: str, level: str
) -> None:
    """His snapshot shows the month as open; the database says that he must read anew."""
    engine = engine_for(postgres_url)
    create_books(engine, PENSION)
    with Session(engine.execution_options(isolation_level=level)) as session:
        session.execute(text("select count(*) from account")).one()
        _close(engine)
        books = Books(session, engine)
        day = first_open_day(session, "pension", TODAY)
        assert day == TODAY
        with pytest.raises(OperationalError, match="could not serialize"):
            books.post("fund_bank", 5, effective_on=day)
        session.rollback()
        with pytest.raises(PeriodClosed):
            books.post("fund_bank", 5)
    engine.dispose()


@pytest.mark.postgres
def test_a_close_sees_every_entry(postgres_url: str) -> None:
    """One whose snapshot may be older than an entry is refused: it would close in front of it."""
    engine = engine_for(postgres_url)
    create_books(engine, PENSION)
    with (
        Session(engine.execution_options(isolation_level="SERIALIZABLE")) as session,
        pytest.raises(IntegrityError, match="READ COMMITTED"),
    ):
        close_period(session, "pension", "2026-10", NOW)
    engine.dispose()


def test_the_gate_counts_the_closes_of_a_programme(books: Books) -> None:
    close_period(books.session, "pension", "2026-09", NOW)
    close_period(books.session, "pension", "2026-10", NOW)
    rows = books.session.execute(select(period_gate.c.programme, period_gate.c.closes)).all()
    assert {row.programme: row.closes for row in rows} == {"merit": 0, "pension": 2}


def _close(engine: Engine) -> None:
    with Session(engine) as session:
        close_period(session, "pension", "2026-10", NOW)
        session.commit()
