"""Administrators in the browser: roles and sessions, a job that stands still, a provider tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.jobs.asked import run_one
from app.jobs.fence import run_slot
from app.schedule.slots import Slot
from tests.app.web.test_admin_jobs import AT, stuck
from tests.app.web.test_admin_providers import NEW, worker
from tests.browser.site import NARROW, Site
from tests.factories import COMMUNE, House
from tests.support.channels import become_real
from tests.support.province import PENSION

ADMIN, ONE, TWO = "admin.one", "finance.one", "finance.two"
MAKER = f"maker.{COMMUNE}"
JOB, SLOT = "open_payrolls", "2026-09-18"


def test_a_role_is_granted_by_two_and_an_officer_s_sessions_end(site: Site, script: bool) -> None:
    window, his = (site.officer(one, script=script) for one in (ADMIN, MAKER))
    house = site.house
    name = house.ask("select name from officer where username = 'checker.all'")
    window.open("/officers")
    window.press("Tìm cán bộ", q="checker.all")
    window.follow(name)
    window.follow("Cấp quyền")
    act = f"Hai người cấp quyền cho {name}"
    terms = {"role": "checker", "unit": COMMUNE, "until": "15/09/2026"}
    assert window.confirm(act, second="admin.two", role="checker", unit=COMMUNE) == 422
    assert window.value("unit") == COMMUNE, "what was chosen stays"
    assert window.confirm(act, second=ADMIN, **terms) == 409
    window.sees("hai người khác nhau")
    assert window.confirm(act, second="admin.two", **terms) == 200
    window.sees("là Người kiểm tra, đến 15/09/2026", "admin.one, admin.two", "còn 26 ngày")
    assert his.open("/work") == 200
    window.open(f"/officers/{house.officer(MAKER)}")
    window.follow("Xem và thu")
    window.press("Thu cả 1 phiên")
    window.sees("Đã thu phiên đăng nhập")
    his.open("/work")
    assert his.path.startswith("/sign-in")


def a_job_stands_still(house: House) -> None:
    """A real installation, whose list of October could not be opened."""
    become_real(house)
    stuck(house)


@pytest.mark.stage(of=a_job_stands_still)
def test_a_job_that_stood_still_is_looked_at_and_goes_on(site: Site, script: bool) -> None:
    house, window = site.house, site.officer(ADMIN, script=script, width=NARROW)
    window.open("/jobs")
    window.sees("Cần người xử lý (1)", "Đĩa đầy. Giải phóng đĩa.")
    window.follow(SLOT)
    assert window.path.startswith("/step-up"), "a code is asked for first"
    window.confirm("Tiếp tục")
    window.sees("Số lần thử 6", "Chờ người cho chạy tiếp")
    assert window.press("Coi lần") == 422
    window.press(f"Cho lần {SLOT} chạy tiếp")
    window.sees("sẽ chạy tiếp")
    now = house.clock.now()
    run_slot(house.runtime, JOB, Slot(now, SLOT, now.date()), lambda _: "1 bảng", at_once=True)
    assert window.open(AT) == 200
    window.sees("1 bảng", "Không cần làm gì với lần này")
    window.open("/jobs")
    window.sees("Không có lần nào chờ người xử lý")


@pytest.mark.stage(of=become_real)
def test_a_provider_with_contract_and_channel_is_tried(
    site: Site, script: bool, tmp_path: Path
) -> None:
    house, name = site.house, "Ngân hàng Đồng Nai"
    one, two, admin = (site.officer(who, script=script) for who in (ONE, TWO, ADMIN))
    one.open("/providers/new")
    what = {"provider": NEW, "name": name, "adapter": "iso20022", "advance": "no"}
    assert one.confirm("Hai người thêm", second=TWO, **{**what, "provider": "Đồng Nai"}) == 422
    assert one.confirm("Hai người thêm", second=TWO, **what) == 200
    one.open(f"/providers/{NEW}")
    one.follow("Ghi hợp đồng mới")
    terms = {"number": "HD-DN", "unit": COMMUNE, "programme": PENSION, "account": "8800123456",
             "since": "01/09/2026", "until": "31/12/2026", "methods": "account"}  # fmt: skip
    one.page.locator("main details summary").click()
    one.confirm("Hai người ghi hợp đồng", second=TWO, **terms, banks="970405")
    one.sees("Đã ghi hợp đồng HD-DN, 1 đường chi")
    for folder in ("in", "out", "archive"):
        (tmp_path / folder).mkdir()
    (tmp_path / "out" / "bao-co.xml").write_text("<x/>")
    profile = f'[courier]\npath = "{tmp_path}"\nsettle_seconds = 0\n'
    one.open(f"/providers/{NEW}/channels")
    one.follow("Đề nghị bản mới")
    one.confirm("Đề nghị kênh với", courier="folder", profile=profile)
    one.sees("Đã đề nghị bản 1")
    assert one.button("Xác nhận bản 1").count() == 0
    two.open(f"/providers/{NEW}/channels")
    two.confirm("Xác nhận bản 1, mã ")
    two.sees("đã được hai người xác nhận", "Đang dùng")
    admin.open("/providers")
    admin.follow(name)
    admin.press(f"Thử kết nối với {name}")
    assert run_one(worker(house))
    found = admin.fetched(tmp_path / "thu.txt").read_text("utf-8")
    assert "bao-co.xml" in found
    assert (tmp_path / "out" / "bao-co.xml").exists(), "nothing was fetched"


def test_a_day_off_is_set_by_two_and_seen_by_administrators(site: Site, script: bool) -> None:
    one, admin = site.officer(ONE, script=script, width=NARROW), site.officer(ADMIN, script=script)
    one.open("/rates")
    one.sees("Chuẩn trợ giúp xã hội", "540.000")
    one.open("/calendar?year=2026")
    day = {"day": "12/10/2026", "kind": "closed", "name": "Nghỉ hoán đổi", "source": "CV 1/BNV"}
    act = "Hai người đặt ngày này"
    assert one.confirm(act, second=TWO, **{**day, "day": "mai"}) == 422
    assert one.value("source") == "CV 1/BNV"
    assert one.confirm(act, second=TWO, day="12/10/2026", kind="closed") == 200
    admin.open("/calendar?year=2026")
    admin.sees("12/10/2026, thứ Hai", "CV 1/BNV")
    assert admin.button("Hai người đặt").count() == 0
