"""Every planted bug is caught by the test that the list names (docs/planted-bugs.md)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.planted.planting import FAILED, PASSED, Bug, Nursery, bugs, nursery
from tests.support.source import ROOT

BUGS = bugs()
PAGE = ROOT / "docs" / "planted-bugs.md"


QUICK = [one for one in BUGS if one.quick]
SLOW = [one for one in BUGS if not one.quick]


@pytest.fixture(scope="session")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Nursery:
    """The copy, with nothing planted."""
    return nursery(tmp_path_factory.mktemp("nursery"))


def caught(garden: Nursery, bug: Bug) -> None:
    with garden.planted(bug):
        number, _, told = garden.run([bug.test], bug.on)
    assert number == FAILED, told


def without_them_all_passes(garden: Nursery, few: Sequence[Bug]) -> None:
    for on in sorted({one.on for one in few}):
        number, _, told = garden.run(sorted({one.test for one in few if one.on == on}), on)
        assert number == PASSED, told


def test_a_few_are_caught(garden: Nursery) -> None:
    without_them_all_passes(garden, QUICK)
    for bug in QUICK:
        caught(garden, bug)


@pytest.mark.long
def test_without_a_bug_every_test_passes(garden: Nursery) -> None:
    without_them_all_passes(garden, SLOW)


@pytest.mark.long
@pytest.mark.parametrize("bug", SLOW, ids=lambda one: one.name)
def test_each_is_caught(garden: Nursery, bug: Bug) -> None:
    caught(garden, bug)


def test_there_are_many_and_each_has_its_place() -> None:
    """Where the source has changed, the list must follow."""
    assert len(BUGS) >= 20
    assert len({one.name for one in BUGS}) == len(BUGS)
    for one in BUGS:
        assert (ROOT / one.file).read_text("utf-8").count(one.old) == 1, one.name
        path, _, name = one.test.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text("utf-8"), one.name


def test_the_page_names_each() -> None:
    page = PAGE.read_text("utf-8")
    for one in BUGS:
        assert f"| {one.name} | {one.what} | `{one.file}` | `{one.test}` |" in page, one.name


def test_a_place_that_is_not_there_is_told(garden: Nursery) -> None:
    bug = Bug("x", "x", BUGS[0].file, "no such words", "", BUGS[0].test)
    with pytest.raises(ValueError, match="0 such places"), garden.planted(bug):
        pass
