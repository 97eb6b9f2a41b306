"""What was confirmed, and what was received: rows written by hand do not pass for it."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.disbursement import claims, submission
from app.disbursement.acts import prove_acts
from app.disbursement.originals import prove_originals
from app.disbursement.proofs import prove_batches
from app.errors import Held, Refused
from ledger.proof import Proof
from reconciliation.intake import is_as_received, stored_path
from tests.factories import SEPTEMBER, House, in_cash, row, september_sent


def september_to_release(house: House) -> None:
    """September is approved, its money has come, its two batches are built for the 10th."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    house.build(SEPTEMBER, date(2026, 9, 10))


def acts(house: House, with_keys: bool = True) -> Proof:
    with house.database.view() as session:
        return prove_acts(session, house.keyring if with_keys else None)


@pytest.mark.stage(of=september_sent)
def test_acts_of_officers_are_sealed_and_bound(house: House) -> None:
    proof = acts(house)
    assert proof.ok
    assert proof.figures["acts"] == house.ask("select count(*) from act")


@pytest.mark.stage(of=september_sent)
def test_an_act_written_by_hand_has_no_seal(house: House) -> None:
    house.tamper(
        "insert into act (step, officer_id, timecode, digest, things, total, acted_at, seal)"
        " select step, officer_id, 1, digest, things, total, acted_at, seal from act"
        " where id = (select max(id) from act)"
    )
    assert not acts(house).ok
    assert acts(house, with_keys=False).ok


@pytest.mark.stage(of=september_to_release)
def test_a_release_that_is_only_a_state_is_found_and_not_sent(house: House) -> None:
    forged = "update batch set state = 'released' where id = 1"
    with pytest.raises(DBAPIError, match="two persons release it"):
        house.tamper(forged)
    tail = "" if house.database.is_sqlite else " on batch"
    house.tamper(f"drop trigger batch_released_by_two{tail}")
    house.tamper(forged)
    assert acts(house).figures["released_by_fewer_than_two"] == [1]
    sealed = submission.Sealed(1, house.home / "x", "x", "0" * 64)
    with pytest.raises(Refused, match="không có đủ hai người"), house.work() as session:
        claims.claim(session, sealed, "test", house.on("2026-09-10"))


@pytest.mark.stage(of=september_sent)
def test_a_sealed_file_is_named_once(house: House) -> None:
    with pytest.raises(DBAPIError, match="sealed once"):
        house.tamper("update batch set sha256 = 'x' where id = 1")


@pytest.mark.stage(of=september_to_release)
def test_instructions_are_their_approved_lines(house: House) -> None:
    with house.database.view() as session:
        assert prove_batches(session).ok
    on_table = "" if house.database.is_sqlite else " on instruction"
    house.tamper(f"drop trigger instruction_frozen{on_table}")
    house.tamper("update instruction set method = 'post' where id = 1")
    with house.database.view() as session:
        assert prove_batches(session).figures["not_as_approved"] == [1]


@pytest.mark.stage(of=september_to_release)
@pytest.mark.parametrize("table", ["payroll", "payroll_line", "batch", "instruction", "officer"])
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_nothing_is_written_over(house: House, table: str) -> None:
    """Only SQLite knows INSERT OR REPLACE."""
    with pytest.raises(IntegrityError):  # whichever of the table's rules is asked first
        house.tamper(f"insert or replace into {table} select * from {table} where id = 1")


def file_of(house: House, data: bytes, state: str) -> int:
    """A file from a provider, its bytes in the store."""
    digest = hashlib.sha256(data).hexdigest()
    path = stored_path(house.home / "inbound", digest)
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    house.tamper(
        "insert into inbound_file (provider, name, sha256, size_bytes, received_at, state, why)"
        f" select 'banka', 'a.xml', '{digest}', 1, max(acted_at), '{state}', '' from act"
    )
    return int(house.ask("select max(id) from inbound_file"))


LINE = (
    "insert into bank_line (file_id, provider, account, entry_key, kind, amount, reference,"
    " booked_on, value_on, bank_reference, status, reason, is_return, voucher, counterparty,"
    " remittance) select id, 'banka', '1', 'k', 'booked', 1, 'r', '2026-09-10', '2026-09-10',"
    " '', '', '', 0, '', '', '' from inbound_file"
)


@pytest.mark.stage(of=september_sent)
def test_no_line_is_hung_on_a_file_that_was_applied(house: House) -> None:
    file_of(house, b"x", "applied")
    with pytest.raises(DBAPIError, match="the file was read already"):
        house.tamper(LINE)


@pytest.mark.stage(of=september_sent)
def test_raw_bytes_are_looked_at_again(house: House) -> None:
    store = house.home / "inbound"
    number = file_of(house, b"x", "read")
    with house.database.view() as session:
        assert prove_originals(session, store, None).ok
    digest = hashlib.sha256(b"x").hexdigest()
    stored_path(store, digest).write_bytes(b"y")
    assert not is_as_received(store, digest)
    with house.database.view() as session:
        assert prove_originals(session, store, None).figures["missing"] == [number]
    stored_path(store, digest).unlink()
    assert not is_as_received(store, digest)


def test_what_was_carried_is_what_was_sealed() -> None:
    submission.require_carried("a.xml", "1", "1")
    with pytest.raises(Held, match="trong lúc gửi"):
        submission.require_carried("a.xml", "2", "1")
