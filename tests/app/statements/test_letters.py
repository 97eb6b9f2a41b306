"""Decisions as letters: what they say, to whom, and what they never say."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event as hooks

from app.benefits.groups import MASKED, group
from app.errors import InputError, NotFound
from app.statements.letters.document import Wanted, Written, write_letters
from app.statements.letters.words import GRANT, RECOVERY, STOP
from tests.app.disbursement.test_recovery import decided, died_in_august
from tests.app.printing.reading import read_pdf
from tests.app.statements.letter_stories import (
    HIDDEN,
    LONG,
    SIGNED,
    adjusted,
    ended,
    granted,
    lifted,
    october,
    paused,
)
from tests.factories import COMMUNE, OCTOBER, PENSION, SEPTEMBER, House, row
from tests.support.province import OTHER_COMMUNE


def letters(house: House, wanted: Wanted) -> tuple[str, Written]:
    """The letters as a reader reads them, lines joined, and what was said of them."""
    out = io.BytesIO()
    with house.database.view() as session:
        told = write_letters(session, out, wanted, house.clock.now(), synthetic=True)
    return " ".join(read_pdf(out.getvalue()).text.split()), told


def test_a_grant_names_person_sum_month_and_arrears(house: House) -> None:
    text, told = letters(house, granted(house))
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
    text, told = letters(house, adjusted(house))
    assert told.letters == 1
    assert "Em NÔNG THỊ NGƯỜI 001" in text
    assert "Mức hưởng mới: 1.080.000 đồng/tháng" in text
    assert "mức trước khi điều chỉnh: 1.350.000 đồng/tháng" in text
    assert "Số: 21/QĐ-UBND" in text
    assert "HIV" not in text


def test_a_death_ends_both_programmes_in_one_letter(house: House) -> None:
    text, told = letters(house, ended(house))
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


def test_a_pause_and_its_end_tell_since_when_and_what_is_owed(house: House) -> None:
    text, told = letters(house, paused(house))
    assert (told.letters, told.unsigned) == (1, 0)
    assert "Số: 30/QĐ-UBND" in text
    assert "Tạm dừng chi trả trợ cấp hưu trí xã hội đối với bà NÔNG THỊ NGƯỜI 001" in text
    assert "kể từ tháng 12/2026. Lý do: không nhận tiền ba tháng liên tục" in text
    text, told = letters(house, lifted(house))
    assert (told.letters, told.unsigned) == (1, 0)
    assert "Số: 31/QĐ-UBND" in text
    assert "Chi trả lại trợ cấp hưu trí xã hội đối với bà NÔNG THỊ NGƯỜI 001" in text
    assert "Các tháng đã tạm dừng được truy lĩnh" in text


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
