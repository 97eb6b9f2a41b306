"""The page of the indicators is drawn from the code."""

from __future__ import annotations

from app.indicators.handbook import PAGE, page


def test_the_page_is_the_code() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m app.indicators.handbook"
