"""A list of reasons as CSV: two columns, person and reason by code or by word."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.orm import Session

from app.beneficiaries.reasons import faults_of
from app.beneficiaries.still_cash import REASONS
from app.cashless.list_file import read_rows
from app.errors import InputError
from app.text import fold

PERSON, REASON = "Mã người hưởng", "Lý do"
_NUMBER = re.compile(r"(?:AS-0*)?(\d{1,18})")
_WORDS = {fold(word): code for code, word in REASONS.items()} | {code: code for code in REASONS}
SHOWN = 20


def read_reasons(session: Session, path: Path) -> dict[int, str]:
    """Person (id) to reason (code). Raises InputError with every faulty row, up to 20 shown."""
    found: dict[int, str] = {}
    rows: dict[int, int] = {}
    faults: list[str] = []
    for number, values in read_rows(path, (PERSON, REASON)):
        named = _NUMBER.fullmatch(values[PERSON])
        if named is None:
            faults.append(f"Dòng {number}, cột “{PERSON}”: không phải mã, ví dụ AS-000012.")
            continue
        one = int(named[1])
        if one in found:
            faults.append(f"Dòng {number}: trùng người ở dòng {rows[one]}. Xóa một dòng.")
            continue
        found[one] = _WORDS.get(fold(values[REASON]), values[REASON])
        rows[one] = number
    faults += [f"Dòng {rows[one]}: {said}" for one, said in faults_of(session, found).items()]
    refuse(path, faults)
    return found


def refuse(path: Path, faults: list[str]) -> None:
    """Raise InputError naming the faults, if there are any."""
    if not faults:
        return
    more = [f"… và {len(faults) - SHOWN} lỗi khác"] if len(faults) > SHOWN else []
    listed = "".join(f"\n  {one}" for one in [*faults[:SHOWN], *more])
    raise InputError(f"{path.name}: {len(faults)} lỗi, chưa ghi gì.{listed}\n", "Sửa rồi nạp lại.")
