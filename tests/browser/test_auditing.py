"""An auditor in the browser: the trail, who may do what, the proofs, a pack, the controls."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from app.audit.trail import record
from app.jobs.asked import run_one
from app.jobs.month_end import seal_chain
from tests.app.web.test_matrix import two_communes
from tests.browser.site import NARROW, Site
from tests.factories import COMMUNE, OTHER_COMMUNE

pytestmark = pytest.mark.stage(of=two_communes)


def test_the_trail_is_filtered_and_leads_to_what_was_done(site: Site, script: bool) -> None:
    house, window = site.house, site.officer("auditor", script=script, width=NARROW)
    now, lines = house.later(), window.page.locator("main tbody tr")
    with house.work() as session:
        for number in range(30):
            record(session, now, "jobs", "payroll:hours:set", f"payroll:{number}")
    window.open("/audit")
    assert lines.count() == 25
    window.follow("Xem các dòng cũ hơn")
    window.follow("Về các dòng mới nhất")
    window.press("Lọc", officer="nobody", **{"from": "hôm qua"})
    window.sees("Không có cán bộ nào tên đăng nhập này", "Ngày chưa đúng")
    assert window.value("officer") == "nobody"
    kind = "payroll:run:submit"
    window.press("Lọc", officer=f"maker.{COMMUNE}", kind=kind, **{"from": ""})
    mine = house.rows(f"select object from audit_event where action = '{kind}'")
    assert lines.count() == len(mine) - 1, "the other commune's maker sent one"
    window.leads(lines.locator("a").first)
    window.sees("trình bảng chi trả", kind)
    window.follow("mọi dòng của cán bộ này")
    assert window.value("officer") == f"maker.{COMMUNE}"
    window.press("Lọc", officer="", object="payroll:1")
    window.leads(lines.locator("a").first)
    window.follow("mở trang")
    assert window.path.startswith("/payrolls/1")


def test_who_holds_what_and_which_controls_run(site: Site, script: bool) -> None:
    site.house.becomes(f"maker.{OTHER_COMMUNE}", "maker", OTHER_COMMUNE)
    window = site.officer("auditor", script=script)
    window.open("/audit")
    window.follow("Quyền truy cập")
    window.sees("Rà soát quyền truy cập", "Người lệnh chi (toàn tỉnh, đến")
    window.follow("Xung đột (0)")
    window.sees("Không có ai")
    window.page.locator("main details summary").click()
    window.sees("Các cặp vai trò không được cùng giữ", "Người lập + ")
    window.follow("Biện pháp bảo vệ")
    window.sees("Chưa có TLS", "Mốc nằm cạnh chính dữ liệu")


def test_every_proof_at_a_button_and_a_pack_to_take_away(
    site: Site, script: bool, tmp_path: Path
) -> None:
    house, window = site.house, site.officer("auditor", script=script)
    seal_chain(house.runtime)
    window.open("/audit/proofs")
    window.press("Chạy mọi phép kiểm chứng", fast="1")
    window.sees("Bạn có thể đóng trang này")
    assert run_one(house.runtime)
    window.waits_for("Xem kết quả kiểm chứng").follow("Xem kết quả kiểm chứng")
    window.leads(window.page.locator("main tbody a").first)
    window.sees("phép đều đúng", "Người chạy: auditor, nhanh")
    window.open("/audit/packs")
    assert window.press("Lập hồ sơ", month="13/2026", unit=COMMUNE) == 422
    assert window.value("unit") == COMMUNE
    window.press("Lập hồ sơ", month="09/2026")
    assert run_one(house.runtime)
    with ZipFile(window.fetched(tmp_path / "ho-so.zip")) as pack:
        pack.extractall(tmp_path)
    checker = next(tmp_path.glob("*/verify.py"))
    done = subprocess.run([sys.executable, str(checker)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    window.open("/audit/packs")
    window.sees(COMMUNE, "09/2026", "tháng chưa khoá sổ")
