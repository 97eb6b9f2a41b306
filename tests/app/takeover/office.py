"""A house that takes over, and its officers: check, load, accept, as the commands do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.access.together import Signer
from app.takeover.accepting import TakenOver
from app.takeover.accepting import accept as accept_file
from app.takeover.checking import check as check_file
from app.takeover.content import Content
from app.takeover.loaded import Loaded
from app.takeover.loading import load as load_file
from app.takeover.reading import read_take_over
from app.takeover.rows import TakeOverFile
from tests.app.takeover.files import workbook
from tests.factories import SEPTEMBER, House, in_cash, row


def registered(house: House) -> None:
    """September's register is in: 1 by bank, 2 and 3 in cash; no list is open yet."""
    house.register(SEPTEMBER, row(1), in_cash(2), in_cash(3))
    house.on("2026-09-01")


def taken_over(house: House) -> None:
    """The sound file of `files` is loaded by one and accepted by another."""
    registered(house)
    loaded = load(house, content(house))
    accept(house, loaded.digest)


def checked(house: House, path: Path) -> tuple[TakeOverFile, Content | None]:
    """The file read and checked against the house."""
    file = read_take_over(path)
    with house.work() as session:
        return file, check_file(session, house.keyring, file, house.clock.now().date())


def content(house: House, *rows: Any, **told: Any) -> Content:
    """The content of a sound file of these rows (`files.workbook`)."""
    house.later()
    path = workbook(house.home / f"cu-{house.clock.now():%H%M%S}.xlsx", *rows, **told)
    file, found = checked(house, path)
    assert found is not None, [error.message for error in file.errors]
    return found


def load(house: House, what: Content, name: str = "finance.one") -> Loaded:
    """One officer loads."""
    who = signer(house, name)
    with house.work() as session:
        return load_file(session, house.keyring, who, "cu.xlsx", what, house.clock.now())


def accept(house: House, digest: str, name: str = "finance.two", code: str = "") -> TakenOver:
    """Another officer accepts."""
    who = signer(house, name)
    who = who._replace(code=code or who.code)
    with house.work() as session:
        return accept_file(session, house.keyring, who, digest, house.clock.now())


def signer(house: House, name: str) -> Signer:
    """An officer a minute later, with his code."""
    house.later()
    return Signer(house.officer(name), house.code())
