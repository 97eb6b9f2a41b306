"""A monthly sample by pages: published, drawn, printed, people asked by somebody else, twice."""

from __future__ import annotations

import pytest

from tests.app.complaints.test_samples import collected, paid
from tests.app.web.serving import ClientAs, of_house, text_of, words
from tests.factories import SEPTEMBER, House
from tests.support.province import COMMUNE

application = of_house


def whole(house: House) -> None:
    """Every payment of September has its result."""
    paid(house)
    collected(house)


pytestmark = pytest.mark.stage(of=whole)
PLACE = "/complaints/samples"


def test_a_sample_from_seed_to_result(house: House, client_as: ClientAs) -> None:
    checker, maker = client_as(f"checker.{COMMUNE}"), client_as(f"maker.{COMMUNE}")
    other = client_as("checker.01279")
    assert "Chưa có mẫu nào" in text_of(checker, PLACE)
    assert "Chọn xã" in words(checker.send(PLACE, month=SEPTEMBER))
    assert "tháng 9" in words(checker.send(PLACE, area=COMMUNE, month="tháng 9"))
    assert other.send(PLACE, area=COMMUNE, month=SEPTEMBER).status_code == 404
    told = checker.send(PLACE, area=COMMUNE, month="09/2026")
    assert told.location == f"{PLACE}/1"
    assert "Đã công bố mẫu số 1" in checker.told(told)
    assert checker.send(PLACE, area=COMMUNE, month=SEPTEMBER).status_code == 409
    assert other.get(f"{PLACE}/1").status_code == 404
    assert other.send(f"{PLACE}/1/draw").status_code == 404
    assert "vừa mới công bố" in words(checker.send(f"{PLACE}/1/draw"))
    house.later()
    assert "Đã rút 3 người" in checker.told(checker.send(f"{PLACE}/1/draw"))
    assert "cán bộ khác đi hỏi" in text_of(checker, f"{PLACE}/1")
    refused = checker.send(f"{PLACE}/1/rows/1?lang=en", result="received")
    assert refused.status_code == 409
    assert "Who published or drew a sample does not ask" in words(refused)
    sheet = text_of(maker, f"{PLACE}/1/sheet")
    assert sheet.count("Không gặp") == 3
    assert "Chọn một kết quả" in words(maker.send(f"{PLACE}/1/rows/1"))
    assert "số tiền" in words(maker.send(f"{PLACE}/1/rows/1", result="wrong_amount", amount="x"))
    same = maker.send(f"{PLACE}/1/rows/1", result="wrong_amount", amount="500.000")
    assert "bằng số đã chi" in words(same)
    case = maker.send(f"{PLACE}/1/rows/1", result="wrong_amount", amount="450.000")
    assert "mở phản ánh số 1" in maker.told(case)
    assert maker.send(f"{PLACE}/1/rows/1", result="received").status_code == 409
    assert "Đã ghi" in maker.told(maker.send(f"{PLACE}/1/rows/2", result="not_met"))
    assert "lần đến thứ 1" in text_of(maker, f"{PLACE}/1/rows/2")
    assert text_of(maker, f"{PLACE}/1/sheet").count("Không gặp") == 2, "whom nobody met"
    maker.send(f"{PLACE}/1/rows/2", result="received")
    for ordinal in ("9", "0"):
        assert maker.get(f"{PLACE}/1/rows/{ordinal}").status_code == 404
    shown = text_of(maker, f"{PLACE}/1?lang=en")
    for one in ("Another amount came", "450,000", "Complaint 1", "Came in full", "Not asked"):
        assert one in shown
    row = text_of(client_as("auditor"), f"{PLACE}?lang=en").split("Sample 1")[1]
    assert "3 2 1" in " ".join(row.split())
