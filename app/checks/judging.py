"""What an answered line means beside what the register holds: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.checks.contracts import Answered
from app.names import DIFFERENT, EXACT, WORDS, compare, compare_any
from app.text import nfc


@dataclass(frozen=True, slots=True)
class Held:
    """What we hold of the person asked about; `payees` are those who may receive for them."""

    name: str
    birth: str
    payees: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """The result that is kept, why in words, and what the register tells where it differs."""

    result: str
    details: str = ""
    told: str = ""


def judge(source: str, held: Held, answer: Answered) -> Judged:
    """What to keep of a line. A register's own verdict counts only where the values agree."""
    if source == "population":
        return _person(held, answer)
    if source == "bank_name" and answer.result == "found":
        return _holder(held, answer)
    return Judged(answer.result, f"Giấy tờ {answer.paper}." if answer.paper else "")


def _person(held: Held, answer: Answered) -> Judged:
    """'matched' with another name or birth beside it is no match."""
    name, birth = nfc(answer.name), answer.birth
    alike = compare(held.name, name) if name else None
    if answer.result == "name_differs" or (
        answer.result == "matched" and alike is not None and alike.result != EXACT
    ):
        why = alike.says if alike is not None else ""
        return Judged("name_differs", f"{why} Sổ gốc: {hidden(name)}".strip(), name)
    if answer.result == "birth_differs" or (
        answer.result == "matched" and not _same_birth(held.birth, birth)
    ):
        return Judged("birth_differs", f"Sổ gốc: năm {birth[:4]}" if birth else "", birth)
    return Judged(answer.result)


def _same_birth(ours: str, theirs: str) -> bool:
    """A year alone agrees with any day of it."""
    if len(ours) == 4 or len(theirs) == 4:
        return ours[:4] == theirs[:4]
    return not theirs or ours == theirs


def _holder(held: Held, answer: Answered) -> Judged:
    found = compare_any(held.name, held.payees, answer.name)
    if found.result == EXACT:
        return Judged(EXACT, found.says if found.reason == "payee" else "")
    shown = f" Chủ tài khoản: {hidden(answer.name)}" if found.result == DIFFERENT else ""
    return Judged(found.result, f"{WORDS[found.reason]}{shown}", nfc(answer.name))


def hidden(name: str) -> str:
    """A name with the first letter of each word: 'Nguyễn Thị Hoa' -> 'N… T… H…'."""
    return " ".join(f"{word[0]}…" for word in nfc(name).split()[:6])
