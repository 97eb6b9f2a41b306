"""Checkers, approvers and the leader in the browser: what changed, what is doubtful, yes or no."""

from __future__ import annotations

import re

import pytest

from tests.app.web.test_approving import (
    APPROVER,
    CHECKER,
    MINE,
    OTHER,
    _changes_the_list,
    october_submitted,
)
from tests.browser.budgets import broken
from tests.browser.site import NARROW, Site
from tests.browser.window import Window
from tests.factories import OCTOBER

pytestmark = pytest.mark.stage(of=october_submitted)
HERE = f"/payrolls/{MINE}"


def sees_all(window: Window) -> Window:
    """Open the payroll and tick every doubt as seen."""
    window.open(HERE)
    for tick in window.page.locator('main [name^="flag-"]').all():
        tick.check()
    return window


def test_a_step_of_the_bridge_filters_and_two_confirm(site: Site, script: bool) -> None:
    house, checker = site.house, site.officer(CHECKER, script=script)
    checker.open("/approvals")
    checker.follow("UBND xã")
    table = checker.page.locator("section[aria-labelledby=bridge] tbody tr")
    for step in range(table.count()):
        link = table.nth(step).locator("a")
        if "cause=" not in (link.get_attribute("href") or ""):
            continue
        people = table.nth(step).locator("td").first.inner_text().strip()
        checker.leads(link)
        told = re.search(r"\((\d+) dòng", checker.text("#lines"))
        assert told is not None
        assert told[1] == people, "the step and the lines below it are one figure"
        checker.open(HERE)
    sees_all(checker)
    assert checker.press("Xác nhận đã kiểm tra 1.820.000 ₫ cho 2 người", code="000000") == 403
    checked = checker.page.locator('main [name^="flag-"]:checked')
    assert checked.count() == 5, "what was ticked stays ticked"
    checker.confirm("Xác nhận đã kiểm tra 1.820.000 ₫ cho 2 người")
    checker.sees("Đã xác nhận kiểm tra (1/2).")
    approver = site.officer(APPROVER, script=script, width=NARROW)
    sees_all(approver)
    approver.sees("Bạn là người xác nhận cuối cùng")
    approver.confirm("Duyệt chi 1.820.000 ₫ cho 2 người")
    approver.sees("Đã duyệt xong")
    assert house.payrolls(OCTOBER, "approved") == [MINE]


def test_sent_back_with_a_reason_behind_the_fold(site: Site, script: bool) -> None:
    checker = sees_all(site.officer(CHECKER, script=script))
    checker.page.locator("details.way-back summary").click()
    assert checker.confirm("Trả lại") == 422
    checker.sees("Có lỗi cần sửa")
    sees_all(checker)
    checker.page.locator("details.way-back summary").click()
    assert checker.confirm("Trả lại", reason="thiếu ông Nông Văn A") == 200
    checker.sees("Đã trả lại người lập")
    assert site.house.payrolls(OCTOBER, "draft") == [MINE]


def test_a_list_that_changed_under_his_eyes_is_shown_and_not_confirmed(
    site: Site, script: bool
) -> None:
    checker = sees_all(site.officer(CHECKER, script=script, width=NARROW))
    _changes_the_list(site.house)
    assert checker.confirm("Xác nhận đã kiểm tra") == 409
    checker.sees("Bảng đã thay đổi từ khi bạn mở trang", "−1.160.000", "chưa đủ tuổi")
    assert broken(checker) == []
    checker.page.locator("a.go").click()
    checker.page.wait_for_url(f"**{HERE}*")
    assert site.house.payrolls(OCTOBER, "submitted") == [MINE, OTHER]


def test_several_communes_with_one_code(site: Site, script: bool) -> None:
    house, window = site.house, site.officer("checker.all", script=script)
    house.see_flags([OTHER])
    window.open("/approvals")
    window.press("Xem trước cả 2 bảng")
    window.sees("1 bảng làm được, 1 bảng không làm được", f"Bảng {MINE} còn cảnh báo chưa xem")
    assert broken(window) == []
    window.confirm("Xác nhận đã kiểm tra 1 bảng")
    window.sees("Đã xác nhận kiểm tra 1 bảng.")
    assert house.payrolls(OCTOBER, "checked") == [OTHER]
