"""The whole walk: every page that a role may open, in both languages, on a phone and at a desk."""

from __future__ import annotations

import pytest

from tests.app.web.test_matrix import OFFICERS
from tests.browser import houses
from tests.browser.site import NARROW, WIDE, Site
from tests.browser.test_pages import KNOWN
from tests.browser.walking import Walk

pytestmark = [pytest.mark.long, pytest.mark.stage(of=houses.something_everywhere)]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("role", OFFICERS)
def test_every_page_of_a_role(site: Site, role: str, width: int, language: str) -> None:
    window = site.officer(OFFICERS[role], width=width)
    walk = Walk(site.application, role, window, language=language, known=KNOWN, whole=True)
    assert walk.go().refused().faults == []
