"""What each commune calls our columns: said once, used every month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.beneficiaries import headings as h
from app.beneficiaries.import_tables import heading_mapping
from app.beneficiaries.spelling import tidy
from app.errors import InputError

_OURS = {heading.casefold(): heading for heading in h.ALL}


def parse(said: Iterable[str]) -> dict[str, str]:
    """`Số TK=Số tài khoản`, … to headings as found (folded case) by ours.

    Raises InputError for what is no such pair or names no column of ours.
    """
    pairs: dict[str, str] = {}
    for one in said:
        found, parted, ours = (tidy(part) for part in one.partition("="))
        heading = _OURS.get(ours.casefold())
        if not parted or not found or heading is None:
            known = ", ".join(h.ALL[1:])
            raise InputError(
                f"“{one[:60]}” không ghép được cột.",
                f'Viết --map "tên trong tệp=tên của mẫu"; tên của mẫu: {known}.',
            )
        pairs[found.casefold()] = heading
    return pairs


def remembered(session: Session) -> dict[str, dict[str, str]]:
    """By commune: headings as found (folded case) to ours."""
    found: dict[str, dict[str, str]] = {}
    for row in session.execute(select(heading_mapping)):
        found.setdefault(row.area_code, {})[row.found.casefold()] = row.heading
    return found


def remember(
    session: Session, area: str, mapped: Mapping[str, str], actor: str, now: datetime
) -> None:
    """Keep what was said of a list that has been applied."""
    c = heading_mapping.c
    for found, heading in mapped.items():
        same = (c.area_code == area, c.found == found)
        values = {"heading": heading, "recorded_at": now, "recorded_by": actor}
        if session.scalar(select(c.heading).where(*same)) is None:
            key = {"area_code": area, "found": found}
            session.execute(insert(heading_mapping).values(key | values))
        else:
            session.execute(update(heading_mapping).where(*same).values(values))


def listed(session: Session, area: str = "") -> list[dict[str, str]]:
    """Every pair that is remembered, of one commune or of all."""
    query = select(heading_mapping).order_by(heading_mapping.c.area_code, heading_mapping.c.found)
    if area:
        query = query.where(heading_mapping.c.area_code == area)
    names = ("area_code", "found", "heading")
    return [{name: getattr(row, name) for name in names} for row in session.execute(query)]
