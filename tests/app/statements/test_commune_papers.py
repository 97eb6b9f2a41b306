"""Papers for everybody of a commune: equal to the books, one file, no name on the loudspeaker."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from app.audit.tables import audit_event
from app.benefits.tables import obligation
from app.errors import Forbidden, InputError, NotFound
from app.jobs.asked import run_one
from app.statements import commune_papers
from app.statements.commune_papers import write_commune_statements
from app.statements.loudspeaker import loudspeaker_text
from app.statements.person_statement import Paper
from app.tasks.asking import ask, task_of
from bank_adapters.contract import ReportKind
from tests.app.printing.reading import read_pdf
from tests.app.statements.october import send_october
from tests.factories import (
    BANK,
    COMMUNE,
    OCTOBER,
    OTHER_COMMUNE,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    report,
    row,
    set_up,
)
from tests.support.commands import ansinh, ansinh_json
from tests.support.mould import Mould

FEW, MANY, AT_ONCE = 60, 1_000, 25
MAKER = f"maker.{COMMUNE}"


def two_months(house: House, people: int) -> None:
    """September paid and answered, October approved with arrears: by account and in cash."""
    listed = [(in_cash if one % 5 == 0 else row)(one) for one in range(1, people + 1)]
    house.register(SEPTEMBER, *listed)
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
    account = house.account(BANK)
    debits = [booked(house.reference(one, SEPTEMBER), -500_000, "2026-09-10")
              for one in range(1, people + 1) if one % 5]  # fmt: skip
    total = 500_000 * len(debits)
    house.receives(BANK, report(ReportKind.STATEMENT, account, *debits, opening=total, closing=0))
    send_october(house, *listed[1:])


def few(house: House) -> None:
    """A commune of more people than are read at once."""
    two_months(house, FEW)


pytestmark = pytest.mark.stage(of=few)


@pytest.fixture(autouse=True)
def _read_by_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many are read together as make three chunks of the commune."""
    monkeypatch.setattr(commune_papers, "AT_ONCE", AT_ONCE)


def written(house: House, area: str, period: str) -> tuple[list[str], list[int]]:
    """The words of each page of a commune's statements, and what was told on the way."""
    out, told = io.BytesIO(), list[int]()
    with house.database.view() as session:
        count = write_commune_statements(
            session, area, period, Paper(house.keyring, True), out, told.append
        )
    pages = [" ".join(" ".join(one).split()) for one in read_pdf(out.getvalue()).pages]
    assert len(pages) == count
    return pages, told


def amounts(pages: list[str]) -> dict[int, int]:
    """The total of each person's statement, by person."""
    said = re.compile(r"Mã người hưởng: AS-0*(\d+) .* Tổng số tiền: ([\d.]+) ₫")
    found = [said.search(page) for page in pages]
    return {int(one[1]): int(one[2].replace(".", "")) for one in found if one is not None}


def exported(house: House, period: str) -> dict[int, int]:
    """What the books owe each person for a month, from the exported files alone but for whose an
    item is."""
    folder = house.home / f"export-{period}"
    assert ansinh_json(house, "ledger", "export", "--format", "csv", "--output", folder)
    with (folder / "accounts.csv").open(encoding="utf-8-sig") as file:
        payable = {one["account"] for one in csv.DictReader(file) if one["item"] == "obligation"}
    items: defaultdict[int, int] = defaultdict(int)
    with (folder / "postings.csv").open(encoding="utf-8-sig") as file:
        for one in csv.DictReader(file):
            if one["account"] in payable and one["item"]:
                items[int(one["item"])] += int(one["credit"])
    of = obligation.c
    whose = dict(house.rows(select(of.id, of.person_id).where(of.period == period)))
    found: defaultdict[int, int] = defaultdict(int)
    for item, person_id in whose.items():
        found[person_id] += items[item]
    return dict(found)


def test_every_statement_is_what_the_exported_books_say(house: House) -> None:
    """Of both months, arrears in, a page each, by name; read a few at a time."""
    for period in (SEPTEMBER, OCTOBER):
        pages, told = written(house, COMMUNE, period)
        found = amounts(pages)
        assert len(found) == len(pages) > AT_ONCE
        assert found == exported(house, period)
        assert told == [AT_ONCE, 2 * AT_ONCE, len(pages)]
        names = [re.findall(r"Họ và tên: (Nông Thị Người \d+)", page)[0] for page in pages]
        assert names == sorted(names)
        assert all("Trang 1" in page and "Bằng chữ" in page for page in pages)
    assert set(found.values()) == {660_000}
    assert "Truy lĩnh các tháng trước 120.000" in pages[0]


@pytest.mark.long
def test_statements_of_a_thousand_people_are_what_the_books_say(
    mould: Mould, tmp_path: Path
) -> None:
    """The same for 1,000 people; one more has left the list."""
    house = mould.on_sqlite(set_up, tmp_path)
    house.tamper("update allotment set amount = 100 * amount")
    two_months(house, MANY + 1)
    pages, _ = written(house, COMMUNE, OCTOBER)
    assert amounts(pages) == exported(house, OCTOBER)
    assert len(pages) == MANY
    house.close()


def test_as_many_questions_for_each_chunk(house: House) -> None:
    """Nothing is asked of one person alone."""
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(house.database.engine, "before_cursor_execute", note)
    written(house, COMMUNE, SEPTEMBER)
    event.remove(house.database.engine, "before_cursor_execute", note)
    assert len(asked) <= 3 * 7 + 2


def test_by_command_and_by_a_task_it_stands_in_the_trail(house: House) -> None:
    """Only who has the commune's people; nobody paid there, no month: said why."""
    made = house.home / "statements.pdf"
    words = ("papers", "statements", "--period", OCTOBER, "--output")
    told = ansinh_json(house, *words, made, "--area", COMMUNE, "--officer", MAKER)
    assert told == {"file": str(made), "statements": FEW - 1}
    assert made.read_bytes().startswith(b"%PDF")
    other = house.home / "other.pdf"
    for more, kind in (
        (("--area", OTHER_COMMUNE, "--officer", MAKER), Forbidden | NotFound),
        (("--area", OTHER_COMMUNE, "--officer", "auditor"), NotFound),
        (("--area", "", "--officer", MAKER), InputError),
        (("--area", COMMUNE, "--officer", "nobody"), NotFound),
    ):
        assert isinstance(ansinh(house, *words, other, *more).exception, kind), more
    assert not other.exists()
    trail = select(audit_event.c.actor, audit_event.c.detail, audit_event.c.after).where(
        audit_event.c.action == "papers:statements:write"
    )
    line = (MAKER, OCTOBER, f'{{"statements":{FEW - 1}}}')
    assert house.rows(trail) == [line]
    with house.work() as session:
        wanted = {"area": COMMUNE, "period": OCTOBER, "officer": MAKER}
        number = ask(session, "statements", wanted, house.officer(MAKER), house.clock.now())
    assert run_one(house.runtime)
    with house.database.view() as session:
        task = task_of(session, house.officer(MAKER), number)
    assert task is not None
    assert (task.state, task.done) == ("done", FEW - 1)
    assert amounts([" ".join(" ".join(one).split()) for one in
                    read_pdf((house.home / task.path).read_bytes()).pages])  # fmt: skip
    assert house.rows(trail) == [line, line]


def test_the_loudspeaker_names_days_and_places_and_nobody(house: House) -> None:
    with house.database.view() as session:
        text = loudspeaker_text(session, COMMUNE, OCTOBER, "02000000111")
        for area, period, kind in (
            (OTHER_COMMUNE, OCTOBER, NotFound),
            (COMMUNE, "2026-11", NotFound),
            (COMMUNE, "x", InputError),
        ):
            with pytest.raises(kind):
                loudspeaker_text(session, area, period)
    assert "thông báo chi trả trợ cấp tháng 10 năm 2026." in text
    assert "tiền được chuyển từ ngày 9 tháng 10. Không phải đến xã." in text
    assert "Người nhận tiền mặt: đến " in text
    assert "mang theo căn cước" in text
    assert "gọi số 02000000111" in text
    assert "Người 0" not in text
    assert ansinh(house, "papers", "loudspeaker", "--area", COMMUNE, "--period", OCTOBER).output
