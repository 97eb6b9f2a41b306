"""A third language is a matter of the catalogue: pages in one that a machine made hold no word of
ours that did not come from it.

Every text of the made-up language stands in ⟦brackets⟧. What stands outside of them on a page must
be data: found in the database, or marked as Vietnamese that officers or the rooms wrote.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from types import MappingProxyType

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.indicators.definitions import CREDITED, definition
from app.indicators.targets import all_targets
from app.reference.areas import communes_of
from app.web import catalogue
from app.web.refusals import shown
from app.web.site import EXTENSION, bank_name
from ledger.schema import metadata
from tests.app.web.serving import ClientAs, visitor
from tests.app.web.test_pages import walk

MADE_UP = "xx"
# The product's name, the other languages in their own words, and signs.
BANKS = ("999001",)
OURS = {"An Sinh", "English", "Tiếng Việt", "CCCD", "GET", "POST"}
_WORD = re.compile(r"[^\W\d_]{2,}(?:[ '’.-]*[^\W\d_]{2,})*")


class Texts(HTMLParser):
    """The texts that somebody sees or hears: between tags and in attributes that are read out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._apart: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag in ("meta", "link", "input", "br", "path", "rect"):
            return
        is_marked = (tag != "html" and "lang" in told) or tag in ("code", "script", "option")
        is_apart = is_marked or self._apart
        if is_apart:
            self._apart.append(tag)
        else:
            self.found += [told[name] for name in ("aria-label", "title") if name in told]

    def handle_endtag(self, tag: str) -> None:
        if self._apart and self._apart[-1] == tag:
            self._apart.pop()

    def handle_data(self, data: str) -> None:
        if not self._apart:
            self.found.append(data)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue with a language more, as long again by a third as real ones come."""
    real = catalogue.entries()
    more = {key: MappingProxyType({**texts, MADE_UP: f"⟦{texts['en']}~~~⟧"})
            for key, texts in real.items()}  # fmt: skip
    monkeypatch.setattr(catalogue, "entries", lambda: more)
    monkeypatch.setattr(catalogue, "LANGUAGES", ("vi", "en", MADE_UP))


def data_of(database: Database) -> str:
    """Every text in the database, names of ours in English too."""
    found: set[str] = set()
    with database.view() as session:
        for table in metadata.tables.values():
            for one in session.execute(select(table)):
                found |= {value for value in one if isinstance(value, str)}
    return "\n".join([*found, *(shown(one, MADE_UP)[0] for one in found)])


def definitions() -> str:
    """What the rooms say themselves, in Vietnamese and English: definitions of the rates, names of
    the communes and of the banks."""
    told = [definition(code) for code in ("R1", "R1b", "R2", "R3", "R5", "R6")]
    texts = [words.en for one in told for words in (one.name, one.numerator, one.denominator,
                                                    one.cut_off)]  # fmt: skip
    places = [text for one in communes_of("04") for text in (one.name, one.province_name)]
    texts += [shown(one.scope, MADE_UP)[0] for one in all_targets()]
    return "\n".join([*texts, CREDITED.en, *places, *(bank_name(one) for one in BANKS)])


def left_over(page: str, data: str) -> set[str]:
    """Words outside the brackets that are no data."""
    bare = (re.sub(r"⟦[^⟦⟧]*⟧", " ", re.sub(r"⟦[^⟦⟧]*⟧", " ", one)) for one in Texts(page).found)
    words = {word for text in bare for word in _WORD.findall(text.replace("\xa0", " "))}
    return {one for one in words if one not in data and one not in OURS}


@pytest.mark.parametrize("month_url", ["sqlite"], indirect=True)
def test_no_page_holds_a_word_that_is_not_in_the_catalogue(
    application: Flask, client_as: ClientAs, made_up: None
) -> None:
    data = data_of(application.extensions[EXTENSION].database) + definitions()
    walked = walk(client_as("checker"), f"/?lang={MADE_UP}")
    pages = {url: text for url, text in walked.items() if f"lang={MADE_UP}" in url}
    pages |= {url: client_as("maker").get(url).get_data(as_text=True)
              for url in (f"/payrolls/2/submit?lang={MADE_UP}", f"/sessions?lang={MADE_UP}",
                          f"/password?lang={MADE_UP}", f"/recovery-codes?lang={MADE_UP}",
                          f"/tasks?lang={MADE_UP}", f"/step-up?lang={MADE_UP}",
                          f"/nothing?lang={MADE_UP}")}  # fmt: skip
    pages |= {url: visitor(application).get(url).get_data(as_text=True)
              for url in (f"/sign-in?lang={MADE_UP}", f"/recover?lang={MADE_UP}")}  # fmt: skip
    assert len(pages) > 40
    wrong = {url: sorted(found) for url, text in pages.items() if (found := left_over(text, data))}
    assert wrong == {}
