"""`ansinh payroll` read at the end of a long day: 80 columns, Vietnamese words, and an error says
what to do. A month whose list jumped: opened, looked at, doubted, answered."""

from __future__ import annotations

import pytest

from app.clock import SystemClock
from app.errors import AnSinhError, Conflict, Forbidden, InputError, NotFound, Refused
from tests.factories import COMMUNE, OCTOBER, SEPTEMBER, House, in_cash, row
from tests.support.commands import ansinh, ansinh_json

MAKER, CHECKER, APPROVER = (f"{role}.{COMMUNE}" for role in ("maker", "checker", "approver"))
WIDTH = 80
WORDS = ("--reason", "Xã vừa rà soát, bổ sung đối tượng")


def october_jumps(house: House) -> None:
    """September's list of four is approved; in October ten are new, and one is not in the book."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3), in_cash(4))
    house.approve_month(SEPTEMBER)
    house.register(OCTOBER, *(row(one) for one in (1, 2, *range(11, 21))), in_cash(3))
    house.later()


pytestmark = pytest.mark.stage(of=october_jumps)


@pytest.fixture(autouse=True)
def _house_clock(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands live on the clock of the tiny province."""
    monkeypatch.setattr(SystemClock, "now", lambda _: house.clock.now())


@pytest.fixture
def october(house: House) -> int:
    """October's draft."""
    (number,) = ansinh_json(house, "payroll", "open", "--period", OCTOBER)["drafts"]
    return int(number)


def said(house: House, *words: object) -> str:
    """What a command that succeeds says: no line wider than the screen."""
    told = ansinh(house, *(words if words[0] == "limits" else ("payroll", *words)))
    assert told.exit_code == 0, (told.output, told.exception)
    assert max(map(len, told.output.splitlines())) <= WIDTH, told.output
    return told.output


def refused(house: House, error: type[AnSinhError], *words: object) -> str:
    """What a command that is refused says."""
    told = ansinh(house, *(words if words[:1] == ("limits",) else ("payroll", *words)))
    assert isinstance(told.exception, error), (told.output, told.exception)
    return str(told.exception)


def by(house: House, *names: str) -> tuple[str, ...]:
    """Officers with the code of the next minute."""
    house.later()
    return tuple(word for name in names for word in ("--officer", name, "--code", house.code()))


def flag_of(house: House, number: int, kind: str) -> int:
    found = ansinh_json(house, "payroll", "flags", number)["flags"]
    return int(next(one["flag"] for one in found if one["kind"] == kind))


def test_open_says_which_drafts_stand_and_what_is_next(house: House) -> None:
    for _ in range(2):
        told = said(house, "open", "--period", OCTOBER)
        assert told.startswith("Bảng tháng 10/2026: 1 bản nháp (số 2).")
        assert "`ansinh payroll show 2`" in told
        assert "`ansinh payroll submit 2`" in told
    none = said(house, "open", "--kind", "follow_up", "--period", OCTOBER)
    assert "không có bản nháp nào" in none
    assert "obligations" not in told + none


MISSING: tuple[tuple[tuple[str, ...], type[AnSinhError], str], ...] = (
    ((), InputError, "Thêm --period"),
    (("--period", "2026-13"), InputError, "như 2026-10"),
    (("--kind", "campaign"), InputError, "benefits campaign list"),
    (("--kind", "campaign", "--campaign", "x"), NotFound, "benefits campaign list"),
    (("--kind", "difference", "--period", OCTOBER), InputError, "Thêm --unit và --programme"),
    (("--kind", "difference", "--period", OCTOBER, "--unit", "9", "--programme", "pension"),
     NotFound, "đơn vị chi mã “9”"),
    (("--kind", "difference", "--period", OCTOBER, "--unit", COMMUNE, "--programme", "y"),
     NotFound, "chương trình mã “y”"),
)  # fmt: skip


def test_open_says_what_is_missing(house: House) -> None:
    for words, error, told in MISSING:
        assert told in refused(house, error, "open", *words)


def test_list_and_show_tell_in_words(house: House, october: int) -> None:
    listed = said(house, "list", "--period", OCTOBER)
    assert "hằng tháng" in listed
    assert "bản nháp" in listed
    assert "13.580.000" in listed
    none = said(house, "list", "--period", "2030-01", "--unit", COMMUNE)
    assert "chưa có bảng chi trả nào của đơn vị" in none
    assert "`ansinh payroll open --period 2030-01`" in none, "a command is copied from one line"
    shown = said(house, "show", october)
    assert "Bảng 2 (hằng tháng 10/2026, lần 1, pension, đơn vị 01273): 13 dòng," in shown
    assert "Lỗi chặn (jump_total, việc của người kiểm tra)" in shown
    assert ansinh_json(house, "payroll", "show", october)["total"] == 13_580_000
    for command in ("show", "bridge", "flags"):
        assert "ansinh payroll list" in refused(house, NotFound, command, 99)
    refused(house, InputError, "list", "--period", "10/2026")


def test_the_bridge_adds_up_and_names_everybody(house: House, october: int) -> None:
    steps = ansinh_json(house, "payroll", "bridge", october)["steps"]
    assert sum(one["amount"] for one in steps[:-1]) == steps[-1]["amount"] == 13_580_000
    assert "Vắng không rõ lý do" in said(house, "bridge", october)
    joined = said(house, "bridge", october, "--cause", "joined")
    assert joined.startswith("Thêm mới: 10 người, 5.400.000")
    assert "Quyết định 11/QĐ-UBND" in joined
    assert "001145" not in joined
    assert "Có tên tháng trước" in said(house, "bridge", october, "--cause", "left_missing")
    for cause in ("nonsense", "total", "previous", "unexplained"):
        for more in ((), ("--json",)):
            told = refused(house, NotFound, "bridge", october, "--cause", cause, *more)
            assert "Chọn: joined, " in told


def test_flags_are_listed_seen_and_answered(house: House, october: int) -> None:
    assert "việc của người lập" in said(house, "flags", october)
    missing = said(house, "flags", october, "--kind", "missing")
    assert missing.startswith("4  Nông Thị Người 004  ")
    assert row(4).citizen_id not in missing
    assert "jump_total" in refused(house, InputError, "flags", october, "--kind", "xx")
    assert said(house, "flags", october, "--kind", "heirs") == "Không có ai.\n"
    assert "Đã ghi 4 cảnh báo" in said(house, "seen", october, "--officer", CHECKER)
    assert "Đã ghi 0 cảnh báo" in said(house, "seen", october, "--officer", CHECKER)
    assert "đã xem." in said(house, "flags", october).lower()
    assert "ansinh officers list" in refused(
        house, Forbidden, "seen", october, "--officer", MAKER
    )  # fmt: skip
    refused(house, NotFound, "seen", 99, "--officer", CHECKER)
    refused(house, NotFound, "seen", october, "--officer", "nobody")


def test_what_blocks_is_answered_by_another_with_words(house: House, october: int) -> None:
    words = ("--reason-code", "review", *WORDS)
    jump = flag_of(house, october, "jump_total")
    plain = flag_of(house, october, "missing")
    told = refused(house, Refused, "accept", plain, *words, *by(house, CHECKER))
    assert "không chặn" in told
    assert f"`ansinh payroll seen {october}`" in told
    refused(house, NotFound, "accept", 999, *words, *by(house, CHECKER))
    refused(house, Forbidden, "accept", jump, *words, *by(house, APPROVER))
    short = ("--reason-code", "review", "--reason", "vì thế")
    assert "Mã lý do: " in refused(house, InputError, "accept", jump, *short, *by(house, CHECKER))
    unknown = ansinh(house, "payroll", "accept", jump, "--reason-code", "xx", *WORDS)
    assert (unknown.exit_code, "'review'" in unknown.output) == (2, True)
    assert "Đã ghi lý do cho 1 lỗi." in said(house, "accept", jump, *words, *by(house, CHECKER))
    assert "đã chấp nhận" in said(house, "flags", october).lower()
    seen = ansinh_json(house, "payroll", "submit", october)["seen"]["code"]
    said(house, "submit", october, "--seen", seen, *by(house, MAKER))
    late = refused(house, Conflict, "accept", jump, *words, *by(house, CHECKER))
    assert "đã trình" in late


def test_limits_of_change_are_told_with_their_unit(house: House) -> None:
    listed = said(house, "change-limit", "list")
    assert "tổng tiền (total): quá 20 % và quá 10.000.000 đồng" in listed
    new = ("change-limit", "set", "--measure", "people", "--from", OCTOBER, "--per-cent", 10)
    full = (*new, "--floor", 2, *WORDS)
    assert "hai người khác nhau" in refused(house, Refused, *full)
    refused(house, Forbidden, *full, *by(house, CHECKER, APPROVER))
    house.becomes("auditor", "approver", "")
    two = by(house, "checker.all", "auditor")
    assert "lý do" in refused(house, InputError, *new, "--floor", 2, "--reason", "x", *two)
    told = said(house, *full, *by(house, "checker.all", "auditor"))
    assert "số người (people): quá 10 % và quá 2 người, từ 10/2026" in " ".join(told.split())
    last = ansinh_json(house, "payroll", "change-limit", "list")[-1]
    assert (last["measure"], last["per_cent"], last["floor"]) == ("people", 10, 2)


def test_money_fits_the_screen(house: House, october: int) -> None:
    told = said(house, "money", "--period", OCTOBER)
    assert f"{COMMUNE}, nguồn local, pension" in told
    assert "còn giải ngân được" in told
    rows = ansinh_json(house, "payroll", "money", "--period", OCTOBER)["rows"]
    assert [(one["listed"], one["need"]) for one in rows] == [(13_580_000, 13_580_000)]
    assert "Kiểm tra --period và --unit" in said(house, "money", "--period", "2030-01")
    assert "như 2026-10" in refused(house, InputError, "money", "--period", "10/2026")


def test_limits_of_what_is_paid(house: House) -> None:
    assert said(house, "limits", "list") == "Chưa đặt hạn mức nào.\n"
    new = ("limits", "set", "line_month", "--reason", "công văn 15/STC", "--from")
    full = (*new, f"{house.clock.now():%Y-%m-%d}", "--scope", "pension", "--amount")
    assert "hai người" in refused(house, Refused, *full, "5.000.000", *by(house, "finance.one"))
    finance = ("finance.one", "finance.two")
    refused(house, Forbidden, *full, "5.000.000", *by(house, CHECKER, APPROVER))
    assert "Ví dụ" in refused(house, InputError, *full, "năm triệu", *by(house, *finance))
    assert "lùi ngày" in refused(
        house, InputError, *new, "2026-01-01", "--amount", "1", *by(house, *finance)
    )
    told = said(house, *full, "5.000.000", *by(house, *finance))
    assert "một dòng, mỗi tháng: 5.000.000" in told
    assert "pension: 5.000.000" in said(house, "limits", "list")
