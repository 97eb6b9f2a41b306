"""Channels of the tiny province: proposed by one finance officer, confirmed by the other."""

from __future__ import annotations

from sqlalchemy import insert

from app.access.tables import act
from app.access.together import Signer
from app.channels.deciding import Decided, confirm_channel, propose
from app.channels.lookup import Terms, next_version
from app.config import Settings
from app.disbursement.handover_tables import handover, handover_receipt
from ledger.bulk import insert_one
from tests.factories import House
from tests.support.providers import ADAPTERS

PROVEN = """
[dedupe]
scope = "MsgId"
window_days = 7
proven_on = 2026-08-01
proof = "Biên bản thử 01"
"""


def settings_of(house: House, **changes: object) -> Settings:
    """The settings of an installation with this house's folder, and one for secrets."""
    return Settings(home=house.home, bank_secrets=house.home / "secrets", **changes)  # type: ignore[arg-type]


def terms(house: House, provider: str, courier: str, profile: str = "", adapter: str = "") -> Terms:
    """What is proposed next for a provider, from today on."""
    with house.database.view() as session:
        version = next_version(session, provider)
    day = house.clock.now().date()
    return Terms(provider, version, adapter or ADAPTERS[provider], courier, profile, day)


def proposed(house: House, settings: Settings, what: Terms, by: str = "finance.one") -> Decided:
    """One officer's word for a channel."""
    now, who = house.later(), house.officer(by)
    with house.work() as session:
        return propose(session, house.keyring, settings, Signer(who, house.code()), what, now)


def confirmed(house: House, settings: Settings, digest: str, by: str = "finance.two") -> Decided:
    """Another officer's word for the channel of this digest."""
    now, who = house.later(), house.officer(by)
    with house.work() as session:
        signer = Signer(who, house.code())
        return confirm_channel(session, house.keyring, settings, signer, digest, now)


def set_up_channel(
    house: House, settings: Settings, provider: str, courier: str, profile: str = ""
) -> Decided:
    """A channel in force, by the word of two."""
    first = proposed(house, settings, terms(house, provider, courier, profile))
    return confirmed(house, settings, first.digest)


def become_real(house: House) -> None:
    """No training any more, and banks that are no sandbox."""
    house.tamper("update installation set value = '0' where key = 'training'")
    house.tamper("update provider set is_sandbox = 0")


def carried_by_hand(house: House) -> None:
    """A row in every table of files that officers carry: one took the first batch's, one saw it."""
    (batch_id, sha256, lines, total), *_ = house.rows("select id, sha256, lines, total from batch")
    one, two = (house.officer(f"finance.{name}") for name in ("one", "two"))
    now = house.later()
    said = {"digest": "d", "things": lines, "total": total, "acted_at": now, "seal": "s"}
    taken = {"taken_by": one, "sha256": sha256}
    with house.work() as session:
        first, second = (
            insert_one(session, act, step=step, officer_id=who, timecode=77, **said)
            for step, who in (("handover_take", one), ("handover_receipt", two))
        )
        number = insert_one(session, handover, batch_id=batch_id, reason="r", act_id=first,
                            taken_at=now, **taken)  # fmt: skip
        row = {"officer_id": two, "act_id": second, "confirmed_at": now, "receipt": "b"}
        session.execute(insert(handover_receipt).values(handover_id=number, **taken, **row))
