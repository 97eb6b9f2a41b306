"""The guide of each role: both languages, the words of the screens, pages its reader may open."""

from __future__ import annotations

import re
from dataclasses import astuple

import pytest
from flask import Flask

from app.access.role_tables import ROLES
from app.web.access import who_may
from app.web.catalogue import LANGUAGES
from app.web.guides import NAMES, Guide, guide
from tests.app.web.serving import signed_in

WORDS_MAX = 20


def texts(found: Guide) -> list[str]:
    """All that it says."""
    parts = (text for part in found.parts for text in (part.title, *part.steps, part.note))
    return [found.title, found.lead, *parts]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_whole_and_plain(name: str, language: str) -> None:
    said = texts(guide(name, language))
    assert [text for text in said if "[[" in text or "{" in text] == []
    sentences = [one for text in said for one in re.split(r"[.?!:;] ", text)]
    assert [one for one in sentences if len(one.split()) > WORDS_MAX] == []


def test_every_role_has_its_guide_and_both_languages_are_alike() -> None:
    found = [guide(name, "vi") for name in NAMES]
    assert {role for one in found for role in one.roles} == set(ROLES)
    for one in found:
        english = guide(one.name, "en")
        shape = [(part.page, len(part.steps), bool(part.note)) for part in one.parts]
        assert shape == [(p.page, len(p.steps), bool(p.note)) for p in english.parts]
        assert astuple(one) != astuple(english)


def test_its_pages_open_for_whom_it_is_written(application: Flask) -> None:
    """Those pages too that a guide names; his own guides come first."""
    for name in NAMES:
        found = guide(name, "vi")
        for page in filter(None, (part.page for part in found.parts)):
            allowed = who_may(application, page)
            assert not allowed or allowed >= set(found.roles), (name, page)
    for username in ("maker", "checker", "approver", "admin.one"):
        browser = signed_in(application, username)
        first = re.search(r"/guides/(\w+)", browser.get("/guides").get_data(as_text=True))
        assert first
        assert username.partition(".")[0] in guide(first[1], "vi").roles
        assert browser.get(f"/guides/{first[1]}?lang=en").status_code == 200
        assert browser.get("/guides/nobody").status_code == 404
