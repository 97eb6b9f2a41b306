"""Codes: each step once for a person, a little drift, waits after wrong ones, a new factor."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.access.factor_tables import code_failure, factor
from app.access.factors import re_enrol
from app.access.officers import Confirmation, add_officer, confirm
from app.access.tables import act
from app.access.together import Signer
from app.disbursement.acts import prove_acts
from app.errors import Conflict, Forbidden, InputError, Refused
from app.privacy import Keyring
from app.signing.tables import verify_asked
from tests.app.access.test_granting import write
from tests.factories import House

OLD, NEW = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"
WHAT, STOP = Confirmation("check", "d" * 64, 1, 0), Confirmation("set_hold", "d" * 64, 1, 0)
SECOND = timedelta(seconds=1)


@pytest.fixture
def lan(house: House) -> int:
    """An officer with a seed of his own, at the first second of a step."""
    house.clock.advance(timedelta(seconds=30 - house.clock.now().timestamp() % 30))
    with house.work() as session:
        return add_officer(session, house.keyring, "lan", "Lan", "097180881234", OLD)


def say(house: House, who: int, seed: str = OLD, *, late: int = 0, what: Any = WHAT) -> int:
    """Confirm with the code that was right so many seconds ago."""
    now = house.clock.now()
    code = pyotp.TOTP(seed).at(now - late * SECOND)
    with house.work() as session:
        return confirm(session, house.keyring, who, code, now, what)


def wrong(house: House, who: int, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(Forbidden, match="không đúng"), house.work() as session:
            confirm(session, house.keyring, who, "000000", house.clock.now(), WHAT)


def anew(house: House, who: int, by: tuple[str, ...] = ("admin.one", "admin.two")) -> int:
    now = house.later()
    signers = [Signer(house.officer(name), house.code()) for name in by]
    with house.work() as session:
        return re_enrol(session, house.keyring, who, NEW, "mất điện thoại", signers, now)


@pytest.mark.parametrize(("into", "late", "right"), [
    (0, 0, True), (29, 0, True), (9, 10, True), (10, 11, False), (0, 31, False),
])  # fmt: skip
def test_a_code_counts_ten_seconds_longer(
    house: House, lan: int, into: int, late: int, right: bool
) -> None:
    house.clock.advance(into * SECOND)
    if right:
        say(house, lan, late=late)
        step = house.ask(f"select timecode from act where officer_id = {lan}")
        assert step == int((house.clock.now() - late * SECOND).timestamp()) // 30
    else:
        with pytest.raises(Forbidden, match="không đúng"):
            say(house, lan, late=late)


def test_a_step_counts_once_for_a_person_also_in_its_drift(house: House, lan: int) -> None:
    say(house, lan)
    house.clock.advance(35 * SECOND)
    with pytest.raises(Conflict, match="đã dùng rồi"):
        say(house, lan, late=10)
    say(house, lan)
    assert len(house.rows(f"select id from act where officer_id = {lan}")) == 2


def test_wrong_codes_are_kept_and_make_one_wait(house: House, lan: int) -> None:
    """The unit of work that asked is taken back, the failure stays; a right code forgets them."""
    wrong(house, lan, 4)
    assert house.count(code_failure) == 4
    say(house, lan)
    house.clock.advance(30 * SECOND)
    wrong(house, lan, 5)
    waits = []
    for _ in range(6):
        with pytest.raises(Forbidden, match="Chờ") as refused:
            say(house, lan)
        waits.append(int(refused.value.what_to_do.split()[1]))
        house.clock.advance(waits[-1] * SECOND)
        wrong(house, lan)
    assert waits == [33, 65, 129, 257, 513, 901]
    assert len(house.rows(f"select id from act where officer_id = {lan}")) == 1
    house.clock.advance(901 * SECOND)
    say(house, lan)


@pytest.mark.parametrize("serializable", [False, True])
def test_codes_tried_at_once_are_counted_as_in_a_row(
    house: House, lan: int, serializable: bool
) -> None:
    """Of many guesses at the same moment five are looked at, and then the right one waits too.
    What the refused units of work wrote before is gone."""
    now = house.clock.now()
    right = pyotp.TOTP(OLD).at(now)
    told = Confirmation("check", "e" * 64, 1, 0)

    def work(session: Session, code: str) -> None:
        session.execute(insert(verify_asked).values(id=int(code), bucket=1, asked_at=now))
        confirm(session, house.keyring, lan, code, now, told)

    def tried(code: str) -> str:
        try:
            if serializable:
                house.database.serializable(lambda session: work(session, code))
            else:
                with house.work() as session:
                    work(session, code)
        except Forbidden as refused:
            return refused.message.split()[0]
        return "right"

    codes = [f"{(int(right) + ahead) % 1_000_000:06}" for ahead in range(1, 50)]
    with ThreadPoolExecutor(50) as crowd:
        said = Counter(crowd.map(tried, codes))
    assert said == {"Mã": 5, "Đã": 44}
    assert (house.count(code_failure), house.count(verify_asked)) == (5, 0)
    assert tried(right) == "Đã"
    assert house.ask(f"select count(*) from act where officer_id = {lan}") == 0


def test_after_fifty_only_a_new_factor_helps(house: House, lan: int) -> None:
    rows = [{"officer_id": lan, "step": "x", "failed_at": house.clock.now()}] * 50
    with house.work() as session:
        session.execute(insert(code_failure), rows)
    house.clock.advance(timedelta(days=2))
    with pytest.raises(Forbidden, match="mã xác thực bị khoá"):
        say(house, lan)
    anew(house, lan)
    house.clock.advance(timedelta(hours=24))
    say(house, lan, NEW)


def test_a_new_factor_in_person_kills_the_old_one_and_rests_for_a_day(
    house: House, lan: int
) -> None:
    assert anew(house, lan) == 1
    house.clock.advance(timedelta(hours=23))
    with pytest.raises(Forbidden, match="không đúng"):
        say(house, lan, OLD)
    with pytest.raises(Forbidden, match="24 giờ"):
        say(house, lan, NEW)
    say(house, lan, NEW, what=STOP)
    with pytest.raises(DBAPIError, match="is new"):
        forged(house, lan)
    house.clock.advance(timedelta(hours=1))
    say(house, lan, NEW)
    assert NEW not in repr(house.rows("select * from factor"))
    assert NEW not in repr(house.rows("select * from audit_event"))
    assert anew(house, lan) == 2


def forged(house: House, who: int) -> None:
    told = {"step": "approve", "digest": "d", "things": 1, "total": 0, "seal": "x", "timecode": 1}
    with house.owner.engine.begin() as connection:
        row = insert(act).values(officer_id=who, acted_at=house.clock.now(), **told)
        connection.execute(row)


def test_who_may_hand_a_factor_over(house: House, lan: int) -> None:
    with pytest.raises(Forbidden):
        anew(house, lan, ("admin.one", "finance.one"))
    with pytest.raises(Refused, match="cho mình"):
        anew(house, house.officer("admin.one"))
    with pytest.raises(InputError), house.work() as session:
        re_enrol(session, house.keyring, lan, NEW, " ", house.admins(), house.clock.now())
    now = house.clock.now()
    good = {"officer_id": lan, "number": 1, "seed": b"x", "reason": "r", "enrolled_at": now}
    admin = house.officer("admin.one")
    for changes in ({"step": "grant"}, {"officer_id": admin}, {"joint_id": None}, {"token_id": 1}):
        with pytest.raises(DBAPIError):
            write(house, factor, **{**good, "step": "re_enrol", **changes})
    write(house, factor, **good, step="re_enrol")


def test_a_seed_that_was_copied_opens_nothing(house: House, lan: int) -> None:
    """Of another officer, or of his own old factor, under a joint act that never was."""
    other = Keyring(b"t" * 32).encrypt("factor.seed", "somebody|1", NEW)
    write(house, factor, officer_id=lan, number=1, seed=other, reason="r", step="re_enrol",
          enrolled_at=house.clock.now())  # fmt: skip
    house.clock.advance(timedelta(days=2))
    with pytest.raises(Forbidden, match="không thuộc về"):
        say(house, lan, NEW)


def test_a_new_factor_is_what_two_confirmed(house: House, lan: int) -> None:
    anew(house, lan)
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
