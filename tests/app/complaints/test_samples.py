"""Did it arrive: what people say of a payment, and a sample that anybody can draw again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.cli.main import cli
from app.complaints.confirming import confirm_payment
from app.complaints.hearing import heard
from app.complaints.sampling import draw, drawn, publish, sample_of, size_of
from app.complaints.visiting import record_visit, rows_of
from app.errors import Conflict, Forbidden, InputError, NotFound, Refused
from bank_adapters.contract import ReportKind
from tests.app.disbursement.evidence_office import said as said_by
from tests.factories import BANK, POST, SEPTEMBER, House, booked, report, september_sent
from tests.support.province import COMMUNE

MAKER, CHECKER, FOREIGN = f"maker.{COMMUNE}", f"checker.{COMMUNE}", "checker.01279"


def paid(house: House) -> None:
    """September, of which the bank has booked the two payments into accounts."""
    september_sent(house)
    account = house.account(BANK)
    debits = [booked(house.reference(one, SEPTEMBER), -500_000, "2026-09-10") for one in (1, 2)]
    stated = report(ReportKind.STATEMENT, account, *debits, opening=1_000_000, closing=0)
    house.receives(BANK, stated)
    house.on("2026-09-14")


pytestmark = pytest.mark.stage(of=paid)


def collected(house: House) -> None:
    """The third one fetched the cash, and so every payment of September has its result."""
    said_by(house, house.reference(3, SEPTEMBER), "paid_list", POST)


def payment(house: House, number: int) -> int:
    reference = house.reference(number, SEPTEMBER)
    return int(house.ask(f"select id from instruction where reference = '{reference}'"))


def said(house: House, number: int, is_received: bool, channel: str = "page") -> int | None:
    with house.work() as session:
        about = (number, payment(house, number), is_received, channel, house.later())
        return confirm_payment(session, house.keyring, "page", *about)


def test_size_by_confidence() -> None:
    """Cochran's table for 95 % and 10 %: 97 of very many, 50 of 100, all of few, none of none."""
    sizes = [size_of(one, 1960, 10) for one in (0, 1, 10, 50, 100, 1_000, 10_000_000)]
    assert sizes == [0, 1, 10, 34, 50, 88, 97]
    assert size_of(10_000_000, 1960, 5) == 385


def test_who_is_drawn_follows_from_the_seed_alone() -> None:
    names = [f"AS{one:04}" for one in range(200)]
    chosen = drawn("seed", names, 20)
    assert chosen == drawn("seed", list(reversed(names)), 20)
    assert chosen != drawn("other", names, 20)
    marks = {hashlib.sha256(f"seed|{one}".encode()).digest(): one for one in names}
    assert chosen == [marks[one] for one in sorted(marks)][:20]


def test_what_a_person_says_of_a_payment(house: House) -> None:
    """The last word counts, the same again is nothing new, and "not received" is a complaint."""
    assert said(house, 1, True) is None
    assert said(house, 1, True) is None
    number = said(house, 1, False, "sms")
    assert number is not None
    assert said(house, 1, False, "sms") == number
    assert said(house, 2, True) is None
    assert house.ask("select count(*) from payment_confirmation") == 3
    assert house.ask("select count(*) from complaint") == 1
    with house.database.view() as session:
        assert heard(session, SEPTEMBER, house.clock.now()) == [(COMMUNE, 1, 2)]
        assert heard(session, "2026-08", house.clock.now()) == []
    with pytest.raises(NotFound, match="khoản chi"), house.work() as session:
        confirm_payment(session, house.keyring, "page", 2, payment(house, 1), True, "page",
                        house.later())  # fmt: skip
    with pytest.raises(InputError, match="Nơi tiếp nhận"):
        said(house, 1, True, "fax")


def _by_column(number: int, turn: int, officer: int, at: str) -> str:
    return (
        "insert into verification_visit (sample_id, ordinal, turn, result, officer_id, visited_at)"
        f" select {number}, 2, {turn}, 'received', {officer}, visited_at from ({at}) a"
    )


def test_a_sample_is_published_drawn_visited(house: House) -> None:
    """Only those draw who may, after the seed was told; mismatches open complaints."""
    checker, maker = house.officer(CHECKER), house.officer(MAKER)
    with pytest.raises(Forbidden), house.work() as session:
        publish(session, house.officer(FOREIGN), SEPTEMBER, COMMUNE, house.later())
    with house.work() as session:
        number = publish(session, checker, SEPTEMBER, COMMUNE, house.later())
    with pytest.raises(Conflict, match="đã công bố"), house.work() as session:
        publish(session, checker, SEPTEMBER, COMMUNE, house.later())
    with pytest.raises(Refused, match="Còn 1 khoản"), house.work() as session:
        draw(session, checker, number, house.later())
    collected(house)
    with pytest.raises(Refused, match="vừa mới"), house.work() as session:
        draw(session, checker, number, sample_of(session, number).published_at)
    with pytest.raises(DBAPIError, match="published before"):
        house.tamper(
            "insert into verification_draw (sample_id, population, size, frame_digest, drawn_at)"
            " select id, 1, 1, 'x', published_at from verification_sample"
        )
    with house.work() as session:
        assert draw(session, checker, number, house.later()) == 3
    with pytest.raises(Conflict, match="đã rút"), house.work() as session:
        draw(session, checker, number, house.later())
    with house.database.view() as session:
        rows, seed = rows_of(session, number), sample_of(session, number).seed
    references = [house.reference(one, SEPTEMBER) for one in (1, 2, 3)]
    assert [one.reference for one in rows] == drawn(seed, references, 3)
    for statement in ("update verification_sample set seed = 'x'", "delete from verification_row",
                      f"insert into verification_row values ({number}, 4, 3)"):  # fmt: skip
        with pytest.raises(DBAPIError):
            house.tamper(statement)

    def visit(ordinal: int, result: str, amount: int | None = None, who: int = maker) -> int | None:
        with house.work() as session:
            return record_visit(session, house.keyring, who, number, ordinal, result, amount,
                                house.later())  # fmt: skip

    with pytest.raises(InputError, match="thực nhận"):
        visit(1, "wrong_amount")
    complaint = visit(1, "wrong_amount", 450_000)
    assert complaint is not None
    with pytest.raises(Conflict, match="đã ghi"):
        visit(1, "received")
    with pytest.raises(NotFound, match="dòng 9"):
        visit(9, "received")
    # Who published or drew it asks nobody, here and in the database; whom nobody met is met later.
    with pytest.raises(Refused, match="công bố hoặc rút mẫu"):
        visit(2, "received", who=checker)
    at = "select visited_at from verification_visit limit 1"
    with pytest.raises(DBAPIError, match="published or drew"):
        house.tamper(_by_column(number, 1, checker, at))
    assert visit(2, "not_met") is None
    with house.database.view() as session:
        assert heard(session, SEPTEMBER, house.clock.now()) == [(COMMUNE, 0, 1)]
    with pytest.raises(DBAPIError, match="again only"):
        house.tamper(_by_column(number, 1, maker, at))
    assert visit(2, "received") is None
    with pytest.raises(Conflict, match="đã ghi"):
        visit(2, "received")
    with house.database.view() as session:
        assert [(one.result, one.turn) for one in rows_of(session, number)] == [
            ("wrong_amount", 1), ("received", 2), (None, None),
        ]  # fmt: skip
    assert house.rows("select kind, channel from complaint") == [("wrong_amount", "visit")]
    with house.database.view() as session:
        assert heard(session, SEPTEMBER, house.clock.now()) == [(COMMUNE, 1, 2)]
    with house.work() as session:
        empty = publish(session, checker, "2026-08", COMMUNE, house.later())
    with pytest.raises(Refused, match="chưa có khoản"), house.work() as session:
        draw(session, checker, empty, house.later())


def test_pressed_twice_at_once_is_done_once(house: House) -> None:
    """Published, drawn and asked by two at the same moment: one is told that it was done."""
    collected(house)
    checker, maker = house.officer(CHECKER), house.officer(MAKER)

    def at_once(act: Callable[[Session], object]) -> list[str]:
        start = Barrier(2)

        def one(_: int) -> str:
            start.wait()
            try:
                with house.work() as session:
                    act(session)
                return "done"
            except Conflict as error:
                return str(error)

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(one, range(2)), key=lambda told: told == "done")

    def visit(session: Session, ordinal: int, result: str) -> object:
        now = house.clock.now()
        return record_visit(session, house.keyring, maker, 1, ordinal, result, None, now)

    for act, told in (
        (
            lambda session: publish(session, checker, SEPTEMBER, COMMUNE, house.clock.now()),
            "công bố",
        ),
        (lambda session: draw(session, checker, 1, house.clock.now()), "đã rút"),
        (partial(visit, ordinal=1, result="not_received"), "đã ghi kết quả"),
        (partial(visit, ordinal=2, result="received"), "đã ghi kết quả"),
    ):
        house.later()
        refused, done = at_once(act)
        assert told in refused
        assert done == "done"


def test_by_command(house: House) -> None:
    def run(*words: str) -> Result:
        url = house.database.url.render_as_string(hide_password=False)
        return CliRunner().invoke(cli, ["verification", *words, "--database", url])

    def told(*words: str) -> Any:
        result = run(*words, "--json")
        assert result.exit_code == 0, result.exception
        return json.loads(result.output)

    collected(house)
    asked = ("--period", SEPTEMBER, "--area", COMMUNE, "--officer")
    assert isinstance(run("publish", *asked, "auditor").exception, Forbidden)
    assert "Số gieo" in run("publish", *asked, CHECKER).output
    assert told("draw", "1", "--officer", CHECKER) == {"sample": 1, "size": 3}
    assert "chưa hỏi" in run("show", "1", "--officer", MAKER).output
    visited = told("visit", "1", "1", "--result", "not_received", "--officer", MAKER)
    assert visited["complaint"] == 1
    whose = told("show", "1", "--officer", MAKER)["rows"][1]
    confirmed = ("confirm", str(whose["person_id"]), str(whose["payment_id"]), "--received")
    assert told(*confirmed, "--officer", MAKER)["complaint"] is None
    assert "1 trên 2 khoản" in run("count", "--period", SEPTEMBER).output
