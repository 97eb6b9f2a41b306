"""Two of finance in the browser: money asked for, released, sent, settled, closed; the books."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.jobs.asked import run_one
from app.jobs.channels import channels_of
from bank_adapters.contract import ReportKind
from ledger.chain import seal_all
from tests.app.disbursement.test_closing_days import september_stated
from tests.app.indicators.months import september_paid
from tests.app.web.test_releasing import september_approved
from tests.app.web.test_returned import one_returned
from tests.browser.site import NARROW, Site
from tests.browser.test_bench import here as account_page
from tests.factories import BANK, COMMUNE, POST, SEPTEMBER, House, booked, report, september_sent
from tests.flows.days_bank import Movement
from tests.flows.days_pen import CAMT, Sheet
from tests.support.channels import set_up_channel, settings_of
from tests.support.providers import Providers
from tests.support.returned import put_right
from tests.support.stages import september_closed

ONE, TWO = "finance.one", "finance.two"
MONTH = f"period={SEPTEMBER}"
DAY = date(2026, 9, 10)


@pytest.mark.stage(of=september_approved)
def test_money_is_asked_for_released_by_two_and_sent(site: Site, script: bool) -> None:
    house, window = site.house, site.officer(ONE, script=script)
    window.open(f"/funds?{MONTH}")
    window.press("Lập yêu cầu rút dự toán")
    window.sees("Đã lập 2 yêu cầu")
    house.fund(SEPTEMBER)
    window.open("/batches/release")
    window.press("Lập")
    assert run_one(house.runtime)
    house.on("2026-09-10")
    window = site.officer(ONE, script=script, width=NARROW)
    window.open("/batches/release")
    for tick in window.page.locator('main [name="batch"]').all():
        tick.check()
    window.press("Xem trước các lô đã chọn")
    act = "Giải ngân 1.500.000 ₫ cho 3 lệnh chi của 2 lô"
    window.sees("2 lô giải ngân được, 0 lô chưa được")
    assert window.confirm(act, second=ONE) == 409
    window.sees("hai người khác nhau")
    assert window.confirm(act, second=TWO) == 200
    assert window.path == "/batches/sending"
    window.sees("Đã giải ngân 2 lô", "0 trong 3 lệnh đã có kết quả")
    assert [house.batch_state(one) for one in (1, 2)] == ["released", "released"]
    banks = Providers(house.home)
    window.press("Gửi tiếp các lô chưa gửi")
    assert run_one(banks.connected(house.runtime))
    assert len(banks.delivered()) == 2
    window.open("/batches/sending")
    window.sees("0 trong 3 lệnh đã có kết quả", "Mọi lô đã giải ngân đều đã gửi")
    paid = [booked(house.reference(one, SEPTEMBER), -500_000, "2026-09-10") for one in (1, 2)]
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *paid))
    window.waits_for("2 trong 3 lệnh đã có kết quả")


@pytest.mark.stage(of=one_returned)
def test_who_got_nothing_is_paid_again(site: Site, script: bool) -> None:
    house, window = site.house, site.officer(ONE, script=script)
    window.open("/returned")
    window.sees("Chờ xử lý (1)", "Nông Thị Người 001")
    put_right(house, 1)
    window.open(f"/returned?{MONTH}")
    window.press("Lập bảng chi lại 1 khoản, 500.000 ₫")
    assert window.path.startswith("/tasks/")
    assert run_one(house.runtime)
    assert house.ask("select count(*) from payroll where kind = 'follow_up'") == 1


@pytest.mark.stage(of=september_stated)
def test_settled_and_closed_by_two_day_and_month(site: Site, script: bool) -> None:
    house, window = site.house, site.officer(ONE, script=script)
    window.open(f"/settlements?{MONTH}&provider={POST}")
    window.sees("Chấp nhận 1 quyết toán, đã trả 500.000 ₫")
    assert window.confirm("Chấp nhận", second=ONE) == 409
    assert window.confirm("Chấp nhận 1 quyết toán, đã trả 500.000 ₫", second=TWO) == 200
    window.sees("Đã chấp nhận 1 quyết toán")
    window.open("/closing-days?day=11/09/2026")
    window.sees("1 tài khoản khóa được, 0 tài khoản chưa khóa được")
    window.confirm("Khóa ngày 11/09/2026 cho 1 tài khoản, số dư 500.000 ₫")
    window.sees("Đã khóa ngày 11/09/2026 cho 1 tài khoản")
    window.open(f"/closing-month?{MONTH}")
    window.sees("Chưa khóa được", "tháng chưa hết")
    house.on("2026-09-30", "19:00")
    window = site.officer(ONE, script=script, width=NARROW)
    window.open(f"/settlements?{MONTH}")
    window.confirm("Chấp nhận", second=TWO)
    window.open(f"/closing-month?{MONTH}")
    window.sees("Không còn gì cản")
    window.confirm("Khóa tháng 09/2026 cho 2 ô", second=TWO)
    window.sees("Đã khóa tháng 09/2026: 2 ô")
    assert house.ask("select count(*) from month_close") == 1


def september_sealed(house: House) -> None:
    """September is closed, and its entries are numbered and sealed."""
    september_closed(house)
    with house.work() as session:
        seal_all(session)


@pytest.mark.stage(of=september_sealed)
def test_a_figure_of_the_books_is_the_sum_of_what_it_leads_to(site: Site, script: bool) -> None:
    """From the trial balance to its accounts, to the entries of one, to the postings of one."""
    window = site.officer("auditor", script=script)
    window.open("/trial-balance")
    link = window.page.locator("main tbody a[href^='/trial-balance/accounts']").first
    figure = link.inner_text().strip()
    window.leads(link)
    window.sees(f"Số dư {figure} ₫")
    entries = window.page.locator("main tbody a[href*='/journal?']").first
    window.leads(entries)
    entry = window.page.locator("main tbody a[href^='/journal/']").first
    window.leads(entry)
    sides = window.page.locator("main tfoot").inner_text()
    debit, credit = re.findall(r"[\d.]{3,}", sides)[:2]
    assert debit == credit


@pytest.mark.stage(of=september_paid)
def test_the_leader_s_page_leads_down_to_its_figures(site: Site, script: bool) -> None:
    window = site.officer(ONE, script=script)
    window.open(f"/leader?{MONTH}")
    window.sees("50,00 %", "Quá hạn, chưa nhận")
    links = window.page.locator("main a[href^='/']").evaluate_all(
        "all => [...new Set(all.map((one) => one.getAttribute('href').split('#')[0]))]"
    )
    assert len(links) >= 6
    for link in links:
        assert window.open(link) == 200, link


@pytest.mark.stage(of=september_paid)
def test_a_campaign_is_begun_and_the_month_s_report_fetched(
    site: Site, script: bool, tmp_path: Path
) -> None:
    window, path = site.officer(ONE, script=script), tmp_path / "chi-tieu.csv"
    path.write_text(f"Mã xã;Chỉ tiêu\n{COMMUNE};2\n", encoding="utf-8")
    window.open(f"/leader?{MONTH}")
    window.follow("Mục tiêu, vận động")
    window.page.get_by_text("Bắt đầu một đợt vận động").click()
    window.press("Bắt đầu đợt vận động", name="Cao điểm", first="01/09/2026", last="31/12/2026",
                 targets=path)  # fmt: skip
    window.sees("Đã bắt đầu “Cao điểm”", "150,00 %")
    window.open(f"/leader/papers?{MONTH}")
    window.press("Lập báo cáo PDF")
    assert run_one(site.house.runtime)
    assert window.fetched(tmp_path / "bao-cao.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.stage(of=september_paid)
def test_the_leader_s_page_prints_on_one_sheet(site: Site) -> None:
    window = site.officer(ONE, script=False)
    window.open(f"/leader?{MONTH}")
    printed = window.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", printed)) == 1


def statement(house: House) -> bytes:
    """The bank's camt.053 of the 10th: both payments were debited."""
    paid = [Movement(one, house.account(BANK), DAY, -500_000, "payment",
                     house.reference(one, SEPTEMBER)) for one in (1, 2)]  # fmt: skip
    sheet = Sheet(house.account(BANK), 1, DAY, DAY, 1_000_000, tuple(paid), CAMT, 0)
    return sheet.render()


@pytest.mark.stage(of=september_sent)
def test_a_statement_is_brought_by_hand_read_and_booked(site: Site, script: bool) -> None:
    house, settings = site.house, settings_of(site.house)
    set_up_channel(house, settings, BANK, "hand")
    connect = channels_of(house.database, settings, house.clock)
    window, path = site.officer(ONE, script=script), house.home / "sao-ke.xml"
    window.open("/recon/statements")
    assert window.confirm("Nộp tệp") == 422
    window.sees("Có lỗi cần sửa")
    for name, content in (("hong.xml", b"no statement"), ("sao-ke.xml", statement(house))):
        path = house.home / name
        path.write_bytes(content)
        assert window.confirm("Nộp tệp", file=path) == 200
        assert run_one(replace(house.runtime, connect=connect))
    window.open("/recon/statements")
    files = window.text("section[aria-labelledby=came] tbody")
    assert re.search(r"sao-ke\.xml .* Đã ghi sổ Đã có 0 dòng, thêm mới 2", files), files
    assert re.search(r"hong\.xml .* Để riêng, chưa ghi sổ", files), files
    states = [house.state(house.reference(one, SEPTEMBER)) for one in (1, 2)]
    assert states == ["settled", "settled"]
    window.open(account_page(house))
    window.sees("Đã khớp tự động (2)", "Chênh lệch (phải = 0) 0 ₫")
