"""Who lives with HIV shows nowhere: not by name, code or article, and not by a difference.

Two provinces live the same month; they differ in three people's groups only, which in one are the
hidden ones and in the other groups with the same amounts. Everything that leaves the house is
compared to the letter.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.benefits.groups import MASKED, group, public_name
from app.disbursement.tables import instruction
from app.jobs.sending import send_batches
from app.payroll.tables import payroll
from app.roles.views import views
from app.statements.person_statement import Paper, write_statement
from app.web.site import EXTENSION
from tests.app.dossier.months import packed, runtime_of
from tests.app.printing.reading import read_pdf
from tests.app.web.serving import serve, signed_in
from tests.factories import ASSISTANCE, COMMUNE, OCTOBER, SEPTEMBER, House, in_cash, row, set_up
from tests.support.commands import ansinh
from tests.support.mould import Mould

HIDDEN, OPEN = ("C3a", "C3b", "C8"), ("C1a", "C6d", "C2")
BIRTHS = (date(2023, 5, 2), date(2010, 11, 3), date(1990, 2, 4))
MAKER = f"maker.{COMMUNE}"
# What differs by nature: digests and what is made of them, the machine's clock, folders, and the
# names of a spreadsheet's cells.
_NOISE = re.compile(
    r"[0-9a-f]{12,}|[0-9A-Z]{4}-[0-9A-Z]{4}|\b[A-Z2-7]{16}\b|\d\d/\d\d/\d{4} \d\d:\d\d"
    r"|datetime\.datetime\([^)]*\)|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*"
    r"|/[^\s\"]*/(?=pack|AS-)|(?<= r=)\"[A-Z]+\d+\"|\w{3} \d\d, \d{4}"
)
COMMANDS = (
    "register search nong", "register search 1000", "register show 1", "register show 2 --json",
    "register show 3", "register views", "benefits explain 1 --period 2026-09",
    "benefits explain 2 --period 2026-09", "benefits explain 3 --period 2026-09",
    "events find --period 2026-11", "events find --period 2027-05", "events list",
    "benefits forecast --months 3", "benefits forecast --months 2 --json", "trace person:1",
    "trace person:3 --json", "report cashless --period 2026-09 --json", "ledger trial-balance",
    "ledger ageing", "access review",
)  # fmt: skip


def _lived(house: House, groups: tuple[str, ...]) -> None:
    """September is sent and October listed; three people of these groups, one in cash."""
    people = [
        (row if number < 3 else in_cash)(
            number, programme=ASSISTANCE, group=code, birth_date=born, birth_year=born.year
        )
        for number, (code, born) in enumerate(zip(groups, BIRTHS, strict=True), 1)
    ]
    house.register(SEPTEMBER, *people, row(4))
    house.approve_month(SEPTEMBER)
    house.on("2026-09-10")
    house.fund(SEPTEMBER)
    house.release(house.build(SEPTEMBER))
    send_batches(replace(runtime_of(house), abreast=1))  # entries in the same order
    house.register(OCTOBER, *people, row(4))
    house.list_month(OCTOBER)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def houses(
    request: pytest.FixtureRequest, mould: Mould, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, House]]:
    """The province with the hidden groups, and the one without; they only read."""
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    made = []
    for groups in (HIDDEN, OPEN):
        home = tmp_path_factory.mktemp("house")
        on = mould.on_postgresql(set_up, home, server) if server else mould.on_sqlite(set_up, home)
        made.append(on)
        _lived(on, groups)
    yield made[0], made[1]
    for one in made:
        one.close()
        if server:
            server.drop_database(str(one.database.url.database))


def everything(house: House) -> dict[str, str]:
    """All that leaves the house, by what it is, as text."""
    answers = {one: ansinh(house, *one.split()) for one in COMMANDS}
    assert [one for one, answer in answers.items() if answer.exit_code] == []
    told = {one: answer.output for one, answer in answers.items()}
    folder = house.home / "out"
    folder.mkdir()
    for number in (1, 2, 3):
        words = ("register", "export", number, "-o", folder, "--officer", MAKER, "--reason")
        told[f"export {number}"] = ansinh(house, *words, "người dân có đơn đề nghị").output
        with house.database.view() as session, (folder / f"AS{number}.pdf").open("wb") as out:
            write_statement(session, number, SEPTEMBER, Paper(house.keyring, True), out)
    for form in ("xlsx", "csv"):
        words = ("ledger", "export", "--format", form, "--period", SEPTEMBER, "--output")
        told[f"books {form}"] = str(ansinh(house, *words, folder / f"books.{form}").exit_code)
    packed(house, folder / "pack", SEPTEMBER)
    told |= _files(folder) | _pages(house) | _views(house)
    return {name: _NOISE.sub("~", text) for name, text in told.items()}


def _files(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        content = path.read_bytes()
        name = str(path.relative_to(folder))
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                content = b"\n".join(parts.read(one) for one in parts.namelist())
        is_pdf = content[:4] == b"%PDF"
        found[name] = read_pdf(content).text if is_pdf else content.decode("utf-8", "replace")
    return found


# The menu counts the events that wait, of which there are more or fewer by law: see below.
_BADGE = re.compile(r'<span class="badge">.*?</span></span>')


def _pages(house: House) -> dict[str, str]:
    application = serve(house)
    client = signed_in(application, "checker.all")
    lists = [f"/payrolls/{one}?lines=all" for (one,) in house.rows(select(payroll.c.id))]
    batches = {f"/batches/{one}" for (one,) in house.rows(select(instruction.c.batch_id))}
    paths = ["/", "/people?q=nong", "/people/1", "/people/2", "/people/3", "/payrolls", "/batches"]
    asked = {one: client.get(one).get_data(as_text=True) for one in [*paths, *lists, *batches]}
    told = {one: _BADGE.sub("", text) for one, text in asked.items()}
    application.extensions[EXTENSION].database.close()
    return told


def _views(house: House) -> dict[str, str]:
    """What auditors see; on SQLite there are no views."""
    if house.database.is_sqlite:
        return {}
    found = {}
    with house.owner.engine.connect() as connection:
        for view in views():
            rows = connection.exec_driver_sql(f"select * from public_audit.{view.name}")
            found[f"view {view.name}"] = "\n".join(sorted(map(str, rows)))
    return found


def test_nothing_tells_who_lives_with_hiv(houses: tuple[House, House]) -> None:
    ours, other = map(everything, houses)
    secrets = [group(code).name for code in HIDDEN] + [group(code).article for code in HIDDEN]
    codes = re.compile(r"\b(C3a|C3b|C8|HIV)\b")
    for name, text in ours.items():
        assert text or name not in COMMANDS, name
        for secret in secrets:
            assert secret not in text, (name, secret)
        assert not codes.search(text), (name, codes.search(text))
    assert public_name("C8") in ours["register show 3"]
    assert sorted(ours) == sorted(other)
    # What a group becomes at an age differs by law; a line of the list names no group, and ends as
    # that of an orphan does (tests/app/events/test_finding.py).
    assert {name for name in ours if ours[name] != other[name]} == {"events list"}


def test_files_for_the_bank_tell_nothing_either(houses: tuple[House, House]) -> None:
    sent = [
        b"".join(one.read_bytes() for one in sorted(house.home.glob("*/in/*")) if one.is_file())
        for house in houses
    ]
    assert b"10000001" in sent[0]
    assert not re.search(rb"\b(C3a|C3b|C8)\b|HIV", sent[0])
    assert sent[0] == sent[1]


def test_only_who_prepares_the_list_is_told_and_it_is_logged(
    houses: tuple[House, House],
) -> None:
    house = houses[0]
    words = ("benefits", "explain", "3", "--period", SEPTEMBER, "--reveal", "lập hồ sơ gốc cho xã")
    for officer in (f"checker.{COMMUNE}", "finance.one", "auditor", "maker.01279"):
        refused = ansinh(house, *words, "--officer", officer)
        assert refused.exception is not None
        assert "HIV" not in refused.output + str(refused.exception)
    assert "HIV" in ansinh(house, *words, "--officer", MAKER).output
    assert "group: lập hồ sơ gốc" in ansinh(house, "register", "views", "--person", "3").output


def test_the_hidden_groups_are_these() -> None:
    assert sorted(MASKED) == sorted(HIDDEN)
