"""Who gains and loses a health-insurance card: told once, with a reason, by the list that knew."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from app.benefits.groups import MASKED, group
from app.checks.tables import check_asked, check_request, check_result
from app.cli.main import cli
from app.errors import AnSinhError, InputError, NotFound
from app.statements.insurance.changes import Change, joined, left
from app.statements.insurance.document import write_insurance_list
from tests.app.printing.reading import read_pdf
from tests.factories import ASSISTANCE, COMMUNE, KEY, OCTOBER, OTHER_COMMUNE, SEPTEMBER, House, row

NOVEMBER = "2026-11"
NEW = {"decision_date": date(2026, 10, 2), "start_period": OCTOBER}


def told(changes: list[Change]) -> list[tuple[str, str]]:
    return [(one.row.name[-3:], one.reason) for one in changes]


def both(house: House, period: str, area: str = COMMUNE) -> tuple[list[Any], list[Any]]:
    """(name, reason) of who joined and who left."""
    with house.database.view() as session:
        return told(list(joined(session, area, period))), told(list(left(session, area, period)))


def test_joins_and_leaves_of_a_month(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2), row(3))
    dead = row(2, event="death", event_date=date(2026, 9, 3))
    gone = row(3, event="move_out", event_date=date(2026, 9, 9))
    house.register(OCTOBER, row(1), dead, gone, row(4, **NEW))
    assert both(house, SEPTEMBER) == ([(f"00{one}", "Hưởng mới") for one in (1, 2, 3)], [])
    assert both(house, OCTOBER) == ([("004", "Hưởng mới")], [("002", "Chết"), ("003", "Chuyển đi")])
    house.register(OCTOBER, row(3, start_period=OCTOBER), commune=OTHER_COMMUNE)
    assert both(house, OCTOBER, OTHER_COMMUNE) == ([("003", "Chuyển đến")], [])


def test_what_is_told_late_stands_on_the_list_that_tells_it(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2))
    house.register(OCTOBER, row(1), row(2))
    died = row(1, event="death", event_date=date(2026, 9, 3))
    house.register(NOVEMBER, died, row(2), row(3, start_period="2026-09"))
    assert both(house, OCTOBER) == ([], [])
    assert both(house, NOVEMBER) == ([("003", "Hưởng mới")], [("001", "Chết")])
    with house.database.view() as session:
        (change,) = left(session, COMMUNE, NOVEMBER)
    assert change.last == date(2026, 9, 30)


def test_a_person_has_one_card_whatever_the_programmes(house: House) -> None:
    """The better card counts, and losing one of two programmes is no loss of a card."""
    second = row(1, row=99, programme=ASSISTANCE, group="C6c")
    house.register(SEPTEMBER, row(1), second)
    with house.database.view() as session:
        (one,) = joined(session, COMMUNE, SEPTEMBER)
    assert one.card.programme == ASSISTANCE
    house.register(OCTOBER, row(1))
    assert both(house, OCTOBER) == ([], [])
    carer = row(5, programme=ASSISTANCE, group="K4", table_key="1", **NEW)
    house.register(NOVEMBER, row(1), carer)
    assert both(house, NOVEMBER) == ([], [])


def test_who_is_insured_elsewhere_is_left_out(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2))
    now = house.clock.now()
    with house.work() as session:
        session.execute(insert(check_request).values(
            id=1, code="K1", source="insurance", area_code=COMMUNE, channel="file", people=1,
            answered=1, digest="d", state="answered", made_by="m", made_at=now, moved_at=now,
            fault=""))  # fmt: skip
        asked = {"request_id": 1, "line": 1, "person_id": 1, "subject_key": "s"}
        session.execute(insert(check_asked).values(asked))
        session.execute(insert(check_result).values(
            request_id=1, line=1, person_id=1, source="insurance", result="pension", details="",
            checked_at=now, recorded_at=now))  # fmt: skip
    assert both(house, SEPTEMBER)[0] == [("002", "Hưởng mới")]
    out = io.BytesIO()
    with house.database.view() as session:
        write_insurance_list(session, house.keyring, out, COMMUNE, SEPTEMBER, now, "pdf",
                             synthetic=True)  # fmt: skip
    assert "Không kê 1 người đang có thẻ" in read_pdf(out.getvalue()).text


def test_an_empty_month_is_a_list_of_nobody(house: House) -> None:
    out = io.BytesIO()
    with house.database.view() as session:
        people = write_insurance_list(session, house.keyring, out, COMMUNE, OCTOBER,
                                      house.clock.now(), "pdf", synthetic=True)  # fmt: skip
    assert people == 0
    assert read_pdf(out.getvalue()).text.count("Không có") == 2


def ask(house: House, *words: str) -> Any:
    house.database.close()
    url = house.database.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(cli, ["papers", "insurance", *words, "--json", "--database", url],
                                env={"ANSINH_HOME": str(house.home)})  # fmt: skip
    if isinstance(result.exception, AnSinhError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_its_making_is_written_down_and_no_group_is_told(house: House, tmp_path: Path) -> None:
    codes = sorted(MASKED)
    people = [row(at, programme=ASSISTANCE, group=one) for at, one in enumerate(codes, 1)]
    house.register(SEPTEMBER, *people, row(4, programme=ASSISTANCE, group="C6c"))
    (house.home / "keys").mkdir(exist_ok=True)
    (house.home / "keys" / "field.key").write_bytes(KEY)
    what = ("--area", COMMUNE, "--period", SEPTEMBER)
    why = ("--reason", "gửi bảo hiểm xã hội tháng 9")
    paper, book = tmp_path / "a.pdf", tmp_path / "a.xlsx"
    with pytest.raises(InputError, match="Lý do"):
        ask(house, *what, "--officer", f"maker.{COMMUNE}", "--reason", "x",
            "--output", str(paper))  # fmt: skip
    with pytest.raises(NotFound):
        ask(house, *what, "--officer", f"maker.{OTHER_COMMUNE}", *why, "--output", str(paper))
    assert not paper.exists()
    mine = ("--officer", f"maker.{COMMUNE}", *why, "--output")
    assert ask(house, *what, *mine, str(paper))["people"] == 4
    assert ask(house, *what, "--format", "xlsx", *mine, str(book))["people"] == 4
    trail = house.rows("select actor, action, object, detail from audit_event order by id desc")
    assert trail[0] == (f"maker.{COMMUNE}", "papers:insurance:make", f"area:{COMMUNE}",
                        "4 người: gửi bảo hiểm xã hội tháng 9")  # fmt: skip
    sheet = "".join(ZipFile(book).read(one).decode() for one in ZipFile(book).namelist())
    for text in (read_pdf(paper.read_bytes()).text, sheet):
        assert row(1).citizen_id in text
        never = {"HIV", *(f">{one}<" for one in codes), *(group(one).name for one in codes)}
        assert {word for word in never if word in text} == set()
