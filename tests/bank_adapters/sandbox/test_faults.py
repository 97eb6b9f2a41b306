"""Faults asked for in the configuration: each once, remembered over a restart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bank_adapters.sandbox import __main__ as process
from bank_adapters.sandbox import faults
from bank_adapters.sandbox.inquiry import executions
from bank_adapters.sandbox.payout import FaultPlan
from tests.bank_adapters.sandbox.samples import (
    Sandbox,
    at,
    entries,
    list_file,
    payment_file,
    texts,
)

Opener = Callable[..., Sandbox]


def test_an_answer_delivered_twice(sandbox: Opener) -> None:
    config = {"answer_twice": ["111", "222"]}
    bank = sandbox(**config)
    bank.fund("banka", "111", 5_000, "2026-10-05 08:30", "KB1")
    bank.fund("bankb", "222", 5_000, "2026-10-05 08:30", "KB2")
    list_file(
        bank.places.inbox("bankb") / "L1.xlsx", "L1", "222", [("L", 10, "1", "Tài khoản", "")]
    )
    bank.send("M1.xml", payment_file("M1", "111", [("R1", 1_000, "1"), ("R2", 1_000, "9001")]))
    bank.live("2026-10-05 09:00")
    bank.close()
    bank = sandbox(**config)
    bank.send("M2.xml", payment_file("M2", "111", [("R3", 1_000, "1")]))
    bank.live("2026-10-05 10:00", "2026-10-06 10:00")
    first, second, third = bank.out("banka", "pain.002")
    assert (texts(first, "OrgnlMsgId"), texts(third, "OrgnlMsgId")) == (["M1"], ["M2"])
    assert first.read_bytes() == second.read_bytes()
    _, booked, again, later = bank.out("banka", "camt.054")
    assert entries(booked) == entries(again) != entries(later)
    assert texts(booked, "MsgId")[0] != texts(again, "MsgId")[0]
    assert texts(booked, "Id")[0] != texts(again, "Id")[0]
    one, other = bank.out("bankb", ".xlsx")
    assert one.read_bytes() == other.read_bytes()


def test_a_lost_answer_is_lost_but_the_money_moves(sandbox: Opener) -> None:
    config = {"cut_after_rename": ["111"]}
    bank = sandbox(**config)
    bank.fund("banka", "111", 5_000, "2026-10-05 08:30", "KB1")
    assert faults.note_cut(bank.book, FaultPlan(), "111", "M1", "M1.xml")
    bank.close()
    bank = sandbox(**config)
    assert not faults.note_cut(bank.book, FaultPlan(), "111", "M2", "M2.xml")
    bank.send("M1.xml", payment_file("M1", "111", [("R1", 1_000, "1")]))
    bank.send("M2.xml", payment_file("M2", "111", [("R2", 1_000, "1")]))
    bank.live("2026-10-05 09:00")
    assert [texts(path, "OrgnlMsgId") for path in bank.out("banka", "pain.002")] == [["M2"]]
    assert len(executions(bank.book, "R1")) == 1
    booked = [entry[0] for path in bank.out("banka", "camt.054") for entry in entries(path)]
    assert booked == ["KB1", "R1", "R2"]


def test_a_stray_credit_and_a_wrong_fee_that_waits_and_is_paid_back(sandbox: Opener) -> None:
    stray = {"account": "111", "amount": 77, "name": "CTY X", "remittance": "NHAM"}
    stray["at"] = at("2026-10-06 11:00").isoformat()
    fee = {"account": "111", "amount": 50, "text": "PHI SMS"}
    fee["at"] = at("2026-10-05 10:00").isoformat()
    fee["refund_at"] = at("2026-10-09 10:00").isoformat()
    config = {"stray_credits": [stray], "wrong_fees": [fee]}
    bank = sandbox(**config)
    bank.fund("banka", "111", 1_000, "2026-10-05 08:30", "KB1")
    bank.send("M1.xml", payment_file("M1", "111", [("R1", 1_000, "1")]))
    bank.live("2026-10-05 09:00", "2026-10-05 12:00")
    assert bank.balance("banka", "111") == 0  # the fee waits: there is nothing to take
    bank.close()
    bank = sandbox(**config)
    bank.live("2026-10-06 12:00")
    assert bank.balance("banka", "111") == 27
    bank.live("2026-10-09 18:00")
    found = [entry for path in bank.out("banka", "camt.053") for entry in entries(path)]
    assert [(entry[0], entry[2], entry[3]) for entry in found] == [
        ("KB1", 1_000, "DMCT"),
        ("R1", -1_000, "DMCT"),
        ("NOTPROVIDED", 77, "DMCT"),
        ("NOTPROVIDED", -50, "CHRG"),
        ("NOTPROVIDED", 50, "DMCT"),
    ]


def test_the_seed_rejects_and_returns_in_its_share_the_same_ones_every_time(
    tmp_path: Path,
) -> None:
    config = {"faults": {"seed": 7, "per_mille": {"reject": 100, "return": 100}}}
    items = [(f"R{number}", 1_000, "1") for number in range(400)]
    outcomes = []
    for home, order in (("one", items), ("other", items[::-1])):
        bank = Sandbox(tmp_path / home, **config)
        bank.fund("banka", "111", 400_000, "2026-10-05 08:30", "KB1")
        bank.send("M1.xml", payment_file("M1", "111", order))
        bank.live("2026-10-05 09:00", "2026-10-08 18:00")
        outcomes.append(states(bank))
        bank.close()
    assert outcomes[0] == outcomes[1]
    counts = Counter(state for _, state, _ in outcomes[0])
    assert counts.keys() == {"rejected", "executed", "returned"}
    assert abs(counts["rejected"] - 40) < 25
    assert abs(counts["returned"] - 40) < 25
    coming_back = [entry for entry in outcomes[0] if entry[1] == "returned"]
    assert {reason for _, _, reason in coming_back} == {"AC06"}


def states(bank: Sandbox) -> list[tuple[str, str, str]]:
    rows = bank.book.rows(
        "SELECT reference, payment.status, coalesce((SELECT reason FROM entry WHERE"
        " payment_id = payment.id AND kind = 'return'), '') FROM payment ORDER BY reference"
    )
    return [(row[0], row[1], row[2]) for row in rows]


@pytest.mark.parametrize(("fault", "answers"), [("answer_lost", 0), ("answer_twice", 2)])
def test_the_seed_loses_and_repeats_answers_to_files(
    sandbox: Opener, fault: str, answers: int
) -> None:
    bank = sandbox(faults={"seed": 1, "per_mille": {fault: 1_000}})
    bank.fund("banka", "111", 5_000, "2026-10-05 08:30", "KB1")
    bank.send("M1.xml", payment_file("M1", "111", [("R1", 1_000, "1")]))
    bank.live("2026-10-05 09:00")
    assert len(bank.out("banka", "pain.002")) == answers
    assert len(executions(bank.book, "R1")) == 1


def test_the_seed_cuts_a_delivery_once_for_each_file(sandbox: Opener, tmp_path: Path) -> None:
    bank = sandbox(faults={"seed": 1, "per_mille": {"cut_after_rename": 1_000}})
    file = tmp_path / ".part-M1.xml"
    file.write_bytes(payment_file("M1", "111", [("R1", 1_000, "1")]))
    assert process.cut_off(bank.book, bank.institution.settings, file)
    assert not process.cut_off(bank.book, bank.institution.settings, file)
    file.write_bytes(b"no file of ours")
    assert not process.cut_off(bank.book, bank.institution.settings, file)


def test_a_fault_that_the_bank_does_not_play_is_refused(sandbox: Opener) -> None:
    for config in (
        {"faults": {"per_mille": {"callback_late": 1}}},
        {"payout": {"faults": {"per_mille": {"answer_lost": 1}}}},
    ):
        with pytest.raises(ValueError, match="does not play"):
            sandbox(**config)
