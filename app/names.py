"""Whether two Vietnamese names are the same person's: exact, close or different, and why. Pure.

Banks write names in capitals without marks, cut them, turn them round, put a title before them;
registers spell "Hoà" and "Hòa". Exact is the same name however it is typed; close has one such
difference, named, for a person to judge; everything else is different. Two real names that differ
by a letter (Hương, Hưng) are different: they may be sisters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.text import fold

EXACT, CLOSE, DIFFERENT = "exact", "close", "different"
RANK = (EXACT, CLOSE, DIFFERENT)

LONGEST = 200
"""Characters; nobody's name is longer, and a longer text is not worth the time."""
CUTS = (20, 35)
"""Where banks cut a holder's name, in characters."""

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "same": "Trùng khớp.",
        "mark_place": "Trùng khớp, chỉ khác chỗ đặt dấu.",
        "empty": "Một bên không có tên.",
        "too_long": "Tên dài bất thường.",
        "marks_missing": "Một bên viết không dấu.",
        "marks_differ": "Khác dấu.",
        "i_or_y": "Khác i và y.",
        "joined": "Khác dấu nháy, gạch nối hoặc chỗ cách chữ.",
        "title": "Một bên có danh xưng đứng trước tên.",
        "cut": "Một bên bị cắt cụt.",
        "order": "Khác thứ tự họ, đệm, tên.",
        "middle_missing": "Một bên thiếu một chữ đệm.",
        "letter": "Khác một chữ cái, có thể gõ nhầm.",
        "masked": "Bên kia che tên; phần còn thấy thì khớp.",
        "joint": "Tài khoản nhiều người đứng tên, một người khớp.",
        "payee": "Là tên người nhận thay đã đăng ký.",
        "different": "Hai tên khác nhau.",
    }
)

_TONES = frozenset("\u0300\u0309\u0303\u0301\u0323")
_PUNCTUATION = re.compile(r"[.,;_\"“”()]+")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_HOLDERS = re.compile(r"\s*[&/,;+]\s*|\s+-\s+|\s+(?:và|va|and|hoặc|hoac)\s+")
_MASKED = re.compile(r"([^\W\d_])\*+")
_TITLES = frozenset(
    ("ông", "bà", "cụ", "anh", "chị", "em", "cô", "bác", "mr", "mrs", "ms", "ong", "ba", "chi")
)
# Every syllable that Vietnamese can write, without marks; a few that it does not use besides.
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnpqrstvx])?(?:"
    r"(?:uye|ie|ye|ua|uo|oa|oe|oo|ue|[aeiouy])(?:ch|ng|nh|[cmnpt])?|uy(?:ch|nh|[pt])?"
    r"|uya|uyu|oai|oay|oao|oeo|uay|uoi|uou|ieu|yeu|uai|uu|ui|ia|iu|ya|oi|ai|ao|au|ay|eo|eu)"
)
_SHORTEST_WORD, _SHORTEST_NAME = 4, 10


@dataclass(frozen=True, slots=True)
class Comparison:
    """`result` is exact, close or different; `reason` a key of WORDS."""

    result: str
    reason: str

    @property
    def says(self) -> str:
        """The reason in words."""
        return WORDS[self.reason]


Alike = Callable[[str, str], bool]
_NO = Comparison(DIFFERENT, "different")


def compare(ours: str, theirs: str) -> Comparison:
    """How alike two names are. The order of the two makes no difference."""
    one, other = _plain(ours), _plain(theirs)
    if not one or not other:
        return Comparison(DIFFERENT, "empty")
    if one == other:
        return Comparison(EXACT, "same")
    if max(len(one), len(other)) > LONGEST:
        return Comparison(DIFFERENT, "too_long")
    return _whole(one, other) or _joint(one, other) or _NO


def is_one_edit(one: str, other: str) -> bool:
    """Whether one letter added, lost or changed, or two neighbours swapped, makes the other."""
    short, long = sorted((one, other), key=len)
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) != len(long):
        return len(long) == len(short) + 1 and short[at:] == long[at + 1 :]
    swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped


def compare_any(name: str, payees: Iterable[str], theirs: str) -> Comparison:
    """The same, where those who may receive for the person count as well.

    `payees` are the guardian and the authorised; a payee's name is as good as the person's own.
    """
    own = compare(name, theirs)
    if own.result == EXACT:
        return own
    best = min((compare(one, theirs) for one in payees), key=_rank, default=_NO)
    if _rank(best) >= _rank(own):
        return own
    return Comparison(best.result, "payee")


def _rank(found: Comparison) -> int:
    return RANK.index(found.result)


def _plain(name: str) -> str:
    """Composed, no case, single spaces, one kind of apostrophe; full-width letters as usual."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = unicodedata.normalize("NFC", text).replace("ð", "đ")
    for quote in "’‘ʼ`´":
        text = text.replace(quote, "'")
    return " ".join(text.split())


def _whole(one: str, other: str) -> Comparison | None:
    """The rules for one name against one name, from the smallest difference to the largest."""
    left, right = _words(one), _words(other)
    if not left or not right:
        return None
    if [_sound(word) for word in left] == [_sound(word) for word in right]:
        return Comparison(EXACT, "mark_place" if left != right else "same")
    reason = _by_marks(left, right) or _by_shape(one, other, left, right)
    return Comparison(CLOSE, reason) if reason else None


def _words(name: str) -> list[str]:
    return _PUNCTUATION.sub(" ", name).split()


def _by_marks(left: Sequence[str], right: Sequence[str]) -> str:
    """A reason when the letters without marks are the same, else ''."""
    if _same_folded(left, right):
        return "marks_missing" if _is_bare(left) or _is_bare(right) else "marks_differ"
    if _squeezed(left) == _squeezed(right):
        return "joined"
    alike = _alike(left, right)
    if len(left) == len(right) and all(
        alike(a, b) or alike(_with_i(a), _with_i(b)) for a, b in zip(left, right, strict=True)
    ):
        return "i_or_y"
    return ""


def _by_shape(one: str, other: str, left: list[str], right: list[str]) -> str:
    """A reason when words were added, lost, moved, cut, mistyped or hidden, else ''."""
    if _is_titled(left, right) or _is_titled(right, left):
        return "title"
    if _is_cut(one, other) or _is_cut(other, one):
        return "cut"
    if _is_turned(left, right):
        return "order"
    if _lacks_middle(left, right) or _lacks_middle(right, left):
        return "middle_missing"
    if _is_mistyped(left, right):
        return "letter"
    if _is_masked(left, right) or _is_masked(right, left):
        return "masked"
    return ""


def _joint(one: str, other: str) -> Comparison | None:
    """One of several holders of an account: close at best."""
    left, right = _holders(one), _holders(other)
    if len(left) == len(right) == 1:
        return None
    found = any(a == b or _whole(a, b) is not None for a in left for b in right)
    return Comparison(CLOSE, "joint") if found else None


def _holders(name: str) -> list[str]:
    return [part for part in _HOLDERS.split(name) if len(part.split()) > 1] or [name]


# ---------------------------------------------------------------- words


def _sound(word: str) -> tuple[str, str]:
    """(letters, tones): the same for "hoà" and "hòa"."""
    marks = unicodedata.normalize("NFD", word)
    letters = "".join(mark for mark in marks if mark not in _TONES)
    return unicodedata.normalize("NFC", letters), "".join(mark for mark in marks if mark in _TONES)


def _is_bare(words: Sequence[str]) -> bool:
    """Whether a name is written without any marks."""
    return all(fold(word) == word for word in words)


def _same_folded(left: Sequence[str], right: Sequence[str]) -> bool:
    return [fold(word) for word in left] == [fold(word) for word in right]


def _squeezed(words: Sequence[str]) -> str:
    return _NOT_LETTERS.sub("", fold("".join(words)))


def _alike(left: Sequence[str], right: Sequence[str]) -> Alike:
    """How words of these two names are compared: by their marks where both have any."""
    return _folded_alike if _is_bare(left) or _is_bare(right) else _sounded_alike


def _folded_alike(one: str, other: str) -> bool:
    return fold(one) == fold(other)


def _sounded_alike(one: str, other: str) -> bool:
    return _sound(one) == _sound(other)


def _with_i(word: str) -> str:
    """An ending y as i, with its tone: "lý" as "lí"."""
    marks = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", re.sub(r"(?<=[^aeou\W])y(?=\W*$)", "i", marks))


# ---------------------------------------------------------------- shapes of names


def _equal(left: Sequence[str], right: Sequence[str], alike: Alike) -> bool:
    return len(left) == len(right) and all(map(alike, left, right))


def _is_titled(longer: Sequence[str], shorter: Sequence[str]) -> bool:
    """ "Ông Nguyễn Văn A": the rest is a name of two words at least, so a surname Ông stays one."""
    if len(shorter) < 2 or longer[0] not in _TITLES:
        return False
    return _equal(longer[1:], shorter, _alike(longer, shorter))


def _is_cut(longer: str, shorter: str) -> bool:
    """Cut by a bank at its limit; a blank at the cut is lost as well."""
    if len(shorter) >= len(longer) or not any(len(shorter) in (at, at - 1) for at in CUTS):
        return False
    bare = fold(shorter) == shorter
    return fold(longer).startswith(fold(shorter)) if bare else longer.startswith(shorter)


def _is_turned(left: Sequence[str], right: Sequence[str]) -> bool:
    """The given name first: a rotation ("Văn A Nguyễn"), or all words the other way round."""
    if len(left) != len(right):
        return False
    alike, size = _alike(left, right), len(left)
    turned = (list(right[at:]) + list(right[:at]) for at in range(1, size))
    return _equal(left, right[::-1], alike) or any(_equal(left, one, alike) for one in turned)


def _lacks_middle(longer: Sequence[str], shorter: Sequence[str]) -> bool:
    """One word between surname and given name is missing."""
    if len(shorter) < 2 or len(longer) != len(shorter) + 1:
        return False
    alike = _alike(longer, shorter)
    without = (list(longer[:at]) + list(longer[at + 1 :]) for at in range(1, len(longer) - 1))
    return any(_equal(one, shorter, alike) for one in without)


def _is_mistyped(left: Sequence[str], right: Sequence[str]) -> bool:
    """One letter off in one word, where one of the two spellings is no Vietnamese syllable.

    Where both are, they are two names; where neither is, nobody can tell.
    """
    if len(left) != len(right):
        return False
    alike = _alike(left, right)
    off = [(fold(a), fold(b)) for a, b in zip(left, right, strict=True) if not alike(a, b)]
    if len(off) != 1 or len(_squeezed(left)) < _SHORTEST_NAME:
        return False
    one, other = off[0]
    if _is_syllable(one) == _is_syllable(other) or max(len(one), len(other)) < _SHORTEST_WORD:
        return False
    return is_one_edit(one, other)


def _is_syllable(word: str) -> bool:
    return _SYLLABLE.fullmatch(word) is not None


def _is_masked(hidden: Sequence[str], shown: Sequence[str]) -> bool:
    """ "N*** V** A**": as many words, each with the first letter that it should have."""
    found = [_MASKED.fullmatch(word) for word in hidden]
    if len(hidden) != len(shown) or not any(found):
        return False
    return all(
        fold(mask[1]) == fold(word)[:1] if mask else fold(bare) == fold(word)
        for mask, bare, word in zip(found, hidden, shown, strict=True)
    )
