"""An account switched off and on by two others: what stops at once, and who cannot do it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from app.access.lending import Loan, lend
from app.access.officers import Confirmation, confirm
from app.access.scope import scope_of
from app.access.switching import switch
from app.access.tables import DISABLE, ENABLE, officer_switch
from app.access.together import Signer
from app.disbursement.acts import prove_acts
from app.errors import Conflict, Forbidden, InputError, NotFound, Refused
from tests.app.access.test_granting import granted, holds, write
from tests.factories import COMMUNE, OTHER_COMMUNE, House, september_listed

MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"
OTHER = f"checker.{OTHER_COMMUNE}"
WHY = "mất điện thoại"


def switched(
    house: House,
    name: str,
    kind: str,
    by: Sequence[str] = ("admin.one", "checker.all"),
    why: str = WHY,
) -> int:
    now = house.later()
    signers = [Signer(house.officer(one), house.code()) for one in by]
    with house.work() as session:
        return switch(session, house.keyring, house.officer(name), kind, why, signers, now)


def acts(house: House, name: str) -> None:
    now, what = house.later(), Confirmation("check", "d" * 64, 1, 1)
    with house.work() as session:
        confirm(session, house.keyring, house.officer(name), house.code(), now, what)


def has_role(house: House, name: str, unit: str = COMMUNE) -> bool:
    return holds(house, house.officer(name), "checker", unit, house.clock.now())


@pytest.mark.stage(of=september_listed)
def test_what_is_off_does_nothing_at_once_and_counts_again_when_it_is_on(house: House) -> None:
    ids = house.payrolls("2026-09", "draft")
    assert switched(house, MAKER, DISABLE) == 1
    with pytest.raises(Forbidden, match="đã bị khoá"):
        house.submit(ids, MAKER)
    with house.database.view() as session, pytest.raises(Forbidden, match="bị khoá"):
        scope_of(session, MAKER, house.clock.now())
    with pytest.raises(Forbidden, match="không dùng được"):
        acts(house, MAKER)
    with pytest.raises(DBAPIError, match="account of this officer is off"):
        house.tamper(
            "insert into act (step, officer_id, timecode, digest, things, total, acted_at, seal)"
            f" select step, {house.officer(MAKER)}, 1, digest, 1, 1, acted_at, seal from act"
            " where id = 1"
        )
    assert switched(house, MAKER, ENABLE, ("admin.two", "admin.one")) == 2
    house.submit(ids, MAKER)
    told = house.rows(
        "select action, detail from audit_event where action like 'access:officer:%' order by id"
    )
    assert told == [("access:officer:disable", WHY), ("access:officer:enable", WHY)]
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok


def test_plain_answers_without_a_code_stop_too(house: House) -> None:
    """A checker marks flags as seen by his role alone: that counts no more."""
    assert has_role(house, CHECKER)
    switched(house, CHECKER, DISABLE)
    assert not has_role(house, CHECKER)


@pytest.mark.parametrize("off", ["lender", "borrower"])
def test_loans_stop_with_either(house: House, off: str) -> None:
    """What the lender lent stops with his own; what the borrower had goes back to the lender."""
    now = house.later()
    loan = Loan("checker", COMMUNE, now, now + timedelta(days=9), 1_000_000)
    lender, borrower = (Signer(house.officer(one), house.code()) for one in (CHECKER, OTHER))
    with house.work() as session:
        lend(session, house.keyring, lender, borrower, loan, now)
    assert (has_role(house, CHECKER), has_role(house, OTHER)) == (False, True)
    switched(house, CHECKER if off == "lender" else OTHER, DISABLE)
    assert (has_role(house, CHECKER), has_role(house, OTHER)) == (off == "borrower", False)


def test_who_is_off_gives_no_rights(house: House) -> None:
    switched(house, "admin.two", DISABLE)
    for by in (("admin.one", "admin.two"), ("admin.two", "checker.all")):
        with pytest.raises(Forbidden):
            granted(house, house.officer("auditor"), "auditor", by=by)
    assert switched(house, "admin.two", ENABLE)


@pytest.mark.parametrize(
    ("by", "error"),
    [
        (("admin.one", CHECKER), Forbidden),
        (("checker.all", "finance.one"), Forbidden),
        (("finance.one", "finance.two"), Forbidden),
        (("admin.one", "admin.one"), Refused),
        (("admin.one",), Refused),
        (("admin.one", MAKER), Refused),
    ],
)
def test_who_cannot(house: House, by: tuple[str, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        switched(house, MAKER, DISABLE, by)
    acts(house, MAKER)


def test_what_cannot_be(house: House) -> None:
    with pytest.raises(InputError, match="lý do"):
        switched(house, MAKER, DISABLE, why="  x ")
    with pytest.raises(Conflict, match="không bị khoá"):
        switched(house, MAKER, ENABLE)
    switched(house, MAKER, DISABLE)
    with pytest.raises(Conflict, match="bị khoá rồi"):
        switched(house, MAKER, DISABLE)
    now = house.later()
    with house.work() as session, pytest.raises(NotFound):
        switch(session, house.keyring, 999_999, DISABLE, WHY, house.admins(), now)


def test_the_database_refuses_what_the_room_refuses(house: House) -> None:
    who, admin, now = house.officer(MAKER), house.officer("admin.one"), house.clock.now()
    row = {"officer_id": who, "number": 1, "kind": DISABLE, "reason": WHY, "switched_at": now}
    for wrong in (
        {"step": "grant"},
        {"step": "enable_officer"},
        {"kind": ENABLE, "step": "enable_officer"},
        {"number": 2},
        {"officer_id": admin},
        {"kind": "gone", "step": "gone_officer"},
    ):
        with pytest.raises(DBAPIError):
            write(house, officer_switch, **{**row, "step": "disable_officer", **wrong})
    for statement in (
        f"update officer set disabled_at = '2026-08-01 00:00:00+00:00' where id = {who}",
        "update officer_switch set kind = 'enable'",
        "delete from officer_switch",
    ):
        if "officer_switch" in statement and not house.count(officer_switch):
            switched(house, MAKER, DISABLE)
        with pytest.raises(DBAPIError):
            house.tamper(statement)
    with pytest.raises(DBAPIError, match="as two switched it"):
        house.tamper(f"update officer set disabled_at = null where id = {who}")
    with pytest.raises(DBAPIError), house.work() as session:
        session.connection().exec_driver_sql(f"update officer set name = 'x' where id = {who}")


def test_the_proof_finds_an_account_that_nobody_switched(house: House) -> None:
    row = {"officer_id": house.officer(MAKER), "number": 1, "kind": DISABLE, "reason": WHY}
    write(house, officer_switch, **row, switched_at=house.clock.now(), step="disable_officer")
    with house.database.view() as session:
        assert not prove_acts(session, house.keyring).ok
