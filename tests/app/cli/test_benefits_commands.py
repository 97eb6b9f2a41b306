"""`ansinh benefits explain` and `forecast`, as an officer would call them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.errors import InputError, NotFound
from tests.factories import COMMUNE, OCTOBER, SEPTEMBER, House, in_cash, row


@pytest.fixture
def listed(house: House) -> House:
    """Two lists; person 2 has a decision that came late."""
    house.register(SEPTEMBER, row(1))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, row(1), in_cash(2, start_period=SEPTEMBER))
    house.list_month(OCTOBER)
    return house


def ask(house: House, *words: str) -> Result:
    url = house.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(cli, ["benefits", *words, "--database", url])


def test_an_amount_is_explained_with_its_article(listed: House) -> None:
    told = ask(listed, "explain", "AS-000002", "--period", OCTOBER)
    assert told.exit_code == 0, told.output
    assert "Điều 21 khoản 1 Luật Bảo hiểm xã hội" in told.output
    assert "truy lĩnh 1 tháng 09/2026: 540.000 × 1 = 540.000 (Quyết định" in told.output
    assert "Cộng: 1.080.000" in told.output
    lines = json.loads(ask(listed, "explain", "1", "--period", SEPTEMBER, "--json").output)["lines"]
    assert lines[-1].startswith("Cộng: 500.000")


def test_revealing_is_written_down_with_its_reason(listed: House) -> None:
    assert (
        ask(
            listed,
            "explain",
            "1",
            "--period",
            OCTOBER,
            "--reveal",
            "đối chiếu hồ sơ gốc",
            "--officer",
            f"maker.{COMMUNE}",
        ).exit_code
        == 0
    )
    query = "select action, object, detail from audit_event where action like '%reveal%'"
    assert listed.rows(query) == [("cli:person:reveal", "person:1", "group: đối chiếu hồ sơ gốc")]


@pytest.mark.parametrize(
    ("person", "period", "kind", "words"),
    [
        ("99", OCTOBER, NotFound, "Không có người hưởng số 99"),
        ("2", SEPTEMBER, NotFound, "chưa biết hồ sơ nào"),
        ("ông An", OCTOBER, InputError, "không phải số người hưởng"),
        ("1", "10/2026", InputError, "viết kỳ như 2026-10"),
    ],
)
def test_what_cannot_be_told_is_said(
    listed: House, person: str, period: str, kind: type[Exception], words: str
) -> None:
    told = ask(listed, "explain", person, "--period", period)
    assert isinstance(told.exception, kind)
    assert words in str(told.exception)


def test_the_coming_months_by_fund(listed: House) -> None:
    answer = json.loads(ask(listed, "forecast", "--months", "2", "--json").output)
    assert answer["from"] == OCTOBER
    assert [(one["period"], one["fund"], one["regular"]) for one in answer["lines"]] == [
        ("2026-11", "local", 1_080_000),
        ("2026-12", "local", 1_080_000),
    ]
    shown = ask(listed, "forecast", "--months", "2")
    assert "2.160.000" in shown.output
    assert "Chưa tính người mới" in shown.output
