"""What the database refuses of lines placed by hand, whoever writes; on either database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from ledger.schema import metadata
from tests.factories import SEPTEMBER, House, booked, september_sent
from tests.reconciliation.desk import DAY, SENT, bare, came, match, matching, proposed, unmatch

pytestmark = pytest.mark.stage(of=september_sent)


def refused(house: House, why: str, table: str, **values: Any) -> None:
    with pytest.raises(DBAPIError, match=why), house.owner.engine.begin() as connection:
        connection.execute(insert(metadata.tables[table]).values(values))


def spoilt(house: House, why: str, statement: str) -> None:
    with pytest.raises(DBAPIError, match=why):
        house.tamper(statement)


def test_nobody_proposes_or_decides_for_another(house: House) -> None:
    row = proposed(house, matching(house, came(house, bare()), (house.reference(1, SEPTEMBER), 0)))
    now, two = house.later(), house.officer("finance.two")
    told = {"content": "{}", "reason": "r", "amount": 1, "proposed_at": now, "bank_line_id": 1}
    refused(house, "an officer confirms it himself", "line_proposal", kind="match", digest="d",
            proposed_by=two, act_id=row.act_id - 1, **told)  # fmt: skip
    said = {"proposal_id": row.id, "proposed_by": row.proposed_by, "digest": row.digest,
            "reason": "r", "decided_at": now}  # fmt: skip
    refused(house, "an officer confirms it himself", "line_decision", verdict="confirmed",
            officer_id=two, act_id=row.act_id, **said)  # fmt: skip
    refused(house, "himself|two_persons", "line_decision", verdict="confirmed",
            officer_id=row.proposed_by, act_id=row.act_id, **said)  # fmt: skip
    spoilt(house, "append-only", "update line_proposal set reason = 'x'")


def test_nothing_is_placed_that_two_did_not_confirm(house: House) -> None:
    line = came(house, bare())
    row = proposed(house, matching(house, line, (house.reference(1, SEPTEMBER), 0)))
    part = {"proposal_id": row.id, "ordinal": 1, "target_id": 1, "amount": SENT, "was": "ready"}
    refused(house, "confirmed by two", "line_part", verdict="settled", **part)
    refused(house, "by two", "line_placing", proposal_id=row.id, bank_line_id=line, entry_id=1,
            posted_on=house.clock.now().date(), placed_at=house.clock.now())  # fmt: skip
    refused(house, "every entry of the placing", "line_unplacing", proposal_id=row.id,
            placing_id=row.id, bank_line_id=line, entry_id=1,
            posted_on=house.clock.now().date(), recorded_at=house.clock.now())  # fmt: skip


def test_a_target_and_a_line_are_used_once(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    line = came(house, bare(), bare(-SENT, "FT-2")) - 1
    match(house, line, (one, 0))
    placed = house.rows("select proposal_id, target_id from line_part")
    (proposal, target), = placed  # fmt: skip
    part = {"amount": SENT, "was": "ready", "verdict": "settled", "target_id": target}
    # Parts cannot be added to what is placed, nor may another proposal take the same target.
    refused(house, "line_part", "line_part", proposal_id=proposal, ordinal=2, **part)
    other = proposed(house, matching(house, line + 1, (house.reference(2, SEPTEMBER), 0)))
    refused(house, "line_part", "line_part", proposal_id=other.id, ordinal=1, **part)
    match(house, line + 1, (house.reference(2, SEPTEMBER), 0))
    refused(house, "line_placing", "line_placing", proposal_id=other.id, bank_line_id=line,
            entry_id=99, posted_on=house.clock.now().date(),
            placed_at=house.clock.now())  # fmt: skip


def test_what_was_taken_back_is_marked_by_the_database_alone(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    line = came(house, bare())
    match(house, line, (one, 0))
    for table in ("outcome", "line_part", "line_placing"):
        spoilt(house, "two officers take it back|undone", f"update {table} set undone_by = 1")
        spoilt(house, "append-only|kept", f"delete from {table}")
    spoilt(house, "written fact|two officers", "update outcome set posted_on = '2026-01-01'")
    spoilt(house, "two officers take it back|evidence",
           f"update instruction set state = 'ready' where reference = '{one}'")  # fmt: skip
    unmatch(house, line)
    spoilt(
        house, "no evidence", f"update instruction set state = 'settled' where reference = '{one}'"
    )
    spoilt(house, "undone|two officers", "update line_part set undone_by = 0")


def test_what_came_back_by_the_matcher_is_not_taken_back(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    came(house, booked(one, -SENT, DAY))
    spoilt(house, "two officers take it back",
           f"update instruction set state = 'ready' where reference = '{one}'")  # fmt: skip
