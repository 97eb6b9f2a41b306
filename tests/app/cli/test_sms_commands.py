"""What an operator reads of messages: what waits, what was spent, wrong numbers, wishes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.beneficiaries.history_tables import person_change
from app.cli.main import cli
from app.jobs.queueing import queue_messages
from app.messaging import sending
from app.messaging.gateways.contract import Answer, Reply
from app.messaging.states import NO_SUCH_NUMBER
from app.messaging.tables import message
from app.messaging.terms import read_plan
from app.messaging.wishes import NO_AMOUNTS, NO_MESSAGES
from tests.factories import COMMUNE, OCTOBER, SEPTEMBER, House, in_cash
from tests.support.messages import phone, set_phone, told, with_plan


def run(house: House, *words: str) -> Any:
    """The answer of `ansinh sms ...` as data; it tells no number and no text in either shape."""
    url = house.database.url.render_as_string(hide_password=False)
    shown = [
        CliRunner().invoke(cli, ["sms", *words, "--database", url, *more])
        for more in ((), ("--json",))
    ]
    for one in shown:
        assert one.exit_code == 0, one.output
        assert phone(1) not in one.output
        assert "Nong" not in one.output
    return json.loads(shown[1].stdout)


def wish(house: House, what: str, *more: str) -> Any:
    """What `ansinh register wish` of the third person answers."""
    house.later()
    url = house.database.url.render_as_string(hide_password=False)
    told = ("--officer", f"maker.{COMMUNE}", "--reference", "gọi điện", "--database", url, "--json")
    shown = CliRunner().invoke(cli, ["register", "wish", "3", "--wish", what, *told, *more])
    assert shown.exit_code == 0, shown.output
    return json.loads(shown.stdout)


def test_a_wish_ends_and_stands_in_the_history(house: House) -> None:
    house.register(SEPTEMBER, in_cash(1), in_cash(2), in_cash(3))
    assert wish(house, NO_AMOUNTS)["changed"]
    assert wish(house, NO_AMOUNTS, "--ends")["changed"]
    assert run(house, "wishes")["people"] == []
    changes = select(person_change.c.old, person_change.c.new)
    kept = changes.where(person_change.c.field == NO_AMOUNTS).order_by(person_change.c.id)
    assert [tuple(row) for row in house.rows(kept)] == [("không", "có"), ("có", "không")]


def test_what_an_operator_reads(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(house, "status")["on"] is False
    house.register(SEPTEMBER, in_cash(1), in_cash(2), in_cash(3))
    for one in (1, 2, 3):
        set_phone(house, one, phone(one))
    house.on("2026-09-10")
    runtime = with_plan(house)
    monkeypatch.setenv("ANSINH_MESSAGES", str(runtime.settings.messages))
    queue_messages(runtime)
    house.paid_out(SEPTEMBER)
    assert wish(house, NO_MESSAGES)["changed"] is True
    assert wish(house, NO_MESSAGES)["changed"] is False
    assert queue_messages(runtime) == "cash_ready 2"
    (row,) = run(house, "status")["waiting"]
    assert (row["state"], row["messages"], row["cost"]) == ("queued", 2, 700)
    _no_such_number(house, runtime)
    assert [one["person"] for one in run(house, "hygiene")["people"]] == [1]
    assert [one["person"] for one in run(house, "wishes")["people"]] == [3]
    assert run(house, "wishes", "--after", "3")["people"] == []
    # Nobody writes to a number that does not exist; with another one the person is told again.
    house.on("2026-10-09")
    house.register(OCTOBER, *(in_cash(one, phone=phone(one)) for one in (1, 2, 3)))
    house.paid_out(OCTOBER)
    assert queue_messages(runtime) == "cash_ready 1"
    set_phone(house, 1, "0987654321")
    assert run(house, "hygiene")["people"] == []
    assert {number for _, number, _, _ in told(house)} == {phone(1), phone(2)}


def _no_such_number(house: House, runtime: Any) -> None:
    """The gateway takes the second message and knows no such number for the first."""
    plan, now = read_plan(runtime.settings.messages), house.clock.now()
    assert plan is not None
    first = house.ask(select(message.c.id).where(message.c.person_id == 1))
    with house.work() as session:
        rows = sending.claim(session, "w", plan.of(now.date()), now, 5)
        for row in rows:
            wrong = Reply(Answer.REFUSED, reason=NO_SUCH_NUMBER)
            reply = wrong if row.id == first else Reply(Answer.TAKEN)
            assert sending.record(session, row.id, "w", "box", reply, now)
    status = run(house, "status")
    assert status["waiting"] == []
