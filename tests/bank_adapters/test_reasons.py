"""Reason codes and statuses mean what the tables say, and nothing is guessed."""

from __future__ import annotations

import pytest

from bank_adapters.reasons import CodeSet, ReasonClass, reason, table
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
