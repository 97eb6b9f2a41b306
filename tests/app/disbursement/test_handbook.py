"""The page of the protocol is drawn from the tables in code."""

from __future__ import annotations

import pytest

from app.disbursement.handbook import PAGE, page


@pytest.mark.house
def test_the_page_says_what_the_tables_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m app.disbursement.handbook"
