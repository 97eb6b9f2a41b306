"""What reading an officer's workbook gives: rows, errors, and the file's own facts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of the register: one person's one allowance, as the commune states it.

    `row` is Excel's row number. Texts are NFC and single-spaced, empty when not given.
    `programme` is 'pension', 'assistance' or 'merit'; `sex` 'M' or 'F'; `method` 'account'
    or 'cash'; `event` '', 'new', 'death', 'move_out' or 'move_in'. `start_period` is
    'YYYY-MM'. `birth_date` is None when only the year is known. What stands below `note` may be
    missing from a list: then it is empty, and the register keeps what it knows. The codes are
    those of `headings.py` (`poverty`, `degree`, `phone_owner`, `payee`, `kind`, `still_cash`).
    """

    row: int
    name: str
    birth_date: date | None
    birth_year: int
    sex: str
    ethnicity: str
    citizen_id: str
    hamlet: str
    phone: str
    programme: str
    group: str
    table_key: str
    decision_number: str
    decision_date: date | None
    start_period: str
    method: str
    account: str
    bank_bin: str
    holder_name: str
    event: str
    event_date: date | None
    note: str
    household: str = ""
    poverty: str = ""
    disability: str = ""
    degree: str = ""
    certificate: str = ""
    certified_on: date | None = None
    phone_owner: str = ""
    payee: str = ""
    payee_name: str = ""
    payee_id: str = ""
    relation: str = ""
    paper: str = ""
    signed_on: date | None = None
    valid_until: date | None = None
    kind: str = ""
    still_cash: str = ""
    signer: str = ""


@dataclass(frozen=True, slots=True)
class CellError:
    """One thing to mend: where it is and, in Vietnamese, what to do.

    `row` is Excel's row number (0 for the file as a whole), `column` its letter. `proposal` is
    what the cell may have meant, in full: it goes into the file given back to the officer only.
    """

    file: str
    row: int
    column: str
    heading: str
    message: str
    proposal: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """'F7', or '' when the error is about the file."""
        return f"{self.column}{self.row}" if self.column else ""


@dataclass(slots=True)
class WorkbookResult:
    """A read workbook. Nothing of it may be applied while `errors` is not empty.

    `rows` holds the rows without an error. `warnings` were mended while reading or need
    only a look. `is_synthetic` tells a file of the training mode. `kind` is 'xlsx', 'xls' or
    'csv'; `profile` names the foreign layout that was recognised; `mapped` holds the headings as
    found that were taken for ours by the officer's word; `heading_row` is Excel's row number.
    `missing` are headings of ours that the file lacks, each with the one it may mean ('' for none);
    `free` are headings of the file that are none of ours.
    """

    file: str
    commune_code: str = ""
    period: str = ""
    sha256: str = ""
    rows: Collection[RegisterRow] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    warnings: list[CellError] = field(default_factory=list)
    is_synthetic: bool = False
    kind: str = ""
    profile: str = ""
    mapped: dict[str, str] = field(default_factory=dict)
    heading_row: int = 0
    missing: dict[str, str] = field(default_factory=dict)
    free: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether the file can be applied."""
        return not self.errors
