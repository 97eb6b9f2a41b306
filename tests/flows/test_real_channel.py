"""A month's files go out to a real OpenSSH server, and the bank's answer comes in: by channels that
two officers confirmed, on an installation that is no training any more."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import asyncssh
import pytest

from app.channels.opening import adapters_that_read
from app.config import Settings
from app.disbursement.holds import standing
from app.disbursement.originals import prove_originals
from app.disbursement.submission import file_digest
from app.errors import AnSinhError
from app.jobs.channels import REASON, channels_of
from app.jobs.collecting import collect_and_apply
from app.jobs.fence import Outcome, run_slot
from app.jobs.runtime import Runtime
from app.jobs.sending import send_batches
from app.schedule.slots import Slot
from bank_adapters.errors import BankError
from bank_adapters.transports import pgp
from tests.app.disbursement.test_sending import september_released
from tests.bank_adapters.camt_maker import balance, detail, details, document, entry, report
from tests.factories import BANK, POST, SEPTEMBER, House
from tests.support.channels import become_real, set_up_channel, settings_of
from tests.support.pgp_keys import PASSWORD, World, made_world
from tests.support.sshd import Sshd, sshd

PROFILE = """
[courier]
host = "127.0.0.1"
port = {port}
user = "{user}"
key = "file:bank.key"
host_key = "{host_key}"
inbox = "{name}/to-bank"
outbox = "{name}/from-bank"
archive = "{name}/taken"
settle_seconds = 0
"""
PGP = """
[pgp]
our_key = "file:ansinh.sec"
password = "file:ansinh.pw"
bank_keys = ["file:bank.pub"]
fingerprints = ["{fingerprint}"]
"""
pytestmark = [pytest.mark.flow, pytest.mark.stage(of=september_released)]


@pytest.fixture(scope="module")
def bank() -> Iterator[Sshd]:
    with sshd() as running:
        yield running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return made_world(tmp_path_factory.mktemp("keys"))


def profile_of(bank: Sshd, name: str, host_key: str = "") -> str:
    return PROFILE.format(
        port=bank.port, user=bank.user, name=name, host_key=host_key or bank.host_key
    )


def real_house(house: House, bank: Sshd) -> tuple[Settings, Runtime]:
    """The house as a real installation, with the key for the bank and empty folders there."""
    become_real(house)
    for name in (BANK, POST):
        bank.folders(f"{name}/to-bank", f"{name}/from-bank")
        for old in (bank.root / name).rglob("*.*"):
            old.unlink()
    secrets = house.home / "secrets"
    secrets.mkdir(mode=0o700)
    (secrets / "bank.key").write_bytes(bank.client_key.read_bytes())
    (secrets / "bank.key").chmod(0o400)
    settings = settings_of(house)
    connect = channels_of(house.database, settings, house.clock)
    return settings, replace(house.runtime, connect=connect)


def at_the_bank(bank: Sshd, name: str) -> list[Path]:
    return sorted((bank.root / name / "to-bank").iterdir())


def statement(house: House) -> str:
    """Both payments are booked on the unit's account."""
    account = f"<Othr><Id>{house.account(BANK)}</Id></Othr>"
    lines = [
        entry(
            "-500000", details(detail(house.reference(number, SEPTEMBER))), reference=f"FT{number}"
        )
        for number in (1, 2)
    ]
    bounds = balance("OPBD", "1000000"), balance("CLBD", "0")
    return document(report(*bounds, *lines, account=account))


def run(runtime: Runtime, job: str, at: datetime) -> Outcome:
    """One slot of a job, as the scheduler runs it."""
    work = {"send": send_batches, "collect": collect_and_apply}[job]
    return run_slot(runtime, job, Slot(at, f"{at:%H%M}", at.date()), work)


def test_a_month_goes_out_and_its_answer_comes_in(house: House, bank: Sshd) -> None:
    settings, runtime = real_house(house, bank)
    for provider in (BANK, POST):
        set_up_channel(house, settings, provider, "sftp", profile_of(bank, provider))
    assert run(runtime, "send", house.later()) is Outcome.RAN
    (order,), (money_list,) = at_the_bank(bank, BANK), at_the_bank(bank, POST)
    assert (order.suffix, money_list.suffix) == (".xml", ".xlsx")
    adapters, _ = channels_of(house.database, settings, house.clock)()
    with order.open("rb") as file:
        sent = [one.reference for one in adapters[BANK].read_back(file)]
    assert sent == [house.reference(number, SEPTEMBER) for number in (1, 2)]
    answers = bank.root / BANK / "from-bank" / "STM.xml"
    answers.write_text(statement(house), encoding="utf-8")
    house.on("2026-10-07")
    assert run(runtime, "collect", house.later()) is Outcome.RAN
    assert [house.state(one) for one in sent] == ["settled", "settled"]
    assert (bank.root / BANK / "taken" / "STM.xml").exists()
    assert not answers.exists()
    assert run(runtime, "send", house.later()) is Outcome.RAN
    assert at_the_bank(bank, BANK) == [order]


def test_without_a_channel_nothing_leaves(house: House, bank: Sshd) -> None:
    _, runtime = real_house(house, bank)
    with contextlib.suppress(AnSinhError):
        run(runtime, "send", house.later())
    assert {state for (state,) in house.rows("select state from batch")} == {"released"}


def test_a_changed_host_key_sends_nothing_and_holds_the_bank(house: House, bank: Sshd) -> None:
    settings, runtime = real_house(house, bank)
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    set_up_channel(house, settings, BANK, "sftp", profile_of(bank, BANK, other))
    set_up_channel(house, settings, POST, "sftp", profile_of(bank, POST))
    for _ in range(2):  # the second time it is the hold that stops it
        with contextlib.suppress(BankError):
            run(runtime, "send", house.later())
    assert at_the_bank(bank, BANK) == []
    states = dict(house.rows("select p.provider, b.state from batch b"
                             " join contract p on p.id = b.contract_id"))  # fmt: skip
    assert states[BANK] == "released"
    with house.database.view() as session:
        held = [(one.scope, one.key, one.reason) for one in standing(session)]
    assert held == [("provider", BANK, REASON)]
    action = "channels:channel:stranger"
    assert house.ask(f"select count(*) from audit_event where action = '{action}'") == 1


def test_a_month_in_envelopes(house: House, bank: Sshd, world: World, tmp_path: Path) -> None:
    settings, runtime = real_house(house, bank)
    assert settings.bank_secrets
    for name, content in (
        ("ansinh.sec", world.us.secret.read_bytes()),
        ("ansinh.pw", PASSWORD.encode()),
        ("bank.pub", world.bank.public.read_bytes()),
    ):
        (settings.bank_secrets / name).write_bytes(content)
        (settings.bank_secrets / name).chmod(0o400)
    told = profile_of(bank, BANK) + PGP.format(fingerprint=world.bank.fingerprint)
    set_up_channel(house, settings, BANK, "sftp", told)
    set_up_channel(house, settings, POST, "hand")
    assert run(runtime, "send", house.later()) is Outcome.RAN
    (order,) = at_the_bank(bank, BANK)
    assert order.name.endswith(".xml.pgp")
    assert house.account(BANK).encode() not in order.read_bytes()
    sealed = house.ask(f"select sha256 from batch where file_name = '{order.name}'")
    assert file_digest(order) == sealed  # what was sealed and approved is the envelope itself
    pgp.unwrap(order, tmp_path / "clear", world.theirs(world.bank))
    assert house.reference(1, SEPTEMBER).encode() in (tmp_path / "clear").read_bytes()
    (tmp_path / "clear").write_text(statement(house), encoding="utf-8")
    for name, who in (("A.xml.pgp", world.other), ("B.xml.pgp", world.bank)):
        pgp.wrap(tmp_path / "clear", tmp_path / name, world.theirs(who))
        (bank.root / BANK / "from-bank" / name).write_bytes((tmp_path / name).read_bytes())
    (bank.root / BANK / "from-bank" / "C.xml").write_text(statement(house), encoding="utf-8")
    house.on("2026-10-07")
    assert run(runtime, "collect", house.later()) is Outcome.RAN
    states = dict(house.rows("select name, state from inbound_file"))
    assert states.pop("B.xml.pgp") == "applied"
    assert states == {"A.xml.pgp": "quarantined", "C.xml": "quarantined"}
    assert house.state(house.reference(1, SEPTEMBER)) == "settled"
    with house.database.view() as session:
        adapters = adapters_that_read(session, settings)
        assert prove_originals(session, house.home / "inbound", adapters).ok
