"""Holds by people: one sets, two others clear over the same words, and the database insists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from app.disbursement.acts import prove_acts
from app.disbursement.clearing import proposals, stop
from app.disbursement.held import stop_of_all
from app.disbursement.holds import GLOBAL, PROOFS, set_hold, standing
from app.disbursement.tables import hold, hold_clearing
from app.errors import Conflict, Forbidden, InputError, NotFound
from app.jobs.month_end import nightly_proofs, seal_chain
from ledger.chain import seal_all
from ledger.errors import AnchorError
from tests.factories import BANK, COMMUNE, PENSION, House, september_sent


def stopped(
    house: House, username: str, scope: str = GLOBAL, key: str = "", why: str = "Nghi sai"
) -> int:
    """An officer sets a hold; gives its number."""
    who = house.acting(username)
    with house.work() as session:
        return stop(session, house.keyring, who, scope, key, why, house.clock.now())


def reason(house: House) -> str | None:
    """What stops the bank's pensions of the commune."""
    with house.database.view() as session:
        found = stop_of_all(session, BANK, PENSION, COMMUNE)
    return found.reason if found else None


@pytest.mark.parametrize(
    ("username", "scope", "key"),
    [("finance.one", GLOBAL, ""), ("auditor", "provider", BANK),
     (f"checker.{COMMUNE}", "unit", COMMUNE), (f"approver.{COMMUNE}", "programme", PENSION)],
)  # fmt: skip
def test_one_person_stops_and_two_clear(house: House, username: str, scope: str, key: str) -> None:
    number = stopped(house, username, scope, key)
    assert reason(house) == "Nghi sai"
    assert not house.clear_hold(number, "finance.two").cleared
    with house.database.view() as session:
        assert proposals(session, house.clock.now()) == {number: ["finance.two"]}
    signed = house.clear_hold(number, "finance.one")
    assert (signed.cleared, signed.first_id) == (True, house.officer("finance.two"))
    assert reason(house) is None
    assert house.rows("select cleared_by, cleared_too_by from hold") == [
        (house.officer("finance.two"), house.officer("finance.one"))
    ]
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok


@pytest.mark.parametrize(
    ("scope", "key", "why"),
    [(GLOBAL, BANK, "Nghi sai"), ("provider", "nobody", "Nghi sai"), ("province", "", "Nghi sai"),
     ("provider", "", "Nghi sai"), (GLOBAL, "", " \n "), (GLOBAL, "", "x" * 501),
     (GLOBAL, "", "Nghi\x00sai")],
)  # fmt: skip
def test_a_hold_needs_a_place_and_a_reason(house: House, scope: str, key: str, why: str) -> None:
    with pytest.raises(InputError):
        stopped(house, "auditor", scope, key, why)
    assert house.count(hold) == 0


def test_who_may_not(house: House) -> None:
    with pytest.raises(Forbidden):
        stopped(house, f"maker.{COMMUNE}")
    number = stopped(house, "auditor")
    with pytest.raises(Conflict, match="đang có rồi"):
        stopped(house, "finance.one")
    for username in ("auditor", f"maker.{COMMUNE}", f"approver.{COMMUNE}"):
        with pytest.raises(Forbidden):
            house.clear_hold(number, username)
    with pytest.raises(NotFound):
        house.clear_hold(number + 1, "finance.one")
    assert house.count(hold_clearing) == 0


def test_the_first_signature_is_good_for_a_day(house: House) -> None:
    number = stopped(house, "auditor")
    house.clear_hold(number, "finance.one")
    house.clock.advance(timedelta(hours=24))
    assert not house.clear_hold(number, "finance.two").cleared
    assert house.clear_hold(number, "finance.one").cleared


def test_the_database_wants_two_signatures(house: House) -> None:
    """By SQL past every room: without signatures, by one, by others than those who signed."""
    number = stopped(house, "auditor")
    one, two, three = (house.officer(name) for name in ("finance.one", "finance.two", "auditor"))
    clearing = "update hold set cleared_at = set_at, cleared_by = {}, cleared_too_by = {}"
    attempts = [clearing.format(one, two), "update hold set cleared_at = set_at"]
    for statement in attempts:
        with pytest.raises(DBAPIError, match="two officers clear it"):
            house.tamper(statement)
    house.clear_hold(number, "finance.one")
    attempts += [clearing.format(one, one), clearing.format(one, three)]
    attempts += ["update hold set reason = 'x'", "update hold set scope = 'unit'"]
    for statement in attempts:
        with pytest.raises(DBAPIError):
            house.tamper(statement)
    house.clear_hold(number, "finance.two")
    for statement in ("update hold set cleared_at = null", clearing.format(two, one)):
        with pytest.raises(DBAPIError):
            house.tamper(statement)


def test_signatures_by_hand_are_found(house: House) -> None:
    """Somebody with a database password writes the rows himself: the acts have no seal."""
    number = stopped(house, "auditor")
    one, two = house.officer("finance.one"), house.officer("finance.two")
    for act, officer in ((901, one), (902, two)):
        house.tamper(
            "insert into act (id, step, officer_id, timecode, digest, things, total, acted_at,"
            f" seal) select {act}, 'clear_hold', {officer}, {act}, 'd', 1, 0, set_at, 'x' from hold"
        )
        house.tamper(
            "insert into hold_clearing (hold_id, officer_id, act_id, digest)"
            f" values ({number}, {officer}, {act}, 'd')"
        )
    house.tamper(f"update hold set cleared_at = set_at, cleared_by = {one}, cleared_too_by = {two}")
    with house.database.view() as session:
        figures = prove_acts(session, house.keyring).figures
    assert figures["forged"] == [901, 902]
    assert figures["unbound"] == [901, 902]


def test_the_oldest_stands_first(house: House) -> None:
    with house.work() as session:
        for scope, key in ((GLOBAL, PROOFS), ("provider", BANK)):
            set_hold(session, scope, key, f"vì {key}", "system", house.later())
    with house.database.view() as session:
        assert [row.key for row in standing(session)] == [PROOFS, BANK]
    assert reason(house) == f"vì {PROOFS}"


@pytest.mark.stage(of=september_sent)
def test_a_night_that_fails_stops_everything_once(house: House) -> None:
    """A removed trigger and one changed amount: the hold stands, and not once more each night."""
    assert nightly_proofs(house.runtime).endswith("proofs hold")
    assert reason(house) is None
    name = "posting_no_update" if house.database.is_sqlite else "posting_append_only on posting"
    house.tamper(f"drop trigger {name}")
    house.tamper("update posting set debit = debit + 1 where debit > 0 and line = 1")
    for _ in range(2):
        house.on("2026-09-11" if house.clock.now().day < 11 else "2026-09-12", "01:30")
        assert "failed: " in nightly_proofs(house.runtime)
    (found,) = house.rows("select scope, key, set_by, reason from hold")
    assert found[:3] == (GLOBAL, PROOFS, "system")
    assert found[3].startswith("Kiểm chứng sổ sách không đạt: ")
    assert reason(house) == found[3]


@pytest.mark.stage(of=september_sent)
def test_a_night_that_cannot_prove_stops_everything_too(house: House) -> None:
    """A key that is no key: no proof comes of it, and the hold stands, once."""
    seal_chain(house.runtime)
    house.runtime.anchors.public_path.write_text("garbage\n")
    for night in ("2026-09-11", "2026-09-12"):
        house.on(night, "01:30")
        with pytest.raises(AnchorError):
            nightly_proofs(house.runtime)
    (found,) = house.rows("select scope, key, set_by, reason from hold")
    assert found[:3] == (GLOBAL, PROOFS, "system")
    assert found[3].startswith("Không kiểm chứng được sổ sách: AnchorError: ")


@pytest.mark.stage(of=september_sent)
@pytest.mark.parametrize("garbage", [b"garbage\n", b"\xff\n"])
def test_anchors_that_nobody_can_read_are_a_proof_that_fails(house: House, garbage: bytes) -> None:
    seal_chain(house.runtime)
    with house.runtime.anchors.path.open("ab") as file:
        file.write(garbage)
    assert nightly_proofs(house.runtime).endswith("; failed: anchors")
    assert reason(house) == "Kiểm chứng sổ sách không đạt: anchors"


@pytest.mark.stage(of=september_sent)
def test_the_sealer_between_two_questions_is_no_fault(house: House) -> None:
    """What is read of the books is of one moment, whoever seals meanwhile."""
    sealed: list[int] = []

    def seals(*happened: Any) -> None:
        if not sealed and "posting" in happened[2]:
            sealed.append(0)
            with house.work() as session:
                sealed.append(seal_all(session))

    event.listen(house.database.engine, "after_cursor_execute", seals)
    said = nightly_proofs(house.runtime)
    event.remove(house.database.engine, "after_cursor_execute", seals)
    assert sealed[-1] > 0
    assert said.endswith("proofs hold")
