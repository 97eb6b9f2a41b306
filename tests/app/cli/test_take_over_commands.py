"""`ansinh take-over` as two officers type it, on the machine's own clock."""

from __future__ import annotations

from datetime import date

import pyotp
import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.clock import SystemClock
from app.takeover import headings as h
from tests.app.takeover import files
from tests.app.takeover.files import BALANCES, unpaid
from tests.app.takeover.office import registered
from tests.factories import (
    START,
    House,
    in_cash,
)
from tests.support.province import SECRET

pytestmark = pytest.mark.stage(of=registered)


def run(house: House, *args: object) -> Result:
    """A command on the house's database; its keys lie in the house's folder."""
    keys = house.home / "keys"
    keys.mkdir(exist_ok=True)
    (keys / "field.key").write_bytes(b"t" * 32)
    url = house.database.url.render_as_string(hide_password=False)
    told = [*map(str, args), "--database", url]
    return CliRunner().invoke(cli, told, env={"ANSINH_HOME": str(house.home)})


def test_the_commands_end_to_end(house: House) -> None:
    """On the machine's clock: last year's balances, two officers with their codes of now."""
    house.register("2025-12", *(in_cash(one, start_period="2025-01") for one in (5, 6)))
    path = files.workbook(
        house.home / "cu.xlsx", BALANCES, [unpaid(5, PERIOD="12/2025")],
        {h.DAY_LABEL: "31/12/2025"},
    )  # fmt: skip
    bad = files.workbook(house.home / "sai.xlsx", BALANCES, [unpaid(99)])
    refused = run(house, "take-over", "check", bad)
    assert refused.exit_code == 1
    assert "sai.xlsx: 1 lỗi, chưa nhận được." in refused.output
    assert "Trang “Chưa trả”: Ô B6 không có trong sổ" in refused.output
    told = run(house, "take-over", "check", path)
    assert told.exit_code == 0, told.output
    assert "Chưa trả: 1 khoản, 500.000" in told.output
    code = pyotp.TOTP(SECRET).at(SystemClock().now())
    loaded = run(house, "take-over", "load", path, "--officer", "finance.one", "--code", code)
    assert "Đã nạp, số 1" in loaded.output, loaded.output
    assert "CHỜ NGƯỜI THỨ HAI" in run(house, "take-over", "show").output
    digest = house.ask("select digest from take_over")
    by = ("--digest", digest[:16], "--officer", "finance.two", "--code")
    code = pyotp.TOTP(SECRET).at(SystemClock().now())
    done = run(house, "take-over", "accept", *by, code)
    assert "Đã tiếp nhận: 4 bút toán, 1 khoản chưa trả" in done.output, done.output
    assert "đã tiếp nhận" in run(house, "take-over", "show").output
    assert "đã tiếp nhận từ trước, số 1" in run(house, "take-over", "check", path).output
    again = run(house, "take-over", "load", path, "--officer", "finance.one", "--code", "0")
    assert "Không đổi gì" in again.output
    assert date.fromisoformat(str(house.ask("select max(effective_on) from entry"))) < START.date()
