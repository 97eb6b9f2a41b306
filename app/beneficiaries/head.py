"""The head of a list: whose it is, of which month, and which column holds what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.beneficiaries import cells
from app.beneficiaries import headings as h
from app.beneficiaries.likeness import proposals, words_of
from app.beneficiaries.profiles import Profile, profile_of, profiles
from app.beneficiaries.rows import CellError, WorkbookResult
from app.beneficiaries.sheets import Line, Sheet
from app.beneficiaries.spelling import tidy
from app.reference import areas

_COMMUNE = re.compile(r"\d{5}")
_SEARCHED_ROWS = 15
_ENOUGH = 4
_FOLDED = {heading.casefold(): heading for heading in h.ALL}
_BY_WORDS = {words_of(heading): heading for heading in h.ALL}
Mapped = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the officer expects and has said: commune, month ('' for any), headings.

    `given` takes headings as found (folded case) to ours, for this file; `remembered` holds what
    each commune said before.
    """

    commune: str = ""
    period: str = ""
    given: Mapped = field(default_factory=dict)
    remembered: Mapping[str, Mapped] = field(default_factory=dict)


@dataclass(slots=True)
class Head:
    """The columns (zero-based) by our heading, and how values are to be understood."""

    columns: dict[str, int]
    profile: Profile | None = None


def is_known_heading(word: str) -> bool:
    """Whether a heading is ours or that of a known layout."""
    folded = word.casefold()
    return folded in _FOLDED or any(folded in one.headings for one in profiles())


class HeadReader:
    """Reads down to the row of headings; faults go to the result."""

    def __init__(self, result: WorkbookResult, wanted: Wanted) -> None:
        self._result = result
        self._wanted = wanted
        self._has_machine_line = False
        self._seen: list[tuple[int, list[str]]] = []

    def read(self, sheet: Sheet) -> Head | None:
        """The head, or None when there is no row of headings."""
        for number, values in sheet.lines:
            words = [tidy(str(value)) for value in values]
            self._result.is_synthetic |= h.SYNTHETIC_NOTICE in words
            if h.COMMUNE_LABEL in words and h.PERIOD_LABEL in words:
                self._has_machine_line = True
                self._read_machine_line(number, values, words)
            elif (named := self._named(words)) and len(set(named.values())) >= _ENOUGH:
                return self._head(number, words, sheet)
            elif h.COMMUNE_LABEL in words:
                self._has_machine_line = True
                self._read_machine_line(number, values, words)
            self._seen.append((number, words))
            if number >= _SEARCHED_ROWS:
                break
        self._no_headings()
        return None

    # ------------------------------------------------------------------ headings
    def _meant(self, word: str) -> str:
        """Our heading for a word of the file, or ''."""
        folded = word.casefold()
        own = self._wanted.remembered.get(self._result.commune_code or self._wanted.commune, {})
        return self._wanted.given.get(folded) or _FOLDED.get(folded) or own.get(folded) or ""

    def _named(self, words: Sequence[str]) -> dict[int, str]:
        profile = profile_of([word.casefold() for word in words if word])
        known = profile.headings if profile else {}
        named = {at: self._meant(word) or known.get(word.casefold(), "")
                 for at, word in enumerate(words) if word}  # fmt: skip
        return {at: ours for at, ours in named.items() if ours}

    def _head(self, number: int, words: list[str], sheet: Sheet) -> Head:
        words = self._with_second_row(number, words, sheet)
        profile = profile_of([word.casefold() for word in words if word])
        if profile is not None:
            self._result.profile = profile.code
            self._warn(profile.notice)
        self._result.heading_row = number
        self._check_machine_line(profile)
        columns = self._columns(number, words, self._named(words))
        self._missing(number, words, columns, profile)
        return Head(columns, profile)

    def _with_second_row(self, number: int, words: list[str], sheet: Sheet) -> list[str]:
        """Headings in two rows: a merged heading above, its parts in the row below."""
        wide = [
            (first, last)
            for first, last, shown in sheet.scan.merged.get(number, ())
            if first < last and shown.endswith(f"{number}")
        ]
        if not wide:
            return words
        below = next(sheet.lines, None)
        if below is None:
            return words
        words = [*words, *[""] * (len(below[1]) - len(words))]
        for first, last in wide:
            above = words[first]
            for at in range(first, min(last + 1, len(below[1]))):
                joined = f"{above} {tidy(str(below[1][at]))}"
                words[at] = _BY_WORDS.get(words_of(joined), joined)
        return words

    def _columns(
        self, number: int, words: Sequence[str], named: Mapping[int, str]
    ) -> dict[str, int]:
        columns: dict[str, int] = {}
        for at, ours in named.items():
            if ours in columns:
                self._error(number, at, ours, f"lặp cột “{ours}”. Xóa cột thừa.")
                continue
            columns[ours] = at
            if words[at].casefold() in self._wanted.given:
                self._result.mapped[words[at]] = ours
        return columns

    def _missing(
        self, number: int, words: Sequence[str], columns: Mapping[str, int], profile: Profile | None
    ) -> None:
        lacks = profile.lacks if profile else frozenset()
        missing = [one for one in h.HEADINGS if one not in {h.NUMBER, *columns, *lacks}]
        free = [word for at, word in enumerate(words) if at not in columns.values()]
        proposed = proposals(missing, free) if missing else {}
        self._result.missing = {one: proposed.get(one, "") for one in missing}
        self._result.free = [word for word in free if word]
        present = ", ".join(f"“{_FOLDED.get(one.casefold(), one)}”" for one in words if one)
        for heading in missing:
            message = (
                f"Tệp của bạn thiếu cột “{heading}”. Hiện có: {present}. "
                f"{_cure(heading, proposed.get(heading, ''), number)}"
            )
            self._result.errors.append(CellError(self._result.file, number, "", heading, message))

    def _no_headings(self) -> None:
        nearest = next((row for row in self._seen if _looks_like_headings(row[1])), None)
        if nearest is None:
            row = h.HEADING_ROW
            self._file_error(f"Không thấy dòng tiêu đề cột (dòng {row} của mẫu). Dùng mẫu.")
            return
        number, words = nearest
        self._missing(number, words, self._columns(number, words, self._named(words)), None)

    # ------------------------------------------------------------------ commune and month
    def _check_machine_line(self, profile: Profile | None) -> None:
        if self._has_machine_line:
            return
        if self._wanted.commune and self._wanted.period and (profile or self._wanted.given):
            self._result.commune_code, self._result.period = (
                self._wanted.commune, self._wanted.period
            )  # fmt: skip
        elif profile:
            self._file_error(
                "Tệp này không ghi xã và kỳ. Thêm --area (mã xã) và --period (kỳ, ví dụ 2026-11)."
            )
        else:
            self._file_error(_MACHINE_LINE_MISSING)

    def _read_machine_line(
        self, number: int, values: Sequence[object], words: Sequence[str]
    ) -> None:
        result = self._result
        at = words.index(h.COMMUNE_LABEL) + 1
        result.commune_code = words[at] if at < len(words) else ""
        if fault := _commune_fault(result.commune_code, self._wanted.commune):
            self._error(number, at, h.COMMUNE_LABEL, fault)
        at = words.index(h.PERIOD_LABEL) + 1 if h.PERIOD_LABEL in words else at + 2
        try:
            result.period = cells.month(values[at] if at < len(values) else "")
        except cells.BadCell as problem:
            self._error(number, at, h.PERIOD_LABEL, str(problem))
            return
        if self._wanted.period and result.period != self._wanted.period:
            shown, wanted = _shown(result.period), _shown(self._wanted.period)
            fault = f"ghi kỳ {shown}, đang nhập kỳ {wanted}. Chọn đúng tệp của kỳ {wanted}."
            self._error(number, at, h.PERIOD_LABEL, fault)

    # ------------------------------------------------------------------ faults
    def _error(self, number: int, at: int, heading: str, problem: str) -> None:
        letter = h.column_letter(at)
        message = f"Ô {letter}{number} {problem}"
        self._result.errors.append(CellError(self._result.file, number, letter, heading, message))

    def _file_error(self, message: str) -> None:
        self._result.errors.append(CellError(self._result.file, 0, "", "", message))

    def _warn(self, message: str) -> None:
        if message:
            self._result.warnings.append(CellError(self._result.file, 0, "", "", message))


_MACHINE_LINE_MISSING = (
    f"Thiếu dòng “{h.COMMUNE_LABEL} … {h.PERIOD_LABEL} …” (dòng {h.MACHINE_ROW} của mẫu). Dùng mẫu."
)


def _cure(heading: str, proposed: str, number: int) -> str:
    if not proposed:
        return f"Thêm cột này ở dòng {number}."
    return f'Nếu là cột “{proposed}”, thêm --map "{proposed}={heading}".'


def _looks_like_headings(words: Sequence[str]) -> bool:
    """Whether this may be the row of headings; slow, so asked only where none was found."""
    return len(proposals(h.HEADINGS, [one for one in words if one])) >= _ENOUGH


def _commune_fault(code: str, expected: str) -> str | None:
    if not _COMMUNE.fullmatch(code):
        return f"ghi “{cells.shown(code)}”, không phải mã xã 5 chữ số (ô văn bản). Nhập lại mã xã."
    known = areas.commune(code)
    if known is None:
        return f"ghi mã xã {code}, không có trong danh mục hành chính. Nhập lại mã xã."
    if expected and code != expected:
        wanted = areas.commune(expected)
        name = wanted.name if wanted else expected
        return f"là danh sách của {known.name} ({code}), không phải {name} ({expected}). Chọn lại."
    return None


def _shown(period: str) -> str:
    return f"{period[5:]}/{period[:4]}"


_COUNT = re.compile(r"\(?\d{1,2}\)?|[A-Z]")


def is_counting_row(values: Iterable[object]) -> bool:
    """Whether a row below the headings only numbers the columns: (1) (2) (3), or A B 1 2."""
    told = [str(value).removesuffix(".0").strip() for value in values if value != ""]
    return len(told) >= _ENOUGH and all(_COUNT.fullmatch(one) for one in told)


def body(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines below the headings, without a row that numbers the columns."""
    for number, values in lines:
        if not is_counting_row(values):
            yield number, values
        if any(value != "" for value in values):
            break
    yield from lines
