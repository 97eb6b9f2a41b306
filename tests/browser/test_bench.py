"""The workbench in the browser: proposed, confirmed by another, undone; and by its keys."""

from __future__ import annotations

import pytest

from app.units.tables import contract
from tests.browser.site import NARROW, Site
from tests.browser.window import Window
from tests.factories import BANK, SEPTEMBER, House, september_sent
from tests.reconciliation.desk import SENT, bare, came, match, waits

pytestmark = pytest.mark.stage(of=september_sent)
ONE, TWO = "finance.one", "finance.two"


def here(house: House) -> str:
    """The address of the commune's account at the bank."""
    query = contract.select().with_only_columns(contract.c.id)
    number = house.ask(query.where(contract.c.account == house.account(BANK)))
    return f"/recon/{number}?period={SEPTEMBER}"


def proposes(window: Window) -> None:
    """The first suggestion for the line, with a reason and a code."""
    window.leads(window.page.locator("a.place").first)
    assert window.press("Đề nghị ghép 500.000 ₫ vào 1 đích", reason="mất mã lệnh") == 422
    assert window.value("reason") == "mất mã lệnh"
    window.confirm("Đề nghị ghép 500.000 ₫ vào 1 đích", reason="ngân hàng bỏ mất mã")
    window.sees("Đã lập đề nghị số")


def test_proposed_by_one_confirmed_by_another_and_undone(site: Site, script: bool) -> None:
    house, one = site.house, site.officer(ONE, script=script)
    came(house, bare())
    one.open("/recon")
    one.follow("UBND xã")
    one.open(here(house))
    proposes(one)
    one.open("/recon/proposals/1")
    one.sees("Đây là đề nghị của bạn")
    assert one.button("Xác nhận ghép").count() == 0
    two = site.officer(TWO, script=script, width=NARROW)
    two.open("/recon/proposals/1")
    two.confirm("Xác nhận ghép 500.000 ₫, ghi sổ ngay")
    two.sees("Đề nghị số 1 đã có hiệu lực")
    assert waits(house) == []
    one.open(f"{here(house)}&tab=by_hand")
    one.leads(one.page.locator("a.unplace"))
    one.confirm("Đề nghị bỏ ghép 500.000 ₫", reason="ghép nhầm")
    two.open("/recon/proposals/2")
    two.confirm("Xác nhận bỏ ghép 500.000 ₫, ghi sổ ngay")
    assert [row[2] for row in waits(house)] == [-SENT]


def test_the_keys_move_place_split_and_take_back(site: Site) -> None:
    """J and K move, Enter places, S splits, / opens the search, ? tells the keys, U takes back;
    in a field they are letters."""
    house, window = site.house, site.officer(ONE)
    for number in range(2):
        came(house, bare(-SENT // 2, key=f"FT-{number}"))
    match(house, came(house, bare(key="FT-2")), (house.reference(1, SEPTEMBER), 0))
    window.open(here(house))
    keys, marked = window.page.keyboard, window.page.locator("tr.here")
    assert window.page.locator("#keys").is_visible()
    keys.press("?")
    assert window.page.locator("#keys").is_hidden()
    first, second = (one.get_attribute("id") for one in window.page.locator("tr[data-line]").all())
    for key, wanted in (("j", first), ("j", second), ("j", second), ("k", first)):
        keys.press(key)
        assert marked.get_attribute("id") == wanted
    for key, path in (("s", "/place"), ("Enter", "/recon/lines/"), ("/", "/recon/lines/")):
        window.open(here(house))
        keys.press("j")
        with window.page.expect_navigation():
            keys.press(key)
        assert path in window.path
    window.open(f"{here(house)}&tab=by_hand")
    keys.press("j")
    with window.page.expect_navigation():
        keys.press("u")
    assert window.path.endswith("/take-back")
    window.open(here(house))
    window.page.locator("#period").press("j")
    assert window.value("period").startswith(("j", SEPTEMBER)), "a letter in a field is a letter"
    assert marked.count() == 0
