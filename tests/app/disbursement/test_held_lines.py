"""No batch with a held line is ever claimed, whatever the hold is about, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.disbursement import claims
from app.disbursement.submission import Sealed
from app.errors import Held
from app.jobs.sending import send_batches
from tests.app.disbursement.test_sending import delivered, runtime_of, september_released
from tests.factories import BANK, House

pytestmark = pytest.mark.stage(of=september_released)
AREA = "(select area_code from person where id = {})"
CASES = [
    ("global", "''", {1, 2}),
    ("provider", f"'{BANK}'", {1}),
    ("programme", "'pension'", {1, 2}),
    ("unit", "'01273'", {1, 2}),
    ("area", "(select area_code from paying_unit where code = '01273')", {1, 2}),
    ("area", AREA.format(1), {1, 2}),
    ("person", "'2'", {1}),
    ("person", "'3'", {2}),
    ("person", "'4'", set()),
    ("instruction", "'1'", {1}),
    ("instruction", "'999'", set()),
]


def hold(house: House, scope: str, key: str) -> None:
    """A hold as a row, past the check of scopes."""
    with house.owner.engine.connect() as connection:
        if house.database.is_sqlite:
            connection.exec_driver_sql("pragma ignore_check_constraints = on")
        else:
            connection.execute(text("alter table hold drop constraint ck_hold_scope"))
        connection.execute(
            text(
                "insert into hold (scope, key, reason, set_by, set_at) select"
                f" '{scope}', {key}, 'Nghi sai', 'x', '2026-09-10 00:00:00+00'"
            )
        )
        connection.commit()
        if house.database.is_sqlite:
            connection.exec_driver_sql("pragma ignore_check_constraints = off")


@pytest.mark.parametrize(("scope", "key", "stopped"), CASES)
def test_a_held_line_stops_its_batch(house: House, scope: str, key: str, stopped: set[int]) -> None:
    hold(house, scope, key)
    lease = "owner = 'x', lease_until = '2026-09-10 09:00:00+00', fence = 1"
    moment = "not_after = '2026-09-10 08:00:00+00'"
    for number in stopped:
        sealed = Sealed(number, house.home / "x", "x", "0" * 64)
        with house.work() as session, pytest.raises(Held, match="Nghi sai"):
            claims.claim(session, sealed, "me", house.later())
        with pytest.raises(DBAPIError, match="a hold stands"):
            house.tamper(
                f"update batch set state = 'sending', {lease}, {moment} where id = {number}"
            )
    send_batches(runtime_of(house))
    assert len(delivered(house)) == 2 - len(stopped)
    assert {n for n in (1, 2) if house.batch_state(n) == "released"} == stopped


def test_the_line_is_named_and_what_to_do(house: House) -> None:
    hold(house, "person", "'2'")
    sealed = Sealed(1, house.home / "x", "x", "0" * 64)
    with house.work() as session, pytest.raises(Held) as held:
        claims.claim(session, sealed, "me", house.later())
    assert "dòng 2 của bảng 1" in str(held.value)
    assert "bỏ lệnh dừng số 1" in str(held.value)
    assert "ansinh payroll exclude" in str(held.value)
    assert send_batches(runtime_of(house)) == "1 sent; 1 held: dòng 2 của bảng 1: Nghi sai"
