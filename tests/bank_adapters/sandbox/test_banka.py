"""The host-to-host bank: what it refuses, executes, returns, advises and states."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bank_adapters.sandbox.inquiry import executions, whole_book
from tests.bank_adapters.sandbox.samples import Sandbox, entries, payment_file, texts

Opener = Callable[..., Sandbox]
MONEY = ("banka", "111", 1_000_000, "2026-10-05 08:30", "KB1")


def test_a_month_of_one_file_with_every_regular_fault(sandbox: Opener) -> None:
    bank = sandbox()
    bank.fund("banka", "111", 5_000, "2026-10-05 08:30", "KB1")
    accounts = ("0001", "9001", "9004", "9005", "9006", "9008")
    items = [(f"R{account}", 1_000, f"00{account}") for account in accounts]
    bank.send("M1.xml", payment_file("M1", "111", [*items, ("RBIG", 9_000, "000002")]))
    bank.live("2026-10-05 09:00")
    (answer,) = bank.out("banka", "pain.002")
    assert texts(answer, "GrpSts") == ["PART"]
    refused = dict(zip(texts(answer, "OrgnlEndToEndId"), texts(answer, "Cd"), strict=True))
    assert refused == {"R9001": "AC01", "R9004": "AC04", "R9005": "BE01", "RBIG": "AM04"}
    assert bank.balance("banka", "111") == 2_000
    bank.live("2026-10-08 08:59")
    assert bank.balance("banka", "111") == 2_000
    bank.live("2026-10-08 09:00", "2026-11-30 18:00")
    advised = [entry for path in bank.out("banka", "camt.054") for entry in entries(path)]
    assert [(e[0], e[2], e[3]) for e in advised] == [
        ("KB1", 5_000, "DMCT"),
        ("R0001", -1_000, "DMCT"),
        ("R9006", -1_000, "DMCT"),
        ("R9008", -1_000, "DMCT"),
        ("R9006", 1_000, "RRTN"),
        ("R9008", 1_000, "RRTN"),
    ]
    statements = bank.out("banka", "camt.053")
    assert [path.name[:8] for path in statements] == ["20261005", "20261008", "20261113"]
    assert [entry for path in statements for entry in entries(path)] == advised
    assert texts(statements[1], "Cd")[-1] == "AC06"
    assert texts(statements[2], "Cd")[-1] == "AC04"


def test_statements_follow_each_other_without_a_gap(sandbox: Opener) -> None:
    bank = sandbox()
    bank.fund(*MONEY)
    for day in (5, 6, 9, 12):
        text = f"2026-10-{day:02d}"
        content = payment_file(f"M{day}", "111", [(f"R{day}", 1_000 * day, "1")])
        bank.send(f"M{day}.xml", content)
        bank.live(f"{text} 10:00", f"{text} 17:30")
    closing = 0
    for number, path in enumerate(bank.out("banka", "camt.053"), 1):
        opened, closed = map(int, texts(path, "Amt")[:2])
        assert texts(path, "ElctrncSeqNb") == [str(number)]
        assert opened == closing
        assert closed == opened + sum(entry[2] for entry in entries(path))
        closing = closed
    assert closing == bank.balance("banka", "111")


@pytest.mark.parametrize(
    ("sent", "executed"),
    [
        ("2026-10-05 07:10", "2026-10-05T08:00"),
        ("2026-10-05 08:00", "2026-10-05T08:00"),
        ("2026-10-05 16:59", "2026-10-05T16:59"),
        ("2026-10-05 17:00", "2026-10-06T08:00"),
        ("2026-10-09 20:00", "2026-10-12T08:00"),
        ("2026-10-06 18:00", "2026-10-08T08:00"),  # the 7th is a holiday here
    ],
)
def test_a_file_is_executed_in_banking_hours(sandbox: Opener, sent: str, executed: str) -> None:
    bank = sandbox(holidays=["2026-10-07"])
    bank.fund("banka", "111", 1_000, "2026-10-02 08:30", "KB1")
    bank.send("M1.xml", payment_file("M1", "111", [("R1", 1_000, "1")], requested="2026-10-01"))
    bank.live(sent, "2026-10-20 18:00")
    (found,) = executions(bank.book, "R1")
    assert found["executed_at"][:16] == executed


def test_a_requested_day_to_come_is_waited_for(sandbox: Opener) -> None:
    bank = sandbox()
    bank.fund(*MONEY)
    bank.send("M1.xml", payment_file("M1", "111", [("R1", 1_000, "1")], requested="2026-10-10"))
    bank.live("2026-10-05 09:00", "2026-10-12 09:00")
    (found,) = executions(bank.book, "R1")
    assert found["executed_at"] == "2026-10-12T08:00:00+07:00"


@pytest.mark.parametrize(
    ("again", "refused"), [("2026-10-12 08:59", True), ("2026-10-12 09:00", False)]
)
def test_the_same_message_id_is_refused_for_seven_days(
    sandbox: Opener, again: str, refused: bool
) -> None:
    bank = sandbox()
    bank.fund(*MONEY)
    content = payment_file("M1", "111", [("R1", 1_000, "1")])
    bank.send("M1.xml", content)
    bank.live("2026-10-05 09:00")
    bank.send("M1.xml", content)
    bank.live(again)
    answer = bank.out("banka", "pain.002")[-1]
    assert texts(answer, "GrpSts") == (["RJCT"] if refused else ["ACTC"])
    assert ("DUPL" in texts(answer, "Cd")) is refused
    # The bank looks at the MsgId only: past the window the reference is paid a second time.
    most = 1 if refused else 2
    assert whole_book(bank.book)["executed"]["references_max"] == most


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (payment_file("M1", "111", [("R1", 5, "1")], count=2), "AM18"),
        (payment_file("M1", "111", [("R1", 5, "1")], total=6), "AM10"),
        (payment_file("M1", "999", [("R1", 5, "1")]), "AC02"),
        (payment_file("M1", "111", [("R1", 5, "1")]).replace(b'"VND"', b'"USD"'), "AM03"),
        (payment_file("M1", "111", [("R1", 5, "1")]).replace(b">5<", b">5.50<"), "AM12"),
        (payment_file("M1", "111", [("R1", 5, "1")])[:-30], "FF01"),
        (b"<!DOCTYPE x []>" + payment_file("M1", "111", [("R1", 5, "1")]), "FF01"),
        (b"not XML at all", "FF01"),
    ],
)
def test_a_bad_file_is_refused_whole(sandbox: Opener, content: bytes, code: str) -> None:
    bank = sandbox()
    bank.fund(*MONEY)
    bank.send("M1.xml", content)
    bank.live("2026-10-05 09:00")
    (answer,) = bank.out("banka", "pain.002")
    assert (texts(answer, "GrpSts"), texts(answer, "Cd")) == (["RJCT"], [code])
    assert bank.balance("banka", "111") == 1_000_000
    assert whole_book(bank.book)["by_provider"]["banka"]["payments"] == {}


def test_older_versions_and_zero_fractions_are_read(sandbox: Opener) -> None:
    bank = sandbox()
    bank.fund(*MONEY)
    content = payment_file("M1", "111", [("R1", 5, "1")], version="03")
    bank.send("M1.xml", content.replace(b">5<", b">5.00<"))
    bank.live("2026-10-05 09:00")
    assert texts(bank.out("banka", "pain.002")[0], "GrpSts") == ["ACTC"]
    assert executions(bank.book, "R1")[0]["amount"] == 5


def test_money_promised_to_one_file_is_not_there_for_the_next(sandbox: Opener) -> None:
    bank = sandbox()
    bank.fund("banka", "111", 1_500, "2026-10-05 06:00", "KB1")
    bank.send("A.xml", payment_file("A", "111", [("R1", 1_000, "1")]))
    bank.send("B.xml", payment_file("B", "111", [("R2", 1_000, "1")]))
    bank.live("2026-10-05 07:00", "2026-10-05 09:00")
    answers = bank.out("banka", "pain.002")
    assert [texts(path, "GrpSts")[0] for path in answers] == ["ACTC", "RJCT"]
    assert bank.balance("banka", "111") == 500


def test_going_back_in_time_changes_nothing(sandbox: Opener) -> None:
    bank = sandbox()
    bank.fund(*MONEY)
    bank.send("M1.xml", payment_file("M1", "111", [("R1", 1_000, "1")]))
    bank.live("2026-10-05 09:00", "2026-10-05 18:00")
    before = (whole_book(bank.book), [path.name for path in bank.out("banka")])
    bank.live("2026-10-05 18:00", "2026-10-04 09:00")
    assert (whole_book(bank.book), [path.name for path in bank.out("banka")]) == before
