"""Reason codes and statuses mean what the tables say, and nothing is guessed."""

from __future__ import annotations

import pytest

from bank_adapters.reasons import CodeSet, Effect, Owner, ReasonClass, reason, table
from bank_adapters.statuses import Meaning, meaning


@pytest.mark.parametrize(
    ("code_set", "code", "expected"),
    [
        ("return", "AC04", ReasonClass.REPAIR),
        ("return", "BE08", ReasonClass.RETRY),
        ("status", "BE08", ReasonClass.OURS),
        ("return", "MD07", ReasonClass.TERMINAL),
        ("status", "DUPL", ReasonClass.OURS),
        ("return", "UPAY", ReasonClass.INFO),
        ("list", "UPAY", ReasonClass.CARRY),
        ("list", "AC04", ReasonClass.REPAIR),
        ("return", "R02", ReasonClass.REVIEW),
        ("status", "", ReasonClass.REVIEW),
        ("return", " ac01 ", ReasonClass.REPAIR),
    ],
)
def test_class(code_set: str, code: str, expected: ReasonClass) -> None:
    assert reason(CodeSet(code_set), code).reason_class is expected


def test_every_row_has_words_for_both_readers() -> None:
    assert len(table()) > 160
    for found in table().values():
        assert found.officer.endswith(".")
        assert found.person.endswith(".")
        assert found.action.endswith(".")
        assert "\ufffd" not in found.officer + found.person


@pytest.mark.parametrize(
    ("code_set", "code", "owner", "deadline", "effect"),
    [
        ("return", "AC04", Owner.COMMUNE, 5, Effect.BAN),
        ("return", "AC06", Owner.COMMUNE, 5, Effect.CHANGE),
        ("return", "AC16", Owner.LEADER, 1, Effect.NONE),
        ("return", "MD07", Owner.LEADER, 1, Effect.NONE),
        ("status", "AM04", Owner.FINANCE, 1, Effect.NONE),
        ("status", "FF01", Owner.ADMIN, 1, Effect.NONE),
        ("status", "DUPL", Owner.FINANCE, 1, Effect.NONE),
        ("list", "UPAY", Owner.COMMUNE, 10, Effect.NONE),
        ("return", "XX99", Owner.FINANCE, 1, Effect.NONE),
    ],
)
def test_whose_work_it_is_until_when_and_what_becomes_of_the_account(
    code_set: str, code: str, owner: Owner, deadline: int, effect: Effect
) -> None:
    found = reason(CodeSet(code_set), code)
    assert (found.owner, found.deadline, found.effect) == (owner, deadline, effect)
    assert found.owner_words
    assert found.effect_words.endswith(".")


def test_only_what_lies_in_the_account_changes_it() -> None:
    for found in table().values():
        assert (found.effect is not Effect.NONE) == (found.reason_class is ReasonClass.REPAIR)
        assert 0 < found.deadline <= 10


def test_marks() -> None:
    assert reason(CodeSet.STATUS, "DUPL").duplicate
    assert reason(CodeSet.RETURN, "AC04").account_unusable
    assert not reason(CodeSet.RETURN, "AC06").account_unusable
    assert not reason(CodeSet.RETURN, "XX99").known


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        *[(one, "", Meaning.HEARD) for one in ("RCVD", "ACTC", "ACFC", "PDNG", "PATC")],
        *[(one, "", Meaning.ACCEPTED) for one in ("ACCP", "ACSP", "ACWC")],
        ("ACSC", "", Meaning.DEBITED),
        ("ACCC", "", Meaning.CREDITED),
        ("RJCT", "AC01", Meaning.REJECTED),
        ("CANC", "", Meaning.REJECTED),
        ("RJCT", "AM05", Meaning.DUPLICATE),
        ("RJCT", "DUPL", Meaning.DUPLICATE),
        ("BLCK", "", Meaning.HELD),
        ("PART", "", Meaning.PER_TRANSACTION),
        ("RVNM", "", Meaning.NAME_CHECK),
        (" rjct ", "", Meaning.REJECTED),
        ("OK", "", Meaning.UNKNOWN),
        ("", "", Meaning.UNKNOWN),
    ],
)
def test_meaning(status: str, code: str, expected: Meaning) -> None:
    assert meaning(status, code) is expected
