"""`ansinh papers decision` and `statistics` as an officer calls them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.errors import InputError, NotFound
from tests.app.printing.reading import read_pdf
from tests.factories import COMMUNE, OCTOBER, SEPTEMBER, House, row
from tests.support.commands import asked


@pytest.fixture
def office(house: House) -> House:
    """Person 2 is new in October."""
    house.register(SEPTEMBER, row(1))
    house.register(OCTOBER, row(1), row(2, decision_date=date(2026, 10, 2), start_period=OCTOBER))
    return house


def ask(house: House, *words: object) -> Any:
    """Call a command of `ansinh papers`; gives its JSON, or raises what it raised."""
    return asked(house, "papers", *words)


def test_letters_are_masked_unless_an_officer_says_why(office: House, tmp_path: Path) -> None:
    what = ("decision", "--area", COMMUNE, "--period", OCTOBER, "--output")
    why = ("--full-id", "in quyết định để chủ tịch ký")
    masked, full, none = (tmp_path / f"{name}.pdf" for name in ("masked", "full", "none"))
    told = ask(office, *what, masked)
    assert (told["letters"], told["unsigned"]) == (1, 0)
    with pytest.raises(InputError, match="--officer"):
        ask(office, *what, none, *why)
    with pytest.raises(NotFound):
        ask(office, *what, none, *why, "--officer", "maker.01279")
    with pytest.raises(NotFound, match="Không có quyết định"):
        ask(office, *what, none, "--kind", "recovery")
    with pytest.raises(InputError, match="một xã"):
        ask(office, "decision", "--period", OCTOBER, "--output", none)
    assert not none.exists()
    ask(office, *what, full, *why, "--officer", f"maker.{COMMUNE}")
    assert row(2).citizen_id not in read_pdf(masked.read_bytes()).text
    assert row(2).citizen_id in read_pdf(full.read_bytes()).text
    trail = office.rows("select actor, detail from audit_event where action like 'papers:%'")
    assert trail == [(f"maker.{COMMUNE}", f"1 quyết định {OCTOBER}: in quyết định để chủ tịch ký")]


def test_statistics_of_a_commune_and_of_the_province(office: House, tmp_path: Path) -> None:
    what = ("statistics", "--period", SEPTEMBER, "--output")
    assert ask(office, *what, tmp_path / "a.pdf")["forms"] == 4
    one = ("--area", COMMUNE, "--form", "10c", "--format", "xlsx")
    assert ask(office, *what, tmp_path / "a.xlsx", *one)["forms"] == 1
