"""A role lent for a time: who may, how much, and who may not meanwhile; by service and by row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from app.access.ending import end
from app.access.lending import Loan, lend
from app.access.officers import add_officer
from app.access.roles import held
from app.access.together import Signer
from app.disbursement.acts import prove_acts
from app.errors import Conflict, Forbidden, InputError, Refused
from tests.app.access.test_granting import granted, write
from tests.factories import (
    COMMUNE,
    OTHER_COMMUNE,
    SECRET,
    SEPTEMBER,
    House,
    september_listed,
)

CHECKER = f"checker.{COMMUNE}"
DAY = timedelta(days=1)


@pytest.fixture
def lan(house: House) -> int:
    """An officer who holds nothing."""
    with house.work() as session:
        return add_officer(session, house.keyring, "lan", "Lan", "097180881234", SECRET)


def lent(house: House, *, by: str = CHECKER, to: str = "lan", **changes: Any) -> int:
    now = house.later()
    begins = changes.pop("valid_from", now)
    told = {"role": "checker", "unit": COMMUNE, "valid_until": begins + 10 * DAY, "cap": 1_000_000}
    loan = Loan(valid_from=begins, **{**told, **changes})
    one, two = (Signer(house.officer(name), house.code()) for name in (by, to))
    with house.work() as session:
        return lend(session, house.keyring, one, two, loan, now)


def may(house: House, who: int, role: str = "checker", at: datetime | None = None) -> bool:
    with house.database.view() as session:
        return bool(held(session, who, (role,), COMMUNE, at or house.clock.now()))


def test_who_lends_cannot_act_until_it_comes_back(house: House, lan: int) -> None:
    lender, begins = house.officer(CHECKER), house.clock.now() + DAY
    number = lent(house, valid_from=begins)
    moments = (begins - timedelta(seconds=1), begins, begins + 10 * DAY)
    assert [may(house, lender, at=at) for at in moments] == [True, False, True]
    assert [may(house, lan, at=at) for at in moments] == [False, True, False]
    house.clock.move_to(begins + DAY)
    now = house.later()
    stranger = [Signer(house.officer("auditor"), house.code())]
    with house.work() as session, pytest.raises(Forbidden):
        end(session, house.keyring, number, "trở lại", stranger, now)
    with house.work() as session:
        end(session, house.keyring, number, "trở lại", [Signer(lender, house.code())], now)
    assert may(house, lender)
    assert not may(house, lan)


@pytest.mark.stage(of=september_listed)
def test_a_borrowed_role_covers_a_payroll_up_to_its_cap(house: House, lan: int) -> None:
    ids = house.payrolls(SEPTEMBER, "draft")
    house.submit(ids)
    small = lent(house, cap=1_499_999)
    with pytest.raises(Refused, match="chỉ đến"):
        house.approve("check", ids, "lan")
    with pytest.raises(Forbidden):
        house.approve("check", ids, CHECKER)
    now = house.later()
    with house.work() as session:
        end(session, house.keyring, small, "sai mức", [Signer(lan, house.code())], now)
    lent(house, cap=1_500_000)
    house.approve("check", ids, "lan")
    assert house.payrolls(SEPTEMBER, "checked") == ids


def test_what_is_not_lent(house: House, lan: int) -> None:
    now = house.clock.now()
    wrong: list[tuple[type[Exception], dict[str, Any]]] = [
        (Refused, {"valid_until": now + 31 * DAY}),
        (InputError, {"cap": 0}),
        (Forbidden, {"role": "approver"}),
        (Forbidden, {"unit": OTHER_COMMUNE}),
        (Refused, {"by": "admin.one", "role": "admin", "unit": ""}),
        (Refused, {"to": f"maker.{COMMUNE}"}),
        (Refused, {"to": "auditor"}),
        (Refused, {"to": CHECKER}),
    ]
    for error, changes in wrong:
        with pytest.raises(error):
            lent(house, **changes)
    lent(house)
    with pytest.raises(Refused, match="đã giao cho người khác"):
        lent(house, to="finance.one")
    with pytest.raises(Refused, match="không cho mượn lại"):
        lent(house, by="lan", to=f"checker.{OTHER_COMMUNE}", valid_until=now + 2 * DAY)


def test_a_borrowed_role_grants_nothing(house: House, lan: int) -> None:
    lent(house, by="checker.all", unit="")
    with pytest.raises(Forbidden, match="Cấp quyền cần"):
        granted(house, house.officer("auditor"), "auditor", by=("admin.one", "lan"))
    assert lan


def test_what_is_lent_ends_with_what_the_lender_holds(house: House, lan: int) -> None:
    number = granted(house, house.officer("auditor"), "auditor", COMMUNE)
    lent(house, by="auditor", role="auditor")
    assert may(house, lan, "auditor")
    now = house.later()
    with house.work() as session:
        end(session, house.keyring, number, "nghỉ việc", house.admins()[:1], now)
    assert not may(house, lan, "auditor")
    with pytest.raises(Conflict), house.work() as session:
        end(session, house.keyring, number, "nghỉ việc", house.admins()[1:], now)


def test_the_database_refuses_a_loan_that_is_none(house: House, lan: int) -> None:
    now, mine = house.clock.now(), "select min(id) from role_grant where officer_id = {}"
    lender = house.officer(CHECKER)
    own = house.ask(
        f"select id from role_grant where officer_id = {lender} and valid_from <= '{now}'"
        f" and valid_until > '{now + 20 * DAY}'"
    )
    signers = (CHECKER, "lan")
    good = {"officer_id": lan, "kind": "delegated", "lent_id": own, "cap": 1, "step": "lend",
            "signers": signers, "valid_until": now + 9 * DAY}  # fmt: skip
    others = house.ask(mine.format(house.officer("finance.one")))
    wrong = [
        {"valid_until": now + 31 * DAY},
        {"cap": 0},
        {"cap": None},
        {"lent_id": None},
        {"lent_id": others},
        {"step": "grant"},
        {"signers": ("admin.one", "admin.two")},
        {"signers": ("admin.one", "lan")},
        {"unit_code": OTHER_COMMUNE},
        {"role": "approver"},
        {"officer_id": lender},
    ]
    for changes in wrong:
        with pytest.raises(DBAPIError):
            write(house, **{**good, **changes})
    write(house, **good)
    with pytest.raises(DBAPIError, match="one lends"):
        write(house, **{**good, "officer_id": house.officer("finance.one"),
                        "signers": (CHECKER, "finance.one")})  # fmt: skip


def test_a_loan_is_what_both_confirmed(house: House, lan: int) -> None:
    assert lan
    lent(house)
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
