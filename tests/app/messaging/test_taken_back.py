"""Who was told that money came is told when it did not: once, and not where it came after all."""

from __future__ import annotations

import pytest

from app.jobs.queueing import queue_messages
from tests.factories import SEPTEMBER, House
from tests.reconciliation.desk import bare, came, match, unmatch
from tests.support.messages import HELP, phone, sent, told, with_plan

pytestmark = pytest.mark.stage(of=sent)


def test_a_payment_that_was_taken_back(house: House) -> None:
    run = with_plan(house)
    queue_messages(run)
    one, two = (house.reference(number, SEPTEMBER) for number in (1, 2))
    first, second = came(house, bare(key="FT-1")), came(house, bare(key="FT-2"))
    match(house, first, (one, 0))
    match(house, second, (two, 0))
    assert queue_messages(run) == "paid 2"
    unmatch(house, first)
    unmatch(house, second)
    match(house, second, (two, 0))  # it was right after all before anybody was told
    assert queue_messages(run) == "taken_back 1"
    assert queue_messages(run) == "nothing new"
    assert told(house)[-1][:3] == (
        "taken_back", phone(1), "UBND xa 01273: Tin bao chuyen 500.000d vao TK ***1000 cua Ong/Ba"
        f" Nong Thi Nguoi 001 la chua dung, dang xem lai. Xin loi. Hoi: {HELP}",
    )  # fmt: skip
    # Right after all when people knew already that it was not: told anew, and so is the next error.
    match(house, first, (one, 0))
    assert queue_messages(run) == "paid 1"
    assert queue_messages(run) == "nothing new"
    unmatch(house, first)
    assert queue_messages(run) == "taken_back 1"
    assert queue_messages(run) == "nothing new"
    assert [kind for kind, number, *_ in told(house) if number == phone(1)] == [
        "paid", "taken_back", "paid", "taken_back",
    ]  # fmt: skip
