"""Release and sending: money first, two persons, within its days, no hold; sealed bytes only."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from app.clock import TIME_ZONE
from app.disbursement import claims, submission
from app.disbursement.doubts import within_window
from app.disbursement.holds import set_hold
from app.disbursement.proofs import prove_open_instructions
from app.disbursement.tables import batch_release
from app.errors import Conflict, Forbidden, Held, NotFound, Refused
from bank_adapters.contract import Capabilities, Method
from tests.app.disbursement.evidence_office import said
from tests.factories import SEPTEMBER, House, in_cash, row, september_sent


def september_built(house: House) -> None:
    """September is approved, its money has come, its two batches are built for the 10th."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    house.build(SEPTEMBER, date(2026, 9, 10))


@pytest.mark.stage(of=september_built)
def test_built_money_is_committed(house: House) -> None:
    with house.work() as session:
        proof = prove_open_instructions(session)
    assert proof.ok
    assert (proof.figures["commitment"], proof.figures["in_transit"]) == (1_500_000, 0)
    assert house.build(SEPTEMBER) == []


def test_not_above_the_money_received(house: House) -> None:
    """Nothing has come; then all but one đồng; then all."""
    house.register(SEPTEMBER, row(1), row(2))
    house.approve_month(SEPTEMBER)
    (number,) = house.build(SEPTEMBER, date(2026, 9, 10))
    with pytest.raises(Refused, match=r"cần 1\.000\.000\s₫, tiền đã về chỉ còn 0\s₫"):
        house.release([number])
    house.fund(SEPTEMBER)
    assert house.release([number]) == 1
    assert house.count(batch_release) == 2


@pytest.mark.stage(of=september_built)
def test_two_different_persons_with_the_right(house: House) -> None:
    one, two = 1, 2
    for names in (("finance.one",), ("finance.one", "finance.one")):
        with pytest.raises(Refused, match="hai người khác nhau"):
            house.release([one, two], names)
    with pytest.raises(Forbidden, match="không có quyền"):
        house.release([one, two], ("finance.one", "auditor"))
    assert house.batch_state(one) == "built"
    assert house.release([one, two]) == 2
    with pytest.raises((Refused, Conflict)):
        house.release([one])


@pytest.mark.stage(of=september_built)
def test_the_release_is_bound_to_its_days(house: House) -> None:
    """After the requested day the batch is not released; the sender waits for the day."""
    house.on("2026-09-09")
    house.release([1])
    with house.work() as session:
        assert claims.sendable(session, house.clock.now()) == []
    house.on("2026-09-10")
    with house.work() as session:
        assert claims.sendable(session, house.clock.now()) == [1]
    house.on("2026-09-11")
    with pytest.raises(Refused, match="đã quá ngày chi"):
        house.release([2])


@pytest.mark.stage(of=september_built)
@pytest.mark.parametrize(
    ("scope", "key"),
    [("global", ""), ("provider", "banka"), ("programme", "pension"), ("unit", "01273")],
)
def test_a_hold_stops_release_and_sending(house: House, scope: str, key: str) -> None:
    """Set by one, cleared by two; a batch released before it is not claimed."""
    house.on("2026-09-10")
    house.release([1])
    with house.work() as session:
        number = set_hold(session, scope, key, "Nghi sai tài khoản", "auditor", house.later())
    with pytest.raises(Held, match="Đang dừng chi: Nghi sai tài khoản"):
        house.send(1)
    if scope != "provider":  # the other batch goes through the post office
        with pytest.raises(Held):
            house.release([2])
    assert not house.clear_hold(number, "finance.one").cleared
    assert not house.clear_hold(number, "finance.one").cleared
    with pytest.raises(Held):
        house.send(1)
    assert house.clear_hold(number, "finance.two").cleared
    with pytest.raises(NotFound):
        house.clear_hold(number, "finance.two")
    house.send(1)
    assert house.batch_state(1) == "sent"


@pytest.mark.stage(of=september_sent)
def test_an_obligation_has_one_live_instruction(house: House) -> None:
    """By SQL past every room: no second live one, no second first attempt, no other reference."""
    copied = "obligation_id, {}, '{}', batch_id, payroll_line_id, destination_id, method, amount"
    columns = (
        "obligation_id, attempt, reference, batch_id, payroll_line_id, destination_id,"
        " method, amount, replaces_id, state"
    )
    for attempt, replaces in ((2, "id"), (1, "null")):
        values = copied.format(attempt, f"ZZZZ{attempt}")
        with pytest.raises(DBAPIError):
            house.tamper(
                f"insert into instruction ({columns})"
                f" select {values}, {replaces}, 'ready' from instruction where id = 1"
            )


@pytest.mark.stage(of=september_sent)
def test_illegal_moves_and_frozen_columns(house: House) -> None:
    """The database knows the legal moves of batches and instructions, and what never changes."""
    forbidden = [
        "update batch set state = 'built'",
        "update batch set state = 'released'",
        "update batch set total = total + 1",
        "update batch set lines_digest = 'x'",
        "update batch set message_id = 'x'",
        "update instruction set state = 'returned'",
        "update instruction set state = 'recalled'",
        "update instruction set amount = amount + 1",
        "update instruction set destination_id = destination_id + 1",
        "update instruction set reference = 'X'",
        "update instruction set batch_id = 2 where batch_id = 1",
        "delete from batch_event",
        "update batch_release set officer_id = 1",
    ]
    for statement in forbidden:
        with pytest.raises(DBAPIError):
            house.tamper(statement)
    said(house, house.reference(1, SEPTEMBER), "booked_debit")
    for state in ("ready", "rejected", "accepted"):
        with pytest.raises(DBAPIError):
            house.tamper(f"update instruction set state = '{state}' where id = 1")


@pytest.mark.stage(of=september_built)
def test_claimed_by_one_worker(house: House) -> None:
    """The second claim of a batch finds it taken, and its money moves once."""
    house.on("2026-09-10")
    house.release([1])
    house.send(1)
    with pytest.raises(AssertionError):
        house.send(1)
    with house.work() as session:
        figures = prove_open_instructions(session).figures
    assert figures["in_transit"] == 1_000_000
    assert house.ask("select count(*) from entry where kind = 'send'") == 1


@pytest.mark.stage(of=september_built)
def test_a_lost_worker_leaves_a_doubt(house: House) -> None:
    """Left `sending` past the lease: in doubt, never released again."""
    house.on("2026-09-10")
    number = 1
    house.release([number])
    sealed = submission.Sealed(number, house.home / "x", "x", "0" * 64)
    with house.work() as session:
        assert claims.claim(session, sealed, "worker-1", house.later())
    now = house.clock.now()
    for owner, later, lost in (("worker-2", 9, 0), ("worker-2", 11, 1), ("worker-1", 12, 0)):
        with house.work() as session:
            found = claims.give_up_lost(session, owner, now + timedelta(minutes=later))
        assert found == lost
    assert house.batch_state(number) == "in_doubt"
    with pytest.raises(DBAPIError):
        house.tamper(f"update batch set state = 'released' where id = {number}")


def test_window_of_the_provider() -> None:
    """The same bytes again only while the provider still refuses a repetition, less an hour."""

    first = datetime(2026, 9, 10, 8, 0, tzinfo=TIME_ZONE)
    declared = Capabilities(frozenset({Method.ACCOUNT}), "booked", False, "MsgId", 7)
    silent = Capabilities(frozenset({Method.ACCOUNT}), "booked", False)
    last = first + timedelta(days=7, hours=-1)
    assert within_window(declared, first, last - timedelta(seconds=1))
    assert not within_window(declared, first, last)
    assert not within_window(silent, first, first)
