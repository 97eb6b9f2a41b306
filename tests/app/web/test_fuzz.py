"""Every page asked for with addresses and queries that nobody types: no page fails for it, and none
shows back as HTML what it was asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.web.access import STATIC, who_may
from tests.app.web.serving import Browser, of_house, signed_in, visitor, words
from tests.app.web.test_matrix import OFFICERS, OWN, two_communes
from tests.factories import House

pytestmark = pytest.mark.stage(of=two_communes)
SEED = 20_261_127
MARK = "<xmp7>"
"""An element that no page of ours has."""
INJECTED = (
    MARK, f'"{MARK}', f"'>{MARK}", f"</title>{MARK}", f"\"><script>{MARK}", f"{{{{7*7}}}}{MARK}",
    "' or 1=1 --", "1); drop table person; --", "%' union select 1 --",
)  # fmt: skip
NUMBERS = (
    "0", "-1", "9223372036854775807", "9223372036854775808", "9" * 400, "1e9", "1.5", "NaN", "+1",
    "0x10", "٣", "１", "²", "Ⅳ",
)  # fmt: skip
MOMENTS = (
    "2026-10", "2026-13", "0000-00", "9999-12", "99999-01", "0001-01", "2026-02-30", "31/02/2026",
    "01/01/0001", "31/12/9999", "12/2026", "2026-10-31T00:00", "٢٠٢٦-١٠",
)  # fmt: skip
ODD = ("", " ", "\0", "a\0b", "\r\nX-Odd: 1", "\x1b[31m", "\u202e", "\ufeff", "İ", "ß", "x" * 9_999,
       "../../etc/passwd", "..", "%", "true", "null", "[]")  # fmt: skip
RAW = ("%ED%A0%80", "%FF%FE", "%C0%AF", "%00", "%E2%28%A1", "%", "%zz")
"""Bytes that are no text: half of a pair, no UTF-8, and what is not even escaped."""
VALUES = tuple(quote(one, safe="") for one in (*INJECTED, *NUMBERS, *MOMENTS, *ODD)) + RAW
PAGES = Path(__file__).resolve().parents[3] / "app" / "web"
READ = re.compile(r'(?:arguments|args)\.get(?:list)?\(\s*"(\w+)"')


def names() -> list[str]:
    """Every name that a page looks up in its query, and some that more than one page knows."""
    found = {name for path in PAGES.rglob("*.py") for name in READ.findall(path.read_text("utf-8"))}
    return sorted(found | {"lang", "period", "page", "nothing"})


def addresses(rule: Rule, dice: Random) -> Iterator[str]:
    """Addresses of a page: a right one with an odd query, then odd ones, with and without."""
    for odd in (False, True):
        path = rule.rule
        for name in rule.arguments:
            given = dice.choice(VALUES) if odd else quote(str(OWN[name]), safe="")
            path = re.sub(rf"<(\w+:)?{name}>", lambda _, to=given: to, path)
        if not odd or rule.arguments:
            yield f"{path}?{query(dice)}"


def query(dice: Random) -> str:
    """Some names with odd values, one of them twice."""
    chosen = dice.sample(NAMES, 5)
    return "&".join(f"{one}={dice.choice(VALUES)}" for one in [*chosen, chosen[0]])


NAMES = names()
application = of_house


@pytest.fixture
def browsers(application: Flask) -> dict[str, Browser]:
    """A browser of each role, and one in which nobody is signed in."""
    found = {role: signed_in(application, name) for role, name in OFFICERS.items()}
    return {**found, "visitor": visitor(application)}


def test_no_address_and_no_query_breaks_a_page(
    house: House, application: Flask, browsers: dict[str, Browser]
) -> None:
    house.later()
    for browser in browsers.values():
        if browser.session_id:
            assert browser.send("/step-up?next=/work", code=house.code()).status_code == 303
    dice, wrong, asked = Random(SEED + house.database.is_sqlite), [], 0
    for rule in sorted(application.url_map.iter_rules(), key=lambda one: one.rule):
        if rule.endpoint == STATIC or "GET" not in (rule.methods or ()):
            continue
        for role in asking(application, rule.endpoint, dice):
            for address in addresses(rule, dice):
                asked += 1
                if fault := faulty(browsers[role], address):
                    wrong.append((role, address[:300], fault))
    assert wrong == []
    assert asked > 300


def asking(application: Flask, endpoint: str, dice: Random) -> list[str]:
    """Who asks: one who may, and one who most likely may not."""
    who = who_may(application, endpoint)
    roles = sorted(who) if who else [*OFFICERS] if who is not None else ["visitor", *OFFICERS]
    return [dice.choice(roles), dice.choice([*OFFICERS, "visitor"])]


def faulty(browser: Browser, address: str) -> str:
    """What is wrong with the answer, '' for nothing."""
    with browser.get(address) as answer:
        if answer.status_code >= 500:
            return f"{answer.status_code} {words(answer)[:200]}"
        if "X-Odd" in answer.headers:
            return "a header that came in the query"
        text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    return f"shows {MARK}" if MARK in text or f"49{MARK}" in unescape(text) else ""
