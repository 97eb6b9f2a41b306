"""Two officers who confirm the same thing in one go, each with a one-time code of his own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.tables import joint_act
from app.errors import Refused
from app.privacy import Keyring
from ledger.bulk import insert_one

AND = " + "
"""Between those who stand in the trail together."""


class Signer(NamedTuple):
    """An officer and the code that his app shows."""

    officer_id: int
    code: str


def names_of(signers: Sequence[Signer]) -> str:
    """The signers as the trail names them together: '3 + 7'."""
    return AND.join(str(one.officer_id) for one in signers)


def require_two(who: Sequence[object]) -> None:
    """Raises Refused unless they are two different persons."""
    if len(who) != 2 or len(set(who)) != 2:
        raise Refused(
            "Việc này cần hai người khác nhau, mỗi người một mã.", "Mời người thứ hai nhập mã."
        )


def confirm_together(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    about: str,
    now: datetime,
    what: Confirmation,
    roles: tuple[str, str] = ("releaser", "releaser"),
    unit: str = "",
    programme: str = "",
) -> int:
    """Two officers confirm `what`, finance officers if no `roles` are named; gives the id of
    their joint act.

    `about` names the thing in a few letters, e.g. 'year:2026'; the roles are held at `unit`, for
    the `programme` where it is about one alone.
    Raises Refused unless they are two different persons, and as `confirm` and `require_role` do.
    """
    require_two([one.officer_id for one in signers])
    for one, role in zip(signers, roles, strict=True):
        require_role(session, one.officer_id, role, unit, now, programme)
    return confirm_each(session, keyring, signers, about, now, what)


def confirm_each(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    about: str,
    now: datetime,
    what: Confirmation,
) -> int:
    """Two officers, whose right to do it the caller has asked about, confirm `what`; gives the id
    of their joint act. Raises Refused unless they are two persons, and as `confirm` does."""
    require_two([one.officer_id for one in signers])
    acts = [confirm(session, keyring, *one, now, what) for one in signers]
    return insert_one(
        session,
        joint_act,
        step=what.step,
        about=about,
        digest=what.digest,
        officer_one=signers[0].officer_id,
        act_one=acts[0],
        officer_two=signers[1].officer_id,
        act_two=acts[1],
    )


def stands_as(session: Session, officer_id: int, username: str) -> list[str]:
    """Every way in which an officer stands in the trail as who did it: by name, by number, and with
    each with whom he ever signed."""
    one, two = joint_act.c.officer_one, joint_act.c.officer_two
    pairs = session.execute(
        select(one, two).where((one == officer_id) | (two == officer_id)).distinct()
    )
    return [username, str(officer_id), *sorted(f"{a}{AND}{b}" for a, b in pairs)]


def joint_acts(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, step) of every act done by two together, and the digest it must carry."""
    found: dict[tuple[int, int, str], str] = {}
    for row in session.execute(select(joint_act)):
        found[row.act_one, row.officer_one, row.step] = row.digest
        found[row.act_two, row.officer_two, row.step] = row.digest
    return found
