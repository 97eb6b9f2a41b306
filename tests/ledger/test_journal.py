"""Entries: what is written, what a repeated key answers, what is refused and why."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.chart import KINDS, Cell
from ledger.digest import entry_digest
from ledger.errors import (
    Conflict,
    LedgerError,
    Overdrawn,
    PeriodClosed,
    Unbalanced,
    UnknownAccount,
)
from ledger.journal import EntryDraft, Posted, post, post_many, reverse
from ledger.periods import close_period
from ledger.proof import verify
from ledger.recipes import RECIPES
from ledger.tables import entry, entry_seal, posting
from tests.ledger.books import MERIT, NOW, PENSION, TODAY, Books, rows


def test_a_month_ends_where_it_should(books: Books) -> None:
    books.month()
    books.session.commit()
    kinds = ("expense", "payable", "commitment", "transit", "bank", "funding")
    assert {kind: books.balance(kind) for kind in kinds} == {
        "expense": -1_800,
        "payable": 600,
        "commitment": 0,
        "transit": 0,
        "bank": -1_800,
        "funding": 3_000,
    }
    assert books.balance("payable", item=2) == 600
    assert books.balance("payable", item=1) == 0


def test_an_entry_is_written_as_described(scratch: Books) -> None:
    posted = scratch.post_many("accrue", {9: 900, 7: 700})
    lines = scratch.session.execute(select(posting).order_by(posting.c.line)).all()
    assert [(one.line, one.item, one.seq, one.debit, one.credit) for one in lines] == [
        (0, 0, 1, 1_600, 0),
        (7, 7, 1, 0, 700),
        (9, 9, 1, 0, 900),
    ]
    header = scratch.session.execute(select(entry)).one()
    assert (header.id, header.fiscal_year, header.reason) == (
        posted.entry_id,
        2026,
        RECIPES["accrue"].says,
    )
    seal = scratch.session.execute(select(entry_seal)).one()
    assert (seal.postings, seal.total) == (3, 1_600)
    assert seal.digest == entry_digest(scratch.session, posted.entry_id)


def test_the_canonical_text_is_the_documented_one(scratch: Books) -> None:
    """The digest computed by hand from the description, so that others can do it as well."""
    import hashlib

    posted = scratch.post(
        "fund_bank", 5, key="k|1", source='slip "7"\n1|x', recorded_at=NOW + timedelta(hours=7)
    )
    content = scratch.session.scalar(select(entry.c.content))
    text = (
        '["k|1","fund_bank","pension","VND","2026-10-05","2026-10-05T15:30:00.000000+00:00",null,'
        f'"slip \\"7\\"\\n1|x","Kho bạc cấp tiền vào tài khoản","{content}"]\n'
        "1|bank/local/pension/01273/banka|0|5|0\n"
        "2|funding/local/pension/01273/banka|0|0|5"
    )
    assert (
        entry_digest(scratch.session, posted.entry_id) == hashlib.sha256(text.encode()).hexdigest()
    )


def test_the_same_key_gives_the_first_answer(books: Books) -> None:
    first = books.post_many("accrue", {1: 500}, key="a")
    books.session.commit()
    again = books.post_many("accrue", {1: 500}, key="a", recorded_at=datetime.now(UTC))
    assert (again.entry_id, again.is_new) == (first.entry_id, False)
    assert books.balance("payable") == 500


@pytest.mark.parametrize(
    ("amount", "change"),
    [
        (501, {}),
        (500, {"debit_item": 2}),
        (500, {"effective_on": TODAY + timedelta(days=1)}),
        (500, {"source": "other"}),
        (500, {"cell": replace(PENSION, provider="bankb")}),
        (500, {"recipe": "reverse_accrual"}),
    ],
)
def test_the_same_key_with_other_content_is_a_conflict(
    scratch: Books, amount: int, change: dict[str, Any]
) -> None:
    scratch.post_many("accrue", {1: 500, 2: 500})
    scratch.post("commit", 500, debit_item=1, key="a")
    asked: dict[str, Any] = {"recipe": "commit", "debit_item": 1, **change}
    with pytest.raises(Conflict, match="other content"):
        scratch.post(asked.pop("recipe"), amount, key="a", **asked)


@pytest.mark.parametrize("amount", [0, -5, 10**15 + 1, 1.5, True, "5", None])
def test_an_amount_is_a_whole_number_in_range(scratch: Books, amount: Any) -> None:
    with pytest.raises(Unbalanced, match="amount"):
        scratch.post("fund_bank", amount)


def test_the_largest_amount_is_posted(books: Books) -> None:
    books.post("fund_bank", 10**15)
    books.session.commit()
    assert books.balance("bank") == -(10**15)


@pytest.mark.parametrize(
    ("items", "count", "total"),
    [
        ({1: 500}, 1, 501),
        ({1: 500}, 2, 500),
        ({1: 500, 2: 0}, 2, 500),
        ({1: 600, 2: -100}, 2, 500),
        ({}, 1, 500),
    ],
)
def test_items_that_disagree_with_what_was_stated_are_refused(
    scratch: Books, items: dict[int, int], count: int, total: int
) -> None:
    given = rows(items) if items else rows({1: 500}).where(select(1).exists() == (1 == 2))
    with pytest.raises(Unbalanced):
        post_many(scratch.session, scratch.draft("accrue"), given, count=count, total=total)


def test_an_entry_of_too_many_items_is_refused(scratch: Books) -> None:
    with pytest.raises(Unbalanced, match="chunks"):
        post_many(
            scratch.session, scratch.draft("accrue"), rows({1: 1}), count=50_001, total=50_001
        )


def test_an_item_named_twice_is_refused(scratch: Books) -> None:
    twice = rows({1: 500}).union_all(rows({1: 400})).subquery()
    given = select(twice.c.item, twice.c.amount)
    with pytest.raises(Conflict):
        post_many(scratch.session, scratch.draft("accrue"), given, count=2, total=900)


def test_an_account_that_was_never_opened_is_unknown(books: Books) -> None:
    with pytest.raises(UnknownAccount, match="bank/local/pension/01273/bankz"):
        books.post("fund_bank", 5, cell=replace(PENSION, provider="bankz"))
    books.session.commit()
    assert books.session.execute(select(entry)).all() == []


@pytest.mark.parametrize("code", ["a/b", "a|b", "a b", "a\nb", "đ"])
def test_a_code_that_would_blur_a_path_is_refused(code: str) -> None:
    with pytest.raises(UnknownAccount, match="letters"):
        Cell("local", "pension", "01273", code)


def test_below_zero_is_refused(books: Books) -> None:
    books.post("fund_bank", 500)
    books.session.commit()
    for recipe, item in (("send", {}), ("commit", {"debit_item": 1}), ("park_debit", {})):
        with pytest.raises(LedgerError):
            books.post(recipe, 501, **item)
        books.session.rollback()
    with pytest.raises(Overdrawn, match="below zero"):
        books.post("claim_fee", 501, debit_item=1)


def test_an_item_is_drained_once(books: Books) -> None:
    """September carried over: October finds it paid and is refused."""
    books.post_many("accrue", {1: 500, 2: 500})
    books.post_many("commit", {1: 500}, key="september")
    books.session.commit()
    with pytest.raises(Overdrawn):
        books.post_many("commit", {1: 500, 2: 500}, key="october")
    books.session.rollback()
    books.post_many("commit", {2: 500}, key="october")
    books.session.commit()


@pytest.mark.parametrize(
    ("recipe", "items"),
    [
        ("fund_bank", {"debit_item": 7}),
        ("send", {"credit_item": 7}),
        ("commit", {}),
        ("claim_fee", {}),
    ],
)
def test_an_item_stands_where_the_chart_says(
    scratch: Books, recipe: str, items: dict[str, int]
) -> None:
    scratch.month()
    with pytest.raises(LedgerError):
        scratch.post(recipe, 5, **items)


def _undo(books: Books, entry_id: int, key: str = "undo", **more: Any) -> Posted:
    given: dict[str, Any] = {"effective_on": TODAY, "recorded_at": NOW, "source": "test"}
    return reverse(books.session, entry_id, key=key, **{**given, **more})


def test_a_reversal_is_the_linked_opposite_and_happens_once(books: Books) -> None:
    books.post("fund_bank", 900)
    first = books.post_many("accrue", {1: 500, 2: 400})
    undone = _undo(books, first.entry_id)
    assert books.balance("payable") == books.balance("expense") == 0
    assert _undo(books, first.entry_id) == Posted(undone.entry_id, is_new=False)
    books.session.commit()
    header = books.session.execute(select(entry).where(entry.c.id == undone.entry_id)).one()
    assert (header.kind, header.reverses_id) == ("accrue", first.entry_id)
    assert header.reason == f"Huỷ bút toán {first.entry_id}: Ghi nhận trợ cấp phải trả"
    with pytest.raises(Conflict):
        _undo(books, first.entry_id, key="again")
    books.session.rollback()
    right = books.post_many("accrue", {1: 500}, corrects_id=first.entry_id)
    books.session.commit()
    query = select(entry.c.corrects_id).where(entry.c.id == right.entry_id)
    assert books.session.scalar(query) == first.entry_id
    assert all(proof.ok for proof in verify(books.session))


def test_a_correction_stays_in_its_programme(books: Books) -> None:
    first = books.post("fund_bank", 900)
    books.session.commit()
    for wrong in (first.entry_id, 99):
        with pytest.raises(Unbalanced, match="corrects"):
            books.post("fund_bank", 900, cell=MERIT, corrects_id=wrong)
        books.session.rollback()


def test_a_recipe_that_is_not_there(books: Books) -> None:
    with pytest.raises(Unbalanced, match="no recipe 'acrue'"):
        books.post("acrue", 500, credit_item=1)
    with pytest.raises(Unbalanced, match="no recipe 'acrue'"):
        books.post_many("acrue", {1: 500})


def test_no_more_is_read_than_an_entry_holds(books: Books) -> None:
    """A generator without end is refused, not read."""
    with pytest.raises(Unbalanced, match="at most 50000"):
        post_many(books.session, books.draft("accrue"), ((item, 1) for item in count(1)))


def test_what_went_on_cannot_be_undone(books: Books) -> None:
    """An accrual whose money is committed, a closed month, an entry that is not there."""
    first = books.post_many("accrue", {1: 500, 2: 400})
    books.post("commit", 400, debit_item=2)
    books.session.commit()
    with pytest.raises(Overdrawn):
        _undo(books, first.entry_id)
    books.session.rollback()
    with pytest.raises(Unbalanced, match="no entry 99"):
        _undo(books, 99)
    close_period(books.session, "pension", "2026-10", NOW)
    with pytest.raises(PeriodClosed):
        _undo(books, first.entry_id)


def test_items_from_outside_are_as_good_as_a_select(books: Books) -> None:
    pairs = [(7, 700), (2**62, 10**15 - 700)]
    posted = post_many(books.session, books.draft("accrue", key="a"), iter(pairs))
    books.session.commit()
    assert books.balance("payable", item=2**62) == 10**15 - 700
    assert books.balance("payable") == 10**15
    again = post_many(books.session, books.draft("accrue", key="a"), pairs)
    assert again == Posted(posted.entry_id, is_new=False)


@pytest.mark.parametrize("other", [{1: 400, 2: 500}, {1: 500, 3: 400}, {1: 900}])
def test_a_key_stands_for_its_items(books: Books, other: dict[int, int]) -> None:
    """Also where number and sum are the same."""
    books.post_many("accrue", {1: 500, 2: 400}, key="a")
    books.session.commit()
    with pytest.raises(Conflict):
        books.post_many("accrue", other, key="a")


@pytest.mark.parametrize("other", [[(1, 500)], [], [(1, 500), (1, 400)], [(1, 500), (1, 500)]])
def test_a_key_stands_for_all_its_items_once(books: Books, other: list[tuple[int, int]]) -> None:
    """Also where the caller states the number and the sum that were approved."""
    approved = {"count": 2, "total": 1_000}
    draft = books.draft("accrue", key="a")
    post_many(books.session, draft, [(1, 500), (2, 500)], **approved)
    books.session.commit()
    with pytest.raises(Conflict):
        post_many(books.session, draft, other, **approved)


@pytest.mark.parametrize("name", ["send", "place_credit"])
def test_many_items_need_one_itemised_side(scratch: Books, name: str) -> None:
    with pytest.raises(Unbalanced, match="use post"):
        scratch.post_many(name, {1: 5})


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_posts_as_it_reads(scratch: Books, name: str) -> None:
    """Debit what it debits, credit what it credits, in books where nothing is guarded yet."""
    recipe = RECIPES[name]
    items = {
        "debit_item": 1 if KINDS[recipe.debit].itemised else 0,
        "credit_item": 1 if KINDS[recipe.credit].itemised else 0,
    }
    _fill(scratch)
    before = {kind: scratch.balance(kind) for kind in KINDS}
    scratch.post(name, 5, **items)
    moved = {kind: scratch.balance(kind) - before[kind] for kind in KINDS}
    assert {kind: by for kind, by in moved.items() if by} == {recipe.debit: -5, recipe.credit: 5}


def _fill(books: Books) -> None:
    """Something on every account, so that any recipe may take from it."""
    books.post("fund_bank", 1_000)
    books.post("fund_advance", 1_000)
    books.post_many("accrue", {1: 500})
    books.post("commit", 300, debit_item=1)
    books.post("send", 200)
    books.post("park_credit", 50, credit_item=1)
    books.post("park_debit", 50, debit_item=1)
    books.post("claim_fee", 50, debit_item=1)
    books.post("debit_lump", 50, debit_item=1)
    books.post("overpaid", 50, debit_item=1)
    books.post("owe_treasury", 50)


def test_programmes_do_not_mix(books: Books) -> None:
    books.post_many("accrue", {1: 500}, cell=MERIT)
    books.session.commit()
    assert books.balance("payable", cell=MERIT) == 500
    assert books.balance("payable") == 0


@pytest.mark.postgres
@pytest.mark.parametrize("same_content", [True, False])
def test_two_writers_with_one_key(postgres_url: str, same_content: bool) -> None:
    """The second waits for the first, then gets his answer, or a conflict."""
    from tests.ledger.books import create_books, engine_for

    engine = engine_for(postgres_url)
    create_books(engine, PENSION)
    draft = EntryDraft("one", "fund_bank", PENSION, TODAY, NOW, "test")
    answers: list[Any] = []

    def second() -> None:
        with Session(engine) as session:
            try:
                answers.append(post(session, draft, 5 if same_content else 6))
            except Conflict as error:
                answers.append(error)
            session.commit()

    with Session(engine) as session:
        first = post(session, draft, 5)
        other = threading.Thread(target=second)
        other.start()
        other.join(0.3)
        assert other.is_alive()
        session.commit()
    other.join(10)
    if same_content:
        assert answers == [replace(first, is_new=False)]
    else:
        assert isinstance(answers[0], Conflict)
    engine.dispose()
