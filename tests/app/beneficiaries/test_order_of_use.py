"""Destinations of every kind in the register: kept, ordered, paid, and the next one used."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import DBAPIError

from app.beneficiaries.destinations import repair_destination, use_again
from app.beneficiaries.kinds import NewAccount
from app.beneficiaries.order_of_use import fall_back, standing
from app.beneficiaries.tables import banned_account, person
from app.disbursement.submission import seal
from app.errors import Conflict, NotFound, Refused
from app.reference.banks import TEST_BANK_A, TEST_BANK_B
from app.reference.money_providers import TEST_MOBILE, TEST_WALLET
from app.units.tables import contract_route
from bank_adapters.discovery import load
from tests.factories import ASSISTANCE, BANK, COMMUNE, OCTOBER, SEPTEMBER, House, in_cash, row

PHONE = "0912345678"
NAME = "NONG THI NGUOI 001"


@pytest.fixture
def known(house: House) -> House:
    """Person 1 in cash, on assistance, with a phone of her own; person 2 with an account."""
    on = {"programme": ASSISTANCE, "group": "C6b"}
    house.register(SEPTEMBER, in_cash(1, phone=PHONE, **on), row(2, phone=PHONE))
    with house.work() as session:
        session.execute(update(person).values(phone_owner="self"))
    return house


def change(house: House, new: NewAccount, number: int = 1, **more: Any) -> int:
    one, two = house.officer(f"maker.{COMMUNE}"), house.officer(f"checker.{COMMUNE}")
    with house.work() as session:
        return repair_destination(
            session, house.keyring, number, new, "đơn đề nghị", one, two, house.later(), **more
        )


def order(house: House, number: int = 1) -> list[tuple[str, str, bool]]:
    """(kind, tail, banned) in the order of use."""
    with house.database.view() as session:
        rows = standing(session, [number])[number].rows
    return [(row.kind, row.account_tail, bool(row.banned)) for row in rows]


def test_all_five_kinds_are_kept_in_the_order_of_use(known: House) -> None:
    known.tamper("update person set still_cash = 'no_account' where id = 1")
    for new in (
        NewAccount(TEST_BANK_A, "100001234567", NAME, "bank"),
        NewAccount(TEST_MOBILE, PHONE, NAME, "mobile"),
        NewAccount(TEST_WALLET, "0987654321", NAME, "wallet"),
        NewAccount(TEST_BANK_B, "200007654321", NAME, "vneid"),
    ):
        change(known, new)
    assert order(known) == [
        ("vneid", "4321", False),
        ("wallet", "4321", False),
        ("mobile", "5678", False),
        ("bank", "4567", False),
        ("post", "", False),
    ]
    now = "select method, still_cash from destination d join person p on p.destination_id = d.id"
    assert known.rows(f"{now} where p.id = 1") == [("account", "")]
    clear = known.rows("select account_cipher from destination where account_tail = '5678'")
    assert PHONE.encode() not in bytes(clear[0][0])


def test_a_first_change_holds_whoever_has_changed_more_often(known: House) -> None:
    """Each person's order has versions of its own."""
    for tail in ("4567", "4568", "4569"):
        change(known, NewAccount(TEST_BANK_A, f"10000123{tail}", NAME, "bank"))
    new = change(known, NewAccount(TEST_BANK_B, "200007654321", "NONG THI NGUOI 002", "bank"), 2)
    assert known.ask("select destination_id from person where id = 2") == new
    assert [tail for _, tail, _ in order(known)] == ["4569", "4568", "4567", ""]


def test_mobile_money_is_really_paid(known: House) -> None:
    """A route for the provider's code, and the payroll's line goes its way."""
    change(known, NewAccount(TEST_MOBILE, PHONE, NAME, "mobile"))
    route = {"unit_code": COMMUNE, "programme": ASSISTANCE, "method": "account",
             "bank_bin": TEST_MOBILE, "contract_id": 4}  # fmt: skip
    with known.owner.engine.begin() as connection:
        connection.execute(insert(contract_route).values(route))
    known.on("2026-09-10")
    known.approve_month(SEPTEMBER)
    known.build(SEPTEMBER)
    batch = known.ask(
        "select b.id from batch b join contract c on c.id = b.contract_id"
        f" where c.programme = '{ASSISTANCE}' and c.provider = '{BANK}'"
    )
    adapter = load(["iso20022"])["iso20022"]
    with known.work() as session:
        sealed = seal(session, known.keyring, adapter, batch, known.home / "out")
    with sealed.path.open("rb") as file:
        (paid,) = adapter.read_back(file)
    assert (paid.account, paid.bank_bin) == (PHONE, TEST_MOBILE)


def test_one_mobile_account_with_a_provider_and_one_person_each(known: House) -> None:
    change(known, NewAccount(TEST_MOBILE, PHONE, NAME, "mobile"))
    with pytest.raises(Conflict, match="đang nhận tiền cho người khác"):
        change(known, NewAccount(TEST_MOBILE, PHONE, "NONG THI NGUOI 002", "mobile"), 2)
    other = "0909090909"
    cipher = known.keyring.encrypt("person.phone", bound(known), other)
    with known.work() as session:
        session.execute(update(person).where(person.c.id == 1).values(phone_cipher=cipher))
    change(known, NewAccount(TEST_MOBILE, other, NAME, "mobile"))
    assert [kind for kind, *_ in order(known)] == ["mobile", "post"], "the newer one replaces"


def bound(house: House) -> str:
    return str(house.ask("select bound_key from person where id = 1"))


def test_the_next_one_is_used_when_the_first_fails_or_is_banned(known: House) -> None:
    change(known, NewAccount(TEST_BANK_A, "100001110000", NAME))
    change(known, NewAccount(TEST_BANK_A, "100002220000", NAME))
    change(known, NewAccount(TEST_BANK_A, "100003330000", NAME))
    keys = "select account_key from destination where person_id = 1 and version = 3"
    banned = {"account_key": known.ask(keys), "reason": "đóng", "banned_at": known.later()}
    with known.work() as session:
        session.execute(insert(banned_account).values(banned))
        failed = known.ask("select destination_id from person where id = 1")
        assert fall_back(session, [1], {failed}, "follow-up", known.later()) == 1
    tails = known.rows("select account_tail, source, version from destination d join person p"
                       " on p.destination_id = d.id where p.id = 1")  # fmt: skip
    assert tails == [("0000", "follow-up", 5)], "a further version, of the one that is not banned"
    assert known.ask("select account_key from destination where version = 5") == known.ask(
        "select account_key from destination where person_id = 1 and version = 2"
    )
    assert [one[2] for one in order(known)] == [False, True, False]


def test_cash_is_next_when_nothing_else_is_left(known: House) -> None:
    failed = known.ask("select destination_id from person where id = 2")
    with known.work() as session:
        fall_back(session, [2], {failed}, "follow-up", known.later())
    assert order(known, 2) == [("post", "", False)]
    known.register(OCTOBER, in_cash(2))
    assert order(known, 2)[0] == ("post", "", False)


def test_cash_can_always_be_chosen(known: House) -> None:
    change(known, NewAccount("", "", "", "post"), 2)
    assert order(known, 2)[0][0] == "post"


def test_an_earlier_one_can_be_put_first_again(known: House) -> None:
    change(known, NewAccount(TEST_BANK_A, "100001110000", NAME))
    change(known, NewAccount("", "", "", "post"))
    one, two = known.officer(f"maker.{COMMUNE}"), known.officer(f"checker.{COMMUNE}")
    with known.work() as session:
        use_again(session, 1, 2, "muốn dùng lại", one, two, known.later())
    assert [kind for kind, *_ in order(known)] == ["bank", "post"]
    with pytest.raises(NotFound), known.work() as session:
        use_again(session, 1, 99, "muốn dùng lại", one, two, known.later())


@pytest.mark.parametrize(("second", "why"), [("maker", "đơn"), ("checker", "  ")])
def test_two_persons_and_a_reason(known: House, second: str, why: str) -> None:
    one, two = known.officer(f"maker.{COMMUNE}"), known.officer(f"{second}.{COMMUNE}")
    new = NewAccount(TEST_BANK_A, "100001110000", NAME)
    with pytest.raises(Refused), known.work() as session:
        repair_destination(session, known.keyring, 1, new, why, one, two, known.later())


def test_the_order_is_written_once(known: House) -> None:
    change(known, NewAccount(TEST_BANK_A, "100001110000", NAME))
    with pytest.raises(DBAPIError):
        known.tamper("update destination_order set rank = 9")
    with pytest.raises(DBAPIError):
        known.tamper("insert into destination_order values (1, 1, 1, 2)")
