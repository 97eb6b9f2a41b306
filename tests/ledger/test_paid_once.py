"""An obligation is drained once: September carried over, October paid, nothing paid twice."""

from __future__ import annotations

from datetime import date
from threading import Thread

import pytest
from sqlalchemy.orm import Session

from ledger.errors import Conflict, LedgerError, Overdrawn
from ledger.items import select_open_items
from ledger.journal import post_many
from ledger.periods import close_period
from ledger.proof import verify
from tests.ledger.books import NOW, PENSION, Books, create_books, engine_for

SEPTEMBER, OCTOBER = date(2026, 9, 10), date(2026, 10, 12)
OLD, NEW = 9_001, 10_001
"""The obligations of one person: for September, handed in cash and not fetched; for October."""


@pytest.fixture
def carried_over(books: Books) -> Books:
    """September's list went out, was not fetched and carried over; October is accrued."""
    september = {"effective_on": SEPTEMBER}
    books.post("fund_advance", 500, **september)
    books.post_many("accrue", {OLD: 500}, key="accrue:2026-09", **september)
    books.post_many("commit", {OLD: 500}, key="commit:2026-09", **september)
    books.post("send", 500, **september)
    books.post("carry_over", 500, credit_item=OLD, key="carry:2026-09", **september)
    close_period(books.session, "pension", "2026-09", NOW)
    books.post("fund_advance", 540, effective_on=OCTOBER)
    books.post_many("accrue", {NEW: 540}, key="accrue:2026-10", effective_on=OCTOBER)
    books.session.commit()
    return books


@pytest.fixture
def paid(carried_over: Books) -> Books:
    """October's list held both months, and was paid."""
    both = {OLD: 500, NEW: 540}
    carried_over.post_many("commit", both, key="commit:2026-10", effective_on=OCTOBER)
    carried_over.post("send", 1_040, effective_on=OCTOBER)
    carried_over.post("pay_cash", 1_040, effective_on=OCTOBER)
    carried_over.session.commit()
    return carried_over


@pytest.mark.parametrize(
    "again",
    [{OLD: 500}, {NEW: 540}, {OLD: 500, NEW: 540}, {OLD: 1}],
    ids=["september", "october", "both", "the smallest part"],
)
def test_september_carried_over_and_october_paid_twice_is_refused(
    paid: Books, again: dict[int, int]
) -> None:
    paid.post_many("accrue", {77: 900}, effective_on=OCTOBER)  # another's money is there
    paid.post("fund_advance", 900, effective_on=OCTOBER)
    paid.session.commit()
    with pytest.raises(Overdrawn):
        paid.post_many("commit", {**again, 77: 900}, effective_on=OCTOBER)
    paid.session.rollback()
    assert _open(paid) == {77: 900}
    assert paid.balance("commitment") == 0
    assert all(proof.ok for proof in verify(paid.session))
    paid.post_many("commit", {77: 900}, effective_on=OCTOBER)
    paid.session.commit()


def test_carried_over_twice_is_refused(carried_over: Books) -> None:
    """The money was in transit once only."""
    with pytest.raises(Overdrawn):
        carried_over.post("carry_over", 500, credit_item=OLD, effective_on=OCTOBER)
    carried_over.session.rollback()
    answer = carried_over.post(
        "carry_over", 500, credit_item=OLD, key="carry:2026-09", effective_on=SEPTEMBER
    )
    assert not answer.is_new
    assert _open(carried_over) == {OLD: 500, NEW: 540}


def test_a_list_made_twice_from_what_is_open_is_empty_the_second_time(paid: Books) -> None:
    """Also when it was made before the first was paid: the database says no, not the list."""
    assert _open(paid) == {}
    stale = [(OLD, 500), (NEW, 540)]
    with pytest.raises(Overdrawn):
        post_many(paid.session, paid.draft("commit", effective_on=OCTOBER), stale)
    paid.session.rollback()


@pytest.mark.postgres
def test_two_clerks_pay_the_same_month_at_once(postgres_url: str) -> None:
    """Both had read what is open; the second waits for the first, is refused, and stays so."""
    engine = engine_for(postgres_url)
    create_books(engine, PENSION)
    refused: list[type[LedgerError]] = []

    def second() -> None:
        for _ in range(2):
            with Session(engine) as session:
                try:
                    Books(session, engine, written=50).post_many("commit", {OLD: 500})
                except LedgerError as error:
                    refused.append(type(error))

    with Session(engine) as session:
        books = Books(session, engine)
        books.post_many("accrue", {OLD: 500})
        session.commit()
        books.post_many("commit", {OLD: 500})
        other = Thread(target=second)
        other.start()
        other.join(0.3)
        assert other.is_alive()
        session.commit()
        other.join(10)
        assert refused == [Conflict, Overdrawn]
        assert books.balance("commitment") == 500
        assert all(proof.ok for proof in verify(session))
    engine.dispose()


def _open(books: Books) -> dict[int, int]:
    query = select_open_items(books.session, "payable", PENSION)
    return {row.item: row.amount for row in books.session.execute(query)}
