"""A monthly sample by pages: published, drawn, printed, people asked by somebody else, twice."""

from __future__ import annotations

import pytest

from app.complaints.confirming import confirm_payment
from app.complaints.moving import answer, close
from app.indicators.feed import news, rows, watermark
from app.indicators.said import SIDES, said
from tests.app.complaints.test_samples import collected, paid, payment
from tests.app.web.serving import ClientAs, of_house, text_of, words
from tests.factories import SEPTEMBER, House
from tests.support.commands import ansinh_json
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
    # The same as figures, on the page, by the command and in the feed, where few are withheld.
    with house.work() as session:
        confirm_payment(session, house.keyring, "page", 3, payment(house, 3), True, "page",
                        house.later())  # fmt: skip
    page = text_of(maker, f"/complaints/said?period={SEPTEMBER}&lang=en")
    for one in ("1 / 1 100.00 %", "1 / 2 50.00 %", "2 / 3 66.67 %", "0 / 1 0.00 %"):
        assert one in " ".join(page.replace("\u00a0", " ").split())
    assert "Nobody said anything" in text_of(other, f"/complaints/said?period={SEPTEMBER}&lang=en")
    found = ansinh_json(house, "report", "rates", "--period", SEPTEMBER, "--by", "commune")
    (place,) = found["said"]
    assert [(one["code"], one["n"], one["d"]) for one in place["figures"]] == [
        ("C1", 1, 1), ("S1", 1, 2), ("S1a", 2, 3), ("K1", 0, 1),
    ]  # fmt: skip
    with house.database.view() as session:
        now = house.clock.now()
        mark = watermark(session, now)
        for internal in (True, False):
            fed = [one for one in rows(session, SEPTEMBER, now, internal=internal)
                   if one.code in SIDES]  # fmt: skip
            assert len(fed) == 3 * 4
            assert {one.withheld for one in fed} == {not internal}
    closed_now(house)
    with house.database.view() as session:
        (after,) = said(session, SEPTEMBER, house.clock.now()).values()
        (then,) = said(session, SEPTEMBER, now).values()
        news_of = [one.code for one in news(session, SEPTEMBER, house.clock.now(), mark)]
    assert (after.closed, then.closed, after.received) == (1, 0, 1)
    assert "K1" not in news_of, "what is withheld is no news"


def closed_now(house: House) -> None:
    """The complaint of the sample was answered and closed."""
    who = house.officer(f"maker.{COMMUNE}")
    with house.work() as session:
        answer(session, house.keyring, who, 1, "Đã trả thêm 50.000 đồng.", house.later())
    with house.work() as session:
        close(session, house.keyring, who, 1, house.later())
