"""Money is whole, time is handed in, and one file commits."""

from __future__ import annotations

import ast

import pytest

from tests.support.source import OTHER_INSTITUTION, PACKAGES, calls, python_files, tree

pytestmark = pytest.mark.house

ROOMS_OF_MONEY = (
    "ledger",
    "bank_adapters",
    "reconciliation",
    *(
        f"app/{room}"
        for room in (
            "benefits",
            "beneficiaries",
            "payroll",
            "disbursement",
            "indicators",
            "statements",
            "units",
            "text.py",
        )
    ),
)
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "date.today",
    "datetime.date.today",
    "time.time",
    "time.localtime",
}
DICE = {"uuid4", "uuid.uuid4", "uuid1", "uuid.uuid1", "random.random", "random.randint"}
COMMITS = "app/db.py"
CLOCK = "app/clock.py"
# Upgrades and rights, backup and restore, the demo's set-up, and the intruder of `ansinh cheat`.
OPENS_AS_OWNER = {
    "app/cli/conform/mould.py",
    "app/cli/database.py",
    "app/cli/demo/run.py",
    "app/cli/frauds/stage.py",
    "app/cli/keeping.py",
    "app/keeping/restore.py",
    "app/keeping/sqlite.py",
}


def found(folders: tuple[str, ...], *names: str, ends: str = "") -> list[str]:
    """Where one of `names` is called below `folders` (or a name that ends in `ends`)."""
    return [
        f"{path}:{line}: {name}"
        for path in python_files(*folders)
        if not path.startswith(OTHER_INSTITUTION)
        for line, name in calls(path)
        if name in names or (ends and name.endswith(ends))
    ]


def test_only_the_database_file_commits() -> None:
    assert [one for one in found(PACKAGES, ends=".commit") if not one.startswith(COMMITS)] == []


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    assert [one for one in found(PACKAGES, *CLOCKS) if not one.startswith(CLOCK)] == []


def test_no_room_throws_dice() -> None:
    assert found(PACKAGES, *DICE) == []


def test_no_room_of_money_makes_a_float() -> None:
    assert found(ROOMS_OF_MONEY, "float") == []


def test_only_the_owners_commands_open_a_database_as_owner() -> None:
    """Everything else works on a connection that cannot change the schema or lift a rule."""
    opens = {
        path
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Database"
        and any(one.arg == "owner" for one in node.keywords)
    }
    assert opens == OPENS_AS_OWNER
