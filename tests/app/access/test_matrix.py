"""Roles x actions x whose line it is: what the matrix forbids never succeeds, what it allows does.

The matrix is `matrix.csv`: which roles may do an act, and whether they may where the person is the
officer himself, of his household or of his account. Every cell is tried through the rooms.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache, partial
from itertools import groupby, product
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from app.access.officers import add_officer
from app.cli.main import cli
from tests.app.access.a_month import acts_of, through_the_month
from tests.app.access.acting import ACTS, allowed
from tests.factories import COMMUNE, OTHER_COMMUNE, SEPTEMBER, House, in_cash, row
from tests.support.province import SECRET

HERE = Path(__file__).parent
OFFICERS = {
    "maker": f"maker.{COMMUNE}",
    "checker": f"checker.{COMMUNE}",
    "approver": f"approver.{COMMUNE}",
    "releaser": "finance.one",
    "auditor": "auditor",
    "admin": "admin.one",
    "desk": "desk",
    "helper": "helper",
    "none": "newcomer",
    "maker elsewhere": f"maker.{OTHER_COMMUNE}",
    "checker elsewhere": f"checker.{OTHER_COMMUNE}",
    "approver elsewhere": f"approver.{OTHER_COMMUNE}",
}
# Whose row an officer's ID names: nobody's, person 1's, and two of another commune.
TARGETS = {"other": None, "own": 1, "household": 8, "account": 9}


class Cell(NamedTuple):
    """An act, who tries it, and whose money it is about."""

    action: str
    role: str
    target: str


@cache
def matrix() -> dict[str, tuple[frozenset[str], bool, bool]]:
    """Roles that may do each act, whether where they are near, and whether for another unit."""
    with (HERE / "matrix.csv").open(encoding="utf-8") as file:
        return {
            one["action"]: (
                frozenset(one["roles"].split()),
                one["near"] == "yes",
                one["elsewhere"] == "yes",
            )
            for one in csv.DictReader(file)
        }


def may(cell: Cell) -> bool:
    """What the matrix says of a cell."""
    roles, near, elsewhere = matrix()[cell.action]
    role = cell.role.removesuffix(" elsewhere") if elsewhere else cell.role
    return role in roles and (cell.target == "other" or near)


EARLY = "2026-08-20T01:00:00.000000+00:00"
_TOLD = (
    "insert into check_request (id, code, source, area_code, channel, people, answered, digest,"
    " state, made_by, made_at, moved_at, fault) values (1, 'c', 'population', '', 'file', 1, 1, '',"
    f" 'answered', 'cli', '{EARLY}', '{EARLY}', '')",
    "insert into check_asked (request_id, line, person_id, subject_key) values (1, 1, 1, 'k')",
    "insert into check_result (id, request_id, line, person_id, source, result, details,"
    f" checked_at, recorded_at) values (1, 1, 1, 1, 'population', 'dead', '', '{EARLY}',"
    f" '{EARLY}')",
    "insert into death_notice (id, result_id, person_id, last_period, recorded_at)"
    f" values (1, 1, 1, '2026-09', '{EARLY}')",
    "insert into life_event (person_id, kind, happened_on, happened_period, known_period, facts,"
    " source, digest, state, entered_by, stop_period, recorded_at) values (1, 'death',"
    f" '2026-09-05', '2026-09', '2026-10', 'f', 's', 'd', 'proposed', 0, '2026-09', '{EARLY}')",
    "insert into doubt (id, rule, subject, facts, area_code, period, people, is_exact, is_blocking,"
    f" found_at) values (1, 'same_person', 's', 'f', '{COMMUNE}', '2026-09', 2, 0, 0, '{EARLY}')",
    "insert into doubt_person (doubt_id, person_id, is_held) values (1, 1, 0), (1, 2, 0)",
)


def a_month(house: House) -> None:
    """A list of three; two officers without business; a death told, an event, a doubt; and in the
    other commune somebody of person 1's household and somebody with person 1's account."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.list_month(SEPTEMBER)
    theirs = row(8), row(9, account=row(1).account)
    house.register(SEPTEMBER, *theirs, commune=OTHER_COMMUNE)
    house.tamper(f"insert into household (area_code, number) values ('{COMMUNE}', '7')")
    keys = ", ".join(f"'{key_of(house, one)}'" for one in (1, 8))
    house.tamper(
        "update person set household_id = (select max(id) from household)"
        f" where citizen_key in ({keys})"
    )
    for statement in _TOLD:
        house.tamper(statement)
    for number, name in enumerate(("newcomer", "leaver")):
        with house.work() as session:
            add_officer(session, house.keyring, name, name, f"00118088000{number}", SECRET)
    house.grant("leaver", "auditor", "")


def key_of(house: House, person: int) -> str:
    """The index of the ID of person `person`."""
    return house.keyring.index("person.citizen_id", row(person).citizen_id)


def stands_near(house: House, username: str, target: str) -> None:
    """Let the officer be nobody on the register, person 1 himself, of his home, or his account."""
    person = TARGETS[target]
    key = key_of(house, person) if person else "nobody"
    house.tamper(f"update officer set citizen_key = '{key}' where username = '{username}'")


def cells(house: House, acts: Sequence[str]) -> Iterator[Cell]:
    """Every cell of these acts; on PostgreSQL, which is slow to be asked, whoever has no right to
    an act at all tries it on a stranger only."""
    for role, target, action in product(OFFICERS, TARGETS, acts):
        cell = Cell(action, role, target)
        if house.database.is_sqlite or target == "other" or may(cell._replace(target="other")):
            yield cell


def tried(house: House, state: str, payroll: int) -> dict[Cell, str]:
    """The cells of the acts of a state: '' where the act was done, else what was said."""
    found = {}
    mine = cells(house, acts_of(state))
    for (role, target), some in groupby(mine, lambda one: (one.role, one.target)):
        stands_near(house, OFFICERS[role], target)
        for cell in some:
            refusal = allowed(house, ACTS[cell.action], OFFICERS[role], payroll)
            found[cell] = str(refusal or "")
        stands_near(house, OFFICERS[role], "other")
    return found


@pytest.mark.stage(of=a_month)
def test_what_the_matrix_forbids_never_succeeds_and_what_it_allows_does(house: House) -> None:
    found = through_the_month(house, partial(tried, house))
    assert sorted(found) == sorted(cells(house, list(matrix())))
    wrongly_done = [cell for cell, said in found.items() if not said and not may(cell)]
    wrongly_refused = {cell: said for cell, said in found.items() if said and may(cell)}
    assert (wrongly_done, wrongly_refused) == ([], {})


def test_every_act_is_in_the_matrix() -> None:
    assert sorted(matrix()) == sorted(ACTS)


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    """The words of every command there is, e.g. 'payroll submit'."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{before}{name}"


@pytest.mark.house
def test_every_command_is_in_the_matrix_or_says_why_not() -> None:
    """A command acts as the matrix says, is tried in a test of its own, reads, or is for whoever
    keeps the machine and asks no officer."""
    with (HERE / "commands.csv").open(encoding="utf-8") as file:
        told = {one["command"]: (one["kind"], one["what"]) for one in csv.DictReader(file)}
    assert sorted(told) == sorted(commands(cli))
    for kind, what in told.values():
        if kind == "act":
            assert set(what.split()) <= set(ACTS)
        elif kind == "test":
            assert "Forbidden" in (HERE.parents[2] / what).read_text("utf-8"), what
        else:
            assert kind in ("reads", "machine")
