"""One SMS whatever the names, in plain signs, without a link or a programme; parts are counted."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import TIME_ZONE
from app.errors import SettingsError
from app.messaging.gsm import LENGTH_MAX, parts, plain, short_name
from app.messaging.states import CODE, EVENTS, TAKEN_BACK
from app.messaging.terms import read_plan
from app.messaging.words import Facts, figures_of, templates, write
from tests.support.messages import TERMS

SIGNS = set(" !\"#$%&'()*+,-./0123456789:;<=>?@_") | {
    chr(one) for first in "Aa" for one in range(ord(first), ord(first) + 26)
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Đặng Thị Hoà", "Dang Thi Hoa"),
        ("Đa\u0323\u0306ng Thi\u0323 Hoa\u0300", "Dang Thi Hoa"),
        ("H’Hen  Niê", "H'Hen Nie"),
        ("UBND xã Ea\u00a0Kao\n1.000 ₫", "UBND xa Ea Kao 1.000 d"),
        ("ký tự 😀 lạ ^{}", "ky tu la"),
    ],
)
def test_plain(text: str, wanted: str) -> None:
    assert plain(text) == wanted


def test_parts_and_short_names() -> None:
    assert [parts("x" * size) for size in (1, 160, 161, 306, 307)] == [1, 1, 2, 2, 3]
    name = "Nguyen Thi Hoang Anh"
    shown = [short_name(name, most) for most in (20, 19, 12, 9, 2)]
    assert shown == [name, "Nguyen T H Anh", "N T H Anh", "N T H Anh", "An"]


@given(
    name=st.text(max_size=120),
    unit=st.text(max_size=120),
    amount=st.integers(0, 999_999_999),
    kind=st.sampled_from((*EVENTS, TAKEN_BACK)),
    todo=st.sampled_from([*templates()["todo"], "no such class"]),
    hides=st.booleans(),
)
def test_every_message_is_one_sms(
    name: str, unit: str, amount: int, kind: str, todo: str, hides: bool
) -> None:
    facts = Facts(unit, name, amount, "1234", date(2026, 12, 31), "2026-12", todo, hides)
    text = write(kind, facts, "0200.0000.111999")
    assert len(text) <= LENGTH_MAX
    assert parts(text) == 1
    assert set(text) <= SIGNS
    found = figures_of(kind, text)
    assert found is not None, "what it was written from is read back"
    form = "plain" if found[0] == f"{kind}_plain" else "text"
    assert templates()[kind][form].format(**found[1]) == text
    if hides:
        assert "amount" not in found[1]


def test_a_code_says_nothing_else() -> None:
    text = write(CODE, Facts("", "", code="042731"), "0200.0000.111999")
    assert text.startswith("042731 ")
    assert "5 phut" in text
    assert "khong bao gio hoi" in text
    assert len(text) <= LENGTH_MAX
    assert set(text) <= SIGNS
    assert figures_of(CODE, "Chuc mung nam moi") is None


def test_no_template_tells_a_programme_or_holds_a_link() -> None:
    words = [text.lower() for one in templates().values() for text in one.values()]
    for bad in ("http", "www", ".vn", "tro cap", "huu tri", "khuyet tat", "{programme", "hiv"):
        assert not [text for text in words if bad in text]
    hidden = [one["plain"] for one in templates().values() if "plain" in one]
    assert len(hidden) == 6
    assert not [text for text in hidden if "{amount}" in text]


def _plan(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "messages.toml"
    path.write_text(text, "utf-8")
    return path


def test_terms_are_dated_and_nights_are_quiet(tmp_path: Path) -> None:
    later = TERMS[TERMS.index("[[terms]]") :].replace("2026-01-01", "2026-10-01")
    plan = read_plan(_plan(tmp_path, TERMS + later.replace("350", "400")))
    assert plan is not None
    found = [plan.of(date(2026, month, 1)).part_price for month in (1, 9, 10, 12)]
    assert found == [350, 350, 400, 400]
    terms = plan.of(date(2026, 9, 1))

    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 9, day, hour, tzinfo=TIME_ZONE)

    cases = [(at(1, 6), at(1, 7)), (at(1, 7), at(1, 7)), (at(1, 20), at(1, 20))]
    cases += [(at(1, 21), at(2, 7)), (at(1, 23), at(2, 7))]
    assert [terms.not_before(now) for now, _ in cases] == [then for _, then in cases]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("help =", "helpp ="), "helpp"),
        (('"02000000111"', '"gọi xã"'), "help"),
        (("part_price = 350", "part_price = 3.5"), "terms.part_price"),
        (("part_price = 350", "part_price = -1"), "terms.part_price"),
        (("part_price = 350", ""), "terms.part_price"),
        (("[[terms]]", "[terms]"), "terms"),
        (("quiet_from", "quite_from"), "terms.quite_from"),
        (("help", "= help"), "TOML"),
    ],
)
def test_a_wrong_word_is_named(tmp_path: Path, change: tuple[str, str], where: str) -> None:
    with pytest.raises(SettingsError, match=where):
        read_plan(_plan(tmp_path, TERMS.replace(*change, 1)))
    assert read_plan(None) is None
    with pytest.raises(SettingsError, match="không đọc được"):
        read_plan(tmp_path / "none.toml")
