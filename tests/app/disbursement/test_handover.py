"""A bank that is reached by hand: two officers stand for the file, and its answer comes back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.access.together import Signer
from app.config import Settings
from app.disbursement.acts import prove_acts
from app.disbursement.handover import Taken, bring_answer, confirm_handover, take
from app.disbursement.handover_tables import handover, handover_receipt
from app.disbursement.submission import file_digest
from app.errors import AnSinhError, Conflict, Forbidden, InputError, NotFound, Refused
from app.jobs.channels import channels_of
from app.jobs.collecting import collect_files
from app.jobs.runtime import Runtime
from app.jobs.sending import send_batches
from reconciliation.tables import inbound_file
from tests.app.disbursement.test_sending import september_released
from tests.factories import BANK, POST, House
from tests.support.channels import set_up_channel, settings_of
from tests.support.commands import ansinh, ansinh_json
from tests.support.forging import forged_act
from tests.support.province import SECRET

pytestmark = pytest.mark.stage(of=september_released)


def runtime_of(house: House) -> Runtime:
    """The house's channels, one of them by hand and one that carries nothing here."""
    settings: Settings = settings_of(house)
    set_up_channel(house, settings, POST, "hand")
    set_up_channel(house, settings, BANK, "folder", f'[courier]\npath = "{house.home}/bank"\n')
    for name in ("in", "out"):
        (house.home / "bank" / name).mkdir(parents=True)
    return replace(
        house.runtime, connect=channels_of(house.database, settings, house.clock)
    ).connected()


def batch_of(house: House, provider: str) -> int:
    return int(house.ask("select b.id from batch b join contract c on c.id = b.contract_id"
                         f" where c.provider = '{provider}'"))  # fmt: skip


def takes(house: House, batch: int, by: str = "finance.one", reason: str = "mang đi") -> Taken:
    now, who = house.later(), house.officer(by)
    with house.work() as session:
        signer = Signer(who, house.code())
        return take(session, house.keyring, house.home, signer, batch, reason, now)


def confirms(house: House, batch: int, by: str = "finance.two") -> None:
    now, who = house.later(), house.officer(by)
    with house.work() as session:
        signer = Signer(who, house.code())
        confirm_handover(session, house.keyring, signer, batch, "Biên nhận 12/2026", now)


def brings(house: House, path: Path, provider: str = POST, by: str = "finance.one") -> str:
    now, who = house.later(), house.officer(by)
    with house.work() as session:
        signer = Signer(who, house.code())
        return bring_answer(session, house.keyring, house.home, signer, provider, path, now)


def test_a_file_is_taken_and_handed_over_by_two(house: House) -> None:
    run, batch = runtime_of(house), batch_of(house, POST)
    with pytest.raises(Refused, match="chưa được gửi ra"):
        takes(house, batch)
    send_batches(run)
    with pytest.raises(NotFound):
        confirms(house, batch)
    taken = takes(house, batch)
    assert file_digest(taken.path) == taken.sha256
    assert (taken.lines, taken.total) == (1, 500_000)
    assert takes(house, batch) == taken  # the copy was lost on the way: he may have it again
    with pytest.raises(Conflict):
        takes(house, batch, by="finance.two")
    with pytest.raises(Refused, match="không được tự xác nhận"):
        confirms(house, batch, by="finance.one")
    with pytest.raises(Forbidden):
        confirms(house, batch, by="checker.01273")
    confirms(house, batch)
    with pytest.raises(Conflict):
        confirms(house, batch)
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
    said = house.rows("select action from audit_event where action like '%handover%' order by id")
    assert [one.rpartition(":")[2] for (one,) in said] == ["take", "take", "confirm"]


def test_a_file_that_was_changed_is_not_taken(house: House) -> None:
    run, batch = runtime_of(house), batch_of(house, POST)
    send_batches(run)
    (path,) = (house.home / "by-hand" / POST / "in").iterdir()
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(Refused, match="niêm phong"):
        takes(house, batch)
    with pytest.raises(Refused, match="bằng tay"):
        takes(house, batch_of(house, BANK))
    with pytest.raises(InputError):
        takes(house, batch, reason=" ")


def test_the_answer_is_collected_once(house: House, tmp_path: Path) -> None:
    run = runtime_of(house)
    path = tmp_path / "KQ.xlsx"
    path.write_bytes(b"answer")
    digest = brings(house, path)
    assert brings(house, path) == digest
    path.write_bytes(b"other")
    with pytest.raises(Conflict):
        brings(house, path)
    with pytest.raises(Refused, match="bằng tay"):
        brings(house, path, BANK)
    with pytest.raises(InputError):
        brings(house, tmp_path / ".hidden")
    path.write_bytes(b"")
    with pytest.raises(InputError):
        brings(house, path)
    collect_files(run)
    collect_files(run)
    query = select(inbound_file.c.provider, inbound_file.c.name, inbound_file.c.sha256)
    assert house.rows(query) == [(POST, "KQ.xlsx", digest)]


def test_the_database_asks_for_both(house: House) -> None:
    run, batch = runtime_of(house), batch_of(house, POST)
    send_batches(run)
    one, two = (house.officer(f"finance.{name}") for name in ("one", "two"))
    sha256 = house.ask(f"select sha256 from batch where id = {batch}")
    said = "insert into handover values (9, {}, '{}', 'r', {}, {}, '2026-09-10 00:00:00+00')"
    wrong = forged_act(house, "finance.one", "release")
    other = forged_act(house, "finance.one", "handover_take")  # over another count and total
    for act_id, digest in ((wrong, sha256), (other, sha256), (other, "d" * 64)):
        with pytest.raises(DBAPIError):
            house.tamper(said.format(batch, digest, one, act_id))
    takes(house, batch)
    number = house.ask(select(handover.c.id))
    said = (
        "insert into handover_receipt values ({}, {}, '{}', 'b', {}, {}, '2026-09-10 00:00:00+00')"
    )
    mine, theirs = (
        forged_act(house, name, "handover_receipt") for name in ("finance.one", "finance.two")
    )
    for who, act_id in ((one, mine), (two, theirs), (two, wrong)):
        with pytest.raises(DBAPIError):
            house.tamper(said.format(number, one, sha256, who, act_id))
    for statement in ("update handover set reason = 'x'", "delete from handover"):
        with pytest.raises(DBAPIError):
            house.tamper(statement)
    assert not house.count(handover_receipt)


def test_the_commands(house: House, tmp_path: Path) -> None:
    run, batch = runtime_of(house), batch_of(house, POST)
    send_batches(run)
    code = pyotp.TOTP(SECRET).now()
    mine = ("--batch", batch, "--officer", "finance.one", "--code", code)
    told = ansinh(house, "bank", "handover", *mine)
    assert isinstance(told.exception, AnSinhError)
    taken = ansinh_json(house, "bank", "handover", *mine, "--into", tmp_path, "--reason", "mang đi")
    copy = Path(taken["file"])
    assert file_digest(copy) == taken["sha256"]
    assert copy.stat().st_mode & 0o777 == 0o600
    theirs = ("--batch", batch, "--officer", "finance.two", "--code", code)
    done = ansinh(house, "bank", "handover", *theirs, "--receipt", "Biên nhận 12/2026")
    assert done.output == f"Đã xác nhận bàn giao lô {batch}.\n", done.exception
    path = tmp_path / "KQ.xlsx"
    path.write_bytes(b"answer")
    who = ("--provider", POST, "--officer", "checker.01273", "--code", code)
    assert isinstance(ansinh(house, "bank", "answer", path, *who).exception, Forbidden)
