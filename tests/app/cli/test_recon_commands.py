"""`ansinh recon`: a month from its settlements to its close and the Treasury's report."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.printing.spreadsheet import FIRST_ROW
from tests.app.disbursement.test_closing_days import september_stated
from tests.app.printing.reading import read_pdf
from tests.factories import BANK, POST, SEPTEMBER, House
from tests.support.commands import ansinh, asked

TWO = ("finance.one", "finance.two")


def training(house: House, day: str, at: str) -> None:
    """The database has the clock of the test from now on."""
    house.on(day, at)
    house.tamper("delete from installation where key in ('clock', 'training')")
    moment = house.clock.now().isoformat()
    house.tamper(f"insert into installation values ('clock', '{moment}'), ('training', '1')")


def signed(house: House, day: str, at: str, *names: str) -> tuple[str, ...]:
    """The officers' options at that moment."""
    training(house, day, at)
    return tuple(word for name in names for word in ("--officer", name, "--code", house.code()))


@pytest.mark.stage(of=september_stated)
def test_a_month_is_settled_closed_and_reported(house: House, tmp_path: Path) -> None:
    training(house, "2026-09-19", "20:00")
    month = ("recon", "settlements", "--period", SEPTEMBER)
    told = ansinh(house, *month, "--json")
    assert told.exit_code == 1  # the bank's days are not closed yet
    assert "chưa khóa ngày nào" in told.output
    assert asked(house, "recon", "unpaid", "--provider", POST)[0]["count"] == 1

    day = ("recon", "close", "--day", "2026-09-11")
    (shown,) = asked(house, *day)["accounts"]
    assert shown["missing"] == []
    assert shown["account"].startswith(f"{BANK} ****")
    asked(house, *day, *signed(house, "2026-09-19", "20:10", TWO[0]))
    digest = asked(house, *month)["digest"]
    done = asked(house, *month, "--digest", digest, *signed(house, "2026-09-19", "20:20", *TWO))
    assert done["accepted"] == 2

    training(house, "2026-09-30", "20:00")
    closing = ("recon", "close", "--period", SEPTEMBER)
    digest = asked(house, *closing)["digest"]
    asked(house, *closing, "--digest", digest, *signed(house, "2026-09-30", "20:10", *TWO))

    pdf, sheet = tmp_path / "r.pdf", tmp_path / "r.xlsx"
    report = ("recon", "report", "--period", SEPTEMBER, "--output")
    assert asked(house, *report, pdf)["settlements"] == 2
    text = " ".join(read_pdf(pdf.read_bytes()).text.split())
    assert "BẢNG QUYẾT TOÁN VỚI TỔ CHỨC CHI TRẢ" in text
    assert "Chênh lệch (B − C − D) 0" in text
    assert "Năm trăm nghìn đồng" in text
    assert "Chưa chi, chuyển sang kỳ sau 1 500.000" in text
    asked(house, *report, sheet)
    rows = list(
        load_workbook(sheet)["Danh sách"].iter_rows(min_row=FIRST_ROW + 1, values_only=True)
    )
    assert rows[-1][1] == "CỘNG"
    assert rows[-1][6] == 2_000_000
