"""A month of many payments at a bank that takes requests and misbehaves by a seed.

The house is filled once for each size and kind of database; what differs from seed to seed is the
bank: the same references meet other faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from threading import Thread

from app.beneficiaries.tables import destination, enrolment, person
from app.channels.opening import open_channels
from app.disbursement import funding
from app.hooks.application import application
from app.jobs.runtime import Runtime
from bank_adapters.rest.adapter import RestAdapter
from bank_adapters.rest.courier import RestCourier, RestTarget, open_rest
from bank_adapters.sandbox.payout import Api, FaultPlan, Institution, Settings
from bank_adapters.sandbox.payout.certificate import certificate
from bank_adapters.sandbox.payout.https_server import PayoutServer
from bank_adapters.sandbox.payout.mount import InProcess
from bank_adapters.transports.https import HttpsLine, HttpsTarget
from ledger.bulk import refresh_statistics
from tests.app.disbursement.evidence_office import office_promises
from tests.factories import BANK, SEPTEMBER, House, Stage, row
from tests.support.calling import Ring, line, receiver_of, receiving
from tests.support.channels import confirmed, proposed, settings_of, terms

TOKEN, CALL_SECRET = "token-of-the-house", "secret-of-the-calls-" + "s" * 12
NOWHERE = "https://127.0.0.1:1/v1"
PROFILE = """
[adapter]
at_once = {at_once}
read_seconds = 1

[courier]
base = "{base}"
token = "file:payout.token"
{more}

[callback]
secrets = ["file:payout.call"]
"""
FAULTS = {
    "accept_then_timeout": 100, "lost": 50, "server_error": 50, "reject": 20, "return": 20,
    "callback_twice": 200, "callback_late": 100, "callback_lost": 50, "callback_forged": 20,
}  # fmt: skip
"""Of 1,000 requests, payments and callbacks."""

Bell = Callable[[Mapping[str, str], bytes], int]


def _filled(house: House, people: int) -> None:
    """September of so many people is approved; the bank takes requests, and its term is known."""
    house.tamper("update allotment set amount = amount * 1000")
    house.tamper(f"update provider set adapter = 'rest' where code = '{BANK}'")
    born = date(1915, 1, 1)
    days = [born + timedelta(days=number) for number in range(people + 1)]
    rows = [row(n, birth_date=days[n], birth_year=days[n].year) for n in range(1, people + 1)]
    house.register(SEPTEMBER, *rows)
    with house.work() as session:
        refresh_statistics(session, person, destination, enrolment)  # as the import job does
    house.on("2026-09-09")
    house.approve_month(SEPTEMBER)
    with house.work() as session:
        funding.request(session, SEPTEMBER, house.later())
    office_promises(house, BANK, "expires", days=1)


def _stage(people: int) -> Stage:
    def stage(house: House) -> None:
        _filled(house, people)

    stage.__name__ = f"seeded_{people}"
    return stage


STAGES: Mapping[int, Stage] = {people: _stage(people) for people in (200, 2_000, 10_000)}


def bank_of(house: House, seed: int, **told: object) -> Institution:
    """The bank with its book in the house's folder; it goes by the house's clock."""
    usual = {"provider": BANK, "token": TOKEN, "callback_secrets": (CALL_SECRET,),
             "endings": False, "hang_seconds": 2, "faults": FaultPlan(seed, FAULTS)}  # fmt: skip
    settings = Settings(**{**usual, **told})  # type: ignore[arg-type]
    return Institution(house.home / "bank.db", settings, house.clock.now)


def money_comes(house: House, bank: Institution) -> None:
    """Our account is open there, and the Treasury has paid the month's money in."""
    bank.open_account(house.account(BANK), "UBND XÃ (GIẢ LẬP)")
    with house.database.view() as session:
        for one in funding.waiting(session, SEPTEMBER):
            bank.fund(one.account, one.amount, one.reference)


def channel(house: House, base: str = NOWHERE, at_once: int = 1, more: str = "") -> None:
    """The bank's channel in force, by the word of two, with the files of its secrets."""
    folder = house.home / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, content in (("payout.token", TOKEN), ("payout.call", CALL_SECRET)):
        (folder / name).write_text(content)
        (folder / name).chmod(0o400)
    text = PROFILE.format(base=base, at_once=at_once, more=more)
    settings = settings_of(house)
    what = replace(terms(house, BANK, "https", text), adapter="rest")
    confirmed(house, settings, proposed(house, settings, what).digest)


class _InProcessLine(HttpsLine):
    """A line whose other end is in this process; what goes wrong on it is the same."""

    def __init__(self, api: Api, target: HttpsTarget) -> None:
        super().__init__(target)
        self._session.mount("https://", InProcess(api))


def in_process(house: House, bank: Institution) -> Runtime:
    """The runtime whose courier asks this bank, without sockets."""
    runtime = through_channels(house)
    adapter = runtime.adapters[BANK]
    assert isinstance(adapter, RestAdapter)
    spool = house.home / "answers" / BANK

    def opened() -> RestCourier:
        return open_rest(
            RestTarget(BANK, HttpsTarget(NOWHERE, TOKEN), adapter.profile, spool, house.clock.now,
                       line=partial(_InProcessLine, Api(bank)))
        )  # fmt: skip

    return replace(runtime, couriers={BANK: opened})


def through_channels(house: House) -> Runtime:
    """The runtime with the adapters and couriers of the channels in force."""
    with house.database.view() as session:
        adapters, couriers = open_channels(session, settings_of(house), house.clock)
    return replace(house.runtime, adapters=adapters, couriers=couriers)


@contextmanager
def joined(house: House, bank: Institution) -> Iterator[tuple[Runtime, Bell]]:
    """House and bank in one process: a runtime that asks him, and what he calls."""
    channel(house)
    with closing(receiver_of(house)) as database:
        app = application(database, house.keyring, settings_of(house), house.clock)
        client = app.test_client()

        def ring(headers: Mapping[str, str], body: bytes) -> int:
            return client.post(f"/{BANK}", data=body, headers=dict(headers)).status_code

        yield in_process(house, bank), ring


@contextmanager
def joined_by_sockets(house: House, bank: Institution) -> Iterator[tuple[Runtime, Bell]]:
    """The same over HTTPS, as the channel says, with calls over HTTP to the receiver."""
    shown = certificate(house.home)
    server = PayoutServer(Api(bank), shown.context())
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        channel(house, server.url, 8, f'fingerprint = "{shown.fingerprint}"')
        with receiving(house) as port, line(port) as wire:
            yield through_channels(house), lambda headers, body: wire.send(Ring(headers, body))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
