"""Which heading of a file may be which of ours: a proposal, never a decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from app.text import fold

_LIKE = 0.62
_SHORT = {
    "tk": "tai khoan", "stk": "so tai khoan", "cccd": "cccd", "cmnd": "cccd", "cmt": "cccd",
    "can": "cccd", "cuoc": "", "dinh": "cccd", "danh": "", "sdt": "dien thoai", "dt": "dien thoai",
    "gt": "gioi tinh", "qd": "quyet dinh", "nh": "ngan hang", "ngs": "ngay sinh", "ns": "ngay sinh",
    "ctk": "chu tai khoan", "ht": "ho va ten",
}  # fmt: skip


def words_of(heading: str) -> tuple[str, ...]:
    """The words of a heading without marks, short forms in full, in alphabetical order."""
    folded = "".join(sign if sign.isalnum() else " " for sign in fold(heading))
    full = " ".join(_SHORT.get(word, word) for word in folded.split())
    return tuple(sorted(full.split()))


def likeness(one: str, other: str) -> float:
    """0 to 1: how alike two headings are, whatever their order of words and marks."""
    first, second = words_of(one), words_of(other)
    if not first or not second:
        return 0.0
    common = len(set(first) & set(second)) / len(set(first) | set(second))
    letters = SequenceMatcher(None, " ".join(first), " ".join(second), autojunk=False).ratio()
    return max(common, letters)


def proposals(missing: Sequence[str], found: Iterable[str]) -> dict[str, str]:
    """Our missing heading to the heading of the file that may be it; each is proposed once."""
    pairs = sorted(
        ((likeness(ours, one), ours, one) for one in found if one for ours in missing),
        key=lambda pair: -pair[0],
    )
    chosen: dict[str, str] = {}
    for score, ours, one in pairs:
        if score >= _LIKE and ours not in chosen and one not in chosen.values():
            chosen[ours] = one
    return chosen
