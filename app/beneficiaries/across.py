"""Checks that need several workbooks of one month at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.beneficiaries import headings as h
from app.beneficiaries.rows import CellError, RegisterRow, WorkbookResult
from app.text import fold

_CITIZEN_LETTER = h.column_letter(h.HEADINGS.index(h.CITIZEN_ID))
_ACCOUNT_LETTER = h.column_letter(h.HEADINGS.index(h.ACCOUNT))
_LEAVING = ("move_out", "death")
BITS = 1 << 27  # 16 MB


@dataclass(frozen=True, slots=True)
class _Place:
    file: str
    row: int
    commune_code: str
    event: str

    def __str__(self) -> str:
        return f"{self.file}, dòng {self.row}"


class Repeated:
    """Whose ID or account stands on several lines: the few among which faults between files are.

    Of each that was met it keeps one bit of so many that two of a million rarely have the same; who
    shares one by chance is looked at as well, which alters nothing. A place of each took 600 bytes.
    """

    def __init__(self) -> None:
        self._met = bytearray(BITS // 8)
        self._again: set[int] = set()

    def add(self, result: WorkbookResult) -> None:
        """Another file's lines."""
        for row in result.rows:
            for bit in _bits(row):
                byte, within = bit >> 3, 1 << (bit & 7)
                if self._met[byte] & within:
                    self._again.add(bit)
                self._met[byte] |= within

    def __contains__(self, row: RegisterRow) -> bool:
        return any(bit in self._again for bit in _bits(row))


def _bits(row: RegisterRow) -> Iterator[int]:
    yield hash(row.citizen_id) % BITS
    if row.method == "account":
        yield hash(_account(row)) % BITS


def check_across(
    results: Iterable[WorkbookResult], repeated: Repeated | None = None
) -> list[CellError]:
    """Faults between files: one person in two communes without a matching move, and one
    account under different personal IDs. In the order of files and rows.

    A person may stand in two communes only as 'Chuyển đi' in one and 'Chuyển đến' in the
    other. A shared account is refused unless the lines name one payee for all whom it serves.
    Of a result only IDs, accounts and places are kept, and with `repeated`, which has been added
    every one of the results, only those of its lines: a stream of results needs the memory of one.
    """
    errors: list[CellError] = []
    homes: dict[str, _Place] = {}
    owners: dict[tuple[str, str], tuple[str, _Place]] = {}
    for result, row in _all_rows(results):
        if repeated is None or row in repeated:
            place = _Place(result.file, row.row, result.commune_code, row.event)
            errors.extend(_check_home(row, place, homes))
            errors.extend(_check_owner(row, place, owners))
    return errors


def _all_rows(results: Iterable[WorkbookResult]) -> Iterable[tuple[WorkbookResult, RegisterRow]]:
    for result in results:
        for row in result.rows:
            yield result, row


def _check_home(row: RegisterRow, here: _Place, homes: dict[str, _Place]) -> list[CellError]:
    there = homes.setdefault(row.citizen_id, here)
    if there.commune_code == here.commune_code:
        return []
    events = {there.event, here.event}
    if events == {"move_out", "move_in"}:
        return []
    if there.event in _LEAVING and here.event not in _LEAVING:
        homes[row.citizen_id] = here
    message = (
        f"Ô {_CITIZEN_LETTER}{here.row} trùng người với {there}. Nếu người này chuyển nơi ở, ghi "
        "“Chuyển đi” ở xã cũ và “Chuyển đến” ở xã mới; nếu không, xóa một dòng."
    )
    return [CellError(here.file, here.row, _CITIZEN_LETTER, h.CITIZEN_ID, message)]


def _account(row: RegisterRow) -> tuple[str, str]:
    return row.bank_bin, row.account


def _hand(row: RegisterRow) -> str:
    """Who takes the money: one guardian may take that of several into the own account."""
    if row.payee in ("", "self"):
        return row.citizen_id
    return row.payee_id or fold(row.payee_name)


def _check_owner(
    row: RegisterRow, here: _Place, owners: dict[tuple[str, str], tuple[str, _Place]]
) -> list[CellError]:
    if row.method != "account":
        return []
    hand = _hand(row)
    owner, there = owners.setdefault(_account(row), (hand, here))
    if owner == hand:
        return []
    message = (
        f"Ô {_ACCOUNT_LETTER}{here.row} dùng chung số tài khoản với người khác ({there}). "
        "Kiểm tra lại số của cả hai; nếu một người nhận thay cho cả hai thì ghi người ấy ở cột "
        f"“{h.PAYEE}” của cả hai dòng."
    )
    return [CellError(here.file, here.row, _ACCOUNT_LETTER, h.ACCOUNT, message)]
