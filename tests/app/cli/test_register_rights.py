"""A person's own data on request, and the command that forgets."""

from __future__ import annotations

import json

import openpyxl
import pyotp
import pytest

from app.clock import SystemClock
from app.errors import Refused
from tests.factories import COMMUNE, House, row, september_sent
from tests.support.commands import ansinh
from tests.support.province import SECRET

pytestmark = pytest.mark.stage(of=september_sent)
MAKER = f"maker.{COMMUNE}"


def test_everything_held_about_a_person(house: House) -> None:
    ansinh(house, "register", "show", "1", "--officer", MAKER)
    folder = house.home / "out"
    words = ("register", "export", "1", "-o", folder, "--officer", MAKER, "--reason")
    assert "Lý do" in str(ansinh(house, *words, "x").exception)
    assert ansinh(house, *words, "người dân có đơn đề nghị").exit_code == 0
    told = json.loads((folder / "AS-000001.json").read_text("utf-8"))
    assert told["months"][0]["period"] == "2026-09"
    assert told["months"][0]["regular"] == 500_000
    assert told["viewed_by"] == [
        {"role": "maker", "act": "view", "times": 1},
    ]
    assert told["kept_until"] == "2037-01-01"
    assert "không dựa trên sự đồng ý" in told["legal_basis"][0]
    sheet = openpyxl.load_workbook(folder / "AS-000001.xlsx").active
    values = {line[0].value: line[1].value for line in sheet.iter_rows(min_row=5)}
    assert values["Nhân thân, họ và tên"] == "Nông Thị Người 001"
    assert values["Chế độ 1, nhóm"] == "Trợ cấp hưu trí xã hội"
    both = (folder / "AS-000001.json").read_text("utf-8") + str(values)
    assert row(1).citizen_id not in both
    assert row(1).account not in both
    assert "Đã có tệp" in str(ansinh(house, *words, "người dân có đơn đề nghị").exception)


def test_forgetting_is_refused_with_the_date(house: House) -> None:
    code = pyotp.TOTP(SECRET).at(SystemClock().now())
    told = ansinh(house, "register", "erase", "1", "--reason", "người dân đề nghị xoá",
                  "--asked-by", MAKER, "--asked-code", code,
                  "--confirmed-by", f"checker.{COMMUNE}", "--confirmed-code", code)  # fmt: skip
    assert isinstance(told.exception, Refused)
    assert "01/01/2037" in str(told.exception)
