"""Calls become files: once, whoever packs, and however often he dies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import schema
from app.channels.inbound import Call, keep
from app.channels.inbound_tables import inbound_event
from app.disbursement.sending_tables import trouble
from app.errors import Conflict
from app.jobs import packing
from app.jobs.collecting import collect_files
from app.jobs.packing import pack_events
from bank_adapters.contract import RemoteFile
from bank_adapters.transports.folder import FolderCourier, FolderTarget
from reconciliation.tables import inbound_file
from tests.factories import BANK, POST, House
from tests.support.calling import said


class Killed(BaseException):
    """The process is gone."""


def call(house: House, number: int, provider: str = BANK) -> None:
    body = said(f"R{number}", "ACCP")
    with house.work() as session:
        keep(session, house.keyring, Call(provider, f"evt_{number}", "1", "s", body), house.later())


def stored(house: House) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in house.runtime.inbound.rglob("*") if one.is_file()}


def test_packed_twice_is_packed_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "CALLS_MOST", 2)
    for number in range(5):
        call(house, number)
    call(house, 5, POST)
    assert (pack_events(house.runtime), pack_events(house.runtime)) == ("6 calls", "0 calls")
    names = [
        name for (name,) in house.rows(select(inbound_file.c.name).order_by(inbound_file.c.id))
    ]
    assert names == [f"events:callback:{one}" for one in
                     (f"{BANK}:1-2", f"{BANK}:3-4", f"{BANK}:5-5", f"{POST}:6-6")]  # fmt: skip
    where = dict(house.rows(select(inbound_event.c.id, inbound_event.c.packed_in)))
    assert where == {1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 4}
    call(house, 0)  # the bank says it again: it was packed, and is not packed anew
    assert pack_events(house.runtime) == "0 calls"


@pytest.mark.parametrize("act", ["keep", "receive"])
def test_a_worker_that_dies_leaves_what_the_next_one_makes_again(
    house: House, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """Before its row, or before its commit: the same bytes come again, and one file of them."""
    for number in range(3):
        call(house, number)

    def killed(*_: object) -> bool:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(packing.intake, act, killed)
        with pytest.raises(Killed):
            pack_events(house.runtime)
    left = stored(house)
    assert len(left) == 1
    assert house.count(inbound_file) == 0
    assert pack_events(house.runtime) == "3 calls"
    assert list(stored(house).values()) == list(left.values())
    assert [one for one in (house.runtime.inbound / "arriving").rglob("*") if one.is_file()] == []


def test_of_two_workers_one_packs(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one had read the calls already; more came meanwhile."""
    for number in range(3):
        call(house, number)
    slow = packing._written

    def overtaken(store: Path, packet: packing._Packet) -> Path:
        monkeypatch.setattr(packing, "_written", slow)
        call(house, 3)
        assert pack_events(house.runtime) == "4 calls"
        return slow(store, packet)

    monkeypatch.setattr(packing, "_written", overtaken)
    assert pack_events(house.runtime) == f"0 calls; trouble at {BANK}"
    assert house.count(inbound_file) == 1
    assert set(house.rows(select(inbound_event.c.packed_in))) == {(1,)}


@pytest.mark.parametrize("left", [None, 1, 20])
def test_a_call_that_was_changed_stops_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch, left: int | None
) -> None:
    """Another id, or `left` bytes of it: the cipher is bound to how it came. Put right it goes."""
    monkeypatch.setattr(packing, "CALLS_MOST", 1)
    for number in range(2):
        call(house, number)
    call(house, 2, POST)
    event_id, body = house.rows(select(inbound_event.c.event_id, inbound_event.c.body))[0]
    altered(house, event_id=event_id if left else "evt_9", body=body[:left])
    assert pack_events(house.runtime) == f"2 calls; trouble at {BANK}"
    assert pack_events(house.runtime) == f"0 calls; trouble at {BANK}"
    assert house.rows(select(trouble.c.subject, trouble.c.error, trouble.c.times)) == [
        ("calls", "1 tin không mở được, số 1.", 2)
    ]
    altered(house, event_id=event_id, body=body)
    assert pack_events(house.runtime) == "1 calls"
    assert house.ask(select(trouble.c.ended_at)) is not None


def altered(house: House, **values: Any) -> None:
    """The first call, written over by somebody who took the rules away."""
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        connection.execute(update(inbound_event).where(inbound_event.c.id == 1).values(**values))
        schema.install_rules(connection)


def test_a_worker_whose_slot_was_taken_over_packs_nothing(house: House) -> None:
    call(house, 0)

    def lost(_: Session) -> None:
        raise Conflict("lost", "")

    with pytest.raises(Conflict, match="lost"):
        pack_events(replace(house.runtime, database=house.database.checked(lost)))
    assert (house.count(inbound_file), pack_events(house.runtime)) == (0, "1 calls")


class Imitator(FolderCourier):
    """A provider whose file is called like one of ours."""

    def waiting(self) -> list[RemoteFile]:
        return [RemoteFile("events:callback:x:1-1", 1)]


def test_no_provider_sends_a_file_of_ours(house: House) -> None:
    for name in ("in", "out"):
        (house.home / name).mkdir()
    opened = {BANK: lambda: Imitator(FolderTarget(house.home))}
    told = collect_files(replace(house.runtime, couriers=opened))
    assert told == f"0 files; trouble at {BANK}"
    assert house.count(inbound_file) == 0
