"""Segregation, rule by rule (S1 to S12): refused by the service, and by the rows themselves.

Each row of the table breaks its rule twice, on each kind of database: as an officer would, and by
SQL with the owner's rights, every other condition being met. Other cases of a rule lie beside its
room; here every rule has one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest
from sqlalchemy.exc import DBAPIError

from app.access.officers import add_officer
from app.beneficiaries.rows import RegisterRow
from app.errors import AnSinhError
from app.payroll.approvals import approve
from app.payroll.limit_tables import ACCOUNT_DAY, LINE_MONTH
from app.payroll.seen import shown
from app.reference.citizen_id import SYNTHETIC_PREFIX
from tests.app.access.test_granting import DAY, YEAR, granted, write
from tests.app.access.test_lending import lent
from tests.app.access.test_segregation import FORGED
from tests.app.payroll.test_barred import a_field, new_account, submitted_by_hand
from tests.app.payroll.test_barred import is_payee as pays_him
from tests.app.payroll.test_barred import lives_with_one as lives_with_a_payee
from tests.app.payroll.test_barred import shares_an_account as shares_a_payees_account
from tests.app.payroll.test_limits import limited
from tests.factories import BANK, COMMUNE, OCTOBER, SEPTEMBER, House, in_cash, row, september_listed
from tests.support.forging import forged_act, forged_approval, forged_release

MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"
ONE, TWO = "finance.one", "finance.two"


class Rule(NamedTuple):
    """How the rule is broken: by the service, which says `says`; by SQL, to which the database says
    `told`. Both begin where `begun` left the house."""

    begun: Callable[[House], Any]
    service: Callable[[House], Any]
    says: str
    rows: Callable[[House], Any]
    told: str


def sql(statement: Callable[[House], str]) -> Callable[[House], None]:
    """Run what this gives for the house, as the owner."""
    return lambda house: house.tamper(statement(house))


def nothing(_: House) -> None:
    """The stage is where it begins."""


def submitted(house: House) -> None:
    house.submit([1])


def twin(house: House) -> None:
    with house.work() as session:
        add_officer(session, house.keyring, "twin", "T", f"{SYNTHETIC_PREFIX}180990000", "A" * 32)


def by_name(rule: str) -> Callable[[House], str]:
    """SQL that is told elsewhere by the rule's name."""
    return lambda house: FORGED[rule].format(
        maker=house.officer(MAKER), checker=house.officer(CHECKER)
    )


def edited(house: House) -> None:
    a_field(house, CHECKER)
    house.submit([1])


def maker_may_check(house: House) -> None:
    house.submit([1])
    house.becomes(MAKER, "checker")


def checker_may_approve(house: House) -> None:
    house.submit([1])
    house.approve("check", [1])
    house.becomes(CHECKER, "approver")


def built_twice(house: House) -> None:
    """The same as `september_built`, from its list on."""
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    house.build(SEPTEMBER, date(2026, 9, 10))


def checker_may_release(house: House) -> None:
    built_twice(house)
    house.becomes(CHECKER, "releaser", "")


def near(how: Callable[[House, str], None]) -> Callable[[House], None]:
    def begun(house: House) -> None:
        how(house, CHECKER)
        house.submit([1])

    return begun


def checks(house: House) -> None:
    house.approve("check", [1])


def checked_by_hand(house: House) -> str:
    return forged_approval(house, 1, 1, "check", CHECKER)


def changed_an_account(house: House) -> None:
    """One of finance confirmed another account, and two weeks later the list is to be released."""
    house.on("2026-08-24")
    new_account(house, MAKER, ONE)
    built_twice(house)
    house.on("2026-09-07")


def line_limited(house: House) -> None:
    house.on("2026-08-21")
    limited(house, LINE_MONTH, "", 499_999)


def day_limited(house: House) -> None:
    """Both batches are released for one day from accounts of their own; one is above its limit."""
    built_twice(house)
    limited(house, ACCOUNT_DAY, BANK, 999_999)


def released_by_hand(house: House) -> None:
    for name in (ONE, TWO):
        house.tamper(forged_release(house, 1, name))
    house.tamper("update batch set state = 'released' where id = 1")


def ten_more(house: House) -> None:
    """October's list is five times September's, above the shipped limit of a change."""
    house.approve_month(SEPTEMBER)
    people = [row(number) for number in (1, 2, *range(11, 71))]
    house.register(OCTOBER, *people, in_cash(3))
    house.list_month(OCTOBER)


def october(house: House, *people: RegisterRow) -> None:
    """These are on October's list, which waits for its checker."""
    house.on("2026-09-22")
    house.register(OCTOBER, row(1), *people)
    house.list_month(OCTOBER)
    house.submit([2])


def two_share(house: House) -> None:
    october(house, row(2, account=row(1).account), in_cash(3))


def account_changed(house: House) -> None:
    october(house, row(2), row(3))


def checks_unseen(house: House) -> None:
    """The checker's act, without having looked at the flags."""
    now = house.later()
    with house.work() as session:
        approve(session, house.keyring, house.officer(CHECKER), house.code(), "check", [2], now,
                seen=shown(session, [2]).code)  # fmt: skip


def moved_unseen(house: House) -> None:
    house.tamper(forged_approval(house, 2, 1, "check", CHECKER))
    house.tamper("update payroll set state = 'checked' where id = 2")


def repaired_alone(house: House) -> str:
    return (
        "insert into repair (person_id, old_destination_id, new_destination_id, evidence,"
        f" proposed_by, confirmed_by, repaired_at) select id, destination_id, destination_id, 'e',"
        f" {house.officer(MAKER)}, {house.officer(MAKER)}, '2026-08-21T01:00:00.000000+00:00'"
        " from person where id = 1"
    )


def at_night(house: House) -> None:
    house.submit([1])
    house.on("2026-09-08", "22:00")


def at_night_built(house: House) -> None:
    built_twice(house)
    house.on("2026-09-08", "22:00")


def lan(house: House) -> int:
    with house.work() as session:
        return add_officer(session, house.keyring, "lan", "Lan", "097180881234", "A" * 32)


def lent_by_hand(house: House) -> None:
    """As two would sign it, for a day too many."""
    now = house.clock.now()
    own = house.ask(
        f"select id from role_grant where officer_id = {house.officer(CHECKER)} and valid_from <="
        f" '{now}' and valid_until > '{now + 40 * DAY}'"
    )
    write(house, officer_id=house.officer("lan"), kind="delegated", lent_id=own, cap=1,
          step="lend", signers=(CHECKER, "lan"), valid_until=now + 31 * DAY)  # fmt: skip


UNIQUE = r"(?i)unique|duplicate"
BARRED = "is barred from the payroll"

RULES: dict[str, Rule] = {
    "S1 one human being, one account": Rule(
        nothing, twin, "một người chỉ có một tài khoản",
        sql(by_name("one human being has two accounts")), UNIQUE,
    ),
    "S2 who changed a fact does not check it": Rule(
        edited, checks, "đã sửa dữ liệu", sql(checked_by_hand), BARRED,
    ),
    "S3 the maker does not check": Rule(
        maker_may_check, lambda house: house.approve("check", [1], MAKER),
        "Người lập không được duyệt",
        sql(lambda house: forged_approval(house, 1, 1, "check", MAKER)), "by a maker|not_the_maker",
    ),
    "S3 nobody takes two steps": Rule(
        checker_may_approve, lambda house: house.approve("approve", [1], CHECKER),
        "một người không làm hai bước",
        sql(lambda house: forged_approval(house, 1, 2, "approve", CHECKER)), UNIQUE,
    ),
    "S3 who checked does not release": Rule(
        checker_may_release, lambda house: house.release([1], (CHECKER, ONE)),
        "không được giải ngân",
        sql(lambda house: forged_release(house, 1, CHECKER)), "acted on the payroll before",
    ),
    "S3 two release": Rule(
        built_twice, lambda house: house.release([1], (ONE, ONE)), "hai người khác nhau",
        sql(by_name("nobody releases")), "two persons release it",
    ),
    "S4 not one's own money": Rule(
        near(pays_him), checks, "khoản tiền của mình", sql(checked_by_hand), BARRED,
    ),
    "S4 not of one's household": Rule(
        near(lives_with_a_payee), checks, "cùng hộ", sql(checked_by_hand), BARRED,
    ),
    "S4 not into one's account": Rule(
        near(shares_a_payees_account), checks, "chung tài khoản", sql(checked_by_hand), BARRED,
    ),
    "S5 roles that do not agree": Rule(
        nothing, lambda house: granted(house, house.officer(MAKER), "approver"), "xung đột",
        lambda house: write(house, officer_id=house.officer(MAKER), role="approver"),
        "not held together",
    ),
    "S6 nobody grants to himself": Rule(
        nothing, lambda house: granted(house, house.officer("admin.one"), "admin", ""),
        "tự cấp quyền",
        lambda house: write(house, officer_id=house.officer("admin.one"), role="admin",
                            unit_code=""),
        "two others grant it",
    ),
    "S6 for twelve months": Rule(
        lan, lambda house: granted(house, house.officer("lan"), valid_until=house.clock.now()
                                   + YEAR + 3 * DAY),
        "12 tháng",
        lambda house: write(house, officer_id=house.officer("lan"), valid_until=house.clock.now()
                            + YEAR + 3 * DAY),
        "twelve months",
    ),
    "S7 who changed an account does not release it": Rule(
        changed_an_account, lambda house: house.release([1]), "đã đổi tài khoản",
        sql(lambda house: forged_release(house, 1, ONE)), BARRED,
    ),
    "S8 no line above its limit": Rule(
        line_limited, lambda house: house.submit([1]), "vượt hạn mức",
        sql(lambda house: submitted_by_hand(house, 1, MAKER)), "a line is above its limit",
    ),
    "S8 no day above its limit": Rule(
        day_limited, lambda house: house.release([1]), "vượt hạn mức",
        released_by_hand, "above what may leave the account",
    ),
    "S8 no jump without a reason": Rule(
        ten_more, lambda house: house.submit([2]), "còn lỗi chặn",
        sql(lambda _: "update payroll set state = 'submitted' where id = 2"),
        "a blocking flag stands",
    ),
    "S9 two change an account": Rule(
        nothing, lambda house: new_account(house, MAKER, MAKER), "hai người khác nhau",
        sql(repaired_alone), "two_persons",
    ),
    "S9 a new account is looked at": Rule(
        account_changed, checks_unseen, "cảnh báo chưa xem", moved_unseen, "a flag was not seen",
    ),
    "S10 one account of two is looked at": Rule(
        two_share, checks_unseen, "cảnh báo chưa xem", moved_unseen, "a flag was not seen",
    ),
    "S11 nothing is approved at night": Rule(
        at_night, checks, "Ngoài giờ duyệt chi",
        lambda house: forged_act(house, CHECKER, "check"), "out of hours",
    ),
    "S11 nothing is released at night": Rule(
        at_night_built, lambda house: house.release([1]), "Ngoài giờ duyệt chi",
        lambda house: forged_act(house, ONE, "release"), "out of hours",
    ),
    "S12 a role is lent for thirty days": Rule(
        lan, lambda house: lent(house, valid_until=house.clock.now() + 32 * DAY), "30 ngày",
        lent_by_hand, "for thirty days at most",
    ),
}  # fmt: skip


def test_no_rule_is_forgotten() -> None:
    assert {name.split()[0] for name in RULES} == {f"S{number}" for number in range(1, 13)}


@pytest.mark.stage(of=september_listed)
@pytest.mark.parametrize("name", RULES)
def test_the_service_and_the_rows_refuse(house: House, name: str) -> None:
    rule = RULES[name]
    rule.begun(house)
    with pytest.raises(AnSinhError, match=rule.says):
        rule.service(house)
    with pytest.raises(DBAPIError, match=rule.told):
        rule.rows(house)
