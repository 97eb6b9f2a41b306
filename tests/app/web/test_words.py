"""Words, values and places on the page: both languages whole, nothing left over."""

from __future__ import annotations

import gzip
import hashlib
import re
import string
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reference import tilemap
from app.reference.areas import communes_of, provinces
from app.web import catalogue, formats
from app.web.application import STATIC, TEMPLATES
from app.web.paging import Paging, order, paging

CSS_BYTES_MAX, JS_BYTES_MAX = 18_000, 25_000


def is_key(text: str) -> bool:
    """Whether a text of a source is a key of the catalogue, handed on to be said elsewhere."""
    return text in catalogue.entries()


def used() -> tuple[set[str], set[str]]:
    """Keys that templates and pages name whole, and prefixes of keys put together."""
    sources = [*TEMPLATES.rglob("*.html"), *(STATIC.parent / "web").rglob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    whole = set(
        re.findall(
            r"""(?:\bt|\bsay)\((?:language, |asked_language\(\), |'vi', |'en', )?"""
            r"""['"]([\w.]+)['"]\s*[,)]""",
            text,
        )
    )
    whole |= set(re.findall(r"""t\('([\w.]+)' if """, text))
    whole |= set(re.findall(r"""t\('[\w.]+' if [^)]*? else '([\w.]+)'""", text))
    for call in re.findall(r"""act\.require\(([^)]*)\)""", text):
        whole |= set(re.findall(r"""\w="([\w.]+)\"""", call))
    whole |= {one for one in re.findall(r"""['"]([a-z_]+\.\w+)['"]""", text) if is_key(one)}
    parts = set(re.findall(r"""t\(['"]([\w.]+[._])['"] ~""", text))
    parts |= set(re.findall(r"""\bsay\(f"([\w.]+[._])\{""", text))
    return whole, parts | {"errors.", "evidence."}


def test_every_key_that_a_page_names_exists_and_none_is_left_over() -> None:
    keys, (whole, parts) = set(catalogue.entries()), used()
    assert whole - keys == set()
    assert [one for one in parts if not any(key.startswith(one) for key in keys)] == []
    assert [one for one in keys - whole if not one.startswith(tuple(parts))] == []


def test_both_languages_say_the_same_values() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key, texts in catalogue.entries().items():
        assert fields(texts["vi"]) == fields(texts["en"]), key
        assert all(one == one.strip() and one for one in texts.values()), key


def test_an_unknown_key_is_a_fault() -> None:
    with pytest.raises(KeyError):
        catalogue.say("vi", "no.such.key")


@pytest.mark.parametrize(
    ("shown", "vi", "en"),
    [
        (lambda one: formats.vnd(1_234_567, one), "1.234.567\xa0₫", "1,234,567\xa0₫"),
        (lambda one: formats.number(-5_000, one), "−5.000", "−5,000"),
        (lambda one: formats.signed(5_000, one), "+5.000", "+5,000"),
        (lambda one: formats.signed(0, one), "0", "0"),
        (lambda one: formats.percent("80.75", one), "80,75\xa0%", "80.75\xa0%"),
        (lambda one: formats.percent(None, one), "–", "–"),
        (lambda one: formats.share(2, 3, one), "66,7\xa0%", "66.7\xa0%"),
        (lambda one: formats.share(0, 0, one), "–", "–"),
        (lambda one: formats.in_words(5_000, one), "Năm nghìn đồng", "Five thousand dong"),
        (lambda one: formats.day(date(2026, 10, 9)), "09/10/2026", "09/10/2026"),
        (lambda one: formats.moment(datetime(2026, 10, 9, 17, 5, tzinfo=UTC)),
         "10/10/2026 00:05", "10/10/2026 00:05"),
        (lambda one: formats.month("2026-10"), "10/2026", "10/2026"),
        (lambda one: formats.account("1950"), "••••\xa01950", "••••\xa01950"),
        (lambda one: formats.citizen("745"), "CCCD\xa0•••\xa0745", "CCCD\xa0•••\xa0745"),
    ],
)  # fmt: skip
def test_values_read_as_they_should(shown, vi: str, en: str) -> None:  # type: ignore[no-untyped-def]
    assert (shown("vi"), shown("en")) == (vi, en)


@given(st.text(max_size=12), st.integers(0, 10_000))
def test_any_page_asked_for_is_one_that_exists(asked: str, total: int) -> None:
    found = paging(asked, total)
    assert 1 <= found.number <= found.pages
    assert found.first <= found.last <= total
    assert found.shown[0] == 1
    assert found.shown[-1] == found.pages


def test_the_pages_of_a_list_hold_every_row_once() -> None:
    rows = [
        row
        for page in range(1, 5)
        for row in range(Paging(page, 80).first, Paging(page, 80).last + 1)
    ]
    assert rows == list(range(1, 81))


def test_only_our_own_columns_sort() -> None:
    columns = {"name": None}
    assert order("-name", columns, "name").descending  # type: ignore[arg-type]
    assert order("password", columns, "name").key == "name"  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no column"):
        order(None, columns, "other")  # type: ignore[arg-type]


@pytest.mark.parametrize("province", ["04", "01", "08"])
def test_no_tile_lies_on_another(province: str) -> None:
    assert province in {one.code for one in provinces()}
    areas = communes_of(province)
    placed = tilemap.tiles(areas)
    assert {one.area.code for one in placed} == {one.code for one in areas}
    assert len({(one.column, one.row) for one in placed}) == len(areas)
    assert all(0 <= one.column < tilemap.COLUMNS and one.row >= 0 for one in placed)


def test_tiles_keep_east_and_north() -> None:
    where = {one.area.name: one for one in tilemap.tiles(communes_of("04"))}
    assert where["Xã Bảo Lạc"].column < where["Phường Thục Phán"].column
    assert where["Phường Thục Phán"].column < where["Xã Hạ Lang"].column
    assert where["Xã Hà Quảng"].row < where["Xã Đông Khê"].row


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=80))
def test_classes_run_from_low_to_high(hundredths: list[int]) -> None:
    rates = [f"{one // 100}.{one % 100:02}" for one in sorted(hundredths)]
    cuts = tilemap.bounds(rates)
    classes = [tilemap.class_of(one, cuts) for one in rates]
    assert classes == sorted(classes)
    assert set(classes) <= set(range(tilemap.CLASSES))
    assert tilemap.class_of(None, cuts) == -1


def test_the_style_sheet_is_built_from_its_sources_and_small() -> None:
    built = (STATIC / "ansinh.css").read_bytes()
    subprocess.run([sys.executable, STATIC / "build"], check=True)
    assert (STATIC / "ansinh.css").read_bytes() == built
    assert len(gzip.compress(built)) < CSS_BYTES_MAX
    assert re.findall(rb"url\(|@import|http", built) == []


def test_what_others_wrote_is_as_they_wrote_it() -> None:
    """The page of third parties names the digest of each file that ships."""
    told = (STATIC.parents[1] / "docs" / "third-party.md").read_text("utf-8")
    assert hashlib.sha256((STATIC / "htmx.min.js").read_bytes()).hexdigest() in told
    scripts = sum(len(gzip.compress(one.read_bytes())) for one in STATIC.glob("*.js"))
    assert scripts < JS_BYTES_MAX


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    digits = colour * 2 if len(colour) == 3 else colour
    digits = "".join(one * 2 for one in colour) if len(colour) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_stands_out_from_its_ground() -> None:
    css = (STATIC / "ansinh.css").read_text("utf-8")
    seen = 0
    for rule in re.findall(r"\{([^{}]*)\}", css):
        said = dict(re.findall(r"(?:^|;)(background|color|fill):#([0-9a-f]{3,6})(?=;|$)", rule))
        ink, ground = said.get("color"), said.get("background", "fff")
        # Links and names in the header are white on its blue, which another rule sets.
        if ink is None or (ink == "fff" and "background" not in said):
            continue
        light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, rule
        seen += 1
    assert seen > 15
