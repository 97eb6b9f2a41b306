"""Statements, advices and bulk files of the payout bank, read by our own readers."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bank_adapters.contract import BankLine, BankReport
from bank_adapters.iso20022.adapter import ADAPTER
from bank_adapters.sandbox.payout import BEHAVIOURS, Institution, Timeout
from bank_adapters.sandbox.payout.plan import FAULTS
from tests.bank_adapters.sandbox.payout_samples import ToldClock, ask, bank, bulk_file, payment

FRIDAY = date(2026, 10, 9)


def read(content: bytes) -> list[tuple[BankReport, list[BankLine]]]:
    found = []
    for report in ADAPTER.read("x.xml", io.BytesIO(content)):
        found.append((report, list(report.lines)))
    return found


def funded(clock: ToldClock, **settings: Any) -> Institution:
    one = bank(clock=clock, overdraft=False, **settings)
    one.open_account("111", "UBND xã Một")
    one.fund("111", 10_000_000, "KB1", "CAP KINH PHI")
    return one


def names(one: Institution) -> list[str]:
    return [report["name"] for report in one.reports()]


def test_statements_make_one_chain_that_balances_over_days_without_movements() -> None:
    clock = ToldClock("2026-10-08 09:00")
    one = funded(clock)
    ask(one, payment(1, account="109006"))  # comes back on the third day
    clock.now = clock.now.replace(day=14, hour=18)
    statements = [name for name in names(one) if "camt.053" in name]
    assert [name[:8] for name in statements] == [
        f"202610{day}" for day in ("08", "09", "12", "13", "14")
    ]
    closing = 0
    kinds = []
    for number, name in enumerate(statements):
        ((report, lines),) = read(one.report(name) or b"")
        assert (report.faults, report.sequence) == ([], str(number + 1))
        assert report.opening == closing
        closing = report.closing or 0
        assert closing == report.opening + sum(line.amount for line in lines)
        kinds += [(line.amount, line.is_return, line.reason) for line in lines]
    assert kinds == [(10_000_000, False, ""), (-500_001, False, ""), (500_001, True, "AC06")]
    assert one.statement(FRIDAY)[1] == one.report("20261009-payout-camt.053.xml")


def test_an_advice_and_the_statement_show_one_movement_by_one_name() -> None:
    clock = ToldClock()
    one = funded(clock, per_mille={"executed_twice": 1_000})
    answer = one.submit(payment(1)["reference"], payment(1)).json
    (advice,) = names(one)
    ((_, advised),) = read(one.report(advice) or b"")
    clock.pass_by(hours=9)
    ((_, stated),) = read(one.statement(date(2026, 10, 5))[1])
    assert [line.bank_reference for line in advised] == [line.bank_reference for line in stated]
    assert Counter(line.reference for line in stated)[payment(1)["reference"]] == 2
    assert answer["bank_reference"] in {line.bank_reference for line in stated}
    assert len({line.bank_reference for line in stated}) == 3


def test_a_report_stays_until_it_is_done_and_stays_the_same() -> None:
    clock = ToldClock()
    one = funded(clock)
    (first,) = one.reports()
    ask(one, payment(1))
    assert one.reports()[0] == first
    assert one.report_done(first["name"])
    assert first not in one.reports()
    assert not one.report_done("nothing.xml")
    assert one.report("nothing.xml") is None


@pytest.mark.parametrize(
    ("behaviour", "fault"), [("wrong_balance", True), ("statements_overlap", False)]
)
def test_statements_that_are_wrong(behaviour: str, fault: bool) -> None:
    clock = ToldClock("2026-10-08 09:00")
    one = funded(clock, behaviours=[behaviour])
    clock.pass_by(days=1)
    ask(one, payment(1))
    ((report, lines),) = read(one.statement(FRIDAY)[1])
    assert bool(report.faults) == fault
    assert len(lines) == (1 if fault else 2)
    assert report.from_day == (date(2026, 10, 8) if behaviour == "statements_overlap" else FRIDAY)


def test_the_same_statement_twice() -> None:
    clock = ToldClock()
    one = funded(clock, behaviours=["statement_twice"])
    clock.pass_by(hours=9)
    first, second = (report for report in one.reports() if "camt.053" in report["name"])
    assert first["sha256"] == second["sha256"]


def test_a_statement_may_never_come_and_the_next_one_goes_on_after_it() -> None:
    clock = ToldClock("2026-10-07 09:00")
    one = funded(clock)
    clock.pass_by(days=1)
    one.reports()
    one.switches.turn("statement_gap", True)
    ask(one, payment(1))
    clock.pass_by(days=1)
    one.reports()
    one.switches.turn("statement_gap", False)
    clock.pass_by(hours=9)
    kept = [name for name in names(one) if "camt.053" in name]
    assert [name[:8] for name in kept] == ["20261007", "20261009"]
    found = [read(one.report(name) or b"")[0][0] for name in kept]
    assert [(report.sequence, report.opening) for report in found] == [("1", 0), ("3", 9_499_999)]


def test_returns_have_a_file_of_their_own_into_which_success_may_slip() -> None:
    for behaviours, expected in (
        ((), [500_001]),
        (("success_in_return_file",), [-500_002, 500_001]),
    ):
        clock = ToldClock()
        one = funded(clock, behaviours=behaviours, return_seconds=60)
        ask(one, payment(1, account="109006"))
        for report in one.reports():
            one.report_done(report["name"])
        ask(one, payment(2))
        clock.pass_by(minutes=2)
        file = next(name for name in names(one) if "returns" in name)
        ((_, lines),) = read(one.report(file) or b"")
        assert [line.amount for line in lines] == expected


def test_a_return_may_be_told_before_its_payment_is_acknowledged() -> None:
    clock = ToldClock()
    one = funded(clock, behaviours=["return_first"], callback_late_seconds=3600)
    ask(one, payment(1, account="109006"))
    first = names(one)[0]
    assert "returns" in first
    clock.pass_by(minutes=5)
    assert one.callbacks() == []
    clock.pass_by(hours=1)
    assert len(one.callbacks()) == 1


def bulk(one: Institution, lines: int = 4, message_id: str = "MB", **changes: Any) -> Any:
    raw = bulk_file([payment(number) for number in range(lines)], message_id, **changes)
    return one.submit_batch(message_id, raw)


def test_a_bulk_file_is_taken_once_and_answered_by_the_payment() -> None:
    clock = ToldClock()
    one = funded(clock, settle_seconds=0)
    assert bulk(one).json == {"message_id": "MB", "status": "ACTC"}
    again = bulk(one)
    assert (again.status, again.json["reason"]) == (422, "DUPL")
    assert bulk(one, lines=3).status == 409
    found = one.enquire_batch("MB").json
    assert [row["status"] for row in found["payments"]] == ["ACSC"] * 4
    shelf = next(name for name in names(one) if name.endswith("answer.jsonl"))
    head, *events = map(json.loads, (one.report(shelf) or b"").splitlines())
    assert (head["kind"], head["source"], head["message_id"]) == ("events", "answer", "MB")
    assert [event["reference"] for event in events] == [payment(n)["reference"] for n in range(4)]
    assert len({event["event_id"] for event in events}) == 4
    assert one.enquire_batch("other").json["status"] == "NOTF"


def test_a_bulk_file_comes_twice_where_repetitions_are_not_noticed() -> None:
    one = funded(ToldClock(), dedupe="")
    assert [bulk(one).status, bulk(one).status] == [202, 202]
    assert one.books()["executed"]["references_max"] == 2


@pytest.mark.parametrize(("changes", "reason"), [({"count": 5}, "AM18"), ({"total": 1}, "AM10")])
def test_a_bulk_file_that_does_not_add_up_is_refused_whole(
    changes: dict[str, int], reason: str
) -> None:
    one = funded(ToldClock())
    assert bulk(one, **changes).json["reason"] == reason
    assert one.submit_batch("MB", b'{"kind":"head"}').status == 400
    assert one.submit_batch("MB", b"no json").status == 400
    assert one.books()["executed"]["count"] == 0


@pytest.mark.parametrize(
    ("behaviour", "status", "executed", "files"),
    [
        ("partial_file", 202, 2, 1),
        ("rejected_file_executed", 422, 4, 1),
        ("duplicate_acknowledgement", 202, 4, 2),
    ],
)
def test_bulk_files_that_go_wrong(behaviour: str, status: int, executed: int, files: int) -> None:
    one = funded(ToldClock(), behaviours=[behaviour])
    assert bulk(one).status == status
    assert one.books()["executed"]["count"] == executed
    assert len([name for name in names(one) if "answer" in name]) == files
    assert one.enquire(payment(3)["reference"]).status == (200 if executed == 4 else 404)


def test_books_that_were_touched_do_not_prove() -> None:
    one = funded(ToldClock())
    ask(one, payment(1))
    one.book.sql.execute("UPDATE transfer SET amount = amount + 1 WHERE kind = 'payment'")
    assert one.books()["proof"] == ["account PAYEES", "account 111", "total"]
    one.book.sql.execute("UPDATE account SET debits = debits + 1 WHERE number = '111'")
    assert "debits and credits" in one.books()["proof"]


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_the_banks_own_books_prove(seed: int, tmp_path: Path) -> None:
    """Every fault, behaviours switched at random, restarts, days that pass."""
    chance, clock = Random(seed), ToldClock()
    settings = {"per_mille": dict.fromkeys(FAULTS, 60), "seed": seed, "return_seconds": 7200}
    one = funded(clock, path=tmp_path / "book", **settings)
    one.fund("111", 400_000_000, "KB2")
    for step in range(700):
        body = payment(chance.randrange(400))
        ask(one, body)
        clock.pass_by(minutes=chance.randrange(30))
        if step % 20 == 0:
            one.switches.turn(chance.choice(BEHAVIOURS), chance.random() < 0.5)
            look_around(one, body["reference"])
        if step % 200 == 0:
            one.close()
            one = funded(clock, path=tmp_path / "book", **settings)
    books = one.books()
    assert books["proof"] == []
    assert books["executed"]["count"] > 100
    assert books["executed"]["references_max"] == 2  # by the fault alone: it keeps keys 7 days
    assert books["returned"]["count"] > 0
    one.close()


def look_around(one: Institution, reference: str) -> None:
    try:
        one.enquire(reference)
    except Timeout:
        assert one.books()["proof"] == []
    one.confirmed([headers["webhook-id"] for headers, _ in one.callbacks()[:5]])
    for report in one.reports()[:2]:
        assert len(one.report(report["name"]) or b"") == report["size"]
        one.report_done(report["name"])
