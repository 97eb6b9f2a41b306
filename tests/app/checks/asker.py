"""Asking and answering in the tiny province, without files or network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from app.beneficiaries.tables import person
from app.checks import asking
from app.checks.asking import Wish
from app.checks.contracts import Asked, contract
from app.checks.reading import read_line
from app.checks.receiving import Receipt, receive
from app.checks.tables import check_result
from app.cli.main import cli
from tests.factories import KEY, House


def with_keys(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house as the command line finds it: its home, and the key in it."""
    monkeypatch.setenv("ANSINH_HOME", str(house.home))
    (house.home / "keys").mkdir(exist_ok=True)
    (house.home / "keys" / "field.key").write_bytes(KEY)
    return house


def run(house: House, *words: str) -> Result:
    """`ansinh checks ...` on the house's database."""
    url = house.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(cli, ["checks", *words, "--database", url])


def make(house: House, source: str, channel: str = "file", **wish: Any) -> str:
    """A request about everybody; gives its number."""
    with house.work() as session:
        made = asking.make_request(
            session, contract(source), Wish(**wish), channel, "test", house.later()
        )
    return str(made.code)


def lines(house: House, code: str) -> list[Asked]:
    """What a request sends."""
    with house.database.view() as session:
        row = asking.find_request(session, code)
        told = contract(row.source)
        return list(asking.all_lines(session, house.keyring, told, row.id))


def reply(line: Asked, result: str, at: datetime, **more: Any) -> dict[str, Any]:
    """A line of an answer about the same person or account."""
    subject = {
        name: line.fields[name]
        for name in ("citizen_id", "bank_bin", "account")
        if name in line.fields
    }
    return {"ref": line.ref, **subject, "result": result, "checked_at": at.isoformat(), **more}


def take_in(
    house: House, code: str, answers: Iterable[Mapping[str, Any]], digest: str = ""
) -> Receipt:
    """Receive an answer made of such lines."""
    with house.work() as session:
        row = asking.find_request(session, code)
        now = house.later()
        read = [
            read_line(row.source, f"Dòng {number}", one, now)
            for number, one in enumerate(answers, start=1)
        ]
        return receive(session, house.keyring, row, digest or f"{now}", read, "test", now)


def ask_and_tell(house: House, source: str, result: str, at: datetime, **more: Any) -> Receipt:
    """Ask about everybody, and let everybody be answered in the same way."""
    code = make(house, source, again=True)
    return take_in(house, code, [reply(one, result, at, **more) for one in lines(house, code)])


def results(house: House) -> list[tuple[Any, ...]]:
    """(name, source, result) of all that was told, in the order it was kept."""
    query = (
        select(person.c.name, check_result.c.source, check_result.c.result)
        .join(person, person.c.id == check_result.c.person_id)
        .order_by(check_result.c.id)
    )
    return house.rows(query)
