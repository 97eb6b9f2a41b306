"""One finance officer proposes a channel, another confirms it; from its day on it is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.audit.trail import record
from app.channels.checking import require_fit
from app.channels.lookup import Terms, named, terms_of
from app.channels.tables import channel, channel_confirmation
from app.clock import local_date
from app.config import Settings
from app.errors import Conflict, Refused
from app.privacy import Keyring
from ledger.bulk import insert_one

PROPOSE, CONFIRM = "channel_propose", "channel_confirm"


@dataclass(frozen=True, slots=True)
class Decided:
    """A channel's number, digest, and whether it is confirmed."""

    channel_id: int
    digest: str
    confirmed: bool


def propose(
    session: Session,
    keyring: Keyring,
    settings: Settings,
    signer: Signer,
    terms: Terms,
    now: datetime,
) -> Decided:
    """The first officer's word; nothing changes yet. Raises as `require_fit` does, Refused for
    a day that is over, Forbidden without the role."""
    if terms.valid_from < local_date(now):
        raise Refused(
            f"Ngày hiệu lực {terms.valid_from:%d/%m/%Y} đã qua.", "Chọn hôm nay hoặc ngày sau."
        )
    require_role(session, signer.officer_id, "releaser", "", now)
    require_fit(session, settings, terms)
    act_id = _said(session, keyring, signer, PROPOSE, terms.digest, now)
    number = insert_one(
        session,
        channel,
        provider=terms.provider,
        version=terms.version,
        adapter=terms.adapter,
        courier=terms.courier,
        profile=terms.profile,
        valid_from=terms.valid_from,
        digest=terms.digest,
        proposed_by=signer.officer_id,
        act_id=act_id,
        proposed_at=now,
    )
    _told(session, now, signer, "propose", terms)
    return Decided(number, terms.digest, confirmed=False)


def confirm_channel(
    session: Session,
    keyring: Keyring,
    settings: Settings,
    signer: Signer,
    digest: str,
    now: datetime,
) -> Decided:
    """Another officer confirms what he read, by the digest; confirmed before, nothing changes.

    Raises Refused for the person who proposed it, Conflict when a later version is confirmed or
    the text is not what was proposed, and as `require_fit` does.
    """
    row = named(session, digest)
    if row.confirmed_at is not None:
        return Decided(row.id, row.digest, confirmed=True)
    if row.proposed_by == signer.officer_id:
        raise Refused("Người đề nghị không được tự xác nhận.", "Mời người thứ hai xác nhận.")
    require_role(session, signer.officer_id, "releaser", "", now)
    terms = terms_of(row)
    _still_the_same(session, row, terms)
    require_fit(session, settings, terms)
    act_id = _said(session, keyring, signer, CONFIRM, row.digest, now)
    session.execute(
        insert(channel_confirmation).values(
            channel_id=row.id,
            proposed_by=row.proposed_by,
            digest=row.digest,
            officer_id=signer.officer_id,
            act_id=act_id,
            confirmed_at=now,
        )
    )
    _told(session, now, signer, "confirm", terms)
    return Decided(row.id, row.digest, confirmed=True)


def _still_the_same(session: Session, row: Any, terms: Terms) -> None:
    if terms.digest != row.digest:
        raise Conflict(
            "Kênh đã lưu không còn là bản người thứ nhất đề nghị.", "Báo kiểm toán; đề nghị lại."
        )
    later = select(channel.c.id).where(
        channel.c.provider == row.provider,
        channel.c.version > row.version,
        channel.c.id.in_(select(channel_confirmation.c.channel_id)),
    )
    if session.scalar(later) is not None:
        raise Conflict(
            f"{row.provider} đã có bản kênh mới hơn được xác nhận.", "Đề nghị một bản mới."
        )


def _said(
    session: Session, keyring: Keyring, signer: Signer, step: str, digest: str, now: datetime
) -> int:
    what = Confirmation(step, digest, 1, 0)
    return confirm(session, keyring, signer.officer_id, signer.code, now, what)


def _told(session: Session, now: datetime, signer: Signer, done: str, terms: Terms) -> None:
    """One line of the trail: never the profile itself, which names machines and logins."""
    after = {"version": terms.version, "adapter": terms.adapter, "courier": terms.courier,
             "valid_from": terms.valid_from}  # fmt: skip
    about = f"channel:{terms.provider}:{terms.version}"
    actor = str(signer.officer_id)
    record(session, now, actor, f"channels:channel:{done}", about, terms.digest, after=after)


def channel_acts(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, step) of every proposal and confirmation, and the digest it must carry."""
    wanted, digests = {}, {}
    for row in session.execute(select(channel).order_by(channel.c.id)):
        digests[row.id] = terms_of(row).digest
        wanted[row.act_id, row.proposed_by, PROPOSE] = digests[row.id]
    for row in session.execute(select(channel_confirmation)):
        wanted[row.act_id, row.officer_id, CONFIRM] = digests[row.channel_id]
    return wanted
