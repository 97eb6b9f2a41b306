"""The leader's page: the figures of the reader, each with its way on; a commune sees its own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.reference.areas import communes_of
from app.web.site import EXTENSION
from tests.app.indicators.months import september_paid
from tests.app.reference.test_boundaries import feature, square, written
from tests.app.web.serving import ClientAs, application_of, of_house, settings_of, signed_in, words
from tests.factories import COMMUNE, OTHER_COMMUNE, House

pytestmark = pytest.mark.stage(of=september_paid)


application = of_house


def test_the_month_at_a_glance(client_as: ClientAs) -> None:
    page = client_as("finance.one").get("/leader")
    told = words(page)
    assert page.status_code == 200
    for text in ("Số chính thức", "50,00 %", "1 người", "trên 2 người", "500.000 ₫",
                 "25,00 %", "Quá hạn, chưa nhận 2", "Phường Thục Phán"):  # fmt: skip
        assert text in told.replace("\xa0", " "), text
    text = page.get_data(as_text=True)
    pair, money = (
        text.split(f'<article class="figure {one}">')[1].split("</article>")[0]
        for one in ("twofold", "twofold money")
    )
    assert [one in pair for one in ("R1<", "R1b<", "R2<")] == [True, True, False]
    paid = " ".join(re.sub(r"<[^>]+>", " ", money).split())
    assert paid == ("Số tiền đã trả 1.000.000 ₫ Qua tài khoản 500.000 ₫ Tiền mặt 500.000 ₫"
                    " Số người đã nhận tiền 2 Qua tài khoản 1 người Tiền mặt 1 người")  # fmt: skip
    assert text.count('class="tile ') == 56
    assert text.count("<circle") == 1
    assert 'href="/people"' in text


def test_it_reads_in_english(client_as: ClientAs) -> None:
    told = words(client_as("finance.one").get("/leader?lang=en"))
    assert "Twelve months: cashless rate by person" in told
    assert "Overdue, not received" in told


def test_a_commune_sees_its_own_and_nothing_of_others(client_as: ClientAs) -> None:
    assert "50,00" in words(client_as(f"approver.{COMMUNE}").get("/leader"))
    other = words(client_as(f"approver.{OTHER_COMMUNE}").get("/leader"))
    assert "chưa có bảng chi trả nào được duyệt" in other
    assert "50,00" not in other


def test_a_month_without_lists_says_so(client_as: ClientAs) -> None:
    told = words(client_as("finance.one").get("/leader?period=2026-01"))
    assert "chưa có bảng chi trả nào được duyệt" in told


def test_the_map_is_drawn_by_the_boundaries_that_the_province_loaded(
    house: House, tmp_path: Path
) -> None:
    here = ((one.code, float(one.longitude), float(one.latitude)) for one in communes_of("04"))
    squares = [feature(code, square(east, north, 0.1)) for code, east, north in here]
    path = written(tmp_path, squares, credit="Tỉnh Cao Bằng 2025")
    settings = replace(settings_of(house), boundaries=path)
    served = application_of(settings, house.keyring, house.clock)
    client = signed_in(served, "finance.one")
    for address in ("/leader", "/"):
        text = client.get(address).get_data(as_text=True)
        assert text.count('<path class="shape k') == 56
        assert 'class="tile ' not in text
        assert "Tỉnh Cao Bằng 2025" in text
    served.extensions[EXTENSION].database.close()
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(SettingsError, match="không có xã nào"):
        application_of(settings, house.keyring, house.clock)
