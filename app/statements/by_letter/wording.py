"""What a letter says. Pure: what is known of a person's payments in, a letter out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from app.beneficiaries.masks import masked_account
from app.disbursement.states import REJECTED, RETURNED
from app.printing.values import day, short_month
from app.reference.money_providers import keeper_name
from app.statements.reading import Story
from app.statements.words import reason_told, status
from ledger.money import format_number
from ledger.words import in_words_vi_document


@dataclass(frozen=True, slots=True)
class Payment:
    """What a letter tells of: an obligation with its way, and VND."""

    story: Story
    amount: int


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a letter: what it is about, paragraphs, the sum, what to do and whom to ask."""

    about: str
    paragraphs: tuple[str, ...]
    total: str
    todo: tuple[str, ...]


def said(kind: str, period: str, payments: Sequence[Payment], body: str, help_number: str) -> Said:
    """The letter of a case about these payments of one person."""
    words, told = _words()[kind], {"month": short_month(period), "body": body}
    each = [words["each"].format(**told, **_facts(one)) for one in payments]
    total = sum(one.amount for one in payments)
    in_full = f"{_dong(total)} (bằng chữ: {in_words_vi_document(total)})"
    return Said(
        about=words["about"],
        paragraphs=(words["said"].format(**told), *(one[:1].upper() + one[1:] for one in each)),
        total=words["total"].format(sum=in_full),
        todo=(*_todo(kind, payments, told), _ask(body, help_number)),
    )


def _facts(one: Payment) -> dict[str, str]:
    owed = one.story.owed
    told = {
        "owed": short_month(owed.period),
        "amount": _dong(one.amount),
        "regular": _dong(owed.regular),
        "arrears": f", và {_dong(owed.arrears)} truy lĩnh" if owed.arrears else "",
        "status": status(one.story),
    }
    return {**told, **_way(one.story)}


def _way(story: Story) -> dict[str, str]:
    if not story.attempts:
        return {}
    row = story.attempts[-1].row
    if row.method == "cash":
        place = row.provider_name
        return {"place": place, "way": f"tiền mặt tại {place}", "day": day(row.requested_on)}
    at = ", ".join(filter(None, (masked_account(row.account_tail), keeper_name(row.bank_bin))))
    return {"way": f"vào tài khoản {at}"}


def _todo(kind: str, payments: Sequence[Payment], told: Mapping[str, str]) -> list[str]:
    """What to do: by the case, and where money came back by each reason once."""
    lines = list(_words()[kind].get("todo", ()))
    if kind == RETURNED:
        lines += dict.fromkeys(_after_return(one.story) for one in payments)
    return [one.format(**told) for one in lines]


def _after_return(story: Story) -> str:
    known, last = _words()["todo"], story.attempts[-1]
    found = reason_told(last) if last.row.state in (RETURNED, REJECTED) else None
    return str(known.get(found.reason_class.value if found else "", known["other"]))


def _ask(body: str, help_number: str) -> str:
    by_phone = f"gọi số {help_number}, hoặc " if help_number else ""
    return f"Cần hỏi, hoặc thấy sai, {by_phone}đến {body} trong giờ hành chính."


def _dong(amount: int) -> str:
    # A no-break space: an amount is not torn from its unit.
    return f"{format_number(amount)}\u00a0đồng"


@cache
def _words() -> Mapping[str, Any]:
    text = files("app.statements").joinpath("data/by_letter.toml").read_text("utf-8")
    return tomllib.loads(text)
