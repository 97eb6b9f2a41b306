"""Every family gives our reference after trim and upper case, and no word that means "none"."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from bank_adapters.contract import BankLine, LineKind
from bank_adapters.discovery import BUILT_IN, load
from bank_adapters.formats.lines import statement_reports
from bank_adapters.formats.mt940 import messages, statement_of
from bank_adapters.references import is_reference, reference
from reconciliation.names import names_of

ROOM = Path(__file__).parents[2] / "bank_adapters"
SAMPLES = [
    (name, path)
    for name, _ in BUILT_IN
    for path in sorted((ROOM / name / "samples").iterdir())
    if not path.name.endswith(".expected.json")
]
OURS, OTHER = reference(1, 1), reference(2, 1)


def said(name: str, file: str, content: bytes) -> list[str]:
    """The references that an adapter reads in a file."""
    reports = load([name])[name].read(file, io.BytesIO(content))
    return [line.reference for report in reports for line in report.lines]


def carelessly_written(path: Path, references: set[str]) -> bytes:
    """The sample with each reference in small letters and with spaces around it."""
    if path.suffix != ".xlsx":
        text = path.read_text("utf-8")
        for one in references:
            text = text.replace(f">{one}<", f"> {one.lower()} <")
            text = text.replace(f'"{one}"', f'"{one.lower()}"')
        return text.encode()
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for cell in (cell for cells in sheet.iter_rows() for cell in cells):
            if cell.value in references:
                cell.value = f" {str(cell.value).lower()} "
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "path"), SAMPLES, ids=lambda one: getattr(one, "name", one))
def test_however_it_is_written(name: str, path: Path) -> None:
    clean = said(name, path.name, path.read_bytes())
    ours = {one for one in clean if is_reference(one)}
    assert ours
    content = carelessly_written(path, ours)
    assert content != path.read_bytes()
    assert said(name, path.name, content) == clean
    assert not {"NOTPROVIDED", "NONREF", "NOTREF", "NONE"} & set(clean)


@pytest.mark.parametrize("where", [f"{OURS.lower()}//FT1", "NONREF//FT1\n:86:EREF+ {} "])
def test_mt940(where: str) -> None:
    text = (f":20:S1\n:25:100\n:28C:1/1\n:60F:C260909VND1000,\n:61:260910D500,NTRF"
            f"{where.format(OURS.lower())}\n:62F:C260910VND500,\n-")  # fmt: skip
    (message,) = messages(text)
    ((line,),) = [list(one.lines) for one in statement_reports([statement_of(message)])]
    assert (line.reference, line.bank_reference) == (OURS, "FT1")


@pytest.mark.parametrize(("line", "wanted"), [
    (BankLine(LineKind.BOOKED, -1, OURS, remittance=OTHER), ("", "", 0, 0)),
    (BankLine(LineKind.STATUS, 1, remittance=OTHER), ("", "", 0, 0)),
    (BankLine(LineKind.BOOKED, -1, remittance=f"tra {OTHER.lower()}."), (OTHER, "", 0, 0)),
    (BankLine(LineKind.BOOKED, -1, instruction_id=f" {OURS} ", remittance=OTHER),
     (OURS, "", 0, 0)),
    (BankLine(LineKind.BOOKED, -1, remittance=f"{OURS} {OTHER}"), ("-", "", 0, 0)),
    (BankLine(LineKind.BOOKED, -1, remittance="as" + "0" * 32, batch_count=7),
     ("-", "AS" + "0" * 32, 7, 0)),
    (BankLine(LineKind.BOOKED, -1, payment_information_id="p1", message_id="m1"),
     ("-", "P1", 0, 0)),
    (BankLine(LineKind.BOOKED, 1, OURS, charge=9), ("", "", 0, 9)),
])  # fmt: skip
def test_what_a_line_says_beside_its_reference(
    line: BankLine, wanted: tuple[str, str, int, int]
) -> None:
    assert names_of(line) == wanted
