"""One person as the register knows them against one row of a list: each field, old and new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.beneficiaries import headings as h
from app.beneficiaries.rows import RegisterRow
from app.beneficiaries.staging import account_index, birth_of, citizen_index, phone_index, stop_of
from app.months import day_in_words, in_words
from app.privacy import Keyring
from app.reference import areas


class Change(NamedTuple):
    """A field by its heading, and its values as people may see them."""

    field: str
    old: str
    new: str


PayeeTold = tuple[str, str, str, str, str, date | None, date | None]
"""Kind, name, index of the ID, relation, paper, from and until when."""


@dataclass(frozen=True, slots=True)
class About:
    """What is compared of a person: plain fields, indexes and last digits; no number in full.
    `phone_vouched` says that an officer or the person vouches for the phone."""

    area_code: str
    name: str
    birth: str
    sex: str
    ethnicity: str
    hamlet: str
    phone_key: str
    phone_tail: str
    phone_owner: str
    still_cash: str
    method: str
    kind: str
    account_key: str
    account_tail: str
    holder: str
    said_method: str
    said_kind: str
    said_account_key: str
    said_holder: str
    household: str
    poverty: str
    disability: tuple[str, str, str]
    payee: PayeeTold
    said_payee: PayeeTold
    phone_vouched: bool

    @classmethod
    def of(cls, row: Any) -> About:
        """From a row of `known` or `known_people`."""
        told = (row.payee_name, row.payee_key, row.relation, row.paper)
        plain: dict[str, Any] = {name: getattr(row, name) or "" for name in _PLAIN}
        return cls(
            **plain,
            disability=(row.disability or "", row.degree or "", row.certificate or ""),
            payee=(row.payee or "self", *(one or "" for one in told), row.signed_on,
                   row.valid_until),
            said_payee=(*(getattr(row, f"said_payee_{name}") or "" for name in _PAYEE),
                        row.said_payee_signed_on, row.said_payee_valid_until),
            phone_vouched=bool(row.phone_vouched),
        )  # fmt: skip


_PAYEE = ("kind", "name", "citizen_key", "relation", "document")
_PLAIN = ("area_code", "name", "birth", "sex", "ethnicity", "hamlet", "phone_key", "phone_tail",
          "phone_owner", "still_cash", "method", "kind", "account_key", "account_tail", "holder",
          "said_method", "said_kind", "said_account_key", "said_holder", "household",
          "poverty")  # fmt: skip


def _word(words: Mapping[str, str], code: str) -> str:
    return next((word for word, one in words.items() if one == code), code)


def changes_of_person(
    keyring: Keyring, area: str, row: RegisterRow, about: About
) -> Iterator[Change]:
    """What the row would change of a person; an optional column that tells nothing is no change."""
    pairs = [
        (h.NAME, about.name, row.name),
        (h.BIRTH, day_in_words(about.birth), day_in_words(birth_of(row))),
        (h.SEX, _word(h.SEXES, about.sex), _word(h.SEXES, row.sex)),
        (h.ETHNICITY, about.ethnicity, row.ethnicity),
        (h.HAMLET, about.hamlet, row.hamlet),
        (h.COMMUNE_LABEL, _commune(about.area_code), _commune(area)),
        (h.PHONE_OWNER, _word(h.PHONE_OWNERS, about.phone_owner),
         _word(h.PHONE_OWNERS, row.phone_owner or about.phone_owner)),
        (h.HOUSEHOLD, about.household, row.household or about.household),
        (h.POVERTY, _word(h.POVERTIES, about.poverty or "none"),
         _word(h.POVERTIES, row.poverty or about.poverty or "none")),
        (h.STILL_CASH, _word(h.CASH_REASONS, about.still_cash),
         _word(h.CASH_REASONS, _reason(row, about, is_kept=_is_kept(keyring, row, about)))),
    ]  # fmt: skip
    yield from (Change(*pair) for pair in pairs if pair[1] != pair[2])
    yield from _phone(keyring, row, about)
    yield from _destination(keyring, row, about)
    yield from _disability(row, about)
    yield from _payee(keyring, row, about)


def kept_of_person(keyring: Keyring, row: RegisterRow, about: About) -> Iterator[Change]:
    """What stays, since the row says only what the last list said of it."""
    who = _payee_told(keyring, row)
    if who[0] and who == about.said_payee and who[0:5] != about.payee[0:5]:
        yield _kept(h.PAYEE, _named(who), _named(about.payee), "ansinh register payee")
    told = _place(row.method, row.kind, row.account)
    known = _place(about.method, about.kind, about.account_tail)
    if _is_kept(keyring, row, about) and _key(keyring, row) != about.account_key:
        yield _kept(h.KIND, told, known, "ansinh accounts add")
    if not row.phone and about.phone_vouched:
        why = "đã có người xác nhận; muốn bỏ thì sửa trong hồ sơ của người này"
        yield Change(h.PHONE, "danh sách để trống", f"vẫn là {_tail(about.phone_tail, 3)}, {why}")


def _kept(heading: str, told: str, known: str, command: str) -> Change:
    why = f"đã đổi sau danh sách trước; muốn đổi thì dùng {command}"
    return Change(heading, f"danh sách ghi {told}", f"vẫn là {known}, {why}")


def _is_kept(keyring: Keyring, row: RegisterRow, about: About) -> bool:
    said = (about.said_method, row.kind and about.said_kind, about.said_account_key)
    told = (row.method, row.kind, _key(keyring, row), row.holder_name or row.name)
    return (*said, about.said_holder) == told


def _key(keyring: Keyring, row: RegisterRow) -> str:
    is_account = row.method == "account"
    return account_index(keyring, row.bank_bin, row.account) if is_account else ""


def _reason(row: RegisterRow, about: About, *, is_kept: bool) -> str:
    if is_kept and row.method != about.method:
        return about.still_cash
    return "" if row.method == "account" else row.still_cash or about.still_cash


def _commune(code: str) -> str:
    known = areas.commune(code)
    return known.name if known else code


def _tail(tail: str, shown: int) -> str:
    return f"•••• {tail[-shown:]}" if tail else ""


def _phone(keyring: Keyring, row: RegisterRow, about: About) -> Iterator[Change]:
    key = phone_index(keyring, row.phone) if row.phone else ""
    if key != about.phone_key and (key or not about.phone_vouched):
        yield Change(h.PHONE, _tail(about.phone_tail, 3), _tail(row.phone, 3))


def _destination(keyring: Keyring, row: RegisterRow, about: About) -> Iterator[Change]:
    if _is_kept(keyring, row, about):
        return  # what the last list said already is no news
    key, holder = _key(keyring, row), row.holder_name or row.name
    kind = row.kind or (about.kind if about.method == row.method else "")
    if (about.method, about.account_key, about.kind) != (row.method, key, kind):
        new = _place(row.method, kind, row.account)
        yield Change(h.ACCOUNT, _place(about.method, about.kind, about.account_tail), new)
    if about.holder != holder:
        yield Change(h.HOLDER, about.holder, holder)


def _place(method: str, kind: str, number: str) -> str:
    words = _word(h.KINDS, kind) if kind else _word(h.METHODS, method)
    return f"{words} {_tail(number, 4)}".strip()


def _disability(row: RegisterRow, about: About) -> Iterator[Change]:
    told = (row.disability, row.degree, row.certificate)
    if row.degree and told != about.disability:
        yield Change(h.DEGREE, _shown(about.disability), _shown(told))


def _shown(told: tuple[str, str, str]) -> str:
    kind, degree, certificate = told
    return ", ".join(one for one in (_word(h.DEGREES, degree), kind, certificate) if one)


def _payee(keyring: Keyring, row: RegisterRow, about: About) -> Iterator[Change]:
    told = _payee_told(keyring, row)
    if not row.payee or (row.payee == "self" and about.payee[0] == "self"):
        return
    if told not in (about.payee, about.said_payee):
        yield Change(h.PAYEE, _named(about.payee), _named(told))


def _payee_told(keyring: Keyring, row: RegisterRow) -> PayeeTold:
    if row.payee in ("", "self"):
        return row.payee, "", "", "", "", None, None
    key = citizen_index(keyring, row.payee_id) if row.payee_id else ""
    who = (row.payee, row.payee_name, key, row.relation, row.paper)
    return (*who, row.signed_on, row.valid_until)


def _named(told: PayeeTold) -> str:
    kind, name, _, relation, _, _, until = told
    return _who(kind, name, relation, until)


def _who(kind: str, name: str, relation: str, until: date | None) -> str:
    ends = f"đến {until.day:02}/{until.month:02}/{until.year}" if until else ""
    return ", ".join(one for one in (_word(h.PAYEES, kind), name, relation, ends) if one)


def changes_of_enrolment(row: RegisterRow, known: Any) -> Iterator[Change]:
    """What the row would change of an enrolment: its row of the table, its decision, its end."""
    decision = (known.decision_number, known.decision_on)
    if row.table_key != known.table_key:
        yield Change(h.TABLE_KEY, known.table_key, row.table_key)
    if (row.decision_number, row.decision_date) != decision:
        told = _paper(row.decision_number, row.decision_date)
        yield Change(h.DECISION_NUMBER, _paper(*decision), told)
    ends, cause = stop_of(row)
    if ends != known.stop_period:
        word = f"{_word(h.EVENTS, cause)} {in_words(ends)}" if ends else "tiếp tục hưởng"
        stop = known.stop_period
        yield Change(h.EVENT, in_words(stop) if stop else "đang hưởng", word)


def _paper(number: str, day: date | None) -> str:
    return f"{number} ngày {day.day:02}/{day.month:02}/{day.year}" if day else number
