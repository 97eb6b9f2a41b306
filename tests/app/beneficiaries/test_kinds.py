"""What each kind of destination must fulfil, case by case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.beneficiaries.kinds import KINDS, NewAccount, Owner, checked, is_allowed, is_card
from app.errors import AnSinhError, InputError, Refused
from app.reference.banks import TEST_BANK_A
from app.reference.money_providers import (
    TEST_MOBILE,
    TEST_WALLET,
    all_money_providers,
    keeper_name,
)

OWNER = Owner("0912345678", phone_is_own=True, programmes=("assistance",))
NAME = "NONG THI AN"
CARD = "4111111111111111"


@pytest.mark.parametrize(
    ("kind", "code", "told", "stored"),
    [
        ("bank", TEST_BANK_A, "1000 0123-4567", "100001234567"),
        ("bank", TEST_BANK_A, "abc123", "ABC123"),
        ("mobile", TEST_MOBILE, "+84912345678", "0912345678"),
        ("wallet", TEST_WALLET, "0987654321", "0987654321"),
        ("vneid", TEST_BANK_A, "100001234567", "100001234567"),
        ("vneid", TEST_WALLET, "0987654321", "0987654321"),
        ("", TEST_BANK_A, "100001234567", "100001234567"),
    ],
)
def test_an_account_is_stored_plain(kind: str, code: str, told: str, stored: str) -> None:
    assert checked(NewAccount(code, told, NAME, kind), OWNER).account == stored


@pytest.mark.parametrize(
    ("kind", "code", "account", "fault", "says"),
    [
        ("bank", TEST_BANK_A, CARD, Refused, "số in trên thẻ"),
        ("bank", TEST_BANK_A, "9704 3600 0000 0008", Refused, "số in trên thẻ"),
        ("vneid", TEST_BANK_A, CARD, Refused, "Hỏi số tài khoản"),
        ("bank", "123456", "100001234567", InputError, "không phải mã ngân hàng"),
        ("bank", "970414", "100001234567", InputError, "không phải mã ngân hàng"),
        ("bank", TEST_MOBILE, "0912345678", InputError, "không phải mã ngân hàng"),
        ("bank", TEST_BANK_A, "12ab!", InputError, "không đúng dạng"),
        ("mobile", TEST_WALLET, "0912345678", InputError, "tiền di động"),
        ("mobile", TEST_MOBILE, "0987654321", Refused, "không phải số điện thoại của người hưởng"),
        ("mobile", TEST_MOBILE, "12345", InputError, "10 chữ số"),
        ("wallet", TEST_MOBILE, "0912345678", InputError, "ví điện tử"),
        ("vneid", TEST_MOBILE, "0912345678", InputError, "chưa liên kết"),
        ("gold", TEST_BANK_A, "100001234567", InputError, "Không có cách nhận tiền"),
    ],
)
def test_what_cannot_be_is_refused_with_the_cure(
    kind: str, code: str, account: str, fault: type[AnSinhError], says: str
) -> None:
    with pytest.raises(fault) as told:
        checked(NewAccount(code, account, NAME, kind), OWNER)
    assert says in str(told.value)
    assert account.replace(" ", "") not in str(told.value), "no message shows a number"


def test_mobile_money_needs_the_own_phone() -> None:
    new = NewAccount(TEST_MOBILE, OWNER.phone, NAME, "mobile")
    with pytest.raises(Refused, match="--own-phone"):
        checked(new, replace(OWNER, phone_is_own=False))


def test_a_programme_may_bar_wallets_but_never_cash() -> None:
    pensioner = replace(OWNER, programmes=("assistance", "pension"))
    with pytest.raises(Refused, match="chưa chi qua “Ví điện tử”"):
        checked(NewAccount(TEST_WALLET, "0987654321", NAME, "wallet"), pensioner)
    for programme in ("pension", "assistance", "merit", "unheard of"):
        assert is_allowed(programme, "post")
    assert checked(NewAccount("", "", "", "post"), pensioner).kind == "post"


@pytest.mark.parametrize(
    ("number", "is_it"),
    [
        (CARD, True),
        ("4111111111111112", False),  # Luhn's sum is wrong: may be an account
        ("1000000000000008", False),  # no card scheme begins with 1
        ("411111111111111", False),
    ],
)
def test_a_card_is_known_by_its_scheme_and_its_sum(number: str, is_it: bool) -> None:
    assert is_card(number) is is_it


def test_providers_have_codes_of_their_own() -> None:
    codes = [one.code for one in all_money_providers()]
    assert len(codes) == len(set(codes))
    assert all(one.has_mobile or one.has_wallet for one in all_money_providers())
    assert keeper_name(TEST_WALLET) == "Ví Thử nghiệm"
    assert keeper_name("000000") == "000000"
    assert set(KINDS) == {"bank", "mobile", "wallet", "vneid", "post"}
