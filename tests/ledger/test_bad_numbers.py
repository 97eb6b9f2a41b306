"""Items and amounts that are no whole numbers in range: refused before anything is written.

A database would round, cut or wrap some of them: 1.5 đồng to 2, an item too large to another.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Float, Numeric, literal, select, text

from ledger.errors import Unbalanced
from ledger.journal import post, post_many
from ledger.money import MAXIMUM_AMOUNT
from ledger.schema import Whole
from tests.ledger.books import Books

LARGEST = 2**63 - 1
no_amounts = st.one_of(
    st.floats(),
    st.booleans(),
    st.none(),
    st.decimals(),
    st.fractions(),
    st.text(max_size=3),
    st.integers(-5, 5).map(str),
    st.integers(max_value=0),
    st.integers(min_value=MAXIMUM_AMOUNT + 1),
)
no_items = st.one_of(
    st.floats(),
    st.booleans(),
    st.none(),
    st.decimals(),
    st.fractions(),
    st.text(max_size=3),
    st.integers(-5, 5).map(str),
    st.just(0),
    st.integers(min_value=LARGEST + 1),
    st.integers(max_value=-LARGEST - 2),
)
ONE_DATABASE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@ONE_DATABASE
@given(amount=no_amounts, stated=st.booleans())
def test_no_amount_of_an_item(scratch: Books, amount: Any, stated: bool) -> None:
    said = {"count": 2, "total": 500} if stated else {}
    with pytest.raises(Unbalanced):
        post_many(scratch.session, scratch.draft("accrue"), [(1, 5), (2, amount)], **said)
    _nothing_there(scratch)


@ONE_DATABASE
@given(item=no_items, stated=st.booleans())
def test_no_item(scratch: Books, item: Any, stated: bool) -> None:
    said = {"count": 2, "total": 10} if stated else {}
    with pytest.raises(Unbalanced):
        post_many(scratch.session, scratch.draft("accrue"), [(1, 5), (item, 5)], **said)
    _nothing_there(scratch)
    with pytest.raises(Unbalanced):
        post(scratch.session, scratch.draft("return_bank"), 5, credit_item=item)
    _nothing_there(scratch)


@pytest.mark.parametrize("pair", [(1,), (1, 5, 6), 7, "15", None])
def test_no_pair(scratch: Books, pair: Any) -> None:
    with pytest.raises(Unbalanced):
        post_many(scratch.session, scratch.draft("accrue"), [pair])
    _nothing_there(scratch)


@pytest.mark.parametrize("amount", [literal(1.5, Float), literal(Decimal("1.5"), Numeric)])
def test_no_fraction_from_a_select(scratch: Books, amount: Any) -> None:
    rows = select(literal(1, Whole).label("item"), amount.label("amount"))
    with pytest.raises(Unbalanced):
        post_many(scratch.session, scratch.draft("accrue"), rows)
    _nothing_there(scratch)


def test_the_largest_items_are_kept_as_they_are(scratch: Books) -> None:
    pairs = [(LARGEST, 5), (1, 6), (2**53 + 1, MAXIMUM_AMOUNT - 11)]
    post_many(scratch.session, scratch.draft("accrue"), pairs)
    for item, amount in pairs:
        assert scratch.balance("payable", item=item) == amount


def _nothing_there(books: Books) -> None:
    books.session.rollback()
    assert books.session.scalar(text("select count(*) from entry")) == 0
    books.session.rollback()
