"""How often the public page may be asked: a bucket per address, kept in the database so that it
holds for every process, and one for all together."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.signing.tables import verify_asked

SPAN = timedelta(minutes=1)
ONE_MAX, ALL_MAX = 30, 600
_BUCKETS = 65_536


def bucket_of(address: str) -> int:
    """The bucket of an address: too few buckets for it to name anybody. Whoever has one IPv6
    address has a whole network of them, so these count as one."""
    try:
        read = ip_address(address)
    except ValueError:
        read = None
    if isinstance(read, IPv6Address):
        address = str(IPv6Address(int(read) >> 64 << 64))
    return int.from_bytes(hashlib.sha256(address.encode()).digest()[:2]) % _BUCKETS


def allowed(session: Session, bucket: int, now: datetime) -> bool:
    """Whether one more question may be asked; what is refused is not counted."""
    of = verify_asked.c
    session.execute(delete(verify_asked).where(of.asked_at <= now - SPAN))
    asked = session.scalar(select(func.count()).where(of.bucket == bucket)) or 0
    if asked >= ONE_MAX or (session.scalar(select(func.count(of.id))) or 0) >= ALL_MAX:
        return False
    session.execute(insert(verify_asked).values(bucket=bucket, asked_at=now))
    return True
