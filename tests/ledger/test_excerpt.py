"""The entries of one paying unit and month, and the part of the chain they stand in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Select, false, literal, select, union_all

from ledger.chain import GENESIS, link_of, seal_all
from ledger.chart import Cell, open_accounts
from ledger.excerpt import (
    BOTH,
    LIST,
    MONTH,
    Choice,
    chosen,
    closes,
    headers,
    links,
    postings,
    span,
)
from ledger.journal import reverse
from ledger.periods import close_period
from ledger.schema import Whole
from ledger.turnovers import turnovers
from tests.ledger.books import NOW, PENSION, Books

OURS, THEIRS = PENSION.unit, "01279"
OTHER = Cell("local", "pension", THEIRS, "banka")
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
SEPTEMBER = date(2026, 9, 22)
OUR_ITEMS, THEIR_ITEMS, CASE = (1, 2, 3), (4, 5), 4


def ids(*numbers: int) -> Select[Any]:
    """A SELECT of numbers."""
    each = [select(literal(one, Whole).label("id")) for one in numbers]
    if not each:
        return select(literal(0, Whole)).where(false())
    given = union_all(*each).subquery()
    return select(given.c.id)


def choice(unit: str = OURS, items: tuple[int, ...] = OUR_ITEMS, **more: Any) -> Choice:
    """October of a unit."""
    given: dict[str, Any] = {"sources": (), "ids": ids(), **more}
    return Choice(unit, FIRST, LAST, ids(*items), **given)


@pytest.fixture
def two_units(scratch: Books) -> Books:
    """Both units in October; what was listed in September is of another month."""
    open_accounts(scratch.session, [OTHER])
    scratch.post_many("accrue", dict.fromkeys(OUR_ITEMS, 500), key="ours", source="payroll:1",
                      effective_on=SEPTEMBER)  # fmt: skip
    scratch.post_many("accrue", dict.fromkeys(THEIR_ITEMS, 700), key="theirs", cell=OTHER)
    scratch.post("fund_bank", 9_000)
    scratch.post("fund_bank", 9_000, cell=OTHER)
    scratch.post_many("commit", {1: 500, 2: 500}, source="batch:1")
    scratch.post("send", 1_000, source="batch:1")
    scratch.post("settle_bank", 1_000, effective_on=date(2026, 11, 2))
    return scratch


def recipes(books: Books, wanted: Choice) -> dict[str, str]:
    """Recipe to scope of the entries chosen."""
    found = chosen(books.session, wanted)
    return {row.kind: found[row.id] for row, _ in headers(books.session, found)}


def test_a_units_entries_of_a_month_and_of_its_lists(two_units: Books) -> None:
    assert recipes(two_units, choice()) == {"fund_bank": MONTH, "commit": MONTH, "send": MONTH}
    listed = choice(sources=("payroll:1", "batch:1"))
    assert recipes(two_units, listed) == {
        "fund_bank": MONTH,
        "commit": BOTH,
        "send": BOTH,
        "accrue": LIST,
    }
    assert recipes(two_units, choice(THEIRS, THEIR_ITEMS)).keys() == {"accrue", "fund_bank"}
    assert recipes(two_units, choice("none", ())) == {}


def test_an_entry_may_be_named_by_its_id(two_units: Books) -> None:
    posted = two_units.post("fund_bank", 1, effective_on=date(2026, 12, 1))
    assert chosen(two_units.session, choice("none", (), ids=ids(posted.entry_id))) == {
        posted.entry_id: LIST
    }


def test_what_touches_only_shared_accounts_is_told_by_its_items(two_units: Books) -> None:
    """A case of ours has the number of an obligation of theirs: it stays ours."""
    assert CASE in THEIR_ITEMS
    two_units.post("overpaid", 400, debit_item=CASE)
    two_units.post("overpayment_offset", 100, debit_item=3, credit_item=CASE)
    two_units.post("write_off", 300, credit_item=CASE)
    ours = {"overpaid", "overpayment_offset", "write_off"}
    assert recipes(two_units, choice()).keys() & ours == ours
    assert recipes(two_units, choice(THEIRS, THEIR_ITEMS)).keys() & ours == set()
    paths = {one.path: one.closing for one in turnovers(two_units.session, choice())}
    assert paths["overpayment/local/pension"] == 0
    assert paths["written_off/local/pension"] == -300
    assert paths["payable/local/pension"] == 3 * 500 - 1_000 - 100


def test_a_reversal_belongs_where_the_entry_does(two_units: Books) -> None:
    two_units.post("overpaid", 400, debit_item=CASE)
    gone = two_units.post("write_off", 300, credit_item=CASE)
    undone = reverse(two_units.session, gone.entry_id, key="undo", effective_on=LAST,
                     recorded_at=NOW, source="test")  # fmt: skip
    assert undone.entry_id in chosen(two_units.session, choice())


def test_turnovers_are_the_postings(two_units: Books) -> None:
    found = {one.path: one for one in turnovers(two_units.session, choice())}
    payable = found["payable/local/pension"]
    assert (payable.opening, payable.debit, payable.credit, payable.closing) == (1500, 1000, 0, 500)
    assert found["bank/local/pension/01273/banka"].closing == -9_000
    assert all(one.path.split("/")[3:4] in ([], [OURS]) for one in found.values())
    theirs = {one.path: one for one in turnovers(two_units.session, choice(THEIRS, THEIR_ITEMS))}
    assert theirs["payable/local/pension"].credit == 1_400
    entries = chosen(two_units.session, choice())
    for path, one in found.items():
        moved = [row for row in postings(two_units.session, entries) if row.path == path]
        assert one.debit == sum(row.debit for row in moved)
        assert one.credit == sum(row.credit for row in moved)


def test_the_part_of_the_chain_is_whole(two_units: Books) -> None:
    session = two_units.session
    assert span(session, chosen(session, choice())) is None
    seal_all(session)
    entries = chosen(session, choice())
    part = span(session, entries)
    assert part is not None
    link, position = part.before, part.first
    for row in links(session, part):
        link = link_of(link, position, row.fiscal_year, row.voucher, row.digest)
        assert (row.position, row.link) == (position, link)
        position += 1
    assert position == part.last + 1
    whole = span(session, entries, until=part.last + 1)
    assert whole is not None
    assert whole.last == part.last + 1
    first = span(session, chosen(session, choice(sources=("payroll:1",))))
    assert first is not None
    assert (first.first, first.before) == (1, GENESIS)


def test_closes_come_in_their_order(two_units: Books) -> None:
    close_period(two_units.session, "pension", "2026-10", NOW)
    close_period(two_units.session, "pension", "2026-08", NOW)
    found = closes(two_units.session)
    assert [(row.number, row.period) for row in found] == [(1, "2026-10"), (2, "2026-08")]
    assert found[0].position == found[1].position > 0
