"""Rates, places, days off, hours and limits: shown with their texts, set by two of finance."""

from __future__ import annotations

from flask import Flask

from app.payroll.hours_tables import approval_hours
from app.payroll.limit_tables import payment_limit
from app.schedule.tables import calendar_day
from app.units.areas import Merge, merge_area
from tests.app.web.serving import of_house, signed_in, text_of, words
from tests.factories import COMMUNE, OTHER_COMMUNE, House

application = of_house


def two(house: House) -> dict[str, str]:
    """The fields of two finance officers who sign."""
    house.later()
    return {"code": house.code(), "user_two": "finance.two", "code_two": house.code()}


def test_administrators_see_rates_and_merged_communes(house: House, application: Flask) -> None:
    admin = signed_in(application, "admin.one")
    rates = text_of(admin, "/rates")
    assert "Chuẩn trợ giúp xã hội Đang áp dụng Cả nước 540.000 01/07/2026" in rates
    assert "Chuẩn trợ giúp xã hội Đã thay Cả nước 500.000 01/07/2024" in rates
    assert "Nghị định 76/2024" in rates
    assert "Chưa ghi lần sáp nhập nào" in text_of(admin, "/places")
    with house.work() as session:
        merge = Merge(OTHER_COMMUNE, COMMUNE, "2026-10", "Nghị quyết 01/NQ-HĐND")
        merge_area(session, merge, "checker.all", house.later())
    places = text_of(admin, f"/places?q=ubnd+{COMMUNE}")
    assert "Đơn vị 1–1 trong 1" in places
    assert "Nghị quyết 01/NQ-HĐND" in places
    assert "Không có đơn vị nào khớp" in text_of(admin, "/places?q=zzz")
    for address in ("/calendar", "/hours", "/limits"):
        assert "Hai người đặt" not in text_of(admin, address), "who gives rights sets nothing"
        assert admin.send(address).status_code == 403


def test_two_of_finance_set_days_hours_and_limits(house: House, application: Flask) -> None:
    one = signed_in(application, "finance.one")
    assert "17/02/2026, thứ Ba Nghỉ Tết Nguyên Đán theo bản cài đặt" in text_of(
        one, "/calendar?year=2026"
    )
    day = {"day": "12/10/2026", "kind": "closed", "name": "Nghỉ hoán đổi", "source": "CV 1/BNV"}
    odd = one.send("/calendar", **{**day, "day": "mai"}, **two(house))
    assert (odd.status_code, 'href="#day"' in odd.get_data(as_text=True)) == (422, True)
    assert "Ngày 12/10/2026 là ngày nghỉ" in one.told(one.send("/calendar", **day, **two(house)))
    assert "12/10/2026, thứ Hai Nghỉ Nghỉ hoán đổi CV 1/BNV" in text_of(one, "/calendar?year=2026")
    again = one.send("/calendar", **day, **two(house))
    assert (again.status_code, house.count(calendar_day)) == (409, 1)
    assert one.get("/calendar?year=1").status_code == 404
    hours = {"since": "01/09/2026", "opens": "07:00", "closes": "20:00", "reason": "CV 2"}
    late = one.send("/hours", **{**hours, "since": "20/08/2026"}, **two(house))
    assert (late.status_code, "phải báo trước" in words(late)) == (422, True)
    assert "Từ 01/09/2026: 07:00–20:00" in one.told(one.send("/hours", **hours, **two(house)))
    assert house.count(approval_hours) == 1
    limit = {"measure": "line_month", "programme": "pension", "amount": "5.000.000",
             "since": "01/09/2026", "reason": "QĐ 3"}  # fmt: skip
    alone = one.send("/limits", **limit, **{**two(house), "user_two": "finance.one"})
    assert (alone.status_code, house.count(payment_limit)) == (409, 0)
    assert "5.000.000 ₫" in one.told(one.send("/limits", **limit, **two(house))).replace(
        "\xa0", " "
    )
    odd = one.send("/limits", **{**limit, "programme": "none"}, **two(house))
    assert (odd.status_code, 'href="#programme"' in odd.get_data(as_text=True)) == (422, True)
