"""Checks that need several workbooks of one month at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.beneficiaries import headings as h
from app.beneficiaries.rows import CellError, RegisterRow, WorkbookResult
from app.text import fold

_CITIZEN_LETTER = h.column_letter(h.HEADINGS.index(h.CITIZEN_ID))
_ACCOUNT_LETTER = h.column_letter(h.HEADINGS.index(h.ACCOUNT))
_LEAVING = ("move_out", "death")


@dataclass(frozen=True, slots=True)
class _Place:
    file: str
    row: int
    commune_code: str
    event: str

    def __str__(self) -> str:
        return f"{self.file}, dòng {self.row}"


def check_across(results: Iterable[WorkbookResult]) -> list[CellError]:
    """Faults between files: one person in two communes without a matching move, and one
    account under different personal IDs. In the order of files and rows.

    A person may stand in two communes only as 'Chuyển đi' in one and 'Chuyển đến' in the
    other. A shared account is refused unless the lines name one payee for all whom it serves.
    Of a result only IDs, accounts and places are kept: a stream of results needs the memory of
    one.
    """
    errors: list[CellError] = []
    homes: dict[str, _Place] = {}
    owners: dict[tuple[str, str], tuple[str, _Place]] = {}
    for result, row in _all_rows(results):
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
    owner, there = owners.setdefault((row.bank_bin, row.account), (hand, here))
    if owner == hand:
        return []
    message = (
        f"Ô {_ACCOUNT_LETTER}{here.row} dùng chung số tài khoản với người khác ({there}). "
        "Kiểm tra lại số của cả hai; nếu một người nhận thay cho cả hai thì ghi người ấy ở cột "
        f"“{h.PAYEE}” của cả hai dòng."
    )
    return [CellError(here.file, here.row, _ACCOUNT_LETTER, h.ACCOUNT, message)]
