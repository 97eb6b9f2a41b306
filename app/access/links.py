"""A link by which an officer sets his password himself, once, with a code of his own app.

Two who may grant give it to him in person. As long as his factor has confirmed nothing the link
shows its square too, for his app to read; afterwards never again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, func, insert, select
from sqlalchemy.orm import Session

from app.access.codes import live_factor
from app.access.factors import newest_factor
from app.access.granting import require_granters
from app.access.link_tables import enrolment_link, enrolment_link_use
from app.access.officers import Confirmation, confirm
from app.access.role_tables import FOUNDING, role_grant
from app.access.sessions import digest_of, end_all
from app.access.sign_in_tables import officer_password
from app.access.tables import act, officer
from app.access.together import Signer, confirm_each, names_of
from app.audit.trail import record
from app.errors import NotFound, Refused
from app.privacy import Keyring
from ledger.bulk import insert_one
from ledger.schema import moment_text

VALID_FOR = timedelta(days=2)
GIVE, USE = "enrol_link", "set_password"


def give_link(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    secret: str,
    signers: Sequence[Signer],
    now: datetime,
) -> datetime:
    """Two give an officer a link, whose secret part is `secret`; until when it counts. Without
    signers it is one of those who founded the installation and have no password yet.

    Raises Refused where he is one of the two, or nobody signs and he is no founder; and as
    `require_granters` and `confirm` do.
    """
    digest, until = digest_of(secret), now + VALID_FOR
    joint_id, by = None, "cli"
    if signers:
        if officer_id in {one.officer_id for one in signers}:
            raise Refused("Không ai tự cấp liên kết cho mình.", "Mời hai người khác.")
        require_granters(session, signers, now)
        what = Confirmation(GIVE, link_digest(officer_id, digest, until), 1, 0)
        joint_id = confirm_each(session, keyring, signers, f"officer:{officer_id}", now, what)
        by = names_of(signers)
    else:
        _require_founder(session, officer_id)
    times = {"made_at": now, "valid_until": until}
    insert_one(session, enrolment_link, officer_id=officer_id, digest=digest, joint_id=joint_id,
               **times)  # fmt: skip
    record(session, now, by, "access:link:give", f"officer:{officer_id}")
    return until


def _require_founder(session: Session, officer_id: int) -> None:
    founded = (role_grant.c.officer_id == officer_id) & (role_grant.c.kind == FOUNDING)
    has = exists().where(officer_password.c.officer_id == officer_id)
    if not session.scalar(select(exists().where(founded) & ~has)):
        raise Refused(
            "Liên kết do hai người ký.", "Ghi hai --officer và hai --code của người có quyền cấp."
        )


def link_digest(officer_id: int, digest: str, until: datetime) -> str:
    """What the two confirm: whose link, which, and until when."""
    return hashlib.sha256(f"{officer_id}|{digest}|{moment_text(until)}".encode()).hexdigest()


def link_of(session: Session, secret: str, now: datetime) -> Row[Any]:
    """The link with its officer. Raises NotFound for one that is over, used or not the newest."""
    mine, newer = enrolment_link.c, enrolment_link.alias("newer")
    row = session.execute(
        select(enrolment_link, officer.c.username, officer.c.name)
        .join(officer, officer.c.id == mine.officer_id)
        .where(mine.digest == digest_of(secret), mine.valid_until > now)
        .where(officer.c.disabled_at.is_(None))
        .where(~exists().where(enrolment_link_use.c.link_id == mine.id))
        .where(~exists().where(newer.c.officer_id == mine.officer_id, newer.c.id > mine.id))
    ).one_or_none()
    if row is None:
        raise NotFound(
            "Liên kết này đã dùng, đã hết hạn hoặc đã có liên kết mới hơn.",
            "Gặp hai người quản trị để nhận liên kết khác.",
        )
    return row


def seed_to_show(session: Session, keyring: Keyring, officer_id: int) -> str:
    """The seed of an officer's app while it has confirmed nothing yet; '' afterwards, and for a
    hardware token."""
    newest = newest_factor(session, officer_id)
    if newest is not None and newest.token_id is not None:
        return ""
    acted = select(func.count()).select_from(act).where(act.c.officer_id == officer_id)
    if newest is not None:
        acted = acted.where(act.c.acted_at >= newest.enrolled_at)
    if session.scalar(acted):
        return ""
    row = session.execute(select(officer).where(officer.c.id == officer_id)).one()
    return live_factor(session, keyring, row).seed


def use_link(session: Session, keyring: Keyring, link: Row[Any], code: str, now: datetime) -> int:
    """The officer confirms with a code of his own that he sets his password by this link; the id of
    his act. Every session of his ends. Raises as `confirm` does."""
    what = Confirmation(USE, use_digest(link.officer_id, link.id), 1, 0)
    act_id = confirm(session, keyring, link.officer_id, code, now, what)
    used = {"link_id": link.id, "act_id": act_id, "used_at": now}
    session.execute(insert(enrolment_link_use).values(**used))
    end_all(session, link.officer_id, now, "password")
    return act_id


def use_digest(officer_id: int, link_id: int) -> str:
    """What the officer confirms when he uses a link."""
    return hashlib.sha256(f"{officer_id}|link:{link_id}".encode()).hexdigest()
