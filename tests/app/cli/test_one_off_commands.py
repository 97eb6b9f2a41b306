"""Rates, campaigns, a death, and money granted too much, as officers type them."""

from __future__ import annotations

import json

import pyotp
import pytest
from click.testing import CliRunner, Result

from app.benefits.tables import recovery_decision
from app.cli.main import cli
from app.clock import SystemClock
from app.errors import InputError, Refused
from tests.app.disbursement.test_recovery import died_in_august, noticed
from tests.factories import House
from tests.support.province import SECRET

HIDDEN = ("HIV", "C3a", "C3b", "C8")


def run(house: House, *words: str) -> Result:
    keys = house.home / "keys"
    keys.mkdir(exist_ok=True)
    (keys / "field.key").write_bytes(b"t" * 32)
    url = house.database.url.render_as_string(hide_password=False)
    told = ["benefits", *words, "--database", url]
    return CliRunner().invoke(cli, told, env={"ANSINH_HOME": str(house.home)})


def two_officers() -> tuple[str, ...]:
    code = pyotp.TOTP(SECRET).at(SystemClock().now())
    return ("--officer", "finance.one", "--code", code, "--officer", "finance.two", "--code", code)


def test_every_rate_is_told_with_its_days_and_whether_it_is_confirmed() -> None:
    told = CliRunner().invoke(cli, ["benefits", "rates"]).output
    for line in (
        "hưu trí xã hội, Tỉnh Quảng Ninh: 700.000",
        "lương cơ sở: 2.340.000; 2024-07-01, 2024-06-30, 2024-07-01; Nghị định 73/2024/NĐ-CP\n",
        "bang-321-2026: 124 dòng, 0 đã đối chiếu",
        "MQ142 × 1,08; 2026-07-01",
        "MT-KC Hỗ trợ chi phí mai táng khẩn cấp: 50 lần",
        "TET2026 Quà tặng của Chính phủ cuối năm 2025: 400.000 đồng kỳ 2025-12",
    ):
        assert line in told
    assert not any(word in told for word in HIDDEN)
    value = json.loads(CliRunner().invoke(cli, ["benefits", "rates", "--json"]).output)
    open_points = [one["decree"] for one in value["rates"] if not one["confirmed"]]
    assert "Nghị định 335/2026/NĐ-CP" in open_points
    listed = CliRunner().invoke(cli, ["benefits", "campaign", "list"]).output
    assert [one.split()[0] for one in listed.splitlines()] == [
        one["code"] for one in value["campaigns"]
    ]


@pytest.mark.stage(of=died_in_august)
def test_a_campaign_outside_its_days_is_refused(house: House) -> None:
    late = run(house, "campaign", "prepare", "TET2026")
    assert isinstance(late.exception, Refused)
    assert "Không có đợt chi 'X'" in str(run(house, "campaign", "prepare", "X").exception)


@pytest.mark.stage(of=died_in_august)
def test_a_death_is_proposed_with_its_article(house: House) -> None:
    told = run(house, "funeral", "AS-000002", "--died-on", "20/08/2026", "--period", "2026-10")
    assert told.exit_code == 0, told.output
    assert "Hỗ trợ chi phí mai táng: 10.800.000\u00a0₫ cho người lo mai táng" in told.output
    assert "20 × 540.000 (Nghị định 335/2026/NĐ-CP) = 10.800.000" in told.output
    assert "Điều 22 Luật Bảo hiểm xã hội" in told.output
    value = json.loads(
        run(house, "funeral", "1", "--died-on", "2026-10-02", "--disaster", "--json").output
    )
    assert [(one["code"], one["amount"]) for one in value["proposals"]] == [("MT-KC", 27_000_000)]
    unknown = run(house, "funeral", "1")
    assert isinstance(unknown.exception, InputError)


@pytest.mark.stage(of=died_in_august)
def test_recovery_is_shown_first_and_then_signed_by_two(house: House) -> None:
    told = run(house, "overpaid").output
    assert "AS-000002  pension  01273  500.000\u00a0₫  tháng 09/2026" in told
    decision = ("recover", "2", "--programme", "pension", "--number", "12/QĐ", "--date",
                "2026-10-02", "--signer", "Lý Văn Chủ Tịch")  # fmt: skip
    shown = run(house, *decision).output
    assert "Quyết định 12/QĐ sẽ thu hồi 500.000\u00a0₫ của người hưởng số 2, 1 tháng" in shown
    assert "Chưa ghi gì" in shown
    assert house.count(recovery_decision) == 0
    early = run(house, *decision, "--apply", *two_officers())
    assert "Chưa báo trước" in str(early.exception)
    noticed(house)
    alone = run(house, *decision, "--apply", *two_officers()[:4])
    assert isinstance(alone.exception, Refused)
    done = run(house, *decision, "--apply", *two_officers())
    assert "Đã ghi quyết định 12/QĐ: phải thu 500.000\u00a0₫" in done.output, done.exception
    assert "đã ghi từ trước" in run(house, *decision, "--apply").output
    assert "Không có khoản nào tính thừa" in run(house, "overpaid").output
    wrong = run(house, "repaid", "1", "--document", "GN", "--date", "2026-10-05", "--provider",
                "banka", "--amount", "năm", *two_officers())  # fmt: skip
    assert isinstance(wrong.exception, InputError)
