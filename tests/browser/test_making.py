"""A maker's month in the browser: people found, a list brought in, a payroll made and sent on."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from app.beneficiaries import headings as h
from app.jobs.asked import run_one
from tests.browser.budgets import broken
from tests.browser.site import NARROW, Site
from tests.browser.window import Window
from tests.factories import COMMUNE, SEPTEMBER, House, in_cash, row

MAKER = f"maker.{COMMUNE}"
AUGUST = "2026-08"
PEOPLE = (
    row(1, name="Nông Thị Ân"),
    row(2, name="Nông Thị Bế"),
    in_cash(3, name="Đàm Thị Cúc"),
)


def august_listed(house: House) -> None:
    """August of three people is submitted, September's list is not here yet."""
    house.register(AUGUST, *PEOPLE)
    house.submit(house.list_month(AUGUST))


pytestmark = pytest.mark.stage(of=august_listed)


def saved(window: Window, folder: Path, **cells: str) -> Path:
    """The form that the maker is handed, with some cells of its second person changed."""
    window.fill(next="09/2026", reason="lập tháng 9")
    with window.page.expect_download() as found:
        window.button("Tải mẫu").click()
    path = folder / "thang-9.xlsx"
    found.value.save_as(path)
    return changed(path, **cells)


def changed(path: Path, **cells: str) -> Path:
    """The workbook with cells of its second person changed, by the names of `headings`."""
    book = openpyxl.load_workbook(path)
    for name, value in cells.items():
        place = h.ALL.index(getattr(h, name)) + 1
        book[h.SHEET].cell(h.FIRST_ROW + 1, place).value = value
    book.save(path)
    return path


def test_a_person_is_found_without_accents_and_opened(site: Site, script: bool) -> None:
    window = site.officer(MAKER, script=script)
    window.open("/people")
    window.press("Tìm", q="dam thi cuc")
    assert window.page.locator("main tbody tr").count() == 1
    window.follow("Đàm Thị Cúc")
    window.sees("Đàm Thị Cúc", "••• 003")
    window.open(f"{window.path.partition('?')[0]}/file")
    window.sees("Đàm Thị Cúc")
    window.open("/people?q=khong-co-ai")
    window.follow("Xoá bộ lọc")
    assert window.page.locator("main tbody tr").count() == 3


def test_people_are_found_while_one_types(site: Site) -> None:
    window = site.officer(MAKER)
    window.open("/people")
    window.fill(q="dam thi cuc")
    window.page.wait_for_url("**/people?q=dam*")
    rows = window.page.locator("main tbody tr")
    rows.nth(1).wait_for(state="detached")
    assert rows.count() == 1
    assert window.value("q") == "dam thi cuc"
    window.follow("Đàm Thị Cúc")


def test_a_list_with_a_fault_in_a_cell_is_mended_and_applied(
    site: Site, script: bool, tmp_path: Path
) -> None:
    window = site.officer(MAKER, script=script, width=NARROW)
    window.open("/lists")
    bad = saved(window, tmp_path, CITIZEN_ID="12345", HAMLET="Tổ 77")
    window.press("Gửi và kiểm tra tệp", file=bad)
    assert window.page.title().startswith("Lỗi: ")
    window.sees("1 lỗi ở 1 dòng", str(h.FIRST_ROW + 1))
    assert "12345" in window.text("td.bad-cell")
    assert broken(window) == []
    with window.page.expect_download() as marked:
        window.button("Tải tệp lỗi").click()
    marked.value.save_as(tmp_path / "loi.xlsx")
    assert openpyxl.load_workbook(tmp_path / "loi.xlsx").sheetnames == ["Lỗi"]
    window.open("/lists")
    window.press("Gửi và kiểm tra tệp", file=saved(window, tmp_path, HAMLET="Tổ 77"))
    window.sees("Thôn, xóm: Tổ 1 → Tổ 77")
    assert broken(window) == []
    window.press("Nhập danh sách: thêm 0, sửa 1, bỏ 0")
    window.sees("Bạn có thể đóng trang này")
    assert run_one(site.house.runtime)
    window.open(window.path)
    window.sees("Xong")
    assert site.house.ask("select hamlet from person where id = 2") == "Tổ 77"


def test_a_month_is_opened_cut_submitted_and_taken_back(site: Site, script: bool) -> None:
    house, window = site.house, site.officer(MAKER, script=script)
    house.register(SEPTEMBER, *PEOPLE)
    window.open("/work")
    window.follow("Lập bảng tháng", where="body")
    window.press("Lập bảng tháng 09/2026 từ tháng 08/2026")
    assert run_one(house.runtime)
    (number,) = house.payrolls(SEPTEMBER, "draft")
    window.open(f"/payrolls/{number}?lines=all")
    window.page.locator('main [name="line"]').nth(1).check()
    window.press("Xem trước")
    window.sees("1 dòng sẽ bị loại, 500.000 ₫", "Số dòng còn lại 2")
    assert window.confirm("Loại 1 dòng") == 422
    assert window.confirm("Loại 1 dòng", reason="chờ xác minh") == 200
    window.sees("Đã loại 1 dòng. Bảng còn 2 dòng.", "Dòng đã loại khỏi bảng (1)", "chờ xác minh")
    window.follow("Trình bảng chi trả")
    window.confirm("Trình 1.000.000 ₫ cho 2 người")
    window.sees("Đã trình bảng chi trả", "Người xác nhận tiếp theo")
    window.follow("Rút lại")
    assert window.confirm("Rút", reason="thiếu một người") == 200
    window.sees("Đã rút lại")
    assert house.payrolls(SEPTEMBER, "draft") == [number]
