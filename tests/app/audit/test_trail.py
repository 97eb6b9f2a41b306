"""The trail: written with what it tells of, in words, chained, and pinned outside."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

import app
from app import schema
from app.audit.chain import prove_trail, seal_trail
from app.audit.reading import Asked, lines
from app.audit.tables import audit_event, audit_link
from app.audit.trail import record
from app.audit.words import dictionary, words_of
from app.disbursement.proofs import Evidence, prove_everything
from app.jobs.month_end import seal_chain
from ledger.anchors import AnchorFile
from ledger.proofs import Proof
from tests.factories import START, House
from tests.support.commands import ansinh

ACTION = re.compile(r"^[a-z_]+(:[a-z_]+){2}$")


def tell(house: House, *things: str) -> None:
    """One line of the trail for each thing."""
    with house.work() as session:
        for thing in things:
            record(session, house.later(), "maker", "cli:person:view", thing, after={"n": thing})


def before(house: House) -> int:
    """How many lines the setting up left."""
    return house.count(audit_event)


def anchors(house: House) -> AnchorFile:
    return house.runtime.anchors


def proof(house: House) -> Proof:
    with house.database.view() as session:
        return prove_trail(session, anchors(house).read())


def forge(house: House, statement: str) -> None:
    """As the owner who takes the rules away first and puts them back afterwards."""
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        connection.execute(text(statement))
        schema.install_rules(connection)


def test_what_was_and_what_is_stand_beside_the_act(house: House) -> None:
    with house.work() as session:
        record(session, house.later(), "maker", "register:person:set", "person:1",
               before={"hamlet": "Tổ 1"}, after={"hamlet": "Tổ 2"})  # fmt: skip
    with house.database.view() as session:
        (line,) = lines(session, Asked(thing="person:1"))
    assert (json.loads(line.before), json.loads(line.after)) == (
        {"hamlet": "Tổ 1"},
        {"hamlet": "Tổ 2"},
    )
    assert "Tổ 1 → Tổ 2" in ansinh(house, "audit", "trail", "--object", "person:1").output


def seen(session: Session) -> int:
    """Writes one line, and gives 0 for what comes after it to fall over."""
    record(session, START, "maker", "cli:person:view", "person:1")
    return 0


def test_an_act_that_fails_leaves_no_line(house: House) -> None:
    there = before(house)
    with pytest.raises(ZeroDivisionError), house.work() as session:
        record(session, house.later(), "maker", "cli:person:view", f"person:{1 / seen(session)}")
    assert before(house) == there


def test_an_act_without_words_is_refused(house: House) -> None:
    with pytest.raises(LookupError, match="cli:person:stroke"), house.work() as session:
        record(session, house.later(), "maker", "cli:person:stroke", "person:1")


def test_lines_are_linked_each_minute_and_proved(house: House) -> None:
    there = before(house)
    tell(house, "person:1", "person:2")
    assert proof(house).figures["waiting"] == there + 2
    seal_chain(house.runtime)
    tell(house, "person:3")
    seal_chain(house.runtime)
    seal_chain(house.runtime)
    done = proof(house)
    assert done.ok
    assert (done.figures["links"], done.figures["waiting"]) == (there + 3, 0)
    assert [one.beside for one in anchors(house).read()][-1] == there + 3


def test_a_line_that_commits_late_comes_later_in_the_chain(house: House) -> None:
    there = before(house)
    tell(house, "person:1")
    with house.work() as session:
        values = {"at": house.later(), "actor": "a", "object": "o", "detail": ""}
        session.execute(insert(audit_event).values(id=99, action="cli:person:view", **values))
    seal_chain(house.runtime)
    tell_late = {"id": 55, "at": house.later(), "actor": "a", "object": "o", "detail": ""}
    with house.work() as session:
        session.execute(insert(audit_event).values(action="cli:person:view", **tell_late))
    seal_chain(house.runtime)
    order = house.rows(select(audit_link.c.event_id).order_by(audit_link.c.position))
    assert [one for (one,) in order][there:] == [there + 1, 99, 55]
    assert proof(house).ok


FORGERIES = {
    "changed": ["update audit_event set actor = 'another' where id = 2"],
    "what was": ["update audit_event set before = '{}' where id = 2"],
    "reordered": ["delete from audit_link where position = 3",
                  "update audit_link set event_id = 3 where position = 1"],
    "cut": ["delete from audit_link where position = 3"],
    "relinked": ["update audit_link set link = 'f' where position = 2"],
}  # fmt: skip


@pytest.mark.parametrize("forgery", sorted(FORGERIES))
def test_what_was_forged_is_found(house: House, forgery: str) -> None:
    tell(house, "person:1", "person:2", "person:3")
    seal_chain(house.runtime)
    for statement in FORGERIES[forgery]:
        forge(house, statement)
    assert not proof(house).ok
    with house.database.snapshot() as session:
        proofs = prove_everything(session, Evidence(anchors(house)))
    assert "trail = its chain" in [one.name for one in proofs if not one.ok]
    told = ansinh(house, "audit", "verify")
    assert told.exit_code == 1
    assert "HỎNG" in told.output


def test_who_rewrites_the_whole_chain_contradicts_the_anchors(house: House) -> None:
    tell(house, "person:1", "person:2")
    seal_chain(house.runtime)
    forge(house, "delete from audit_link")
    forge(house, "update audit_event set actor = 'another' where id = 1")
    with house.work() as session:
        assert seal_trail(session) == before(house)
    with house.database.view() as session:
        assert prove_trail(session).ok
        assert not prove_trail(session, anchors(house).read()).ok


@pytest.mark.parametrize(
    "statement",
    ["update audit_event set actor = 'x'", "delete from audit_event", "delete from audit_link",
     "update audit_link set link = 'x'"],
)  # fmt: skip
def test_the_database_keeps_every_line(house: House, statement: str) -> None:
    tell(house, "person:1")
    seal_chain(house.runtime)
    with pytest.raises(Exception, match="append-only"):
        house.tamper(statement)


@pytest.mark.house
def test_every_act_in_the_code_has_words() -> None:
    missing = set()
    for path in Path(app.__file__).parent.rglob("*.py"):
        code = path.read_text("utf-8")
        if "app.audit.trail" not in code:
            continue
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Call) and _name(node) == "record" and len(node.args) > 3:
                action = node.args[3]
                if isinstance(action, ast.Constant) and action.value not in dictionary():
                    missing.add(action.value)
    assert missing == set()


def _name(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


@pytest.mark.house
def test_every_act_reads_source_subject_action_in_plain_words() -> None:
    actions = list(dictionary())
    assert actions == sorted(actions)
    for action in actions:
        assert ACTION.match(action), action
        assert words_of(action).strip() == words_of(action) != "", action
