"""Decisions as letters: what they say, to whom, and what they never say."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event as hooks

from app.benefits.groups import MASKED, group
from app.disbursement.selects import uncollected
from app.errors import InputError, NotFound
from app.events.deaths import enter_death
from app.events.deciding import Verdict, decide
from app.events.finding import find
from app.events.tables import life_event
from app.statements.letters.document import Wanted, Written, write_letters
from app.statements.letters.words import ADJUST, GRANT, RECOVERY, STOP
from tests.app.disbursement.test_recovery import decided, died_in_august
from tests.app.printing.reading import read_pdf
from tests.factories import ASSISTANCE, COMMUNE, OCTOBER, PENSION, SEPTEMBER, House, row
from tests.support.province import OTHER_COMMUNE

LONG = "Nguyễn Phúc Hoàng Thượng Đẳng Trương Nghiêm Khương Dương Trường"
SIGNED = date(2026, 10, 2)
LATE = row(1, name=LONG, start_period="2026-08", decision_date=SIGNED)
HIDDEN = {"programme": ASSISTANCE, "decision_date": SIGNED, "start_period": OCTOBER}


def letters(house: House, wanted: Wanted) -> tuple[str, Written]:
    """The letters as a reader reads them, lines joined, and what was said of them."""
    out = io.BytesIO()
    with house.database.view() as session:
        told = write_letters(session, out, wanted, house.clock.now(), synthetic=True)
    return " ".join(read_pdf(out.getvalue()).text.split()), told


def october(house: House, *people: Any) -> None:
    """They stand on the list of October, and the 6th has come."""
    house.register(OCTOBER, row(9), *people)
    house.on("2026-10-06")


def confirm(house: House, number: str) -> None:
    """The commune's checker confirms every proposal there is."""
    for (event,) in house.rows(life_event.select().with_only_columns(life_event.c.id)):
        with house.work() as session:
            given = Verdict(house.officer(f"checker.{COMMUNE}"), "confirmed", number)
            decide(session, event, given, house.later())


def test_a_grant_names_person_sum_month_and_arrears(house: House) -> None:
    for period, people in ((SEPTEMBER, ()), (OCTOBER, (LATE,))):
        house.register(period, row(9), *people)
        house.list_month(period)
    text, told = letters(house, Wanted(COMMUNE, OCTOBER, GRANT))
    assert told.letters == 1
    assert LONG.upper() in text
    assert "được hưởng trợ cấp hưu trí xã hội kể từ tháng 8/2026" in text
    assert "540.000 đồng/tháng (bằng chữ: Năm trăm bốn mươi nghìn đồng một tháng)" in text
    assert "Truy lĩnh: 540.000 đồng" in text
    assert "tháng 09/2026: 540.000 đồng × 1 tháng" in text
    assert "Số: 1/QĐ-UBND" in text
    assert "ngày 02 tháng 10 năm 2026" in text
    assert "Căn cứ Luật Bảo hiểm xã hội số 41/2024/QH15" in text
    assert any("147/2025" in one for one in told.unconfirmed)
    assert row(1).citizen_id not in text


def test_a_letter_never_tells_of_a_persons_health(house: House) -> None:
    """Nor by difference: another group of the same article is granted in the same words."""
    codes = [*sorted(MASKED), "C6c"]
    october(house, *(row(at, group=one, **HIDDEN) for at, one in enumerate(codes, 1)))
    text, told = letters(house, Wanted(COMMUNE, OCTOBER, GRANT))
    assert told.letters == len(codes)
    same = "Đối tượng trợ giúp xã hội (Điều 5, Điều 6 Nghị định số 20/2021/NĐ-CP)"
    assert text.count(same) == len(codes)
    never = {"HIV", "khoản 3", "khoản 8", "hệ số", *codes, *(group(one).name for one in codes)}
    assert {word for word in never if word in text} == set()


def test_a_hidden_line_is_adjusted_by_its_sums_alone(house: House) -> None:
    october(house, row(1, group="C3a", birth_date=date(2022, 10, 9), birth_year=2022, **HIDDEN))
    house.list_month(OCTOBER)
    house.on("2026-10-07")
    with house.work() as session:
        find(session, "2026-11", uncollected(), 1, house.clock.now())
    confirm(house, "21/QĐ-UBND")
    text, told = letters(house, Wanted(COMMUNE, OCTOBER, ADJUST))
    assert told.letters == 1
    assert "Em NÔNG THỊ NGƯỜI 001" in text
    assert "Mức hưởng mới: 1.080.000 đồng/tháng" in text
    assert "mức trước khi điều chỉnh: 1.350.000 đồng/tháng" in text
    assert "Số: 21/QĐ-UBND" in text
    assert "HIV" not in text


def test_a_death_ends_both_programmes_in_one_letter(house: House) -> None:
    both = (row(1), row(1, row=99, programme=ASSISTANCE, group="C6c"))
    house.register(SEPTEMBER, *both)
    house.on("2026-10-06")
    with house.work() as session:
        maker = house.officer(f"maker.{COMMUNE}")
        enter_death(session, 1, date(2026, 9, 20), maker, house.clock.now())
    confirm(house, "22/QĐ-UBND")
    text, told = letters(house, Wanted(COMMUNE, OCTOBER, STOP))
    assert (told.letters, told.unsigned) == (1, 0)
    since = "kể từ tháng 10/2026 (được hưởng hết tháng 9/2026)"
    assert f"trợ cấp hưu trí xã hội {since}; trợ cấp xã hội hằng tháng {since}" in text
    about = "Về việc thôi hưởng trợ cấp hưu trí xã hội và trợ cấp xã hội hằng tháng"
    assert about in text
    for ground in ("Luật Bảo hiểm xã hội số 41/2024/QH15", "Nghị định số 20/2021/NĐ-CP"):
        assert f"Căn cứ {ground}" in text
    assert "Lý do: người hưởng đã chết" in text
    assert "gia đình bà Nông Thị Người 001" in text


def test_an_end_only_a_list_told_waits_for_number_and_day(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2))
    gone = row(1, event="move_out", event_date=date(2026, 9, 20))
    house.register(OCTOBER, gone, row(2))
    text, told = letters(house, Wanted(COMMUNE, OCTOBER, STOP))
    assert (told.letters, told.unsigned) == (1, 1)
    assert "Số: ……/QĐ-UBND" in text
    assert "ngày …… tháng …… năm 2026" in text
    assert "người hưởng đã chuyển nơi ở sang xã khác" in text


@pytest.mark.stage(of=died_in_august)
def test_a_recovery_tells_sum_and_months(house: House) -> None:
    decided(house)
    text, told = letters(house, Wanted(COMMUNE, OCTOBER, RECOVERY))
    assert told.letters == 1
    assert "Số: 12/QĐ-UBND" in text
    assert "500.000 đồng (bằng chữ: Năm trăm nghìn đồng)" in text
    assert "tháng 09/2026: đã tính 500.000, được hưởng 0" in text
    assert "đã chi thừa cho bà NÔNG THỊ NGƯỜI 002" in text
    assert "và gia đình bà Nông Thị Người 002 chịu trách nhiệm thi hành" in text
    assert "Lý Văn Chủ Tịch" in text


def test_nothing_to_decide_and_an_unknown_kind_are_said(house: House) -> None:
    october(house)
    for wanted in (Wanted(COMMUNE, OCTOBER), Wanted(OTHER_COMMUNE, OCTOBER)):
        with pytest.raises(NotFound, match="Không có quyết định nào"):
            letters(house, wanted)
    with pytest.raises(InputError, match="loại quyết định"):
        letters(house, Wanted(COMMUNE, OCTOBER, "gift"))
    with pytest.raises(InputError, match="Kỳ"):
        letters(house, Wanted(COMMUNE, "2026-13"))


def test_more_letters_are_not_more_statements(house: House) -> None:
    people = [row(one, programme=PENSION, decision_date=SIGNED) for one in range(1, 6)]
    october(house, *people)

    def statements(person_id: int | None) -> int:
        heard: list[str] = []

        def note(*told: Any) -> None:
            heard.append(told[2])

        hooks.listen(house.database.engine, "before_cursor_execute", note)
        letters(house, Wanted(COMMUNE, OCTOBER, GRANT, person_id))
        hooks.remove(house.database.engine, "before_cursor_execute", note)
        return len(heard)

    assert statements(None) == statements(2)
