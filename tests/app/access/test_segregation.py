"""Acts that segregation forbids, by SQL past every room, and many who act at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy.exc import DBAPIError

from app.disbursement import batches, claims
from app.disbursement.submission import Sealed
from app.errors import AnSinhError
from tests.factories import COMMUNE, SEPTEMBER, House, in_cash, row
from tests.support.province import SECRET

RELEASE = "insert into batch_release (batch_id, officer_id, act_id)"

AT_ONCE = 50
MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"


def september_built(house: House) -> None:
    """September is approved, its money has come, its two batches are built for the 10th."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    house.build(SEPTEMBER, date(2026, 9, 10))


# What the rule is, and SQL that breaks it; {} are the maker's and the checker's numbers.
FORGED = {
    "one human being has two accounts": (
        "insert into officer (username, name, person_key, totp_secret, citizen_key)"
        " select 'twin', name, person_key, totp_secret, citizen_key from officer where id = {maker}"
    ),
    "an account is another human being's": (
        "update officer set person_key = (select person_key from officer where id = {maker})"
        " where id = {checker}"
    ),
    "the maker checks": (
        "insert into approval (payroll_id, round, ordinal, step, maker_id, digest, officer_id,"
        " act_id) select payroll_id, round, 9, step, maker_id, digest, {maker}, act_id"
        " from approval"
    ),
    "the checker approves": (
        "insert into approval (payroll_id, round, ordinal, step, maker_id, digest, officer_id,"
        " act_id) select payroll_id, round, 2, 'approve', maker_id, digest, {checker}, act_id"
        " from approval where step = 'approve'"
    ),
    "the maker releases": f"{RELEASE} values (1, {{maker}}, 1)",
    "the checker releases": f"{RELEASE} values (1, {{checker}}, 1)",
    "nobody releases": "update batch set state = 'released' where id = 1",
    "a role without two who grant it": (
        "insert into role_grant (officer_id, role, unit_code, department, kind, valid_from,"
        " valid_until, granted_at) select {maker}, 'auditor', '', '', 'standing', valid_from,"
        " valid_until, granted_at from role_grant where officer_id = {maker}"
    ),
    "a role that does not agree": (
        "insert into role_grant (officer_id, role, unit_code, department, kind, valid_from,"
        " valid_until, granted_at) select officer_id, 'approver', unit_code, '', 'founding',"
        " valid_from, valid_until, granted_at from role_grant where officer_id = {maker}"
    ),
    "a limit of nobody's": (
        "insert into payment_limit (measure, scope, from_day, amount, reason, joint_id,"
        " recorded_at) select 'line_month', '', '2026-09-01', 1, 'r', id, '2026-09-01T00:00:00Z'"
        " from joint_act"
    ),
    "a code twice": (
        "insert into act (step, officer_id, timecode, digest, things, total, acted_at, seal)"
        " select step, officer_id, timecode, digest, things, total, acted_at, seal from act"
    ),
}


@pytest.mark.stage(of=september_built)
@pytest.mark.parametrize("rule", FORGED)
def test_the_database_keeps_it_too(house: House, rule: str) -> None:
    names = {"maker": house.officer(MAKER), "checker": house.officer(CHECKER)}
    with pytest.raises(DBAPIError):
        house.tamper(FORGED[rule].format(**names))


def at_once(house: House, act: Callable[[int], object]) -> int:
    """How many of the many succeeded."""

    def tried(number: int) -> bool:
        try:
            return bool(act(number))
        except (AnSinhError, DBAPIError):
            return False

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return sum(crowd.map(tried, range(AT_ONCE)))


@pytest.mark.postgres
@pytest.mark.stage(of=september_built)
def test_many_releases_at_once_are_one_and_so_is_the_file(house: House) -> None:
    """Fifty pairs of codes, each good in its own half minute; then fifty workers with the bytes."""
    pair = [house.officer(name) for name in ("finance.one", "finance.two")]
    begun = house.on("2026-09-10")

    def release(number: int) -> bool:
        now = begun + timedelta(seconds=30 * number)
        code = pyotp.TOTP(SECRET).at(now)
        with house.work() as session:
            batches.release(session, house.keyring, [(one, code) for one in pair], [1], now)
        return True

    def claim(number: int) -> bool:
        sealed = Sealed(1, Path("1.xml"), "1.xml", f"{1:064}")
        with house.work() as session:
            return claims.claim(session, sealed, f"worker-{number}", begun)

    assert at_once(house, release) == 1
    assert house.rows("select count(*) from batch_release") == [(2,)]
    assert at_once(house, claim) == 1
    assert house.rows(
        "select count(distinct message_id), max(file_name) from batch where id = 1"
    ) == [(1, "1.xml")]
    assert house.ask("select count(*) from entry where kind = 'send'") == 1
