"""Personal numbers lie nowhere in clear: IDs, accounts and phones of 70 people through a month.

Looked for as they are, in hexadecimal, in base64 at each offset, and as SHA-256, in the database
and its journal, in the home folder with everything that was exported, and in what was printed.
Files made for the bank hold its accounts: they are found there, and nowhere else.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.jobs.sending import send_batches
from app.reference.banks import TEST_BANK_B
from ledger.schema import metadata
from tests.app.dossier.months import packed, runtime_of
from tests.factories import COMMUNE, OCTOBER, SEPTEMBER, House, in_cash, row
from tests.support.commands import ansinh

PEOPLE = 70
REASON = ("--officer", f"maker.{COMMUNE}", "--reason", "người dân có đơn đề nghị")


def phone(number: int) -> str:
    return f"09{number:03}77{number:03}"


def canaries() -> Iterator[str]:
    for number in range(1, PEOPLE + 1):
        known = row(number)
        yield from (known.citizen_id, known.account, phone(number))


def _forms(value: str) -> Iterator[bytes]:
    """Every way in which a number might lie about."""
    plain = value.encode()
    yield plain
    yield plain.hex().encode()
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + plain)
        yield whole[4 if offset else 0 : len(whole) // 4 * 4 - 4]
    yield hashlib.sha256(plain).digest()
    yield hashlib.sha256(plain).hexdigest().encode()


def hits(content: bytes, values: Iterable[str] | None = None) -> list[str]:
    """Which of the values (of `canaries`, where none are named) lie about in some form."""
    wanted = canaries() if values is None else values
    return [one for one in wanted if any(form in content for form in _forms(one))]


def lived(house: House, told: list[str]) -> None:
    """Import, a sent month, the next list, and everything that can be exported."""
    people = [row(n, phone=phone(n), bank_bin=TEST_BANK_B if n % 9 == 0 else row(n).bank_bin)
              for n in range(1, PEOPLE)]  # fmt: skip
    people.append(in_cash(PEOPLE, phone=phone(PEOPLE)))
    house.register(SEPTEMBER, *people)
    house.approve_month(SEPTEMBER)
    house.on("2026-09-10")
    house.fund(SEPTEMBER)
    house.release(house.build(SEPTEMBER))
    send_batches(runtime_of(house))
    house.register(OCTOBER, *people)
    house.list_month(OCTOBER)
    folder = house.home / "exported"
    folder.mkdir()
    packed(house, folder / "pack", SEPTEMBER)
    for words in (
        ("register", "search", row(7).citizen_id),
        ("register", "search", "nong", "--json"),
        ("register", "show", "7"),
        ("register", "export", "7", "-o", folder, *REASON),
        ("register", "set", "7", "--field", "phone", "--value", phone(8), "--officer",
         f"maker.{COMMUNE}", "--reference", f"gọi số {phone(8)}"),
        ("register", "views"),
        ("trace", "person:7"),
        ("benefits", "explain", "7", "--period", SEPTEMBER),
        ("ledger", "export", "--format", "xlsx", "--period", SEPTEMBER, "--output",
         folder / "books.xlsx"),
        ("access", "review", "-o", folder / "access.xlsx"),
    ):  # fmt: skip
        answer = ansinh(house, *words)
        assert answer.exit_code == 0, (words, answer.exception)
        told.append(answer.output)
    refused = ansinh(house, "register", "set", "7", "--field", "phone", "--value", f"{phone(9)}99",
                     "--officer", f"maker.{COMMUNE}", "--reference", "x")  # fmt: skip
    told.append(f"{refused.output}{refused.exception}")


def rest(house: House) -> dict[str, bytes]:
    """What lies on the disk, by file; on PostgreSQL every row of every table besides."""
    found = {str(one.relative_to(house.home)): one.read_bytes()
             for one in house.home.rglob("*") if one.is_file()}  # fmt: skip
    if not house.database.is_sqlite:
        for name, table in metadata.tables.items():
            rows = house.rows(select(table))
            found[f"table {name}"] = "\n".join(map(_shown, rows)).encode()
    return found


def _shown(line: tuple[object, ...]) -> str:
    return "|".join(one.hex() if isinstance(one, bytes) else str(one) for one in line)


def _is_for_bank(path: Path) -> bool:
    """A file made for the bank: as sealed, as it was handed over, as a pack keeps it."""
    return path.parts[-2:-1] == ("in",) or "outbound" in path.parts or "sent" in path.parts


def test_no_number_lies_in_clear(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    lived(house, told)
    found = rest(house)
    assert any(name.endswith("test.db") or name == "table person" for name in found)
    for_banks = {name for name in found if _is_for_bank(Path(name))}
    assert hits(b"\n".join(found[one] for one in for_banks)), "the bank is told its accounts"
    others = {name: content for name, content in found.items() if name not in for_banks}
    if hits(b"\n".join(others.values())):
        pytest.fail(str({name: hits(content)[:3] for name, content in others.items()}))
    # The search repeats nothing of what was typed; the phone in a ground is masked.
    assert hits("\n".join([*told, caplog.text]).encode()) == []


def test_a_number_that_lies_about_is_found() -> None:
    number = row(3).account
    for form in (number, number.encode().hex(), hashlib.sha256(number.encode()).hexdigest()):
        assert hits(f"x{form}y".encode()) == [number]
    for offset in range(3):
        assert hits(base64.b64encode(b"ab"[:offset] + number.encode() + b" tail")) == [number]
