"""`ansinh year-end` as an officer types it, on the machine's own clock: 2026 as seen later."""

from __future__ import annotations

import csv
import io
import json

import pyotp
import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.clock import SystemClock
from app.errors import InputError, NotFound, Refused
from tests.app.disbursement.year_end_office import all_handed_back
from tests.factories import House
from tests.support.province import SECRET

pytestmark = pytest.mark.stage(of=all_handed_back)
CELL = ("--unit", "01273", "--programme", "pension", "--provider", "postoffice")


def run(house: House, *args: str) -> Result:
    """A command on the house's database; its keys lie in the house's folder."""
    keys = house.home / "keys"
    keys.mkdir(exist_ok=True)
    (keys / "field.key").write_bytes(b"t" * 32)
    url = house.database.url.render_as_string(hide_password=False)
    told = ["year-end", *args, "--database", url]
    return CliRunner().invoke(cli, told, env={"ANSINH_HOME": str(house.home)})


def two_officers() -> tuple[str, ...]:
    """Both officers of finance with the code of now."""
    code = pyotp.TOTP(SECRET).at(SystemClock().now())
    return ("--officer", "finance.one", "--code", code, "--officer", "finance.two", "--code", code)


def test_what_only_reads(house: House) -> None:
    plan = run(house, "plan", "--year", "2026")
    assert plan.exit_code == 0, plan.output
    assert "đã duyệt nộp trả: 800.000\u00a0₫, đã nộp: 0\u00a0₫" in plan.output
    told = json.loads(run(house, "plan", "--year", "2026", "--json").output)
    assert sum(cell["treasury"] for cell in told["cells"]) == 800_000
    opening = run(house, "opening", "--year", "2027", "--format", "csv").output
    rows = list(csv.DictReader(io.StringIO(opening)))
    assert sum(int(row["debit"]) for row in rows) == sum(int(row["credit"]) for row in rows)
    assert "TẠM TÍNH, năm 2026 chưa khoá" in run(house, "opening", "--year", "2027").output
    path = house.home / "dau-nam.json"
    run(house, "opening", "--year", "2027", "--format", "json", "--output", str(path))
    assert json.loads(path.read_text("utf-8"))["closed"] is False


def test_what_is_signed(house: House) -> None:
    """A slip of today; of 2025, which is over on every machine, there is nothing to do."""
    slip = ("refund", "--year", "2026", *CELL, "--slip", "KB 1", "--date", "2026-01-02")
    done = run(house, *slip, "--amount", "500.000", *two_officers())
    assert "Đã ghi nộp trả 500.000\u00a0₫ theo chứng từ KB 1" in done.output, done.exception
    assert "đã ghi từ trước" in run(house, *slip, "--amount", "500000").output
    assert "Không còn khoản nào" in run(house, "return", "--year", "2025", *two_officers()).output
    shown = run(house, "settle", "--year", "2025")
    assert (shown.exit_code, "Sổ không có số dư nào của năm 2025" in shown.output) == (1, True)
    refused = run(house, "settle", "--year", "2025", "--digest", "0" * 12, *two_officers())
    assert isinstance(refused.exception, Refused)


def test_options_that_cannot_be(house: House) -> None:
    slip = ("refund", "--year", "2026", *CELL, "--slip", "S", "--date", "2026-01-02")
    for amount in ("1e3", "-5", "1.5", "năm"):
        wrong = run(house, *slip, "--amount", amount, *two_officers())
        assert isinstance(wrong.exception, InputError), amount
    without_code = run(house, *slip, "--amount", "5", *two_officers()[:6])
    assert isinstance(without_code.exception, InputError)
    alone = run(house, *slip, "--amount", "5", *two_officers()[:4])
    assert isinstance(alone.exception, Refused)
    elsewhere = run(house, *slip[:3], *CELL[:-1], "nobody", *slip[9:], "--amount", "5")
    assert isinstance(elsewhere.exception, NotFound)
