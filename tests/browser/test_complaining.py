"""A complaint at 320 px, in Vietnamese and in English: written down, answered, closed."""

from __future__ import annotations

import pytest

from tests.app.web.test_matrix import two_communes
from tests.browser.site import NARROW, Site
from tests.support.province import COMMUNE

pytestmark = pytest.mark.stage(of=two_communes)
MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"
SAID = "Tôi chưa thấy tiền"


def test_from_the_counter_to_closure(site: Site, script: bool) -> None:
    maker = site.officer(MAKER, script=script, width=NARROW)
    maker.open("/people/1/complaint")
    assert maker.press("Ghi nhận phản ánh của Nông Thị Người 001") == 422
    maker.sees("Có lỗi cần sửa")
    maker.page.locator("#kind").select_option("not_received")
    maker.page.locator("#payment").select_option(index=1)
    assert maker.press("Ghi nhận phản ánh của Nông Thị Người 001", words=SAID) == 200
    maker.sees(SAID)
    maker.follow("Xem chứng cứ lúc nhận phản ánh")
    maker.sees("Lần chi 1")
    checker = site.officer(CHECKER, script=script, width=NARROW)
    checker.open("/complaints?lang=en")
    checker.follow("Complaint 1")
    assert checker.press("Answer complaint 1", words="Chiều nay tiền sẽ về.") == 200
    checker.sees("Complaint 1 was answered.")
    checker.page.get_by_label("4, content").check()
    assert checker.press("Close complaint 1") == 200
    checker.open("/complaints/count?lang=en&period=2026-09")
    checker.sees("1 / 1")
