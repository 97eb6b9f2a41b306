"""Faults come in their stated share, and the same ones in whatever order requests come."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bank_adapters.sandbox.payout import FaultPlan, Institution
from bank_adapters.sandbox.payout.plan import ANSWER, FATE, FAULTS, draw
from tests.bank_adapters.sandbox.payout_samples import ask, bank, payment

MANY = {
    "accept_then_timeout": 100,
    "lost": 50,
    "server_error": 50,
    "reset": 30,
    "callback_twice": 200,
    "callback_forged": 10,
    "reject": 20,
    "return": 30,
}


def test_a_fault_is_a_digest_of_seed_fault_reference_and_attempt() -> None:
    """Pinned: a plan of an old run must mean the same in a new release."""
    assert draw(7, "lost", "R000000000000001", 1) == 699_439
    assert draw(8, "lost", "R000000000000001", 1) != draw(7, "lost", "R000000000000001", 1)
    assert draw(7, "lost", "R000000000000001", 2) != draw(7, "lost", "R000000000000001", 1)


@pytest.mark.parametrize("group", [ANSWER, FATE])
def test_every_fault_of_a_group_has_its_share_of_all_attempts(group: tuple[str, ...]) -> None:
    plan = FaultPlan(1, dict.fromkeys(group, 90))
    met = Counter(
        (plan.answer if group is ANSWER else plan.fate)(f"R{number}", 1) for number in range(20_000)
    )
    for fault in group:
        assert abs(met[fault] - 1_800) < 170  # four standard deviations
    assert met[""] == 20_000 - sum(met[fault] for fault in group)


def test_a_fault_that_stands_by_itself_has_its_share_too() -> None:
    plan = FaultPlan(1, {"callback_twice": 200})
    met = sum(plan.plays("callback_twice", f"R{number}", 1) for number in range(10_000))
    assert abs(met - 2_000) < 160
    assert not any(plan.plays("callback_late", f"R{number}", 1) for number in range(100))


@pytest.mark.parametrize("share", [0, 1_000])
def test_none_and_all(share: int) -> None:
    for fault in FAULTS:
        plan = FaultPlan(5, {fault: share})
        for number in range(50):
            met = {plan.answer(f"R{number}", 1), plan.fate(f"R{number}", 1)}
            played = fault in met or plan.plays(fault, f"R{number}", 1)
            assert played == bool(share)


@pytest.mark.parametrize(
    ("per_mille", "words"),
    [
        ({"earthquake": 1}, "is no fault"),
        ({"lost": -1}, "0 to 1000"),
        ({"lost": 1_001}, "0 to 1000"),
        ({"lost": 600, "slow": 401}, "more than 1000"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(per_mille: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        FaultPlan(1, per_mille)


def test_the_same_seed_plays_the_same_in_any_order_by_threads_and_after_restarts(
    tmp_path: Path,
) -> None:
    bodies = [payment(number) for number in range(600)]
    straight = bank(tmp_path / "straight", per_mille=MANY)
    for body in bodies:
        ask(straight, body)
        ask(straight, body)
    mixed = bank(tmp_path / "mixed", per_mille=MANY)
    shuffled = Random(1).sample(bodies, len(bodies))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda body: ask(mixed, body), shuffled))
    mixed.close()
    mixed = bank(tmp_path / "mixed", per_mille=MANY)
    for body in reversed(bodies):
        ask(mixed, body)
    assert played(straight) == played(mixed)
    other = bank(per_mille=MANY, seed=8)
    for body in bodies * 2:
        ask(other, body)
    assert played(straight) != played(other)
    for one in (straight, mixed, other):
        assert one.books()["proof"] == []
        one.close()


def played(institution: Institution) -> tuple[list[Any], list[Any]]:
    faults = institution.book.rows("SELECT * FROM fault ORDER BY kind, reference, attempt")
    outcomes = institution.book.rows(
        "SELECT reference, tries, executed, total FROM seen ORDER BY reference"
    )
    return [tuple(row) for row in faults], [tuple(row) for row in outcomes]


def test_played_faults_come_in_their_share() -> None:
    institution = bank(per_mille=MANY)
    for number in range(2_000):
        ask(institution, payment(number))
    faults = institution.books()["faults"]
    for fault in ANSWER:
        share = 2 * MANY.get(fault, 0)
        assert abs(faults.get(fault, 0) - share) <= 4 * share**0.5
    taken = institution.books()["statuses"]
    assert abs(faults["return"] - 0.03 * sum(taken.values())) < 30
    institution.close()
