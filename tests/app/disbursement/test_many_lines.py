"""A list that is more than one batch, one file or one entry holds: nothing is left behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from app.disbursement import batches, outcomes
from app.errors import Refused
from app.jobs.asked import KINDS
from app.jobs.runtime import Runtime
from app.jobs.sending import build_batches, send_batches
from bank_adapters.contract import ReportKind
from tests.app.disbursement.evidence_office import back, debit
from tests.factories import BANK, LIST_BANK, SEPTEMBER, House, report, row, status
from tests.support.forging import without_rules
from tests.support.providers import Providers
from tests.support.standing import nothing_broken

PEOPLE = 5
DIGEST = "select count(*), sum(amount), count(distinct obligation_id) from instruction"


def approved(house: House) -> None:
    """Five people at one bank, the list approved and its money there."""
    house.register(SEPTEMBER, *(row(number) for number in range(1, PEOPLE + 1)))
    house.on("2026-09-10")
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)


def sent(house: House) -> None:
    """Their batch has left."""
    approved(house)
    house.release(house.build(SEPTEMBER))
    house.send(1)


pytestmark = pytest.mark.stage(of=approved)


def taking(house: House, lines: int) -> Runtime:
    """A runtime whose bank takes so many payments in a file."""
    run = Providers(house.home).connected(house.runtime)
    bank = run.adapters[BANK]
    told = replace(bank.capabilities, max_lines=lines)
    return replace(run, adapters={**run.adapters, BANK: replace(bank, capabilities=told)})  # type: ignore[type-var]


def test_a_bank_that_takes_two_payments_in_a_file_gets_three_files(house: House) -> None:
    run = taking(house, 2)
    assert build_batches(run, SEPTEMBER, house.clock.now().date()) == "3 batches"
    assert house.rows("select id, number, lines, total from batch order by id") == [
        (1, 1, 2, 1_000_000), (2, 2, 2, 1_000_000), (3, 3, 1, 500_000),
    ]  # fmt: skip
    assert house.rows(DIGEST) == [(PEOPLE, 2_500_000, PEOPLE)]
    assert build_batches(run, SEPTEMBER, house.clock.now().date()) == "0 batches"
    house.release([1, 2, 3])
    assert send_batches(run) == "3 sent"
    assert set(Providers(house.home).executed().values()) == {1}
    assert len(Providers(house.home).executed()) == PEOPLE
    nothing_broken(house)


def test_whoever_presses_the_button_gets_no_longer_files_than_the_schedule(house: House) -> None:
    """The channels of this moment say what their banks take."""
    run, (work, _) = taking(house, 2), KINDS["build_batches"]
    asked = replace(house.runtime, connect=lambda: (run.adapters, run.couriers))
    work(asked, {}, house.home / "none", lambda done, total: None)
    assert house.rows("select lines from batch order by id") == [(2,), (2,), (1,)]


def test_a_list_bank_takes_what_its_profile_says(house: House) -> None:
    adapter = Providers(house.home).adapters[LIST_BANK]
    small = replace(adapter, listed=replace(adapter.listed, max_lines=500))  # type: ignore[attr-defined,type-var]
    assert small.capabilities.max_lines == 500
    assert replace(small, name="x").capabilities.max_lines == 500  # type: ignore[type-var]


def test_the_payments_beside_a_batch_are_counted_with_it(house: House) -> None:
    """Where one batch of a list was taken away, the others are not what was approved."""
    run = taking(house, 2)
    build_batches(run, SEPTEMBER, house.clock.now().date())
    house.release([1, 2, 3])
    without_rules(house, "delete from instruction where batch_id = 3")
    with pytest.raises(Refused, match="không còn khớp"):
        send_batches(run)
    assert Providers(house.home).delivered() == []


def test_a_list_is_not_built_twice(house: House) -> None:
    house.build(SEPTEMBER)
    with pytest.raises(IntegrityError), house.work() as session:
        batches.build(session, 1, 1, house.clock.now().date(), house.later(), {BANK: 2})


@pytest.mark.stage(of=sent)
@pytest.mark.parametrize("word", ["rejected", "returned"])
def test_what_more_payments_share_than_an_entry_holds_is_several_entries(
    house: House, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setattr(outcomes, "ITEMS_MAX", 2)
    references = [one for (one,) in house.rows("select reference from instruction order by id")]
    if word == "rejected":
        told = report(ReportKind.STATUS, "", *(status(one, "RJCT", "AC04") for one in references))
        recipe = "reject"
    else:
        account = house.account(BANK)
        house.receives(BANK, report(ReportKind.ADVICE, account, *map(debit, references)))
        told = report(ReportKind.ADVICE, account, *map(back, references))
        recipe = "return_bank"
    house.receives(BANK, told)
    assert house.rows("select distinct state from instruction") == [(word,)]
    entries = house.rows(
        f"select s.postings, s.total from entry e join entry_seal s on s.entry_id = e.id"
        f" where e.kind = '{recipe}' order by e.id"
    )
    assert sum(total for _, total in entries) == 2_500_000
    assert sum(postings - 1 for postings, _ in entries) == PEOPLE
    assert len(entries) >= 3
    assert all(postings <= 3 for postings, _ in entries)
    assert house.ask(f"select count(distinct entry_id) from outcome where state = '{word}'") == len(
        entries
    )
    nothing_broken(house)
