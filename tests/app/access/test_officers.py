"""Officers: one account a human being, codes bound to what they confirm, used once."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy.exc import DBAPIError

from app.access.officers import Confirmation, add_officer, confirm
from app.access.roles import require_role
from app.access.tables import act, officer
from app.errors import Conflict, Forbidden
from tests.factories import COMMUNE, OTHER_COMMUNE, House

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
WHAT = Confirmation("check", "d" * 64, 3, 1_500_000)
CITIZEN = "888180001234"


@pytest.fixture
def known(house: House) -> int:
    """An officer with a seed of his own."""
    with house.work() as session:
        number = add_officer(session, house.keyring, "lan", "Lan", CITIZEN, SECRET)
    house.grant("lan", "checker")
    return number


def say(house: House, who: int, code: str) -> int:
    with house.work() as session:
        return confirm(session, house.keyring, who, code, house.clock.now(), WHAT)


def test_one_human_being_one_account(house: House, known: int) -> None:
    before = house.count(officer)
    with pytest.raises(Conflict, match="một người chỉ có một tài khoản"), house.work() as session:
        add_officer(session, house.keyring, "lan2", "Lan hai", CITIZEN, SECRET)
    assert house.count(officer) == before
    assert CITIZEN not in repr(house.rows("select * from officer"))


def test_a_code_once_and_in_its_time(house: House, known: int) -> None:
    """Right now: yes. Again: no. The code of a minute ago or of another officer: no."""
    totp, start = pyotp.TOTP(SECRET), house.clock.now()
    say(house, known, totp.at(start))
    with pytest.raises(Conflict, match="đã dùng rồi"):
        say(house, known, totp.at(start))
    house.clock.advance(timedelta(seconds=60))
    for wrong in (totp.at(start), house.code(), "", "000000000"):
        with pytest.raises(Forbidden, match="Mã xác thực không đúng"):
            say(house, known, wrong)
    say(house, known, totp.at(house.clock.now()))
    rows = house.rows(f"select digest, things, total from act where officer_id = {known}")
    assert rows == [("d" * 64, 3, 1_500_000)] * 2


def test_an_unknown_officer_confirms_nothing(house: House, known: int) -> None:
    before = house.count(act)
    with pytest.raises(Forbidden, match="không dùng được"):
        say(house, 999_999, pyotp.TOTP(SECRET).at(house.clock.now()))
    assert house.count(act) == before


def test_roles_hold_where_they_were_given(house: House, known: int) -> None:
    now = house.clock.now()
    with house.work() as session:
        require_role(session, known, "checker", COMMUNE, now)
        for role, unit in (("checker", OTHER_COMMUNE), ("approver", COMMUNE), ("checker", "")):
            with pytest.raises(Forbidden):
                require_role(session, known, role, unit, now)
        require_role(session, house.officer("checker.all"), "checker", OTHER_COMMUNE, now)


def test_an_act_cannot_be_changed(house: House, known: int) -> None:
    say(house, known, pyotp.TOTP(SECRET).at(house.clock.now()))
    for statement in ("update act set total = 1", "delete from act"):
        with pytest.raises(DBAPIError):
            house.tamper(statement)
