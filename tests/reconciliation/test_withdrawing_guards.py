"""What the database refuses of verdicts taken back, whoever writes; and two at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.access.together import Signer
from app.disbursement.collection import process
from app.disbursement.fees import take_once
from app.disbursement.line_tables import fee_taken
from app.disbursement.workbench.deciding import Decided, accept
from app.disbursement.workbench.proposing import unmatch_draft
from app.errors import AnSinhError, Conflict, Refused
from ledger.errors import Unbalanced
from ledger.journal import reverse_part
from ledger.schema import metadata
from reconciliation import intake
from tests.app.disbursement.evidence_office import back, debit
from tests.app.disbursement.test_charges import agreed
from tests.factories import SEPTEMBER, House, september_sent
from tests.reconciliation.desk import (
    SENT,
    bare,
    came,
    confirmed,
    match,
    matching,
    proposed,
    signer,
    unmatch,
    waits,
)
from tests.reconciliation.test_withdrawing import held
from tests.reconciliation.test_workbench import proof_holds
from tests.reconciliation.test_workbench_guards import spoilt
from tests.support.standing import nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)
A_WHILE = 60


def asking(house: House, line: int) -> Any:
    """A proposal to take a line back that waits for its second officer."""
    with house.work() as session:
        draft = unmatch_draft(session, line, "ghép nhầm")
    return proposed(house, draft)


def test_nothing_is_withdrawn_by_hand(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    line = came(house, debit(one))
    spoilt(house, "two officers take it back", "update line_match set withdrawn_by = 1")
    spoilt(house, "written fact", "update line_match set verdict = 'noted'")
    spoilt(house, "append-only|kept", "delete from line_match")
    spoilt(house, "two officers take it back", "update outcome set undone_by = 1")
    row = asking(house, line)
    forged(house, row, "by two")  # nobody confirmed it


def forged(house: House, row: Any, why: str) -> None:
    """The row that takes a line back, without its entries."""
    values = {"proposal_id": row.id, "bank_line_id": row.bank_line_id, "entry_id": 1,
              "posted_on": house.clock.now().date(), "recorded_at": house.clock.now()}  # fmt: skip
    with pytest.raises(DBAPIError, match=why), house.owner.engine.begin() as connection:
        connection.execute(insert(metadata.tables["line_unplacing"]).values(values))


def decided_alone(house: House, row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two confirmed, and a program that does not do what they confirmed."""
    with monkeypatch.context() as patch:
        patch.setattr("app.disbursement.workbench.deciding._DO", {"unmatch": lambda *_: None})
        confirmed(house, row)


def test_the_entries_are_reversed_first(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    line = came(house, debit(house.reference(1, SEPTEMBER)))
    row = asking(house, line)
    decided_alone(house, row, monkeypatch)
    forged(house, row, "every entry of the placing is reversed")
    nothing_broken(house)


@pytest.mark.parametrize("moved", ["returned", "recall", "listed"])
def test_what_moved_on_is_refused_by_the_database_too(
    house: House, monkeypatch: pytest.MonkeyPatch, moved: str
) -> None:
    """The program's own look is switched off."""
    one = house.reference(1, SEPTEMBER)
    line = came(house, debit(one))
    if moved == "listed":
        line = came(house, back(one))
    row = asking(house, line)
    _MOVES[moved](house, one)
    monkeypatch.setattr("app.disbursement.workbench.withdrawing.require_still", lambda *_: None)
    with pytest.raises(DBAPIError, match="has moved on since"):
        confirmed(house, row)
    monkeypatch.undo()
    with pytest.raises(Refused):
        confirmed(house, row)
    nothing_broken(house)


@pytest.mark.parametrize("moved", ["recall", "listed"])
def test_the_same_of_what_officers_placed(
    house: House, monkeypatch: pytest.MonkeyPatch, moved: str
) -> None:
    one = house.reference(1, SEPTEMBER)
    if moved == "listed":
        came(house, debit(one))
    line = came(house, bare(SENT, reason="AC04") if moved == "listed" else bare())
    match(house, line, (one, 0))
    row = asking(house, line)
    _MOVES[moved](house, one)
    monkeypatch.setattr("app.disbursement.workbench.unplacing.require_still", lambda *_: None)
    with pytest.raises(DBAPIError, match="has moved on since"):
        confirmed(house, row)
    nothing_broken(house)


def _recalled(house: House, one: str) -> None:
    from app.disbursement.recall import Request, ask_recall

    with house.work() as session:
        who, now = signer(house, "finance.one"), house.clock.now()
        ask_recall(session, house.keyring, who, Request(one, "nhầm kỳ", still_due=True), now)


def _listed(house: House, _: str) -> None:
    from app.jobs.accounts import list_again

    house.on("2026-09-11", "09:00")
    list_again(house.runtime, SEPTEMBER)


_MOVES = {
    "returned": lambda house, one: came(house, back(one)),
    "recall": _recalled,
    "listed": _listed,
}


def serial(house: House, row: Any, who: Signer) -> Decided:
    """As the command does it."""

    def work(session: Session) -> Decided:
        return accept(session, house.keyring, who, row.id, row.digest, house.clock.now())

    return house.database.serializable(work)


def test_of_two_who_confirm_at_once_one_does(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    before = held(house)
    row = asking(house, came(house, debit(one)))
    house.becomes("checker.all", "releaser")
    house.later()
    names = ("finance.two", "checker.all")
    pair = [Signer(house.officer(name), house.code()) for name in names]
    with ThreadPoolExecutor(2) as others:
        running = [others.submit(serial, house, row, who) for who in pair]
        done = [each.result(timeout=A_WHILE) for each in running]
    assert sorted(each.is_new for each in done) == [False, True]
    assert house.ask("select count(*) from line_unplacing") == 1
    assert held(house)["transit"] == before["transit"]
    proof_holds(house)


def test_the_return_comes_while_its_debit_is_taken_back(house: House) -> None:
    """Whichever is first: the return waits, or the debit stays. A file that was judged before the
    debit was taken back is refused by the database and read again at the next turn."""
    one = house.reference(1, SEPTEMBER)
    row = asking(house, came(house, debit(one)))
    who = signer(house, "finance.two")
    with ThreadPoolExecutor(2) as others:
        taking = others.submit(serial, house, row, who)
        coming = others.submit(came, house, back(one))
        refused_once = coming.exception(timeout=A_WHILE)
        failed = taking.exception(timeout=A_WHILE)
    if refused_once is not None:
        assert "no evidence allows this move" in str(refused_once)
        reads_again(house)
    assert house.state(one) == ("returned" if failed else "ready")
    assert len(waits(house)) == (0 if failed else 2)
    proof_holds(house)


def reads_again(house: House) -> None:
    """The next turn of the file that waits."""
    with house.work() as session:
        (file_id, *_) = intake.waiting(session, "read")[-1]
        process(session, file_id, house.later())


def test_a_crash_in_the_middle_leaves_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = house.reference(1, SEPTEMBER)
    row = asking(house, came(house, debit(one)))
    before = held(house)
    for step in ("unplacing._written", "unplacing._put_back", "withdrawing.wait_again"):
        with monkeypatch.context() as patch:
            patch.setattr(f"app.disbursement.workbench.{step}", _dies)
            with pytest.raises(KeyboardInterrupt):
                confirmed(house, row)
        assert (house.state(one), held(house)) == ("settled", before)
        assert house.ask("select count(*) from line_decision") == 0
    confirmed(house, row)
    assert house.state(one) == "ready"
    proof_holds(house)


def _dies(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_a_part_of_an_entry_is_no_more_than_it_posted(house: House) -> None:
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    came(house, debit(one), debit(two))
    shared = house.ask("select max(id) from entry where kind = 'settle_bank'")
    for entry_id, amount, item in ((shared, 2 * SENT + 1, 0), (shared, SENT, 99), (0, SENT, 0)):
        with pytest.raises(Unbalanced), house.work() as session:
            reverse_part(session, entry_id, amount, item=item, key="k", source="s",
                         effective_on=house.clock.now().date(),
                         recorded_at=house.clock.now())  # fmt: skip


def test_the_fee_of_a_month_has_one_line(house: House) -> None:
    """The matcher and two officers at the same moment: the database has one key for both."""
    agreed(house, "month", 8_800, is_borne=True)
    line = came(house, bare(-8_800, "F1"))
    draft = matching(house, line, ("fee:month", 0))
    row = proposed(house, draft)
    target = json.loads(draft.content)["parts"][0]["target"]
    with house.work() as session:  # another took it in between; its own rows are not seen yet
        take_once(session, "fee_month", target, line, house.clock.now())
    with pytest.raises(Conflict, match="vừa được một dòng khác nhận"):
        confirmed(house, row)
    assert house.ask("select count(*) from line_decision") == 0
    with pytest.raises(DBAPIError), house.owner.engine.begin() as connection:
        connection.execute(insert(fee_taken).values(
            verdict="fee_month", target_id=target, turn=0, bank_line_id=line,
            recorded_at=house.clock.now(),
        ))  # fmt: skip


def test_a_fee_that_comes_while_officers_place_one(house: House) -> None:
    agreed(house, "month", 8_800, is_borne=True)
    line = came(house, bare(-8_800, "F1"))
    row = proposed(house, matching(house, line, ("fee:month", 0)))
    who = signer(house, "finance.two")
    with ThreadPoolExecutor(2) as others:
        placing = others.submit(serial, house, row, who)
        words = "PHI DICH VU"
        coming = others.submit(came, house, bare(-8_800, "F2", remittance=words))
        failed = [each.exception(timeout=A_WHILE) for each in (placing, coming)]
    assert all(each is None or isinstance(each, AnSinhError) for each in failed)
    paid = "select count(*) from entry where kind = 'pay_fee' and reverses_id is null"
    assert house.ask(paid) == 1
    nothing_broken(house)


def test_twice_is_refused(house: House) -> None:
    line = came(house, debit(house.reference(1, SEPTEMBER)))
    row = asking(house, line)
    unmatch_again = confirmed(house, row)
    assert unmatch_again.is_new
    with pytest.raises(Refused, match="không phải là dòng đã ghép"):
        unmatch(house, line)
    forged(house, row, "append-only|unique|UNIQUE|every entry")
