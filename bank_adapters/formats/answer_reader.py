"""A provider's answer to a list, read by its profile: CSV or Excel, one reader.

Nothing is guessed or repaired. A word that the profile does not know gives a line that changes
nothing and a fault that keeps the file apart for a person; so does what does not add up.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from typing import BinaryIO

from bank_adapters.contract import BankLine, BankReport, LineKind, Method, ReportKind
from bank_adapters.errors import Unreadable
from bank_adapters.formats.answer_profile import PAID, UNPAID, AnswerProfile, word_of
from bank_adapters.formats.answer_sums import Figures, faults_of
from bank_adapters.formats.xlsx_sheet import Row, Sheet, nfc, open_sheets

MAX_BYTES = 100_000_000
CSV = "CSV"


def read_answer(source: BinaryIO, profile: AnswerProfile) -> BankReport:
    """One settlement report with its faults; raises Unreadable naming the cell."""
    grids = [_Grid(sheet, profile, result) for sheet, result in _sheets(source, profile)]
    figures = {grid.figures for grid in grids}
    if len(figures) > 1:
        names = "” và “".join(grid.sheet.name for grid in grids)
        raise Unreadable(f"đầu trang “{names}” khác nhau")
    lines = [line for grid in grids for line in grid.lines()]
    stated = figures.pop()
    message_id = stated.message_id or _one({line.message_id for line in lines}, "mã lô")
    accounts = {account for grid in grids for account in grid.accounts}
    return BankReport(
        kind=ReportKind.SETTLEMENT,
        report_id=f"{message_id}-KQ",
        account=stated.account or _one(accounts, "tài khoản nguồn"),
        currency="VND",
        lines=iter(lines),
        opening=stated.total,
        closing=stated.unspent,
        message_id=message_id,
        faults=[*faults_of(message_id, stated, lines), *(told for g in grids for told in g.told())],
    )


def _one(found: set[str], what: str) -> str:
    """The one value that every line has, "" where there is no column for it."""
    if len(found) > 1:
        raise Unreadable(f"tệp trả lời có nhiều {what}: {', '.join(sorted(found)[:3])}")
    return next(iter(found), "")


def _sheets(source: BinaryIO, profile: AnswerProfile) -> Iterator[tuple[Sheet, str]]:
    """The sheets of the profile, each with the result of its lines, "" for a column."""
    if profile.format == "csv":
        yield Sheet(CSV, list(_csv_rows(source, profile))), ""
        return
    book = open_sheets(source)
    for name, result in profile.sheets:
        sheet = book.get(name) if name else next(iter(book.values()), None)
        if sheet is None:
            raise Unreadable(f"tệp Excel thiếu trang “{name}”")
        yield sheet, result


def _csv_rows(source: BinaryIO, profile: AnswerProfile) -> Iterator[Row]:
    data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Unreadable("tệp CSV quá lớn")
    try:
        text = data.decode(profile.encoding)
        if "\0" in text:
            raise Unreadable("tệp CSV không phải tệp văn bản")
        rows = csv.reader(StringIO(text, newline=""), delimiter=profile.delimiter, strict=True)
        yield from (list[object](row) for row in rows)
    except UnicodeError as error:
        raise Unreadable(f"tệp CSV không phải bảng mã {profile.encoding}") from error
    except csv.Error as error:
        raise Unreadable(f"tệp CSV sai quy cách: {error}") from error


@dataclass
class _Grid:
    """One sheet: what stands above its lines at once, its lines once asked for."""

    sheet: Sheet
    profile: AnswerProfile
    result: str
    strange: dict[str, list[int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    accounts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.place = self.profile.fields
        self._check_headings()
        self.figures = self._figures()

    def _check_headings(self) -> None:
        row, headings = self.profile.heading_row, self.profile.columns
        for column, (heading, _) in enumerate(headings, 1):
            self.sheet.expect(row, column, heading)
        self._check_width(row)

    def _check_width(self, row: int) -> None:
        """A row of a CSV file has as many cells as there are columns."""
        found, wanted = len(self.sheet.rows[row - 1]), len(self.profile.columns)
        if self.profile.format == "csv" and found != wanted:
            raise Unreadable(f"dòng {row} của tệp CSV có {found} cột, phải là {wanted}")

    def _figures(self) -> Figures:
        """The values to the right of their labels, wherever these stand above the headings."""
        places = {name: self._labelled(label) for label, name in self.profile.head}

        def text(name: str) -> str:
            return self.sheet.text(*places[name]) if name in places else ""

        def amount(name: str) -> int | None:
            return self.amount(*places[name]) if name in places else None

        return Figures(
            text("message_id"),
            text("debtor_account"),
            amount("count"),
            amount("total"),
            amount("unspent"),
        )

    def _labelled(self, label: str) -> tuple[int, int]:
        """Row and column of the value of a label; raises Unreadable unless there is just one."""
        found = [
            (row, column + 1)
            for row in range(1, self.profile.heading_row)
            for column, cell in enumerate(self.sheet.cells(row), 1)
            if isinstance(cell, str) and nfc(cell).rstrip(" :").casefold() == label.casefold()
        ]
        if len(found) != 1:
            said = "có nhiều" if found else "thiếu"
            raise Unreadable(f"trang “{self.sheet.name}”: phần đầu {said} nhãn “{label}”")
        return found[0]

    def lines(self) -> Iterator[BankLine]:
        """The lines down to the row of totals; below it no payment may stand."""
        total, ended = 0, False
        for row in self.sheet.data_rows(self.profile.heading_row):
            if ended or self._is_blank(row):
                self._refuse_payment(row)
            elif self._is_total(row):
                ended = True
                self._check_total(row, total)
            else:
                line = self._line(row)
                total += line.amount
                yield line

    def _is_blank(self, row: int) -> bool:
        return all(cell in ("", None) for cell in self.sheet.cells(row))

    def _is_total(self, row: int) -> bool:
        """A row whose first text is a word for totals, and which names no payment."""
        texts = [word_of(cell) for cell in self.sheet.cells(row) if isinstance(cell, str)]
        first = next(filter(None, texts), "")
        reference = self.sheet.raw(row, self.place["reference"])
        named = isinstance(reference, str) and word_of(reference) not in ("", first)
        return not named and any(
            first == word or first.startswith((f"{word} ", f"{word}:"))
            for word in self.profile.totals
        )

    def _refuse_payment(self, row: int) -> None:
        cells = [self.sheet.raw(row, self.place[name]) for name in ("reference", "amount")]
        if any(cell not in ("", None) for cell in cells):
            raise Unreadable(f"{self.sheet.where(row, 1)}: còn dòng chi sau dòng tổng cộng")

    def _check_total(self, row: int, total: int) -> None:
        column = self.place["amount"]
        if self.sheet.raw(row, column) in ("", None):
            return
        if (stated := self.amount(row, column)) != total:
            where = self.sheet.where(row, column)
            self.faults.append(f"không cân, {where} ghi tổng {stated}, các dòng cộng lại {total}")

    def _line(self, row: int) -> BankLine:
        self._check_width(row)
        sheet, method = self.sheet, self._method(row)
        word, reference = self._text(row, "result"), sheet.text(row, self.place["reference"])
        kind, status = self._meant(word, method, row)
        message_id = self.figures.message_id or self._text(row, "message_id")
        if "debtor_account" in self.place:
            self.accounts.add(self._text(row, "debtor_account"))
        reason = self._text(row, "reason")
        return BankLine(
            kind=kind,
            amount=self.amount(row, self.place["amount"]),
            reference=reference.upper(),
            value_date=self._day(row),
            bank_reference=f"{message_id}/{reference.upper()}",
            message_id=message_id,
            status=status,
            reason=self.profile.reasons.get(word_of(reason), reason.upper()),
            voucher=self._text(row, "voucher"),
            counterparty=self._text(row, "payee_name"),
            remittance=word if kind is LineKind.STATUS else "",
        )

    def _text(self, row: int, name: str) -> str:
        return self.sheet.text(row, self.place[name]) if name in self.place else ""

    def _day(self, row: int) -> date | None:
        if "day" not in self.place:
            return None
        return self.sheet.day(row, self.place["day"], self.profile.day)

    def _method(self, row: int) -> Method:
        if "method" not in self.place:
            return self.profile.method
        word = self._text(row, "method")
        if (method := self.profile.methods.get(word_of(word))) is None:
            where = self.sheet.where(row, self.place["method"])
            raise Unreadable(f"{where}: hình thức chi “{word}” không có")
        return method

    def _meant(self, word: str, method: Method, row: int) -> tuple[LineKind, str]:
        """Kind and status of a line; a word that is not known is a status that moves nothing."""
        told = self.profile.results.get(word_of(word), "")
        result = self.result or told
        if not result or (told and told != result):
            self.strange.setdefault(word, []).append(row)
            return LineKind.STATUS, word.upper()
        if result == PAID:
            return (LineKind.PAID_CASH if method is Method.CASH else LineKind.PAID), word
        return (LineKind.UNPAID, word) if result == UNPAID else (LineKind.STATUS, result)

    def amount(self, row: int, column: int) -> int:
        """A whole number of 0 or more, from a number or from a text as the profile writes it."""
        value = self.sheet.raw(row, column)
        is_text = self.profile.format == "csv" or self.profile.text_amounts
        if not isinstance(value, str) or not is_text:
            return self.sheet.whole(row, column)
        if (found := _digits(value.strip(), self.profile)) is None:
            shown = self.sheet.where(row, column)
            raise Unreadable(f"{shown} phải là số nguyên không âm: “{value[:30]}”")
        return found

    def told(self) -> Iterator[str]:
        """What is wrong with the lines, when they have been walked."""
        yield from self.faults
        for word, rows in self.strange.items():
            where = f"trang “{self.sheet.name}”, dòng {rows[0]}"
            yield f"kết quả “{word[:30]}” lạ ở {len(rows)} dòng ({where}): cần người xem"


def _digits(text: str, profile: AnswerProfile) -> int | None:
    """The whole number of an amount in letters, None for anything else."""
    whole, _, rest = text.partition(profile.decimal) if profile.decimal else (text, "", "")
    groups = whole.split(profile.thousands) if profile.thousands else [whole]
    grouped = len(groups) == 1 or (
        1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    )
    digits = "".join(groups)
    fits = digits.isascii() and digits.isdecimal() and len(digits) < 16
    return int(digits) if fits and grouped and not rest.strip("0") else None
