"""The five kinds of destinations, and what each must fulfil. Pure: values in, values out.

Cash at the post office has no condition: it can always be chosen (Resolution 66.22/2026/NQ-CP,
article 5.4).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from app.errors import InputError, Refused
from app.reference.banks import bank
from app.reference.money_providers import money_provider

BANK, MOBILE, WALLET, VNEID, POST = "bank", "mobile", "wallet", "vneid", "post"
KINDS: Mapping[str, str] = {
    BANK: "Tài khoản ngân hàng",
    MOBILE: "Tiền di động (Mobile Money)",
    WALLET: "Ví điện tử",
    VNEID: "Tài khoản an sinh xã hội trên VNeID",
    POST: "Tiền mặt tại bưu điện",
}
MOBILE_MONTHLY_LIMIT = 100_000_000
"""What a mobile money account may take in a month, in đồng (Decree 368/2025/ND-CP)."""

_ACCOUNT = re.compile(r"[0-9A-Z]{6,20}")
_PHONE = re.compile(r"0\d{9}")
_SPACES = re.compile(r"[\s.\-]")
_CARD = re.compile(r"[2-6]\d{15}|9704\d{12}|9704\d{15}")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Where the money shall go from now on; an empty account means cash.

    `bank_bin` is the code of the bank, or of the provider of mobile money or a wallet.
    """

    bank_bin: str
    account: str
    holder: str
    kind: str = ""

    @property
    def told_kind(self) -> str:
        """The kind; where none is told, an account is a bank's."""
        return self.kind or (BANK if self.account else POST)


@dataclass(frozen=True, slots=True)
class Owner:
    """What is known of the person an account is for: the own phone number, the programmes."""

    phone: str
    phone_is_own: bool
    programmes: tuple[str, ...]


def checked(new: NewAccount, owner: Owner) -> NewAccount:
    """The account as it is stored. Raises InputError for what cannot be right, Refused for
    what a rule forbids; no message shows a whole number."""
    kind = new.told_kind
    if kind not in KINDS:
        raise InputError(f"Không có cách nhận tiền “{kind}”.", f"Chọn: {', '.join(KINDS)}.")
    if kind == POST:
        return NewAccount("", "", new.holder, POST)
    refuse_forbidden(kind, owner.programmes)
    if not new.holder.strip():
        raise InputError("Thiếu tên chủ tài khoản.", "Ghi tên như ngân hàng đang ghi.")
    account = _SPACES.sub("", new.account).upper()
    return NewAccount(new.bank_bin, _CHECKS[kind](new.bank_bin, account, owner), new.holder, kind)


def refuse_forbidden(kind: str, programmes: Iterable[str]) -> None:
    """Raise Refused when a programme of the person does not pay into this kind."""
    barred = [one for one in programmes if not is_allowed(one, kind)]
    if barred:
        raise Refused(
            f"Chương trình của người này chưa chi qua “{KINDS[kind]}”.",
            "Chọn tài khoản ngân hàng, VNeID hoặc tiền mặt.",
        )


def is_allowed(programme: str, kind: str) -> bool:
    """Whether a programme pays into a kind, by `data/kinds_by_programme.csv`; cash always."""
    told = _allowed()
    return kind == POST or told.get((programme, kind), told.get(("*", kind), False))


@cache
def _allowed() -> Mapping[tuple[str, str], bool]:
    text = files("app.beneficiaries").joinpath("data/kinds_by_programme.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(row["programme"], row["kind"]): row["allowed"] == "yes" for row in rows}


def is_kept_by(code: str, kind: str) -> bool:
    """Whether the bank or provider with this code keeps accounts of a kind ('' is a bank's)."""
    found = money_provider(code)
    if found is None or kind in ("", BANK):
        return kind not in (MOBILE, WALLET) and bank(code) is not None
    keeps = {MOBILE: found.has_mobile, WALLET: found.has_wallet, VNEID: found.in_vneid}
    return keeps.get(kind, False)


def is_card(number: str) -> bool:
    """Whether a number is a bank card's: 16 or 19 digits of a card scheme, Luhn's sum right."""
    return _CARD.fullmatch(number) is not None and _luhn(number)


def _luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def _bank(code: str, account: str, owner: Owner) -> str:
    found = bank(code)
    if found is None or found.is_deprecated or not found.receives_transfers:
        raise InputError(f"“{code}” không phải mã ngân hàng nhận được tiền.", "Tra lại mã 6 số.")
    return _number(account)


def _number(account: str) -> str:
    if is_card(account):
        raise Refused(
            "Đây là số in trên thẻ ngân hàng, không phải số tài khoản; tiền sẽ bị trả lại.",
            "Hỏi số tài khoản trong ứng dụng ngân hàng, sổ hoặc giấy mở tài khoản.",
        )
    if not _ACCOUNT.fullmatch(account):
        raise InputError("Số tài khoản không đúng dạng.", "Nhập 6 đến 20 chữ số, viết liền.")
    return account


def _mobile(code: str, account: str, owner: Owner) -> str:
    found = money_provider(code)
    if found is None or not found.has_mobile:
        raise InputError(f"“{code}” không phải nơi cung cấp tiền di động.", "Tra lại mã 6 số.")
    return _own_phone(_phone(account), owner)


def _own_phone(phone: str, owner: Owner) -> str:
    """Mobile money is opened with the phone number of the person, and with no other."""
    if phone != owner.phone:
        raise Refused(
            "Số này không phải số điện thoại của người hưởng trong hồ sơ.",
            "Sửa số điện thoại trong hồ sơ trước, hoặc chọn cách nhận khác.",
        )
    if not owner.phone_is_own:
        raise Refused(
            "Chưa rõ số điện thoại là của chính người hưởng.",
            "Hỏi lại; đúng là số của người hưởng thì thêm --own-phone.",
        )
    return phone


def _wallet(code: str, account: str, owner: Owner) -> str:
    found = money_provider(code)
    if found is None or not found.has_wallet:
        raise InputError(f"“{code}” không phải nơi cung cấp ví điện tử.", "Tra lại mã 6 số.")
    return _phone(account)


def _phone(account: str) -> str:
    phone = f"0{account[3:]}" if account.startswith("+84") else account
    if not _PHONE.fullmatch(phone):
        raise InputError("Số điện thoại không đúng dạng.", "Nhập 10 chữ số, bắt đầu bằng 0.")
    return phone


def _vneid(code: str, account: str, owner: Owner) -> str:
    """The account that VNeID links: at a bank, or with a provider that VNeID knows."""
    found = money_provider(code)
    if found is None:
        return _bank(code, account, owner)
    if not found.in_vneid:
        raise InputError(f"{found.short_name} chưa liên kết với VNeID.", "Chọn nơi khác.")
    return _phone(account)


_CHECKS: Mapping[str, Callable[[str, str, Owner], str]] = {
    BANK: _bank,
    MOBILE: _mobile,
    WALLET: _wallet,
    VNEID: _vneid,
}
