"""Which channels there are, and which one of a provider is in force on a day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app.access.tables import act
from app.access.typed_digest import beginning
from app.channels.tables import channel, channel_confirmation
from app.clock import local_date
from app.errors import Conflict, NotFound
from app.units.tables import provider


@dataclass(frozen=True, slots=True)
class Terms:
    """A channel as it is proposed: how a provider is reached from a day on."""

    provider: str
    version: int
    adapter: str
    courier: str
    profile: str
    valid_from: date

    @property
    def digest(self) -> str:
        """SHA-256 over all of it: what the two officers confirm."""
        day = self.valid_from.isoformat()
        parts = (self.provider, str(self.version), self.adapter, self.courier, day, self.profile)
        return hashlib.sha256("|".join(("channel", *parts)).encode()).hexdigest()


def terms_of(row: Any) -> Terms:
    """The terms that stand in a row of `channel`."""
    return Terms(row.provider, row.version, row.adapter, row.courier, row.profile, row.valid_from)


def _channels() -> Select[Any]:
    """Every channel with its provider, and who confirmed it when, if anybody has."""
    said = channel_confirmation.c
    return (
        select(
            channel,
            provider.c.adapter.label("provider_adapter"),
            provider.c.holds_advance,
            provider.c.is_sandbox,
            said.officer_id.label("confirmed_by"),
            said.confirmed_at,
        )
        .join(provider, provider.c.code == channel.c.provider)
        .outerjoin(channel_confirmation, said.channel_id == channel.c.id)
        .order_by(channel.c.provider, channel.c.version)
    )


def all_channels(session: Session, code: str = "") -> list[Row[Any]]:
    """Every version of one provider's channel or of all, oldest first."""
    query = _channels()
    return list(session.execute(query.where(channel.c.provider == code) if code else query))


def in_force(session: Session, today: date) -> list[Row[Any]]:
    """Each provider's newest confirmed version whose day has come.

    Only where both acts are over the digest of what stands in the row: a text that was changed
    after they confirmed it carries nothing. Raises Conflict.
    """
    proposed, confirmed = act.alias("proposed"), act.alias("confirmed")
    query = (
        _channels()
        .add_columns(proposed.c.digest.label("said_first"), confirmed.c.digest.label("said_second"))
        .outerjoin(proposed, proposed.c.id == channel.c.act_id)
        .outerjoin(confirmed, confirmed.c.id == channel_confirmation.c.act_id)
        .where(channel_confirmation.c.channel_id.is_not(None), channel.c.valid_from <= today)
    )
    newest = {row.provider: row for row in session.execute(query)}
    for row in newest.values():
        if {row.digest, row.said_first, row.said_second} != {terms_of(row).digest}:
            raise Conflict(
                f"Kênh của {row.provider} không còn là bản hai người đã xác nhận.",
                "Không gửi gì qua kênh này; báo kiểm toán.",
            )
    return list(newest.values())


def changed_since(session: Session, code: str, moment: datetime, today: date) -> bool:
    """Whether a version of a provider's channel came into force after a moment, up to today."""
    day = local_date(moment)
    return any(
        row.confirmed_at is not None
        and row.valid_from <= today
        and (row.confirmed_at > moment or row.valid_from > day)
        for row in all_channels(session, code)
    )


def named(session: Session, digest: str) -> Row[Any]:
    """The channel whose digest begins so, at least 12 characters. Raises InputError, NotFound."""
    shown = beginning(digest)
    query = _channels().where(func.substr(channel.c.digest, 1, len(shown)) == shown)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("Không có kênh nào mã này.", "Xem `ansinh bank channel show`.")
    return row


def next_version(session: Session, code: str) -> int:
    """The number that the next proposal for a provider bears."""
    newest = session.scalar(select(func.max(channel.c.version)).where(channel.c.provider == code))
    return int(newest or 0) + 1
